"""What the commands' parsers have in common."""

from __future__ import annotations

import argparse
import math
import os
import stat
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import convviz
from convviz.cli.exits import BAD_INPUT
from convviz.cli.telling import complain, shortened, system_error
from convviz.i18n import LANGUAGES, Listed, mark, tr
from convviz.resources import lesson_files
from convviz.views.limits import LEAST_SCALE, LEAST_SIZE, MOST_SCALE, MOST_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

#: argparse's own sentences, which it looks up in gettext's default domain.
ARGPARSE_SENTENCES = (
    mark("usage: "),
    mark("positional arguments"),
    mark("options"),
    mark("show this help message and exit"),
    mark("expected one argument"),
    mark("unrecognized arguments: %s"),
    mark("invalid %(type)s value: %(value)r"),
    mark("ignored explicit argument %r"),
    mark("the following arguments are required: %s"),
)

#: What an animation is written as, by the ending of its file's name: those of `convviz.export.animation`.
ANIMATIONS = (".gif", ".webp", ".png", ".mp4")
#: Digits of a number, more than there is a use for.
_MOST_DIGITS = 100
#: What a picture of the window is written as: those of `convviz.views.picture`, which loads Qt.
PICTURES = (".svg", ".pdf", ".png")


class ArgumentParser(argparse.ArgumentParser):
    """A parser for ``convviz`` followed by ``command``, with the options that every command has."""

    def __init__(self, command: str, summary: str, epilog: str | None = None) -> None:
        super().__init__(
            prog=f"convviz {command}".strip(),
            description=tr(summary),
            epilog=epilog,
            # argparse makes one for every argument; of the terminal's width, it would import more than the rest of it
            formatter_class=partial(argparse.RawDescriptionHelpFormatter, width=80),
            allow_abbrev=False,  # the language is looked for by its whole name before anything is parsed
            exit_on_error=False,
        )
        add_choice(self, "--language", LANGUAGES, tr("language of the messages and the window (default: the system's)"))

    def format_help(self) -> str:
        """Return the help, as wide as the terminal."""
        self.formatter_class = argparse.RawDescriptionHelpFormatter
        return super().format_help()

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """Return what the words of a command line say; leave where they are wrong, having said what is."""
        try:
            return self.parse_args(words)
        except argparse.ArgumentError as error:
            self.error(f"{error.argument_name}: {error.message}" if error.argument_name else error.message)

    def error(self, message: str) -> NoReturn:
        """Say in one line what is wrong, and leave."""
        complain(message)
        self.exit(BAD_INPUT)


class WindowParser(ArgumentParser):
    """The parser of ``convviz`` without a command, which lists the commands when it is asked for help.

    Parameters
    ----------
    commands
        Returns each command's summary by its name; not called before it is needed.
    """

    def __init__(self, commands: Callable[[], Mapping[str, str]]) -> None:
        super().__init__("", mark("See a convolutional network learn."))
        self._commands = commands

    def format_help(self) -> str:
        """Return the help, with the commands at its end."""
        lines = [tr("commands (“convviz COMMAND --help” says more):")]
        lines += [f"  {name:<10} {tr(summary)}" for name, summary in self._commands().items()]
        lines += ["", tr("A file that is named like a command is opened by its path, for example ./train")]
        self.epilog = "\n".join(lines)
        return super().format_help()


def window_parser(commands: Callable[[], Mapping[str, str]]) -> ArgumentParser:
    """Return the parser of ``convviz`` without a command; ``commands`` returns each command's summary by its name."""
    parser = WindowParser(commands)
    told = tr("show program's version number and exit")  # which not every Python translates by itself
    parser.add_argument("--version", action="version", version=f"convviz {convviz.__version__}", help=told)
    return parser


def add_experiment(parser: argparse.ArgumentParser) -> None:
    """Let a command take an experiment: a file, or a built-in one's name."""
    parser.add_argument(
        "experiment",
        metavar="EXPERIMENT",
        nargs="?",
        help=tr("an experiment's file, or the name of a built-in one, see “convviz list” (default: demo)"),
    )


def add_choice(
    parser: argparse.ArgumentParser, option: str, known: Iterable[str], told: str, *, several: bool = False
) -> None:
    """Let a command take one of the ``known`` words with an option; ``several``: a list, as often as it is given."""
    words = tuple(known)

    def one_of(text: str) -> str:
        if text in words:
            return text
        message = tr("expected one of {known}, received {text}")
        raise argparse.ArgumentTypeError(message.format(known=Listed(words), text=text))

    how: dict[str, Any] = {"action": "append", "default": []} if several else {}
    parser.add_argument(option, type=one_of, metavar="|".join(words), help=told, **how)


