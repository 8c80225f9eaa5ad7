"""``convviz schema``: the form of an experiment's file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from convviz.cli.exits import DONE
from convviz.i18n import mark

if TYPE_CHECKING:
    import argparse

SUMMARY = mark("print the JSON Schema of an experiment's file")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add nothing: there is nothing to choose."""


def run(options: argparse.Namespace) -> int:
    """Print the schema."""
    from convviz.model.files import experiment_schema

    print(json.dumps(experiment_schema(), indent=2, ensure_ascii=False))
    return DONE
