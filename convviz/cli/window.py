"""``convviz`` without a command: the window, or its picture."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

from convviz.cli.arguments import add_choice, add_experiment, lesson, picture_file, scale, size, whole_number
from convviz.cli.exits import BAD_INPUT, UNABLE
from convviz.cli.qt import draw_unseen, is_refused
from convviz.cli.telling import complain
from convviz.i18n import tr
from convviz.views.limits import LEAST_SIZE, scale_in_force, size_at_scale

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    add_experiment(parser)
    parser.add_argument(
        "--screenshot",
        type=picture_file,
        metavar="OUT.png|.svg|.pdf",
        help=tr("write a picture of the window and leave; no display is needed"),
    )
    parser.add_argument(
        "--part",
        metavar="NAME",
        help=tr("with --screenshot: only this part, such as network, loss, input or residual"),
    )
    parser.add_argument(
        "--size", type=size, metavar="WxH", help=tr("size of the window in pixels, whatever the scale: 1280x800")
    )
    parser.add_argument("--after", type=whole_number, metavar="N", help=tr("train for N steps before showing anything"))
    parser.add_argument(
        "--scale", type=scale, metavar="FACTOR", help=tr("draw everything larger, to be read from afar: 1.5 or 150%%")
    )
    parser.add_argument(
        "--lesson",
        type=lesson,
        metavar="NAME",
        help=tr("begin with a lesson, see “convviz list”, or with one in a file"),
    )
    parser.add_argument(
        "--present",
        action="store_true",
        help=tr("begin with the picture alone, large and on the whole screen, for people who sit far away"),
    )
    add_choice(parser, "--theme", ("light", "dark", "system"), tr("colours of the window"))


def run(options: argparse.Namespace) -> int:
    """Open the window and return when it is closed; or write its picture."""
    if (told := _contradiction(options)) is not None:
        complain(told)
        return BAD_INPUT
    if options.screenshot is not None:
        draw_unseen()
    if is_refused(picture=options.screenshot is not None):
        return UNABLE
    if options.screenshot is not None:
        from convviz.offscreen.screenshot import render_screenshot

        return render_screenshot(options.screenshot, options.experiment, part=options.part, **_wishes(options))
    from convviz.app import run_window

    return run_window(options.experiment, **_wishes(options))


def _contradiction(options: argparse.Namespace) -> str | None:
    """Return what does not go together in the options."""
    if (told := _too_small(options.size, options.scale)) is not None:
        return f"--size: {told}"
    if options.lesson is not None and options.after:
        return tr("--after cannot be used with --lesson: each scene makes steps of its own")
    if options.part is not None and options.screenshot is None:
        return tr("--part needs --screenshot, the picture that is to show it")
    return None


def _wishes(options: argparse.Namespace) -> dict[str, Any]:
    """Return what the window and its picture are both told."""
    return {
        "size": options.size,
        "after": options.after or 0,
        "scale": options.scale,
        "theme": options.theme,
        "language": options.language,
        "lesson": options.lesson,
        "present": options.present,
    }


def _too_small(pixels: tuple[int, int] | None, scale: float | None) -> str | None:
    """Return what is wrong with a size in which a window that is drawn so large cannot show all it has."""
    factor = scale_in_force() if scale is None else scale
    if pixels is None or all(map(operator.ge, size_at_scale(pixels, factor), LEAST_SIZE)):
        return None
    least, received = (
        "x".join(str(math.ceil(length)) for length in lengths)
        for lengths in ((length * factor for length in LEAST_SIZE), pixels)
    )
    told = tr("expected a size from {least} where everything is drawn at {percent}, received {text}")
    return told.format(least=least, percent=f"{factor:.0%}", text=received)
