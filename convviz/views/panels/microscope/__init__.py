"""The microscope: one layer at work, forwards or backwards, step by step."""

from __future__ import annotations

from convviz.views.panels.microscope.microscope import Microscope

__all__ = ["Microscope"]
