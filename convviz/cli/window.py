"""``convviz`` without a command: the window, or its picture."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from convviz import doctor
from convviz.cli.arguments import add_choice, add_experiment, picture_file, scale, size, whole_number
from convviz.cli.exits import UNABLE
from convviz.i18n import tr

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    add_experiment(parser)
    parser.add_argument(
        "--screenshot",
        type=picture_file,
        metavar="OUT.png",
        help=tr("write a picture of the window and leave; no display is needed"),
    )
    parser.add_argument("--size", type=size, metavar="WxH", help=tr("size of the window in pixels, such as 1280x800"))
    parser.add_argument("--after", type=whole_number, metavar="N", help=tr("train for N steps before showing anything"))
    parser.add_argument(
        "--scale", type=scale, metavar="FACTOR", help=tr("draw everything larger, to be read from afar: 1.5 or 150%%")
    )
    add_choice(parser, "--theme", ("light", "dark", "system"), tr("colours of the window"))


def run(options: argparse.Namespace) -> int:
    """Open the window and return when it is closed; or write its picture."""
    if options.screenshot is not None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")  # it complains of having no window manager
    # Qt ends the process when it cannot open a window, so it has to be known before.
    problems = doctor.obstacles(doctor.examine(fonts=False, load=False))
    if problems:
        print(doctor.refusal(problems, picture=options.screenshot is not None), file=sys.stderr)
        return UNABLE
    from convviz import app

    return app.run(
        options.experiment,
        screenshot=options.screenshot,
        size=options.size,
        after=options.after,
        scale=options.scale,
        theme=options.theme,
        language=options.language,
    )
