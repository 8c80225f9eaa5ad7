"""``convviz schema``: the form of an experiment's file, or of a lesson's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from convviz.cli.exits import DONE
from convviz.cli.telling import print_file
from convviz.i18n import mark, tr

if TYPE_CHECKING:
    import argparse

SUMMARY = mark("print the JSON Schema of an experiment's file, or of a lesson's")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument(
        "--lesson",
        action="store_true",
        help=tr("that of a lesson's file, with the names of everything that a scene can ring or show"),
    )


def run(options: argparse.Namespace) -> int:
    """Print the schema."""
    if options.lesson:
        from convviz.model.lessons.schema import lesson_schema as schema_of
    else:
        from convviz.model.files import experiment_schema as schema_of
    schema = schema_of()
    print_file(json.dumps(schema, indent=2, ensure_ascii=False) + "\n")
    return DONE
