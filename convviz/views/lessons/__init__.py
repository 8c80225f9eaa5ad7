"""Guided lessons in the window: the card that tells, the rings that point, and what leads from scene to scene."""

from convviz.views.lessons.control import LessonControl

__all__ = ["LessonControl"]
