"""``convviz animate``: a run as a moving picture."""

from __future__ import annotations

import argparse
import sys
from functools import partial

from convviz.cli.arguments import (
    add_choice,
    add_experiment,
    animation_file,
    check_size,
    size,
    step_count,
    whole_number,
)
from convviz.cli.exits import BAD_INPUT, UNABLE
from convviz.cli.qt import draw_unseen, is_refused
from convviz.cli.telling import complain, shortened
from convviz.i18n import mark, tr
from convviz.views.limits import LEAST_SIZE

SUMMARY = mark("write a moving picture of a run; no display is needed")

#: What is written where nothing is said, the last of a part alone.
_FRAMES, _RATE, _SIZE, PART_SIZE = 60, 12, (1280, 800), (640, 640)
#: The smallest picture of a part alone.
LEAST_PART_SIZE = (120, 120)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    add_experiment(parser)
    parser.add_argument(
        "-o",
        "--output",
        type=animation_file,
        metavar="RUN.gif|.webp|.png|.mp4",
        required=True,
        help=tr("the file to be written; its ending says the format"),
    )
    parser.add_argument(
        "--steps", type=step_count, metavar="N", help=tr("show the first N steps instead of the experiment's")
    )
    parser.add_argument(
        "--frames",
        type=_frames,
        metavar="N",
        default=_FRAMES,
        help=tr("how many pictures, spread evenly over the steps (default: {count})").format(count=_FRAMES),
    )
    parser.add_argument(
        "--fps",
        type=_rate,
        metavar="N",
        default=_RATE,
        help=tr("how many pictures a second (default: {count})").format(count=_RATE),
    )
    parser.add_argument("--part", metavar="NAME", help=tr("only this part, such as loss, input or residual"))
    parser.add_argument(
        "--size",
        type=partial(size, least=LEAST_PART_SIZE),
        metavar="WxH",
        help=tr("size of the picture in pixels (default: {size}; of a part, {part_size})").format(
            size=_text(_SIZE), part_size=_text(PART_SIZE)
        ),
    )
    add_choice(parser, "--theme", ("light", "dark"), tr("colours of the picture"))


def run(options: argparse.Namespace) -> int:
    """Train, and write the pictures of the steps."""
    is_whole = options.part in (None, "network")
    pixels = options.size or (_SIZE if is_whole else PART_SIZE)
    try:
        check_size(pixels, LEAST_SIZE if is_whole else LEAST_PART_SIZE)
    except argparse.ArgumentTypeError as error:
        complain(f"--size: {error}")
        return BAD_INPUT
    draw_unseen()
    if is_refused(picture=True):
        return UNABLE
    from convviz.offscreen.animation import render_animation

    live = sys.stderr.isatty()

    def tell(share: float) -> None:
        if live:
            sys.stderr.write(f"\r{share:4.0%}")
            sys.stderr.flush()

    try:
        return render_animation(
            options.output,
            options.experiment,
            steps=options.steps,
            frames=options.frames,
            rate=options.fps,
            size=pixels,
            part=options.part,
            theme=options.theme,
            language=options.language,
            told=tell,
        )
    finally:
        if live:
            sys.stderr.write("\r    \r")


def _text(pixels: tuple[int, int]) -> str:
    return "x".join(map(str, pixels))


def _frames(text: str) -> int:
    return whole_number(text, least=2)


def _rate(text: str) -> float:
    """Return how many pictures a second."""
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if 0.1 <= rate <= 50:
        return rate
    message = tr("expected a number from {least} to {most}, received {text}")
    raise argparse.ArgumentTypeError(message.format(least="0.1", most="50", text=shortened(text)))
