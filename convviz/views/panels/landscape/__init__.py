"""The panel that shows the loss over a plane of parameters, and where the run has been on it."""

from __future__ import annotations

from convviz.views.panels.landscape.panel import LandscapePanel

__all__ = ["LandscapePanel"]
