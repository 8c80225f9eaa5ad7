"""``convviz list``: the built-in experiments and lessons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convviz.cli.exits import DONE
from convviz.i18n import mark, tr

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

SUMMARY = mark("name the built-in experiments and lessons")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add nothing: there is nothing to choose."""


def run(options: argparse.Namespace) -> int:
    """Print each experiment's and each lesson's name for the command line, its title, and what it shows."""
    from convviz.model.files import builtin_experiments, load_builtin
    from convviz.model.lessons.library import find_lesson, lesson_titles
    from convviz.model.lessons.reading import read_lesson

    experiments = {name: load_builtin(name) for name in builtin_experiments()}
    print(tr("Experiments (convviz NAME):"))
    _print_list({name: (experiment.name, experiment.notes) for name, experiment in experiments.items()})
    print()
    print(tr("Lessons (convviz --lesson NAME):"))
    lessons = {name: read_lesson(find_lesson(name)) for name in lesson_titles()}
    _print_list({name: (lesson.title, lesson.summary) for name, lesson in lessons.items()})
    return DONE


def _print_list(told: Mapping[str, tuple[str, str]]) -> None:
    width = max(map(len, told), default=0)
    for name, (title, sentence) in told.items():
        print(f"{name:<{width}}  {tr(title)}")
        print(f"{'':<{width}}  {tr(sentence)}")
