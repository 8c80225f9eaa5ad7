"""From the plain data of a file to a lesson. Nothing is guessed: what is not known is refused by its name."""

from __future__ import annotations

import copy
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from convviz.engine.acts import Act, Role
from convviz.engine.errors import ConfigError, inside
from convviz.engine.explain import Kind, Tensor
from convviz.engine.explain.tensors import UPDATED
from convviz.engine.settings import Setting, check_value
from convviz.i18n import Listed, mark
from convviz.model.files import about_file, decode_experiment
from convviz.model.files.entries import mapping, refuse_unknown, shown, unknown
from convviz.model.files.opening import read_bytes
from convviz.model.files.reading import migrate
from convviz.model.files.text import parse
from convviz.model.lessons.conditions import (
    CONDITIONS,
    Condition,
    Diverged,
    Held,
    LookedAt,
    LossBelow,
    PointedAt,
    SettingIs,
    StepShown,
    StepsMade,
    index_of,
    setting_at,
)
from convviz.model.lessons.controls import check_control
from convviz.model.lessons.lesson import (
    LONGEST_TASK,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_MARKS,
    MOST_SCENES,
    MOST_STEPS,
    ArrayMark,
    BoardMark,
    ControlMark,
    Lesson,
    Mark,
    Scene,
    Show,
    Start,
    Task,
)
from convviz.model.lessons.look import Look
from convviz.resources import builtin_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from convviz.model.experiment import Experiment

T = TypeVar("T")

#: The version of the files that are read, and how many bytes such a file may have.
VERSION = 1
_LARGEST_LESSON = 2**20

#: What a scene can have the controls of shown.
PARTS = ("input", "target", "training")
#: Between these speeds, in steps a second, there is something to be seen.
SLOWEST, FASTEST = 1.0, 10_000.0

#: What a scene can ring, by the entry that says which one.
_MARKS = ("array", "control", "board")

#: The arrays that the picture of the network shows.
RINGED = {kind.value: kind for kind in Kind if kind not in (*UPDATED, Kind.LOSS)}
KINDS = {kind.value: kind for kind in Kind}
ACTS = {act.value: act for act in Act}
ROLES = {role.value: role for role in Role}


def read_lesson(path: str | Path) -> Lesson:
    """Return the lesson that a file holds.

    Raises
    ------
    ShapeError, ConfigError
        'blur.json: scenes[1].task.text: expected …, received …': the file, the entry, and what is wrong there.
    """
    path = Path(path)
    with about_file(path):
        raw = read_bytes(path, _LARGEST_LESSON)
        if len(raw) > _LARGEST_LESSON:
            raise ConfigError(
                "expected a lesson of at most {expected:,} bytes, received more", expected=_LARGEST_LESSON
            )
        return decode_lesson(parse(raw), path.parent)


def decode_lesson(data: Any, folder: Path | None = None) -> Lesson:
    """Return the lesson that plain data describe.

    Parameters
    ----------
    data
        What JSON text of a lesson holds.
    folder
        Where files lie that its experiments name; None: such are refused.

    Raises
    ------
    ShapeError, ConfigError
        Where something is unknown, missing, of the wrong type or size; ``field`` says where.
    """
    entries = migrate(mapping(data), {}, VERSION)
    if "layers" in entries:
        raise ConfigError("expected a lesson, received an experiment")
    refuse_unknown(entries, ("$schema", "version", "order", "title", "summary", "experiments", "scenes"))
    _whole(entries, "order", 0)
    with inside("experiments"):
        reader = _Reader(folder, mapping(entries.get("experiments", {})))
    return Lesson(
        _text(entries, "title", LONGEST_TITLE),
        _text(entries, "summary", LONGEST_TEXT),
        tuple(_each(entries, "scenes", MOST_SCENES, reader.scene)),
    )


