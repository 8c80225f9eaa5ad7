"""Lessons in files: what is read, and what is refused by name."""

from __future__ import annotations

import copy
import json
import math
from typing import TYPE_CHECKING, Any

import pytest

from convviz.engine.errors import ConfigError, ConvvizError
from convviz.engine.explain import Kind, Tensor
from convviz.engine.walkthrough import Act, Role
from convviz.model.files import load_builtin
from convviz.model.lessons.conditions import LookedAt, PointedAt, SettingIs
from convviz.model.lessons.lesson import ArrayMark, BoardMark, ControlMark, Lesson
from convviz.model.lessons.library import find_lesson, lesson_titles
from convviz.model.lessons.look import Look
from convviz.model.lessons.reading import decode_lesson, read_lesson
from convviz.resources import lesson_files

if TYPE_CHECKING:
    from pathlib import Path

PLAIN: dict[str, Any] = {
    "version": 1,
    "order": 9,
    "title": "A title",
    "summary": "What it shows.",
    "experiments": {"own": {"version": 1, "layers": [{"type": "conv2d", "kernel": 3}]}},
    "scenes": [
        {
            "text": "First.",
            "start": {"experiment": "demo", "set": {"layers.1.stride": 3, "optimizer.learning_rate": 1e-5}, "step": 4},
            "show": {
                "select": "layers.1",
                "speed": "free",
                "step": 2,
                "microscope": {"layer": 1, "direction": "backward", "phase": "rotation", "cell": [0, 1]},
            },
            "highlight": [
                {"array": "value", "position": 1, "cell": [3, 4], "to": [5, 6]},
                {"control": "step"},
                {"board": "rotated kernel"},
            ],
            "task": {"text": "Do it.", "until": {"type": "setting", "path": "layers.1.stride", "value": [2, 2]}},
        },
        {"text": "Second.", "task": {"text": "Look.", "until": {"type": "microscope", "layer": 2}}},
        {
            "text": "Third.",
            "start": {"experiment": "own"},
            "task": {"text": "Point.", "until": {"type": "point", "array": "weight"}},
        },
    ],
}


