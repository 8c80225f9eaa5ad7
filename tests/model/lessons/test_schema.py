"""The schema of a lesson's file: a schema by its own rules, and true of what is read."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from convviz.engine.errors import ConfigError, ConvvizError
from convviz.model.lessons.conditions import CONDITIONS
from convviz.model.lessons.controls import CONTROLS
from convviz.model.lessons.reading import decode_lesson
from convviz.model.lessons.schema import lesson_schema
from convviz.resources import lesson_files
from tests.model.lessons.test_reading import PLAIN, changed

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    """Return a validator of lessons."""
    return Draft202012Validator(lesson_schema())


def test_the_schema_is_one() -> None:
    schema = lesson_schema()
    Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema
    known = {f"#/$defs/{name}" for name in schema["$defs"]}
    assert set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(schema))) <= known


@pytest.mark.parametrize("name", lesson_files())
def test_every_built_in_lesson_is_valid_by_it(name: str, validator: Draft202012Validator) -> None:
    validator.validate(json.loads(lesson_files()[name].read_text("utf-8")))


def variants() -> Iterator[dict[str, Any]]:
    yield {**PLAIN, "$schema": "lesson.schema.json"}
    for speed in (1, 2.5, 10_000, "free"):
        yield changed("scenes/0/show/speed", speed)
    for cell in ([], [0, 1], [0, 0, 1], [0, 0, 1, 2]):
        yield changed("scenes/0/highlight/0", {"array": "weight", "position": 1, "cell": cell})
    for name in (*CONTROLS, "field.layers.1.stride", "field.seed"):
        yield changed("scenes/0/highlight/1/control", name)
    for until in (
        {"type": "steps"},
        {"type": "loss", "below": 0.5},
        {"type": "diverged"},
        {"type": "shown", "step": 0, "or_earlier": True},
        {"type": "setting", "path": "layers.1.stride", "above": 1},
        {"type": "setting", "path": "seed", "value": 3},
        {"type": "point", "array": "loss"},
        {"type": "click", "array": "value", "position": 1, "cell": [0, 0], "to": [1, 1]},
        {"type": "microscope", "layer": 1, "direction": "backward", "phase": "rotation"},
    ):
        yield changed("scenes/0/task/until", until)


@pytest.mark.parametrize("data", list(variants()))
def test_what_can_be_read_is_valid_by_it(data: dict[str, Any], validator: Draft202012Validator) -> None:
    decode_lesson(data)
    validator.validate(data)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {**PLAIN, "version": 2},
        {**PLAIN, "order": -1},
        {**PLAIN, "titel": "x"},
        {**PLAIN, "scenes": PLAIN["scenes"][1:]},
        changed("title", "  "),
        changed("scenes", []),
        changed("scenes", [PLAIN["scenes"][0]] * 41),
        changed("scenes/1/text", "x" * 301),
        changed("scenes/0/start", {"set": {}}),
        changed("scenes/0/start/step", 10_001),
        changed("scenes/0/show/select", "layer.1"),
        changed("scenes/0/show/speed", 0),
        changed("scenes/0/show/speed", "fast"),
        changed("scenes/0/show/microscope/phase", "turning"),
        changed("scenes/0/show/microscope/direction", "back"),
        changed("scenes/0/highlight", []),
        changed("scenes/0/highlight", ["play"]),
        changed("scenes/0/highlight", [{"control": "play"}] * 7),
        changed("scenes/0/highlight/0/array", "map"),
        changed("scenes/0/highlight/0/array", "next_weight"),
        changed("scenes/0/highlight/0/cell", [3]),
        changed("scenes/0/highlight/1/control", "stepp"),
        changed("scenes/0/highlight/2/board", "wall"),
        changed("scenes/0/task", {"text": "Do it."}),
        changed("scenes/0/task/until", {"type": "setting", "path": "seed"}),
        changed("scenes/0/task/until", {"type": "loss"}),
        changed("scenes/0/task/until", {"type": "loss", "below": "1"}),
        changed("scenes/0/task/until", {"type": "shown", "or_earlier": "yes"}),
        changed("scenes/0/task/until", {"type": "wait"}),
        changed("experiments/own", {"version": 1}),
        changed("experiments/own/layers", ["conv3d"]),
    ],
)
def test_what_is_invalid_by_it_cannot_be_read(data: dict[str, Any], validator: Draft202012Validator) -> None:
    assert not validator.is_valid(data)
    with pytest.raises(ConvvizError):
        decode_lesson(data)


def places(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return where in the plain lesson each object of the schema is, with the entries it describes."""
    parts = schema["$defs"]
    scene = parts["scene"]["properties"]
    yield "", schema
    yield "scenes/0/", parts["scene"]
    yield "scenes/0/start/", parts["start"]
    yield "scenes/0/show/", parts["show"]
    yield "scenes/0/show/microscope/", parts["show"]["properties"]["microscope"]
    yield "scenes/0/highlight/1/", parts["ringed.control"]
    yield "scenes/0/highlight/2/", parts["ringed.board"]
    yield "scenes/0/task/", scene["task"]


@pytest.mark.parametrize(("place", "described"), list(places(lesson_schema())))
def test_the_entries_are_those_that_are_read(place: str, described: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="unknown entry") as caught:
        decode_lesson(changed(f"{place}zzzzzz", 1))
    assert set(str(caught.value.values["known"]).split(", ")) == set(described["properties"])


def test_the_conditions_are_those_that_are_read() -> None:
    conditions = lesson_schema()["$defs"]["scene"]["properties"]["task"]["properties"]["until"]["anyOf"]
    assert {each["properties"]["type"]["const"] for each in conditions} == set(CONDITIONS)
    for each in conditions:
        kind = each["properties"]["type"]["const"]
        with pytest.raises(ConfigError, match="unknown entry") as caught:
            decode_lesson(changed("scenes/0/task/until", {"type": kind, "zzzzzz": 1}))
        assert set(str(caught.value.values["known"]).split(", ")) == set(each["properties"])


def test_every_control_is_explained_in_the_language_of_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("convviz.model.lessons.schema.tr", lambda text: f"«{text}»")
    *controls, _ = lesson_schema()["$defs"]["ringed.control"]["properties"]["control"]["anyOf"]
    assert {each["const"]: each["description"] for each in controls} == {
        name: f"«{text}»" for name, text in CONTROLS.items()
    }