class _Reader:
    """Reads scenes, one after the other: what a scene asks for must be there in the experiment it has begun with."""

    def __init__(self, folder: Path | None, experiments: Mapping[str, Any]) -> None:
        self._folder, self._experiments = folder, experiments
        self._experiment: Experiment | None = None
        self._steps = 0  # that have been made when the scene begins

    def scene(self, data: Any) -> Scene:
        """Return the scene that an entry describes."""
        entries = mapping(data)
        refuse_unknown(entries, ("text", "start", "show", "highlight", "task"))
        text = _text(entries, "text", LONGEST_TEXT)
        self._steps = 0
        start = _optional(entries, "start", self._start)
        if start is not None:
            self._experiment, self._steps = start.experiment, start.step
        elif self._experiment is None:
            raise ConfigError(
                "{name}: expected the experiment to begin with, received none", field="start", name="start"
            )
        return Scene(
            text,
            start,
            _optional(entries, "show", self._show) or Show(),
            tuple(_each(entries, "highlight", MOST_MARKS, self._mark)) if "highlight" in entries else (),
            _optional(entries, "task", self._task),
        )

    def _start(self, data: Any) -> Start:
        entries = mapping(data)
        refuse_unknown(entries, ("experiment", "set", "step"))
        described = self._described(entries.get("experiment"))
        with inside("set"):
            for path, value in mapping(entries.get("set", {})).items():
                _put(described, path, value)
        with inside("experiment"):
            experiment = decode_experiment(described, self._folder)
        return Start(experiment, _whole(entries, "step", 0, MOST_STEPS))

    def _described(self, data: Any) -> Any:
        """Return the plain data, to be changed, of an experiment of the lesson or of a built-in one, by its name."""
        files = builtin_files()
        if isinstance(data, str) and data in self._experiments:
            return copy.deepcopy(mapping(self._experiments[data]))
        if isinstance(data, str) and data in files:
            return parse(files[data].read_bytes())
        raise unknown(
            mark("{name}: expected one of {known}, received {received}"),
            mark("{name}: expected one of {known}, received {received}; did you mean {guess}?"),
            "experiment",
            data,
            (*self._experiments, *files),
        )

    def _show(self, data: Any) -> Show:
        entries = mapping(data)
        refuse_unknown(entries, ("select", "microscope", "step", "speed"))
        look = _optional(entries, "microscope", self._look)
        step = _whole(entries, "step", 0, max(0, self._steps - 1)) if "step" in entries else None
        speed = None
        if "speed" in entries:
            free = entries["speed"] == "free"
            speed = math.inf if free else _number(entries, "speed", SLOWEST, FASTEST)
        if "select" not in entries:
            return Show(look=look, step=step, speed=speed)
        return Show(*self._part(entries["select"]), look, step, speed)

    def _part(self, data: Any) -> tuple[Literal["input", "layer", "target", "training"], int]:
        if data in PARTS:
            return data, 0
        word, _, number = str(data).partition(".")
        if word == "layers" and (index := index_of(number)) is not None and index < self._count():
            return "layer", index
        known = (*PARTS, *(f"layers.{n}" for n in range(self._count())))
        raise _not_one_of("select", data, known)

    def _look(self, data: Any) -> Look:
        entries = mapping(data)
        refuse_unknown(entries, ("layer", "direction", "phase", "cell"))
        return Look(
            _whole(entries, "layer", 0, self._count()),
            _word(entries, "direction", {"forward": False, "backward": True}, "forward"),
            _word(entries, "phase", ACTS) if "phase" in entries else None,
            _cell(entries),
        )

    def _task(self, data: Any) -> Task:
        entries = mapping(data)
        refuse_unknown(entries, ("text", "until"))
        text = _text(entries, "text", LONGEST_TASK)
        with inside("until"):
            return Task(text, self._condition(mapping(entries.get("until"))))

    def _condition(self, entries: dict[str, Any]) -> Condition:
        kind = _word(entries, "type", CONDITIONS).kind
        known = {
            StepsMade.kind: ("count",),
            LossBelow.kind: ("below",),
            Diverged.kind: (),
            StepShown.kind: ("step", "or_earlier"),
            SettingIs.kind: ("path", "value", "above", "below"),
            PointedAt.kind: ("array", "position", "cell", "to"),
            Held.kind: ("array", "position", "cell", "to"),
            LookedAt.kind: ("layer", "direction", "phase", "cell"),
        }[kind]
        refuse_unknown(entries, ("type", *known))
        rest = {name: value for name, value in entries.items() if name != "type"}
        if kind == StepsMade.kind:
            return StepsMade(_whole(rest, "count", 1, MOST_STEPS, 1))
        if kind == LossBelow.kind:
            return LossBelow(_number(rest, "below", 0.0))
        if kind == StepShown.kind:
            return StepShown(
                _whole(rest, "step", 0, MOST_STEPS), _word(rest, "or_earlier", {True: True, False: False}, False)
            )
        if kind == SettingIs.kind:
            return self._setting(rest)
        if kind == LookedAt.kind:
            return LookedAt(self._look(rest))
        if kind in (PointedAt.kind, Held.kind):
            return (PointedAt if kind == PointedAt.kind else Held)(_tensor(rest), *_cells(rest))
        return Diverged()

    def _setting(self, entries: dict[str, Any]) -> SettingIs:
        path = _text(entries, "path", LONGEST_TITLE)
        if self._experiment is not None:
            with inside("path"):
                setting_at(self._experiment, path)
        above, below = (_number(entries, name) if name in entries else None for name in ("above", "below"))
        if "value" not in entries and above is None and below is None:
            raise ConfigError("{name}: expected a value, received none", field="value", name="value")
        return SettingIs(path, entries.get("value"), above, below)

    def _mark(self, data: Any) -> Mark:
        entries = mapping(data)
        if "control" in entries:
            refuse_unknown(entries, ("control",))
            control = _text(entries, "control", LONGEST_TITLE)
            if self._experiment is not None:
                check_control(control, self._experiment)
            return ControlMark(control)
        if "board" in entries:
            refuse_unknown(entries, ("board",))
            return BoardMark(_word(entries, "board", ROLES))
        refuse_unknown(entries, ("array", "position", "cell", "to", "control", "board"))
        if "array" not in entries:
            raise ConfigError(
                "{name}: expected one of {known}, received none", field="array", name="array", known=Listed(_MARKS)
            )
        kind = _word(entries, "array", RINGED)
        last = self._count() if kind in (Kind.VALUE, Kind.VALUE_GRAD) else self._count() - 1
        return ArrayMark(Tensor(kind, _whole(entries, "position", 0, last)), *_cells(entries))

    def _count(self) -> int:
        return 0 if self._experiment is None else len(self._experiment.layers)


