"""``convviz code``: an experiment as a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convviz.cli.arguments import add_choice, add_experiment, script_file
from convviz.cli.telling import print_file
from convviz.i18n import Listed, mark, tr

if TYPE_CHECKING:
    import argparse

SUMMARY = mark("print a script in PyTorch or NumPy that makes the same run")

#: What a script can be written in, PyTorch by default; the words of `convviz.export.code.FRAMEWORKS`.
FRAMEWORKS = ("torch", "numpy")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    add_experiment(parser)
    add_choice(parser, "--framework", FRAMEWORKS, tr("what the script is written in (default: torch)"))
    parser.add_argument(
        "-o",
        "--output",
        type=script_file,
        metavar="FILE.py",
        help=tr("write it to a file, and arrays that are too large for it to FILE.npz; otherwise it is printed"),
    )


def run(options: argparse.Namespace) -> int:
    """Print the script, or write it."""
    from convviz.cli.exits import DONE
    from convviz.engine.errors import ConfigError
    from convviz.export.code import arrays_path, script_of, write_script
    from convviz.model.files import about_file, find_experiment, own_notes, own_title, read_experiment
    from convviz.model.recipes import recipes

    path = find_experiment(options.experiment)
    experiment = read_experiment(path)
    with about_file(path):
        problem = experiment.build()
    script = script_of(
        problem,
        options.framework or FRAMEWORKS[0],
        recipes=recipes(experiment),
        title=own_title(experiment),
        notes=own_notes(experiment),
        stored_as="" if options.output is None else arrays_path(options.output).name,
    )
    if options.output is not None:
        write_script(options.output, script)
    elif script.arrays:
        raise ConfigError(
            "expected the name of a file, since arrays are too large to stand in what is printed: {arrays}",
            field="--output",
            arrays=Listed(script.arrays),
        )
    else:
        print_file(script.text)
    return DONE
