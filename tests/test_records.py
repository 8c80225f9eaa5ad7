"""Records against the frozen dataclasses that they stand for."""

from __future__ import annotations

import copy
import inspect
import math
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, is_dataclass, replace
from typing import Any, ClassVar

import pytest

from convviz.records import record


def _family(make: Any) -> tuple[type[Any], type[Any]]:
    """Return a class and one that adds to it, both made by ``make``."""

    @make(frozen=True)
    class Point:
        """A place."""

        count: ClassVar[int] = 0

        x: float
        y: float = 0.0
        notes: list[str] = field(default_factory=list, compare=False)

    @make(frozen=True)
    class Named(Point):
        """A place with a name, in capitals."""

        name: str = "here"
        shown: str = field(init=False, repr=False)
        kept: dict[str, int] = field(init=False, repr=False, compare=False, default_factory=dict)

        def __post_init__(self) -> None:
            object.__setattr__(self, "shown", self.name.upper())

    return Point, Named


Family = tuple[type[Any], type[Any]]
Point, Named = _family(record)


@pytest.fixture(params=[dataclass, record], ids=["dataclass", "record"])
def family(request: pytest.FixtureRequest) -> Family:
    return _family(request.param)


def test_what_it_is_made_of_is_taken_by_place_and_by_name(family: Family) -> None:
    point, named = family
    made = named(1.0, name="there")
    assert (made.x, made.y, made.notes, made.name, made.shown, made.kept) == (1.0, 0.0, [], "there", "THERE", {})
    assert (point(2.0, 3.0, ["a"]).y, point(y=4.0, x=2.0).y) == (3.0, 4.0)
    assert list(inspect.signature(named).parameters) == ["x", "y", "notes", "name"]


def test_defaults_that_are_made_are_made_anew_each_time(family: Family) -> None:
    point, named = family
    assert point(1.0).notes is not point(1.0).notes
    assert named(1.0).kept is not named(1.0).kept


@pytest.mark.parametrize(("given", "named"), [((), {}), ((1, 2, [], 4), {}), ((1,), {"z": 2}), ((1,), {"x": 2})])
def test_what_does_not_fit_is_refused(family: Family, given: tuple[Any, ...], named: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="__init__"):
        family[0](*given, **named)


def test_it_cannot_be_changed(family: Family) -> None:
    made = family[1](1.0)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'x'"):
        made.x = 2.0
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'x'"):
        del made.x
    assert made.x == 1.0


def test_the_same_values_are_equal_and_hash_alike(family: Family) -> None:
    point, named = family
    assert named(1.0, 2.0, ["a"]) == named(1.0, 2.0, ["b"])
    assert hash(named(1.0, 2.0, ["a"])) == hash(named(1.0, 2.0, ["b"]))
    assert named(1.0) != named(2.0)
    assert named(1.0) != named(1.0, name="there")
    assert point(1.0) != named(1.0)
    assert point(1.0) != (1.0, 0.0)
    assert point(math.nan) == point(math.nan)


def test_it_prints_what_makes_it_anew(family: Family) -> None:
    point, named = family
    assert repr(point(1.0)).endswith(".Point(x=1.0, y=0.0, notes=[])")
    assert repr(named(1.0)).endswith(".Named(x=1.0, y=0.0, notes=[], name='here')")


def test_the_functions_of_dataclasses_take_it(family: Family) -> None:
    point, named = family
    assert is_dataclass(named)
    assert [each.name for each in fields(named)] == ["x", "y", "notes", "name", "shown", "kept"]
    assert replace(named(1.0), name="there") == named(1.0, name="there")
    match point(1.0, 2.0):
        case point(x, y):
            assert (x, y) == (1.0, 2.0)


def test_a_dataclass_may_be_made_of_a_record_and_a_record_of_that() -> None:
    @dataclass(frozen=True)
    class Deep(Named):
        depth: float = 9.0

    @record(frozen=True)
    class Deeper(Deep):
        more: float = 1.0

    assert (Deep(1.0).shown, Deep(1.0).depth) == ("HERE", 9.0)
    assert Deeper(1.0, depth=3.0).depth == 3.0
    with pytest.raises(FrozenInstanceError):
        Deeper(1.0).more = 2.0  # type: ignore[misc]


def test_what_a_class_says_itself_stays() -> None:
    @record(frozen=True)
    class Own:
        value: int

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Own)

        def __hash__(self) -> int:
            return 7

    assert (repr(Own(1)), Own(1) == Own(2), hash(Own(1))) == ("own", True, 7)


def test_without_equality_it_is_equal_to_itself_alone() -> None:
    @record(frozen=True, eq=False)
    class Thing:
        value: list[int]

    made = Thing([1])
    assert made == made
    assert made != Thing([1])
    assert {made: 1}[made] == 1


@pytest.mark.parametrize("take", [copy.copy, copy.deepcopy, lambda made: pickle.loads(pickle.dumps(made))])
def test_it_can_be_copied(take: Any) -> None:
    made = Instance(3)
    assert take(made) == made


def test_a_record_is_frozen() -> None:
    with pytest.raises(TypeError, match="frozen"):

        @record(frozen=False)
        class Soft:
            value: int


@record(frozen=True)
class Instance:
    value: int