def _tensor(entries: dict[str, Any]) -> Tensor:
    return Tensor(_word(entries, "array", KINDS), _whole(entries, "position", 0))


def _cells(entries: dict[str, Any]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    cell, to = _cell(entries), _cell(entries, "to")
    if to and len(to) != len(cell):
        raise _no_cell("to", to)
    return cell, to


def _cell(entries: dict[str, Any], name: str = "cell") -> tuple[int, ...]:
    cell = entries.get(name, [])
    numbers = isinstance(cell, list) and all(type(n) is int and n >= 0 for n in cell)
    if not numbers or len(cell) == 1 or len(cell) > 4:
        raise _no_cell(name, cell)
    return tuple(cell)


def _no_cell(name: str, received: Any) -> ConfigError:
    return ConfigError(
        "{name}: expected a row and a column, counted from 0, received {received}",
        field=name,
        name=name,
        received=shown(received),
    )


def _put(data: Any, path: str, value: Any) -> None:
    """Replace what lies at ``path`` in the plain data of an experiment."""
    *way, last = path.split(".")
    for name in way:
        if isinstance(data, list):
            index = index_of(name)
            data = data[index] if index is not None and index < len(data) else None
        else:
            data = data.get(name) if isinstance(data, dict) else None
    if not isinstance(data, dict):
        raise ConfigError(
            "expected the place of a setting such as {example}, received {received}",
            field=path,
            example="layers.1.stride",
            received=path,
        )
    data[last] = value


def _optional(entries: dict[str, Any], name: str, read: Callable[[Any], T]) -> T | None:
    if name not in entries:
        return None
    with inside(name):
        return read(entries[name])


def _each(entries: dict[str, Any], name: str, most: int, read: Callable[[Any], T]) -> Iterable[T]:
    found = entries.get(name)
    if not isinstance(found, list) or not 0 < len(found) <= most:
        raise ConfigError(
            "{name}: expected a list of 1 to {most}, received {received}",
            field=name,
            name=name,
            most=most,
            received=len(found) if isinstance(found, list) else shown(found),
        )
    for index, data in enumerate(found):
        with inside(f"{name}[{index}]"):
            yield read(data)


def _text(entries: dict[str, Any], name: str, most: int) -> str:
    text = entries.get(name)
    if not isinstance(text, str) or not text.strip():
        raise ConfigError("{name}: expected a text, received {received}", field=name, name=name, received=shown(text))
    if len(text) > most:
        raise ConfigError(
            "{name}: expected at most {most} characters, received {received}",
            field=name,
            name=name,
            most=most,
            received=len(text),
        )
    return text


def _whole(entries: dict[str, Any], name: str, least: int, most: int | None = None, default: int = 0) -> int:
    found: int = check_value(entries.get(name, default), Setting("", "", "int", least, most), name)
    return found


def _number(entries: dict[str, Any], name: str, least: float | None = None, most: float | None = None) -> float:
    found: float = check_value(entries.get(name), Setting("", "", "float", least, most), name)
    return found


def _word(entries: dict[str, Any], name: str, known: Mapping[Any, T], default: Any = None) -> T:
    word = entries.get(name, default)
    if not isinstance(word, (str, bool)) or word not in known:
        raise _not_one_of(name, word, known)
    return known[word]


def _not_one_of(name: str, received: Any, known: Iterable[Any]) -> ConfigError:
    return unknown(
        mark("{name}: expected one of {known}, received {received}"),
        mark("{name}: expected one of {known}, received {received}; did you mean {guess}?"),
        name,
        received,
        [f'"{word}"' if "," in str(word) else str(word) for word in known],
    )
