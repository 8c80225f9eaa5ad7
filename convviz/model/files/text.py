"""JSON as people write it: read strictly, written compactly.

What JSON leaves open is closed here: an entry that occurs twice is refused, and so are NaN and infinities (they reach
the reader as numbers that are not finite, which every setting refuses by name).
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from convviz.engine.errors import ConfigError
from convviz.i18n import mark
from convviz.model.files.opening import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Bytes of an experiment file. More numbers than fit go into ``.npy`` files beside it.
LARGEST_FILE = 8 * 2**20

#: How deep lists and objects lie in each other; an experiment needs ten.
_MOST_NESTED = 16

#: Characters of a line in a written file.
_WIDTH = 100


#: What the decoder says, and what is said instead.
_REASONS = {
    "Expecting property name": mark("expected a name in double quotes"),
    "Expecting ':'": mark("expected a colon"),
    "Expecting ','": mark("expected a comma, or the bracket that closes"),
    "Expecting value": mark("expected a value"),
    "Extra data": mark("expected the end of the file"),
    "Invalid control character": mark("expected a text without line breaks and tabs; they are written \\n and \\t"),
    "Invalid \\": mark("expected an escape such as \\n; a backslash itself is written twice"),
}


class Entries(dict[str, Any]):
    """A JSON object that remembers which names it was given twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.repeated: list[str] = []
        if len(pairs) != len(self):
            times = Counter(name for name, _ in pairs)
            self.repeated = [name for name in self if times[name] > 1]


def parse(raw: bytes) -> Any:
    """Return what a JSON file holds, its objects as `Entries`.

    Raises
    ------
    ConfigError
        If it is too large, not UTF-8, not JSON, or nested too deeply.
    """
    if len(raw) > LARGEST_FILE:
        raise ConfigError(
            "the file has more than {limit:,} bytes; keep large arrays in .npy files beside it", limit=LARGEST_FILE
        )
    text = text_of(raw)
    try:
        value = json.loads(text, object_pairs_hook=Entries, parse_int=_int)
    except json.JSONDecodeError as error:
        end = len(text.rstrip())
        if error.pos >= end or error.msg.startswith("Unterminated string"):  # whose place is its beginning
            line = text.count("\n", 0, end) + 1
            raise ConfigError("the file ends too early, at line {line}", line=line) from error
        raise ConfigError(
            "not valid JSON at line {line}, column {column}, near {text}: {error}",
            line=error.lineno,
            column=error.colno,
            text=repr(text[error.pos : error.pos + 20]),
            error=ConfigError(_reason(text, error)),
        ) from error
    except RecursionError as error:
        raise _too_deep() from error
    _check_nesting(value)
    if "\\u" in text:
        _check_characters(value)
    return value


def _reason(text: str, error: json.JSONDecodeError) -> str:
    """Return what is wrong there, marked for translation: first what people do who know other languages."""
    rest, before = text[error.pos : error.pos + 2], text[: error.pos].rstrip()[-1:]
    if rest[:1] == "#" or rest in ("//", "/*"):
        return mark("JSON has no comments")
    if rest[:1] == "'":
        return mark("expected double quotes")
    if (before == "," and rest[:1] in ("}", "]")) or error.msg.startswith("Illegal trailing comma"):
        return mark("there is a comma too many before a bracket")
    if rest[:1].isdigit() and re.search(r"\d,$", text[max(0, error.pos - 2) : error.pos]):
        return mark("expected a decimal point, received a comma")
    if re.match("(None|True|False)\\b", text[error.pos : error.pos + 6]):
        return mark("expected null, true or false, in small letters")
    return next((told for begin, told in _REASONS.items() if error.msg.startswith(begin)), _REASONS["Expecting value"])


def _check_nesting(value: Any) -> None:
    level = [value]
    for _ in range(_MOST_NESTED):
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    raise _too_deep()


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _too_deep() -> ConfigError:
    return ConfigError("the file is nested more than {most} deep", most=_MOST_NESTED)


def _check_characters(value: Any) -> None:
    """Refuse halves of characters: JSON can write them, but no file can hold them and no window show them."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ConfigError("a text of the file holds an incomplete character") from error


def _int(digits: str) -> int | float:
    """Return an int, or, where nothing here could use one that long, the nearest float."""
    return int(digits) if len(digits) <= 18 else float(digits)


def render(value: Any) -> str:
    """Return ``value`` as JSON text: on one line if it fits, matrices with one row per line, every float exactly."""
    return _render(value, "", 0) + "\n"


def _render(value: Any, indent: str, used: int) -> str:
    """Return ``value`` as text whose further lines begin with ``indent``; ``used`` characters are before it."""
    line = _line(value)
    if len(indent) + used + len(line) <= _WIDTH and not _is_tall(value):
        return line
    deeper = indent + "  "
    if isinstance(value, dict) and value:
        items = [f"{_line(name)}: {_render(item, deeper, len(name) + 5)}" for name, item in value.items()]
        return "{\n" + ",\n".join(deeper + item for item in items) + "\n" + indent + "}"
    if isinstance(value, list) and any(isinstance(item, (list, dict)) for item in value):
        items = [_render(item, deeper, 1) for item in value]
        return "[\n" + ",\n".join(deeper + item for item in items) + "\n" + indent + "]"
    return line


def _is_tall(value: Any) -> bool:
    """Return whether a value is laid out on several lines even if one would do: matrices, and what holds them."""
    if isinstance(value, dict):
        return any(_is_tall(item) for item in value.values())
    if isinstance(value, list):
        return (len(value) > 2 and isinstance(value[0], list)) or any(_is_tall(item) for item in value)
    return False


def _line(value: Any) -> str:
    """Return ``value`` on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_line(name)}: {_line(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_line, value)) + "]"
    if isinstance(value, float):
        return _number(value)
    return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    """Return the shortest text that reads as exactly this number; whole ones without a point."""
    if not value.is_integer() or abs(value) >= 2**53:
        return repr(value)
    return "-0.0" if value == 0 and math.copysign(1.0, value) < 0 else str(int(value))
