"""The controls of what is selected: the input, a layer, the target, the training."""

from __future__ import annotations

from convviz.views.panels.inspector.inspector import Inspector

__all__ = ["Inspector"]