def lesson(text: str) -> str:
    """Return the name of a built-in lesson or of a file as it is."""
    known = lesson_files()
    with _possible():
        if text in known or (text and Path(text).exists()):
            return text
    message = tr("expected a lesson's file or one of {known}, received {text}")
    raise argparse.ArgumentTypeError(message.format(known=Listed(known), text=text))


def size(text: str, least: tuple[int, int] = LEAST_SIZE) -> tuple[int, int]:
    """Return ``"1280x800"`` as a pair of numbers, ``least`` or more; by default, of a window that shows all it has."""
    words = text.lower().replace("×", "x").split("x")
    if len(words) != 2 or not all(word.isdecimal() for word in words):
        message = tr("expected WIDTHxHEIGHT such as 1280x800, received {text}")
        raise argparse.ArgumentTypeError(message.format(text=shortened(text)))
    width, height = (_int(word) for word in words)
    check_size((width, height), least)
    return width, height


def check_size(pixels: tuple[int, int], least: tuple[int, int]) -> None:
    """Raise `ArgumentTypeError` unless a width and a height are from ``least`` to the largest that there can be."""
    if not all(low <= length <= high for low, length, high in zip(least, pixels, MOST_SIZE, strict=True)):
        low, high, received = (shortened("x".join(map(str, lengths))) for lengths in (least, MOST_SIZE, pixels))
        message = tr("expected a size from {least} to {most}, received {text}")
        raise argparse.ArgumentTypeError(message.format(least=low, most=high, text=received))


def scale(text: str) -> float:
    """Return ``"1.5"`` or ``"150%"`` as a factor that a window can be drawn with."""
    try:
        factor = float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        factor = math.nan
    if LEAST_SCALE <= factor <= MOST_SCALE:
        return factor
    message = tr("expected a factor from {least} to {most}, such as 1.5, received {text}")
    raise argparse.ArgumentTypeError(message.format(least=LEAST_SCALE, most=MOST_SCALE, text=shortened(text)))


def whole_number(text: str, least: int = 0) -> int:
    """Return an int of 0 or more, such as a seed."""
    if text.isdecimal() and _int(text) >= least:
        return _int(text)
    message = tr("expected a whole number of {least} or more, received {text}")
    raise argparse.ArgumentTypeError(message.format(least=least, text=shortened(text)))


def step_count(text: str) -> int:
    """Return how many steps a run is to make: an int of 1 or more."""
    return whole_number(text, least=1)


def picture_file(text: str) -> Path:
    """Return the path of a picture to be written; its ending says the format, and none means PNG."""
    return _file(text, "", *PICTURES)


def run_file(text: str) -> Path:
    """Return the path of a run to be written; it is an NPZ, and is not to be called otherwise."""
    return _file(text, "", ".npz")


def table_file(text: str) -> Path:
    """Return the path of a table to be written; it is a CSV, and is not to be called otherwise."""
    return _file(text, "", ".csv")


def script_file(text: str) -> Path:
    """Return the path of a script to be written; it is Python, and is not to be called otherwise."""
    return _file(text, "", ".py")


def animation_file(text: str) -> Path:
    """Return the path of an animation to be written; its ending says the format."""
    return _file(text, *ANIMATIONS)


def _file(text: str, *endings: str) -> Path:
    """Return the path of a file to be written, as `output_file`, if it ends so; the empty ending stands for none."""
    path = output_file(text)
    if path.suffix.lower() in endings:
        return path
    message = tr("expected a file's name that ends in {ending}, received {path}")
    raise argparse.ArgumentTypeError(message.format(ending="|".join(filter(None, endings)), path=text))


def output_file(text: str) -> Path:
    """Return the path of a file to be written, if it can be: that is better known before the work is done."""
    path = Path(text)
    with _possible():
        message = _unwritable(path) if text else tr("expected a file's name, received none")
    if message:
        raise argparse.ArgumentTypeError(message.format(path=text))
    return path


def _unwritable(path: Path) -> str:
    """Return why no file can be written there, with a place for the path; nothing if there is no reason."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        mode = None
    if mode is not None and stat.S_ISDIR(mode):
        return tr("expected a file's name, received the folder {path}")
    if mode is not None and not stat.S_ISREG(mode):
        return tr("expected a regular file, received {path}")
    folder = path.absolute().parent
    if not folder.is_dir():
        return tr("expected a file in a folder that exists, received {path}")
    if not os.access(folder, os.W_OK):
        return tr("expected a file in a folder that can be written to, received {path}")
    return ""


@contextmanager
def _possible() -> Iterator[None]:
    """Tell what the system says of a name, that it is too long for instance, as an error of the argument."""
    try:
        yield
    except OSError as error:
        raise argparse.ArgumentTypeError(system_error(error)) from error


def _int(digits: str) -> int:
    """Return a number; one that has more digits than Python reads, and than any use has, as one that is as useless."""
    return int(digits[:_MOST_DIGITS])
