"""Numbers out of text: cells of a spreadsheet, a Python list, what NumPy and PyTorch print.

The text is data: it is taken apart here and never evaluated.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from convviz.engine.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

Matrix = NDArray[np.float64]

#: A megabyte or so of digits is more than any map here; above it the text is refused unread.
LONGEST = 4_000_000
_DEEPEST = 4

#: What says nothing: blanks, and the separators of cells that are all empty.
_NOTHING = re.compile(r"[\s;,]*")
#: What may stand before a list: ``name =``, PyTorch's ``Parameter containing:``, and the name of a function.
_NAMED = re.compile(r"^[A-Za-z_][\w ]*[=:]\s*")
_WRAPPED = re.compile(r"^[A-Za-z_][\w.]*\s*\(\s*(?=[\[(])")
_TOKENS = re.compile(r"[\[\](),]|[^\s\[\](),]+")
_COMMA_PAIR = re.compile(r"^\s*[-+−]?\d+,\d+\s*$")
_MINUS = str.maketrans({"−": "-", "–": "-", "⁄": "/"})
_SUPERSCRIPTS = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "-+0123456789")
#: A power of ten as the window writes it.
_POWER = re.compile(r"(?:^([+-]?)|[×*] ?)10([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)$")
_FRACTION = re.compile(r"^([^/]+)/([^/]+)$")
#: Whole digits in groups of three, by the mark between them; what begins with a zero is a fraction.
_GROUPED = {mark: re.compile(rf"^[+-]?[1-9]\d{{0,2}}(?:{re.escape(mark)}\d{{3}})+(?![\d{mark}])") for mark in ",."}


def parse_number(text: str) -> float:
    """Return the number that ``text`` means: ``0.5``, ``0,5``, ``3e-5``, ``3×10⁻⁵``, ``−2`` or a fraction: ``1/9``.

    Raises
    ------
    ConfigError
        If it is none of these, or not finite.
    """
    plain = text.strip().translate(_MINUS)
    try:
        fraction = _FRACTION.match(plain)
        value = _decimal(fraction[1]) / _decimal(fraction[2]) if fraction else _decimal(plain)
    except (ValueError, ZeroDivisionError):
        raise ConfigError("'{text}' is not a number such as 0.5, 3e-5 or 1/9", text=text.strip()) from None
    if not math.isfinite(value):
        raise ConfigError("'{text}' is not a finite number such as 0.5", text=text.strip())
    return value


def parse_matrix(text: str) -> Matrix:
    """Return the numbers in ``text`` as an array of one to four dimensions; plain rows make a matrix.

    Rows of a spreadsheet may be separated by tabs, semicolons, spaces or commas. A comma within a cell is read as a
    decimal comma where the cells are separated by something else, or as a mark of thousands where another number has a
    decimal point and three digits follow each comma; a point beside a decimal comma likewise.

    Raises
    ------
    ConfigError
        Where the text cannot be read as numbers, naming the place.
    """
    stripped = text.strip("\ufeff \r\n")
    if _NOTHING.fullmatch(stripped):
        raise ConfigError("there is no text to paste; expected rows of numbers or a Python list")
    if len(stripped) > LONGEST:
        raise ConfigError(
            "the text is {received:,} characters long; at most {most:,} can be pasted", received=len(text), most=LONGEST
        )
    stripped = _NAMED.sub("", stripped)
    wrapped = _WRAPPED.match(stripped)
    if wrapped:
        return _nested(stripped[wrapped.end() :], closed_by=")")
    if stripped[:1] in ("[", "("):
        return _nested(stripped, closed_by="")
    return _rows(text.strip("\ufeff\r\n"))


def _decimal(text: str) -> float:
    plain = _POWER.sub(_exponent, text.strip())
    if "_" in plain:
        raise ValueError(plain)
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    return float(plain)


def _exponent(power: re.Match[str]) -> str:
    start = "" if power[1] is None else f"{power[1]}1"
    return f"{start}e{power[2].translate(_SUPERSCRIPTS)}"


def _nested(text: str, closed_by: str) -> Matrix:
    tokens = _TOKENS.findall(text)
    value, end = _list(tokens, 0, 1)
    rest = tokens[end:]
    if closed_by:  # what follows the list in array([...], dtype=...) says nothing about the numbers
        if not rest or rest[-1] != closed_by:
            raise _unclosed()
    elif rest and rest != [","]:
        raise ConfigError("'{text}' follows the end of the list", text=" ".join(rest)[:20])
    lengths: list[int] = []
    _measure(value, 0, lengths)
    if 0 in lengths:
        raise ConfigError("the list is empty; expected numbers")
    return np.array(value, dtype=np.float64)


def _list(tokens: Sequence[str], start: int, depth: int) -> tuple[list[Any], int]:
    """Return the list that opens at ``tokens[start]`` and the place behind it."""
    if depth > _DEEPEST:
        raise ConfigError("the list is nested deeper than {most} levels", most=_DEEPEST)
    items: list[Any] = []
    at = start + 1
    while at < len(tokens):
        token = tokens[at]
        if token in "[(":
            item, at = _list(tokens, at, depth + 1)
            items.append(item)
            continue
        at += 1
        if token in "])":
            return items, at
        if token == "...":
            raise ConfigError("the array was shortened with '...' when it was printed; copy all of its numbers")
        if token != ",":
            items.append(parse_number(token))
    raise _unclosed()


def _unclosed() -> ConfigError:
    return ConfigError("a bracket is not closed; expected a list such as [[1, 0], [0, 1]]")


def _measure(value: Any, level: int, lengths: list[int]) -> None:
    """Note the length of every level of a nested list in ``lengths``; refuse lists of unequal length or depth."""
    size = len(value) if isinstance(value, list) else -1
    if level == len(lengths):
        lengths.append(size)
    if lengths[level] != size:
        raise ConfigError("the rows have different lengths; expected as many numbers in each")
    if size >= 0:
        for item in value:
            _measure(item, level + 1, lengths)


def _rows(text: str) -> Matrix:
    lines = [line for line in text.splitlines() if not _NOTHING.fullmatch(line)]
    cells = [_cells(line, _separator(lines)) for line in lines]
    point = _decimal_mark(cells)
    matrix = []
    for number, row in enumerate(cells, start=1):
        if len(row) != len(cells[0]):
            raise ConfigError(
                "the rows have different lengths: {expected} in row 1, {received} in row {row}",
                row=number,
                received=len(row),
                expected=len(cells[0]),
            )
        matrix.append([_cell(cell, number, column, point) for column, cell in enumerate(row, start=1)])
    return np.array(matrix, dtype=np.float64)


def _separator(lines: Sequence[str]) -> str:
    """Return what stands between the cells: a tab, a semicolon, a comma, or ``""`` for any run of spaces."""
    for separator in "\t;":
        if any(separator in line for line in lines):
            return separator
    if not any("," in line for line in lines):
        return ""
    words = [word for line in lines for word in line.split()]
    if any(word[-1] == "," or word == "," or word.count(",") > 1 for word in words):
        return ","
    if any(len(line.split()) > 1 for line in lines):
        return ""
    if any("." in word for word in words) or not all(_COMMA_PAIR.match(word) for word in words):
        return ","
    raise ConfigError(
        "'{text}' can be read as one number or as two; use a decimal point, or a tab between the numbers",
        text=next(word for word in words if "," in word),
    )


def _cells(line: str, separator: str) -> list[str]:
    if not separator:
        return line.split()
    row = [cell.strip() for cell in line.split(separator)]
    while not row[-1]:  # a spreadsheet's selection may reach beyond its last column
        row.pop()
    return row


def _decimal_mark(cells: Sequence[Sequence[str]]) -> str:
    """Return the mark before the decimals: the later one in the first cell that has both, else a point if there is any.

    Without a point anywhere it is the comma.
    """
    found = ","
    for cell in (cell for row in cells for cell in row):
        if "." in cell and "," in cell:
            return max(",.", key=cell.rfind)
        if "." in cell:
            found = "."
    return found


def _cell(text: str, row: int, column: int, point: str) -> float:
    if not text:
        raise ConfigError("row {row}, column {column} is empty", row=row, column=column)
    plain = text.strip("'\"").translate(_MINUS)
    if "," in plain and "." in plain:
        point = max(",.", key=plain.rfind)
    other = "," if point == "." else "."
    if _GROUPED[other].match(plain):
        plain = plain.replace(other, "")
    try:
        return parse_number(plain)
    except ConfigError as error:
        reason = ConfigError(error.template, text=text[:20])
        raise ConfigError("row {row}, column {column}: {reason}", row=row, column=column, reason=reason) from error
