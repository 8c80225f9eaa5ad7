"""Opening a file that somebody named: anything but a file is refused, and what the system says is told as an error."""

from __future__ import annotations

import codecs
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from convviz.engine.errors import ConfigError, ConvvizError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Give the file at ``path`` to be read.

    Raises
    ------
    ConfigError
        If there is none that can be read. A pipe or a device is none: it might never come to an end.
    """
    try:
        if path.exists() and not path.is_file():
            raise ConfigError("expected a file, received a folder or a device")
        with _open(path) as file:
            yield file
    except OSError as error:
        raise ConfigError("cannot be read: {reason}", reason=error.strerror or error) from error


def read_bytes(path: Path, most: int) -> bytes:
    """Return the bytes of a file, or, of one that has more than ``most`` of them, as many as show that.

    Raises
    ------
    ConfigError
        As `opened`.
    """
    with opened(path) as file:
        return file.read(most + 1)


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Let every `ConvvizError` that leaves the block name the file that it is about."""
    try:
        yield
    except ConvvizError as error:
        if "file" in error.values:
            raise
        raise type(error)("{file}: {error}", file=name, error=error) from error


def text_of(raw: bytes) -> str:
    """Return the text in a file's bytes.

    Raises
    ------
    ConfigError
        If it is not UTF-8, or there is none.
    """
    if (encoding := _other_encoding(raw)) is not None:
        raise ConfigError("expected text in UTF-8, received {encoding}: save it as UTF-8", encoding=encoding)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError("expected text in UTF-8, received other bytes at {place:,}", place=error.start) from error
    if not text.strip():
        raise ConfigError("expected text, received an empty file")
    return text


def _other_encoding(raw: bytes) -> str | None:
    """Return the encoding that the first bytes show, by their mark or by the zero beside a plain letter."""
    if raw.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "UTF-32"
    is_letter_and_zero = len(raw) > 1 and min(raw[:2]) == 0 and 0 < max(raw[:2]) < 128
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or is_letter_and_zero:
        return "UTF-16"
    return None


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except ValueError as error:
        raise ConfigError("not a name that a file can have") from error
