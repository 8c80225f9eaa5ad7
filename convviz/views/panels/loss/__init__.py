"""The loss over the steps."""

from __future__ import annotations

from convviz.views.panels.loss.panel import LossPanel

__all__ = ["LossPanel"]
