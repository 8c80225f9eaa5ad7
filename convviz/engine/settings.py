"""Settings that describe themselves.

Layers, losses, optimizers, initialisers, input sources and the experiment are frozen dataclasses whose fields are made
with `setting`. The description beside the default (label, help, kind, range) is all there is: the window's controls,
the file format and its JSON Schema, and the check of every value are generated from it. A class that adds no field is
not decorated again: it inherits everything, and making a data class takes most of the time of importing it.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

import numpy as np

from convviz.engine.errors import ConfigError
from convviz.i18n import Listed, mark

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: What NumPy's generators take, and every file can hold.
LARGEST_SEED = 2**32 - 1

#: Whole limits below this are written with all of their digits.
_EXACT = 1e15

#: What a setting holds; `check_value` says what each accepts and `convviz.model.files` how each is written.
KINDS = (
    "int",
    "seed",  # an int that decides what is drawn at random: 0 … LARGEST_SEED
    "float",
    "bool",
    "text",
    "choice",  # one of `choices`
    "pair",  # two ints (vertical, horizontal); one int means both
    "padding",  # what conv2d's padding takes
    "array",  # numbers: nested lists or an array
    "spec",  # another self-describing value, from `registry`
    "specs",  # a tuple of them
)


class Setting(NamedTuple):
    """The description of one field.

    Attributes
    ----------
    label, help
        Marked for translation, in the words a person reads on the control and in its tooltip.
    kind
        What the setting holds: one of `KINDS`, which decides how a value is checked, written and edited.
    minimum, maximum
        Inclusive range of a number (of each of a pair's two); None: unbounded on that side.
    step
        What one notch of a wheel changes.
    unit
        What a number is counted in, marked for translation; empty: nothing.
    logarithmic
        A control runs over the exponent.
    choices
        For ``choice``: every value that there is, as files have it.
    live
        The setting can change while a run goes on; any other change rebuilds the run.
    registry
        For ``spec`` and ``specs``: returns the mapping from type name to class.
    optional
        The value may be None.
    absent
        What a control calls None; marked for translation.
    lines
        How many lines the control of a text shows.
    """

    label: str
    help: str
    kind: str
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    unit: str = ""
    logarithmic: bool = False
    choices: tuple[str, ...] = ()
    live: bool = False
    optional: bool = False
    absent: str = mark("none")
    lines: int = 1
    registry: Callable[[], Mapping[str, type[Spec]]] | None = None


def setting(
    label: str, help: str, kind: str, default: Any = MISSING, *, factory: Any = MISSING, **description: Any
) -> Any:
    """Return a dataclass field that carries a `Setting`; ``default`` or ``factory`` as in `dataclasses.field`."""
    if kind not in KINDS:
        raise ConfigError("a setting's kind is one of {expected}, received {received}", expected=KINDS, received=kind)
    if kind == "seed":
        description = {"minimum": 0, "maximum": LARGEST_SEED, "step": 1, **description}
    metadata = {"setting": Setting(label, help, kind, **description)}
    if factory is not MISSING:
        return field(default_factory=factory, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Spec:
    """Base of everything that describes itself: an immutable, comparable value without arrays bound to it."""

    #: The name in files, unique within its registry.
    kind: ClassVar[str] = ""
    #: The name on screen, and one sentence about it; both marked for translation.
    label: ClassVar[str] = ""
    summary: ClassVar[str] = ""

    def __post_init__(self) -> None:
        for name, described in settings_of(type(self)).items():
            object.__setattr__(self, name, check_value(getattr(self, name), described, name))

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed, validated as a whole."""
        return dataclasses.replace(self, **changes)


def settings_of(cls: type[Spec]) -> dict[str, Setting]:
    """Return the settings of a class in the order of its fields, by field name."""
    return {f.name: f.metadata["setting"] for f in fields(cls) if "setting" in f.metadata}


def default_of(cls: type[Spec], name: str) -> Any:
    """Return the default of one setting of a class, or `MISSING` if it has to be given."""
    described = cls.__dataclass_fields__[name]
    return described.default if described.default_factory is MISSING else described.default_factory()


def check_value(value: Any, described: Setting, name: str) -> Any:
    """Return ``value`` in its canonical form, or raise `ConfigError`: the field, what it expected, what it received."""
    if value is None:
        if described.optional:
            return None
        raise ConfigError("{name}: expected a value, received none", field=name, name=name)
    return _CHECKS[described.kind](value, described, name)


def check_type(value: Any, cls: type, name: str) -> None:
    """Raise `ConfigError` unless ``value`` is of the class, or of one that is made from it."""
    if not isinstance(value, cls):
        raise _fail(_OF_TYPE, value, name, expected=cls.__name__)


def check_items(values: Any, name: str) -> tuple[Any, ...]:
    """Return what a list, or anything like it, holds, or raise `ConfigError`."""
    try:
        return tuple(values)
    except TypeError as error:
        raise _fail(_LIST, values, name) from error


def check_whole(value: Any, name: str) -> int:
    """Return a whole number as an int, or raise `ConfigError`."""
    if not _is_int(value):
        raise _fail(_WHOLE[0], value, name)
    return int(value)


#: The sentences of an error for a setting without a range, and for one with a range.
_WHOLE = (
    mark("{name}: expected a whole number, received {received}"),
    mark("{name}: expected a whole number {range}, received {received}"),
)
_NUMBER = (
    mark("{name}: expected a number, received {received}"),
    mark("{name}: expected a number {range}, received {received}"),
)
_BOOL = mark("{name}: expected true or false, received {received}")
_TEXT = mark("{name}: expected text, received {received}")
_ONE_OF = mark("{name}: expected one of {expected}, received {received}")
_PAIR = mark("{name}: expected a whole number, or two, received {received}")
_PADDING = mark(
    '{name}: expected whole numbers ≥ 0 (one, two, or two pairs), "valid", "same" or "full", received {received}'
)
_LIST = mark("{name}: expected a list, received {received}")
_OF_TYPE = mark("{name}: expected a value of type {expected}, received {received}")


def _fail(template: str, value: Any, name: str, **words: object) -> ConfigError:
    shown = repr(value)
    return ConfigError(
        template,
        field=name,
        name=name,
        received=shown if len(shown) <= 60 else shown[:57] + "...",
        value=value,
        **words,
    )


def _fail_range(templates: tuple[str, str], value: Any, described: Setting, name: str) -> ConfigError:
    possible = _range(described)
    return _fail(templates[bool(possible)], value, name, range=possible)


def _range(described: Setting) -> str:
    low, high = described.minimum, described.maximum
    if low is not None and high is not None:
        return f"{_bound(low)} … {_bound(high)}"
    if low is not None:
        return f"≥ {_bound(low)}"
    return f"≤ {_bound(high)}" if high is not None else ""


def _bound(value: float) -> str:
    """Return a limit as it is: ``:g`` would round the largest seed, 4294967295, to 4.29497e+09."""
    return f"{value:.0f}" if value == int(value) and abs(value) < _EXACT else f"{value:g}"


def _in_range(value: float, described: Setting) -> bool:
    return (described.minimum is None or value >= described.minimum) and (
        described.maximum is None or value <= described.maximum
    )


def _is_int(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def _check_int(value: Any, described: Setting, name: str) -> int:
    if not _is_int(value) or not _in_range(value, described):
        raise _fail_range(_WHOLE, value, described, name)
    return int(value)


def _check_float(value: Any, described: Setting, name: str) -> float:
    number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    if not number or not _is_finite(value) or not _in_range(value, described):
        raise _fail_range(_NUMBER, value, described, name)
    return float(value)


def _is_finite(value: Any) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an int beyond every float
        return False


def _check_bool(value: Any, described: Setting, name: str) -> bool:
    if not isinstance(value, (bool, np.bool_)):
        raise _fail(_BOOL, value, name)
    return bool(value)


def _check_text(value: Any, described: Setting, name: str) -> str:
    if not isinstance(value, str):
        raise _fail(_TEXT, value, name)
    return value


def _check_choice(value: Any, described: Setting, name: str) -> str:
    if value not in described.choices:
        raise _fail(_ONE_OF, value, name, expected=Listed(described.choices))
    return str(value)


def _check_pair(value: Any, described: Setting, name: str) -> tuple[int, int]:
    pair = (value, value) if _is_int(value) else value
    if not isinstance(pair, (tuple, list)) or len(pair) != 2 or not all(_is_int(v) for v in pair):
        raise _fail(_PAIR, value, name)
    if not all(_in_range(v, described) for v in pair):
        raise _fail_range(_WHOLE, value, described, name)
    return int(pair[0]), int(pair[1])


def _check_padding(value: Any, described: Setting, name: str) -> Any:
    """Canonical: ``"same"``, ``"full"`` or ``((top, bottom), (left, right))``; ``"valid"`` is padding zero."""
    if isinstance(value, str):
        if value not in ("valid", "same", "full"):
            raise _fail(_PADDING, value, name)
        return ((0, 0), (0, 0)) if value == "valid" else value
    pair = (value, value) if _is_int(value) else value
    if isinstance(pair, (tuple, list)) and len(pair) == 2:
        sides = [(side, side) if _is_int(side) else side for side in pair]
        if all(
            isinstance(side, (tuple, list)) and len(side) == 2 and all(_is_int(v) and v >= 0 for v in side)
            for side in sides
        ):
            (top, bottom), (left, right) = sides
            if not all(_in_range(v, described) for side in sides for v in side):
                raise _fail_range(_WHOLE, value, described, name)
            return (int(top), int(bottom)), (int(left), int(right))
    raise _fail(_PADDING, value, name)


def _check_array(value: Any, described: Setting, name: str) -> Any:
    return value  # the owner knows the shape; it normalises in its own __post_init__


def _check_spec(value: Any, described: Setting, name: str) -> Spec:
    known = tuple(described.registry().values()) if described.registry is not None else (Spec,)
    if not isinstance(value, known):
        raise _fail(_ONE_OF, value, name, expected=Listed(cls.__name__ for cls in known))
    return value


def _check_specs(value: Any, described: Setting, name: str) -> tuple[Spec, ...]:
    if not isinstance(value, (tuple, list)) or not all(isinstance(v, Spec) for v in value):
        raise _fail(_LIST, value, name)
    return tuple(value)


_CHECKS: dict[str, Callable[[Any, Setting, str], Any]] = {
    "int": _check_int,
    "seed": _check_int,
    "float": _check_float,
    "bool": _check_bool,
    "text": _check_text,
    "choice": _check_choice,
    "pair": _check_pair,
    "padding": _check_padding,
    "array": _check_array,
    "spec": _check_spec,
    "specs": _check_specs,
}