#: More digits than Python makes a number of.
MANY = "9" * 5000


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the lesson with another entry at ``path``, a name or a number for each level."""
    data: Any = copy.deepcopy(PLAIN)
    *way, last = (int(name) if name.isdecimal() else name for name in path.split("/"))
    place = data
    for name in way:
        place = place[name]
    place[last] = value
    return dict(data)


def test_every_entry_is_read() -> None:
    lesson = decode_lesson(PLAIN)
    assert (lesson.title, lesson.summary, len(lesson.scenes)) == ("A title", "What it shows.", 3)
    first, second, third = lesson.scenes
    assert first.start is not None
    assert first.start.step == 4
    assert first.start.experiment.layers[1].stride == (3, 3)
    assert first.start.experiment.optimizer.learning_rate == 1e-5
    assert load_builtin("demo").layers[1].stride == (2, 2)
    assert (first.show.part, first.show.index, first.show.step, first.show.speed) == ("layer", 1, 2, math.inf)
    assert first.show.look == Look(1, back=True, act=Act.ROTATION, cell=(0, 1))
    assert first.marks == (
        ArrayMark(Tensor(Kind.VALUE, 1), (3, 4), (5, 6)),
        ControlMark("step"),
        BoardMark(Role.ROTATED),
    )
    assert first.task is not None
    assert first.task.until == SettingIs("layers.1.stride", [2, 2])
    assert second.start is None
    assert second.task is not None
    assert second.task.until == LookedAt(Look(2))
    assert third.start is not None
    assert len(third.start.experiment.layers) == 1
    assert third.task is not None
    assert third.task.until == PointedAt(Tensor(Kind.WEIGHT))


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("titel", "x", ("titel", "title")),
        ("version", 2, ("version 2",)),
        ("title", "", ("title", "a text")),
        ("title", "x" * 61, ("title", "60 characters", "61")),
        ("scenes", [], ("scenes", "1 to 40", "0")),
        ("scenes", [{}] * 41, ("scenes", "1 to 40", "41")),
        ("scenes/0/text", "x" * 301, ("scenes[0].text", "300", "301")),
        ("scenes/0/tekst", "x", ("scenes[0].tekst", "text")),
        ("scenes/0/start", {"experiment": "dmeo"}, ("scenes[0].start.experiment", "dmeo", "demo")),
        ("scenes/0/start/step", -1, ("scenes[0].start.step", "-1")),
        ("scenes/0/start/step", 10_001, ("scenes[0].start.step", "10000", "10001")),
        ("scenes/0/start/set", {"layers.1.strid": 2}, ("start", "strid", "stride")),
        ("scenes/0/start/set", {"layers.7.stride": 2}, ("scenes[0].start.set", "layers.7.stride")),
        ("scenes/0/start/set", {"layers.1.stride": 0}, ("scenes[0].start", "stride", "0")),
        ("scenes/0/show/select", "layers.2", ("scenes[0].show.select", "layers.1", "layers.2")),
        ("scenes/0/show/speed", 0, ("scenes[0].show.speed", "1", "0")),
        ("scenes/0/show/step", 4, ("scenes[0].show.step", "3", "4")),
        ("scenes/0/show/microscope/phase", "turning", ("scenes[0].show.microscope.phase", "rotation", "turning")),
        ("scenes/0/show/microscope/layer", 3, ("scenes[0].show.microscope.layer", "2", "3")),
        ("scenes/0/highlight/0/array", "map", ("scenes[0].highlight[0].array", "value", "map")),
        ("scenes/0/highlight/0/cell", [3], ("scenes[0].highlight[0].cell", "[3]")),
        ("scenes/0/highlight/0/cell", [-1, 0], ("scenes[0].highlight[0].cell", "[-1, 0]")),
        ("scenes/0/highlight/0/to", [1, 2, 3], ("scenes[0].highlight[0].to", "1, 2, 3")),
        ("scenes/0/highlight/0/position", 3, ("scenes[0].highlight[0].position", "0 … 2", "3")),
        (
            "scenes/0/highlight/0",
            {"array": "weight", "position": 2},
            ("scenes[0].highlight[0].position", "0 … 1", "2"),
        ),
        ("scenes/0/highlight/0/array", "next_weight", ("scenes[0].highlight[0].array", "weight_grad", "next_weight")),
        ("scenes/0/highlight/0", {}, ("scenes[0].highlight[0].array", "array, control, board", "none")),
        ("scenes/0/highlight/1/control", "stepp", ("scenes[0].highlight[1].control", "'stepp'", "did you mean step?")),
        (
            "scenes/0/highlight/1/control",
            "wibble",
            ("scenes[0].highlight[1].control", "one of play, step, run_n,", "field.layers.1.stride", "'wibble'"),
        ),
        (
            "scenes/0/highlight/1/control",
            "field.layers.1.strid",
            ("scenes[0].highlight[1].control", "did you mean field.layers.1.stride?"),
        ),
        (
            "scenes/0/highlight/1/control",
            "field.layers.2.stride",
            ("scenes[0].highlight[1].control", "did you mean field.layers.1.stride?"),
        ),
        (
            "scenes/0/highlight/1/control",
            "field.stop.zzz",
            ("one of field.stop.steps, field.stop.loss_below, field.stop.patience, field.stop.min_progress, received",),
        ),
        (
            "scenes/2/highlight",
            [{"control": "field.layers.1.stride"}],
            ("scenes[2].highlight[0].control", "did you mean field.layers.0.stride?"),
        ),
        ("scenes/0/highlight/1/colour", "red", ("scenes[0].highlight[1].colour", "control")),
        ("scenes/0/highlight/2/board", "wall", ("scenes[0].highlight[2].board", "wall", '"gradient of the input, gat')),
        ("scenes/0/highlight/2/board", "rotated kernal", ("scenes[0].highlight[2].board", "mean rotated kernel?")),
        ("scenes/0/task/until/type", "settings", ("scenes[0].task.until.type", "setting", "settings")),
        ("scenes/0/task/until/path", "layers.1.strid", ("scenes[0].task.until.path", "layers.1.strid")),
        ("scenes/0/task/until/path", "layers.1.replace", ("scenes[0].task.until.path", "layers.1.replace")),
        ("scenes/0/task/until/path", "__class__", ("scenes[0].task.until.path", "__class__")),
        ("scenes/0/task/until", {"type": "setting", "path": "seed"}, ("scenes[0].task.until.value",)),
        (
            "scenes/0/task/until",
            {"type": "loss", "below": "1"},
            ("scenes[0].task.until.below: expected a number ≥ 0, received '1'",),
        ),
        ("scenes/0/task/until", {"type": "loss", "below": 10**400}, ("scenes[0].task.until.below", "100000")),
        ("scenes/2/task/until", {"type": "setting", "path": "target.values", "value": 1}, ("target.values",)),
        ("scenes/0/start/set", {f"layers.{MANY}.stride": 2}, ("scenes[0].start.set", "layers.1.stride")),
        ("scenes/0/show/select", f"layers.{MANY}", ("scenes[0].show.select", "layers.1")),
        ("scenes/0/task/until", {"type": "steps", "count": 0}, ("scenes[0].task.until.count", "0")),
        ("scenes/0/task/until", {"type": "diverged", "at": 3}, ("scenes[0].task.until.at",)),
        ("scenes/0/task/until", None, ("scenes[0].task.until", "None")),
    ],
)
def test_what_is_not_understood_is_refused_by_name(path: str, value: Any, told: tuple[str, ...]) -> None:
    with pytest.raises(ConvvizError) as error:
        decode_lesson(changed(path, value))
    sentence = f"{error.value.field}: {error.value}"
    for words in told:
        assert words in sentence, sentence


@pytest.mark.parametrize(
    "name",
    ["play", "microscope.phase6", "field.layers.1.stride", "field.optimizer.beta1", "field.layers.0", "field.seed"],
)
def test_what_may_be_in_the_window_can_be_ringed(name: str) -> None:
    lesson = decode_lesson(changed("scenes/0/highlight/1/control", name))
    assert lesson.scenes[0].marks[1] == ControlMark(name)


def test_the_first_scene_must_say_with_what_it_begins() -> None:
    with pytest.raises(ConfigError, match="experiment to begin with") as error:
        decode_lesson({**PLAIN, "scenes": PLAIN["scenes"][1:]})
    assert error.value.field == "scenes[0].start"


def test_a_file_is_named_where_it_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(changed("scenes/1/text", 5)), "utf-8")
    with pytest.raises(ConfigError, match=r"^mine\.json: .*scenes\[1\]\.text.*5"):
        read_lesson(path)
    path.write_text(json.dumps(PLAIN) + " " * 2**20, "utf-8")
    with pytest.raises(ConfigError, match=r"^mine\.json: .*1,048,576"):
        read_lesson(path)


def test_an_experiment_is_no_lesson() -> None:
    with pytest.raises(ConfigError, match="expected a lesson, received an experiment"):
        decode_lesson({"version": 1, "name": "Mine", "layers": ["relu"]})


def test_a_file_is_preferred_to_a_built_in_lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = next(iter(lesson_titles()))
    assert find_lesson(name) == lesson_files()[name]
    (tmp_path / name).write_text(json.dumps(PLAIN), "utf-8")
    assert read_lesson(find_lesson(name)).title == "A title"
    with pytest.raises(ConfigError, match="did you mean stride"):
        find_lesson("strid")
    with pytest.raises(ConfigError, match=r"built-in lesson, which are .*stride"):
        find_lesson("xyz")


@pytest.fixture(scope="module")
def lessons() -> dict[str, Lesson]:
    return {name: read_lesson(path) for name, path in lesson_files().items()}


def test_the_built_in_lessons_are_short_and_told_apart(lessons: dict[str, Lesson]) -> None:
    assert list(lesson_titles()) == ["convolution", "backward", "stride", "learning-rate"]
    assert len({lesson.title for lesson in lessons.values()}) == len(lessons)
    for lesson in lessons.values():
        assert 5 <= len(lesson.scenes) <= 8
        assert lesson.summary.endswith(".")
        for scene in lesson.scenes:
            assert len(scene.text) <= 250
            assert scene.marks
