"""A presentation: the picture alone, large and on the whole screen, for people who sit far away."""

from __future__ import annotations

from convviz.views.presenting.presentation import Presentation

__all__ = ["Presentation"]
