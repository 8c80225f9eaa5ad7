"""Guided lessons: what a scene says, shows and asks for, read from files that are data and never code."""

from convviz.model.lessons.conditions import CONDITIONS, Condition, Seen, setting_at
from convviz.model.lessons.lesson import (
    ArrayMark,
    BoardMark,
    ControlMark,
    Lesson,
    Look,
    Mark,
    Scene,
    Show,
    Start,
    Task,
)
from convviz.model.lessons.library import find_lesson, lesson_titles
from convviz.model.lessons.reading import decode_lesson, read_lesson

__all__ = [
    "CONDITIONS",
    "ArrayMark",
    "BoardMark",
    "Condition",
    "ControlMark",
    "Lesson",
    "Look",
    "Mark",
    "Scene",
    "Seen",
    "Show",
    "Start",
    "Task",
    "decode_lesson",
    "find_lesson",
    "lesson_titles",
    "read_lesson",
    "setting_at",
]
