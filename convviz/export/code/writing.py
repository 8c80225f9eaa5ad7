"""Python source laid out as a formatter would leave it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

#: The longest line, in characters.
WIDTH = 100


def bracketed(before: str, items: Sequence[str], after: str, *, one_each: bool = False) -> list[str]:
    """Return ``before`` + the items with commas between + ``after``, broken within the brackets where it is too long.

    ``before`` ends with the opening bracket and ``after`` begins with the closing one. Items of a list, a tuple or a
    mapping stand on a line each (``one_each``) where they do not fit on one; arguments may share a line of their own.
    """
    flat = ", ".join(items)
    indent = before[: len(before) - len(before.lstrip())]
    if len(before) + len(flat) + len(after) <= WIDTH:
        return [before + flat + after]
    if not one_each and len(indent) + 4 + len(flat) <= WIDTH:
        return [before, f"{indent}    {flat}", indent + after]
    inside = [line for item in items for line in _ending(fitted(f"{indent}    {item}"), ",")]
    return [before, *inside, indent + after]


def fitted(line: str) -> list[str]:
    """Return a line, broken within the last brackets of it if it is too long and ends with them."""
    if len(line) <= WIDTH or not line.endswith((")", "]")):
        return [line]
    depth = 0
    for place in range(len(line) - 1, -1, -1):
        depth += (line[place] in ")]}") - (line[place] in "([{")
        if not depth:
            return bracketed(line[: place + 1], _parts(line[place + 1 : -1]), line[-1])
    return [line]


def _ending(lines: list[str], end: str) -> list[str]:
    return [*lines[:-1], lines[-1] + end]


def document(title: str, paragraphs: Iterable[str]) -> list[str]:
    """Return the lines of a module's docstring that says ``title`` and, below it, the paragraphs."""
    lines = ['"""' + _harmless(title)]
    for paragraph in paragraphs:
        if text := _harmless(paragraph):
            lines += ["", *textwrap.wrap(text, WIDTH)]
    return [*lines, '"""']


def numbers(name: str, array: NDArray[Any], call: str, dtype: str) -> list[str]:
    """Return the lines that let ``name`` be ``call`` of the numbers, each of which is read as exactly what it was.

    A matrix, and any array of more dimensions, is written row by row and then given its shape.
    """
    rows = array.reshape(-1, array.shape[-1]) if array.ndim > 1 else array.reshape(1, -1)
    shape = ", ".join(map(str, array.shape))
    words = [[str(number) for number in row] for row in rows]
    settings = f", dtype={dtype}" if dtype else ""
    if len(rows) == 1 and len(flat := f"{name} = {call}([{', '.join(words[0])}]{settings})") <= WIDTH - 30:
        return [flat + (f".reshape({shape})" if array.ndim > 1 else "")]
    lines = [f"        [{', '.join(row)}]," for row in words]
    too_long = any(len(line) > WIDTH for line in lines)
    if too_long:
        lines = [part for row in words for part in _wrapped(row)]
    last = [f"    dtype={dtype},"] if dtype else []
    end = "    ]," if dtype else "    ]"
    made = [f"{name} = {call}(", "    [", *lines, end, *last, f").reshape({shape})"]
    return ["# fmt: off", *made, "# fmt: on"] if too_long else made


def _wrapped(row: list[str]) -> list[str]:
    """Return a row that is too long on several lines, of which only the first and the last have its brackets."""
    return textwrap.wrap(
        f"[{', '.join(row)}],", WIDTH, initial_indent=" " * 8, subsequent_indent=" " * 9, break_on_hyphens=False
    )


def _harmless(text: str) -> str:
    """Return a text on one line that neither ends a docstring nor means anything else within one."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line.replace("\\", "\\\\").replace('"', "'")


def _parts(text: str) -> list[str]:
    """Return what stands between the commas that are in no brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]
