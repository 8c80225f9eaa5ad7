"""``convviz list``: the built-in experiments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convviz.i18n import mark, tr

if TYPE_CHECKING:
    import argparse

SUMMARY = mark("name the built-in experiments")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add nothing: there is nothing to choose."""


def run(options: argparse.Namespace) -> int:
    """Print each experiment's name for the command line, its title, and what it shows."""
    from convviz.model.files import builtin_experiments, load_builtin

    names = list(builtin_experiments())
    width = max(map(len, names))
    for name in names:
        experiment = load_builtin(name)
        print(f"{name:<{width}}  {tr(experiment.name)}")
        print(f"{'':<{width}}  {tr(experiment.notes)}")
    return 0
