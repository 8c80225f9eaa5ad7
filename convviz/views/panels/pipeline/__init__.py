"""The picture of the network: what goes in, what every layer makes of it, and how far that is from the target."""

from __future__ import annotations

from convviz.views.panels.pipeline.pipeline import Pipeline

__all__ = ["Pipeline"]
