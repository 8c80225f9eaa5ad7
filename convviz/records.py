"""Frozen dataclasses that are ready at once.

`dataclasses.dataclass` writes and compiles the source of six methods for every class. For the hundred small classes of
this program that takes as long as importing NumPy, though many of them are never made, and most never printed. A
`record` is such a dataclass to whoever uses it, `fields` and `replace` included; but its ``__init__`` is written when
the first one is made, and for its other methods nothing has to be written. Fields for keywords only are not provided
for.
"""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["record"]

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass as record  # which is what types are checked by
else:

    def record(*, frozen: bool, eq: bool = True) -> Callable[[type], type]:
        """Return what makes a class a record; the arguments are those of `dataclasses.dataclass`."""
        if not frozen:
            raise TypeError("a record is frozen")
        return lambda cls: _made(cls, eq)


def _made(cls: type, eq: bool) -> type:
    """Give a class the fields and the methods of a frozen dataclass."""
    bases = [vars(base)["__dataclass_params__"] for base in cls.__mro__[1:] if "__dataclass_params__" in vars(base)]
    for base in bases:  # whoever asks for the fields alone asks for a class that is not frozen, under none that is
        base.frozen = False
    dataclass(init=False, repr=False, eq=False)(cls)
    for params in (*bases, vars(cls)["__dataclass_params__"]):
        params.frozen = True
    methods = {
        "__init__": _Unwritten(cls),
        "__repr__": _repr,
        "__setattr__": _refuse_assignment,
        "__delattr__": _refuse_deletion,
    }
    if eq:
        values = _values_of([field.name for field in fields(cls) if field.compare])
        methods |= {"__eq__": _equality(values), "__hash__": lambda self: hash(values(self))}
    for name, method in methods.items():
        if vars(cls).get(name) is None:  # Python puts None for the hash where a class says itself what is equal
            setattr(cls, name, method)
    return cls


class _Unwritten:
    """Stands for the ``__init__`` of a class until one is needed."""

    def __init__(self, cls: type) -> None:
        self._cls = cls

    def __get__(self, instance: object, owner: type) -> Any:
        written = self._cls.__init__ = _write_init(self._cls)  # type: ignore[misc]
        return written.__get__(instance, owner)


def _write_init(cls: type) -> Callable[..., None]:
    """Return the function that takes the fields, as `dataclasses.dataclass` writes it."""
    names: dict[str, Any] = {"_set": object.__setattr__, "_missing": MISSING}
    parameters, lines = ["self"], []
    for field in fields(cls):
        name, default = field.name, f"_default_{field.name}"
        made = field.default_factory is not MISSING
        names[default] = field.default_factory if made else field.default
        if field.init:
            absent = "_missing" if made else default
            parameters.append(name if names[default] is MISSING else f"{name}={absent}")
            value = f"{default}() if {name} is _missing else {name}" if made else name
        elif names[default] is not MISSING:
            value = f"{default}()" if made else default
        else:
            continue
        lines.append(f"_set(self, {name!r}, {value})")
    lines.append("self.__post_init__()" if hasattr(cls, "__post_init__") else "return")
    exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(lines), names)
    written: Callable[..., None] = names["__init__"]
    written.__qualname__, written.__module__ = f"{cls.__qualname__}.__init__", cls.__module__
    return written


def _values_of(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda self: tuple(getattr(self, name) for name in names)


def _equality(values: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any, object], bool]:
    def __eq__(self: Any, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return __eq__


def _repr(self: Any) -> str:
    shown = (f"{field.name}={getattr(self, field.name)!r}" for field in fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse_assignment(self: object, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deletion(self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")
