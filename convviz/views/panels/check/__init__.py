"""Whether the numbers on the screen are right: a badge that always says so, and the whole check as a table."""

from __future__ import annotations

from convviz.views.panels.check.badge import CheckBadge

__all__ = ["CheckBadge"]
