"""What is said in the terminal: complaints of one line, and text that may be lost where nobody reads it any more."""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import contextmanager, redirect_stdout, suppress
from typing import IO, TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

#: How much of a word is told that is no name and was not understood.
_LONGEST = 60


def complain(sentence: str) -> None:
    """Say in one line what is wrong; where even that cannot be said, the exit code has to do."""
    with suppress(OSError):
        print(f"convviz: {one_line(sentence)}", file=sys.stderr)
        return
    silence(sys.stderr)


def one_line(text: str) -> str:
    """Return text of whatever origin so that it stays in its line: what would steer the terminal is spelled out."""
    return text if text.isprintable() else "".join(map(_shown, text))


def shortened(text: str) -> str:
    """Return a word that was not understood, short enough for a sentence."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def system_error(error: OSError) -> str:
    """Return what the system says is wrong, and with which file, if it is one."""
    return f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)


def print_file(text: str) -> None:
    """Print what would be a file, and in UTF-8 where it goes into one or a pipe, whatever the system's encoding is."""
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8")
    print(text, end="")


def is_unread(error: OSError) -> bool:
    """Return whether an error says that nobody reads any more what is printed; Windows has another one for that."""
    return isinstance(error, BrokenPipeError) or (
        sys.platform == "win32" and error.errno == errno.EINVAL and error.filename is None
    )


def silence(stream: IO[str]) -> None:
    """Let nothing become of what is printed to ``stream``, nor of what it still holds, which would fail at the end."""
    with suppress(OSError):  # it may be none of the system's
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def heard_or_not() -> Iterator[None]:
    """Let the block come to its end although what it prints cannot be written, and tell only then why it could not.

    A reader that has seen enough, `head` for instance, is no error.

    Raises
    ------
    OSError
        At the end of the block.
    """
    stream = _Lasting(sys.stdout)
    with redirect_stdout(cast("IO[str]", stream)):
        yield
        stream.flush()
    if stream.error is not None:
        raise stream.error


class _Lasting:
    """A stream that is written to as long as that is possible."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._is_read = True
        self.error: OSError | None = None

    def write(self, text: str) -> int:
        if self._is_read:
            try:
                self._stream.write(text)
            except OSError as error:
                self._give_up(error)
        return len(text)

    def flush(self) -> None:
        if self._is_read:
            try:
                self._stream.flush()
            except OSError as error:
                self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        self._is_read = False
        silence(self._stream)
        if not is_unread(error):
            self.error = error


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    import unicodedata  # rarely

    is_space = unicodedata.category(character) == "Zs"  # an ideographic one, for instance
    return character if is_space else character.encode("unicode_escape").decode()
