"""The form of a lesson's file as a JSON Schema, with every name that a scene can use of what is in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convviz.i18n import tr
from convviz.model.files.schema import DIALECT, Schema, experiment_schema, object_schema
from convviz.model.lessons.conditions import (
    Diverged,
    Held,
    LookedAt,
    LossBelow,
    PointedAt,
    SettingIs,
    StepShown,
    StepsMade,
)
from convviz.model.lessons.controls import CONTROLS, FIELD, FIELD_EXAMPLE
from convviz.model.lessons.lesson import (
    LONGEST_TASK,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_MARKS,
    MOST_SCENES,
    MOST_STEPS,
)
from convviz.model.lessons.reading import ACTS, FASTEST, KINDS, PARTS, RINGED, ROLES, SLOWEST, VERSION
from convviz.resources import builtin_files

if TYPE_CHECKING:
    from collections.abc import Iterable


def lesson_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a lesson's file; descriptions in the current language.

    Every lesson that can be read is valid by it. That what a scene speaks of is there in its experiment, only reading
    the file tells.
    """
    experiment = {name: part for name, part in experiment_schema().items() if name != "$schema"}
    definitions = {**experiment.pop("$defs"), "experiment": experiment, **_definitions()}
    first = {"allOf": [_of("scene"), {"required": ["start"]}], "description": tr("The first scene has a start")}
    properties: Schema = {
        "version": {"const": VERSION, "description": tr("The version of the file format")},
        "order": {"type": "integer", "minimum": 0, "description": tr("The place in the menu of the built-in lessons")},
        "title": _text(LONGEST_TITLE, tr("What the lesson is called")),
        "summary": _text(LONGEST_TEXT, tr("A sentence that says what it shows")),
        "experiments": {
            "description": tr("Experiments of the lesson's own, by their names"),
            "type": "object",
            "additionalProperties": _of("experiment"),
        },
        "scenes": {
            "description": tr("The pages, one after the other"),
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_SCENES,
            "prefixItems": [first],
            "items": _of("scene"),
        },
    }
    return {
        "$schema": DIALECT,
        "title": tr("Lesson"),
        **object_schema({"$schema": {"type": "string"}, **properties}, ("version", "title", "summary", "scenes")),
        "$defs": definitions,
    }


def _definitions() -> Schema:
    cell = {
        "description": tr("Row and column, counted from 0; a channel, and for a kernel two, may stand before them"),
        "type": "array",
        "items": {"type": "integer", "minimum": 0},
        "maxItems": 4,
        "anyOf": [{"maxItems": 0}, {"minItems": 2}],
    }
    return {
        "scene": object_schema(
            {
                "text": _text(LONGEST_TEXT, tr("What is told")),
                "start": _of("start"),
                "show": _of("show"),
                "highlight": {
                    "description": tr("What is ringed"),
                    "type": "array",
                    "minItems": 1,
                    "maxItems": MOST_MARKS,
                    "items": {"anyOf": [_of("ringed.array"), _of("ringed.control"), _of("ringed.board")]},
                },
                "task": object_schema(
                    {
                        "text": _text(LONGEST_TASK, tr("What the reader is asked to do")),
                        "until": {"anyOf": _conditions()},
                    },
                    ("text", "until"),
                ),
            },
            ("text",),
        ),
        "start": object_schema(
            {
                "experiment": {
                    "description": tr("An experiment of the lesson, or one of {known}").format(
                        known=", ".join(builtin_files())
                    ),
                    "type": "string",
                },
                "set": {
                    "description": tr("Changes in it, by places such as {example}").format(example="layers.1.stride"),
                    "type": "object",
                },
                "step": _whole(0, MOST_STEPS, tr("How many steps have been made")),
            },
            ("experiment",),
        ),
        "show": object_schema(
            {
                "select": {
                    "description": tr("Whose controls are shown"),
                    "anyOf": [{"enum": list(PARTS)}, {"type": "string", "pattern": r"^layers\.[0-9]+$"}],
                },
                "microscope": object_schema(_look()),
                "step": _whole(0, MOST_STEPS, tr("The recorded step that is shown")),
                "speed": {
                    "description": tr("Steps a second, or as fast as it goes"),
                    "anyOf": [{"const": "free"}, {"type": "number", "minimum": SLOWEST, "maximum": FASTEST}],
                },
            }
        ),
        "cell": cell,
        "ringed.array": object_schema(_array(RINGED), ("array",)),
        "ringed.control": object_schema({"control": _control()}, ("control",)),
        "ringed.board": object_schema(
            {"board": {"description": tr("A board under the microscope"), "enum": list(ROLES)}}, ("board",)
        ),
    }


def _conditions() -> list[Schema]:
    anything: Schema = {}
    number: Schema = {"type": "number"}
    return [
        _condition(StepsMade.kind, {"count": _whole(1, MOST_STEPS)}),
        _condition(LossBelow.kind, {"below": {"type": "number", "minimum": 0}}, ("below",)),
        _condition(Diverged.kind, {}),
        _condition(StepShown.kind, {"step": _whole(0, MOST_STEPS), "or_earlier": {"type": "boolean"}}),
        {
            **_condition(
                SettingIs.kind,
                {
                    "path": _text(LONGEST_TITLE, tr("The place of a setting such as {example}").format(example="seed")),
                    "value": anything,
                    "above": number,
                    "below": number,
                },
                ("path",),
            ),
            "anyOf": [{"required": [name]} for name in ("value", "above", "below")],
        },
        _condition(PointedAt.kind, _array(KINDS), ("array",)),
        _condition(Held.kind, _array(KINDS), ("array",)),
        _condition(LookedAt.kind, _look()),
    ]


def _condition(kind: str, entries: Schema, required: Iterable[str] = ()) -> Schema:
    return object_schema({"type": {"const": kind}, **entries}, ("type", *required))


def _array(known: Iterable[str]) -> Schema:
    return {
        "array": {"description": tr("A map, a kernel, a bias or a gradient"), "enum": list(known)},
        "position": _whole(0, None, tr("Of a map: 0 is the input, 1 what layer 0 makes; of a kernel: the layer")),
        "cell": _of("cell"),
        "to": _of("cell"),
    }


def _look() -> Schema:
    return {
        "layer": _whole(0, None, tr("Counted from 0; the number of layers stands for the loss")),
        "direction": {"enum": ["forward", "backward"]},
        "phase": {"description": tr("A phase under the microscope"), "enum": list(ACTS)},
        "cell": _of("cell"),
    }


def _control() -> Schema:
    told = tr("The field of a setting of what is selected, such as {example}").format(example=FIELD_EXAMPLE)
    field = {"type": "string", "pattern": rf"^{FIELD.replace('.', '[.]')}[a-z]", "description": told}
    return {"anyOf": [*({"const": name, "description": tr(text)} for name, text in CONTROLS.items()), field]}


def _text(most: int, told: str) -> Schema:
    return {"description": told, "type": "string", "pattern": r"\S", "maxLength": most}


def _whole(least: int, most: int | None, told: str = "") -> Schema:
    limits = {"minimum": least} if most is None else {"minimum": least, "maximum": most}
    return {**({"description": told} if told else {}), "type": "integer", **limits}


def _of(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}
