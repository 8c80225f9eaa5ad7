"""The explanation of one number: the terms that make it, each of which can be asked in turn."""

from __future__ import annotations

from convviz.views.panels.explain.panel import ExplainPanel
from convviz.views.panels.explain.wording import is_in, lost_text, number_name

__all__ = ["ExplainPanel", "is_in", "lost_text", "number_name"]
