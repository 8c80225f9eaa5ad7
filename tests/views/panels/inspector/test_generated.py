"""Every setting of everything that is registered has a control, and what is done to it reaches the experiment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit

from convviz.engine.errors import ConvvizError
from convviz.engine.initializers import INITIALIZERS, Normal
from convviz.engine.layers import LAYERS, Conv2d, ReLU
from convviz.engine.losses import LOSSES
from convviz.engine.optimizers import OPTIMIZERS, SCHEDULES, SGD
from convviz.engine.settings import Setting, Spec, setting, settings_of
from convviz.i18n import tr
from convviz.model.experiment import Experiment, Stage
from convviz.model.sources import SOURCES, RandomMap
from convviz.views.editors.field import Field
from convviz.views.panels.inspector import edits
from tests.views.hands import type_over

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.views.panels.inspector.conftest import Person

    At = Callable[[Experiment], Person]

#: Where each registry's classes stand in an experiment, and the page that shows them.
PLACES: list[tuple[str, dict[str, type[Spec]], str]] = [
    ("layer", LAYERS, "layers.0"),
    ("input", SOURCES, "input"),
    ("target", SOURCES, "target"),
    ("training", LOSSES, "loss"),
    ("training", OPTIMIZERS, "optimizer"),
    ("training", SCHEDULES, "schedule"),
    *(("layer", INITIALIZERS, f"layers.0.{name}") for name in ("weight", "bias", "teacher_weight", "teacher_bias")),
]
CASES = [
    pytest.param(page, cls, path, id=f"{path}-{kind}")
    for page, registry, path in PLACES
    for kind, cls in registry.items()
]
START = Experiment(input=RandomMap(size=(12, 12)), stages=(Stage(layer=Conv2d(3)),))


def another(person: Person, path: str, described: Setting, value: Any) -> tuple[Any, Callable[[], None]]:
    """Return another value for a setting, and what a person does to get it."""
    if described.kind in ("int", "seed", "float"):
        number = other_number(described, value)
        return number, lambda: person.type(path, repr(number))
    if described.kind == "pair":
        number = other_number(described, value[0])
        linked = value[0] == value[1]
        return (number, number if linked else value[1]), lambda: person.type(f"{path}.vertical", str(number))
    if described.kind == "bool":
        box = person.find(QCheckBox, path)
        return not value, lambda: QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    if described.kind == "choice":
        choice = next(name for name in described.choices if name != value)
        return choice, lambda: person.choose(path, tr(choice))
    if described.kind == "padding":
        return "full", lambda: person.choose(path, "full")
    if described.kind == "text":
        kind = QLineEdit if described.lines == 1 else QPlainTextEdit
        return "other", lambda: type_over(person.find(kind, path), "other", then=Qt.Key.Key_Tab)
    assert described.kind == "spec"
    assert described.registry is not None
    cls = next(cls for cls in described.registry().values() if cls is not type(value))
    return edits.converted(person.experiment, path, value, cls), lambda: person.choose(path, tr(cls.label))


def other_number(described: Setting, value: Any) -> Any:
    if value is None:
        return 2.5 if described.kind == "float" else 2
    step = 1 if described.kind != "float" else (described.step or abs(value) / 4 or 0.25)
    above = value + step
    return above if described.maximum is None or above <= described.maximum else value - step


def check(person: Person, path: str, described: Setting) -> None:
    """Change one setting by hand: it reaches the experiment, or the reason why it is impossible is said."""
    before = person.experiment
    value = edits.value_at(before, path)
    wanted, act = another(person, path, described, value)
    try:
        possible = edits.with_value(before, path, wanted)
        possible.validate()
    except ConvvizError:
        act()
        assert person.note, path
        assert person.experiment == before
        return
    act()
    assert not person.note
    assert person.experiment == possible, path
    assert edits.value_at(person.experiment, path) == wanted
    person.undo()
    assert person.experiment == before


@pytest.mark.parametrize(("page", "cls", "path"), CASES)
def test_every_setting_of_every_class_reaches_the_experiment(at: At, page: str, cls: type[Spec], path: str) -> None:
    old = edits.value_at(START, path)
    experiment = edits.with_value(START, path, edits.converted(START, path, old, cls))
    person = at(experiment)
    person.show(page)
    if ".teacher" in path:
        person.show_teacher()
    assert person.find(QComboBox, path).currentText() == tr(cls.label)
    for name, described in settings_of(cls).items():
        inner = f"{path}.{name}"
        if described.kind == "array":
            cells = path if page == "layer" else inner  # a parameter's numbers are shown however it is made
            person.type_cell(cells, 0, 0, "0.625")
            shown = edits.value_at(person.experiment, inner)
            assert shown.reshape(-1)[0] == 0.625
            person.undo()
        elif page == "layer" and "." not in path.removeprefix("layers.") and name in ("weight", "bias"):
            assert person.cells(inner).isVisible()
        else:
            check(person, inner, described)
    assert person.experiment == experiment


def test_every_setting_of_the_experiment_has_a_control(at: At) -> None:
    person = at(START)
    seen = set()
    for page in ("input", "target", "training"):
        person.show(page)
        for name, described in settings_of(Experiment).items():
            if person.inspector.findChild(Field, f"field.{name}") is not None:
                seen.add(name)
                if described.kind != "spec" or len(described.registry()) > 1:
                    check(person, name, described)
    assert seen == settings_of(Experiment).keys() - {"stages"}  # the layers are in the list


def test_every_stop_condition_reaches_the_experiment(at: At) -> None:
    person = at(START)
    person.show("training")
    for name, described in settings_of(type(START.stop)).items():
        check(person, f"stop.{name}", described)


@dataclass(frozen=True)
class Zigzag(SGD):
    """An optimizer that nobody has heard of."""

    kind = "zigzag"
    label = "Zigzag"
    summary = "Goes to and fro"

    teeth: int = setting("Teeth", "How many", "int", 3, minimum=1, maximum=9)
    edge: float = setting("Edge", "How sharp", "float", 0.5, minimum=0)
    mirrored: bool = setting("Mirrored", "Whether it begins to the left", "bool", False)
    start: str = setting("Start", "Where", "choice", "left", choices=("left", "right"))
    motto: str = setting("Motto", "In words", "text", "to and fro")
    legend: str = setting("Legend", "In many words", "text", "there and back", lines=3)
    grid: Any = setting("Grid", "Of what size", "pair", (2, 2), minimum=1)
    border: Any = setting("Border", "How wide", "padding", ((0, 0), (0, 0)))
    noise: Any = setting("Noise", "Of what kind", "spec", factory=Normal, registry=lambda: INITIALIZERS)
    pause: int | None = setting("Pause", "How long", "int", None, minimum=1, optional=True, absent="no pause")


@dataclass(frozen=True)
class Bend(ReLU):
    """A layer that nobody has heard of."""

    kind = "bend"
    label = "Bend"
    summary = "Bends the map"

    angle: float = setting("Angle", "How far", "float", 45.0, minimum=0, maximum=90, unit="°")


def test_a_class_that_is_only_registered_has_its_page(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPTIMIZERS, Zigzag.kind, Zigzag)
    monkeypatch.setitem(LAYERS, Bend.kind, Bend)
    person = at(START)
    person.show("training")
    person.choose("optimizer", "Zigzag")
    assert isinstance(person.experiment.optimizer, Zigzag)
    for name, described in settings_of(Zigzag).items():
        check(person, f"optimizer.{name}", described)
    check(person, "optimizer.noise.std", settings_of(Normal)["std"])
    person.pick_from_menu("layers.add", "layers.add.bend")
    person.show("layer", 1)
    check(person, "layers.1.angle", settings_of(Bend)["angle"])
