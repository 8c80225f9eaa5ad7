from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QCheckBox, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QSlider, QWidget

from convviz.engine.settings import KINDS, Setting
from convviz.views.editors.forms import make_field
from convviz.views.editors.number_box import NumberBox
from tests.views.hands import choose_item, drag, turn, type_over

if TYPE_CHECKING:
    from collections.abc import Callable

    from convviz.engine.settings import Spec
    from convviz.views.editors.field import Field

    Edits = list[tuple[str, Any, str]]
    Make = Callable[[Setting, Any], tuple[Field, Edits]]

PATH = "part.thing"


def no_convert(path: str, old: Spec | None, cls: type[Spec]) -> Spec:
    return cls()


@pytest.fixture
def make(show: Callable[[QWidget], QWidget]) -> Make:
    def made(described: Setting, value: Any, path: str = PATH) -> tuple[Field, Edits]:
        field = make_field(path, described, no_convert)
        field.retranslate()
        field.set_value(value)
        edits: Edits = []
        field.edited.connect(lambda *edit: edits.append(edit))
        show(field)
        return field, edits

    return made


def setting(kind: str, **description: Any) -> Setting:
    return Setting("Thing", "What the thing does", kind, **description)


VALUES: dict[str, Any] = {
    "int": 3,
    "seed": 7,
    "float": 0.5,
    "bool": True,
    "text": "words",
    "choice": "b",
    "pair": (3, 4),
    "padding": "same",
    "array": [[1.0, 2.0]],
    "spec": None,
}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "specs"])
def test_every_kind_has_a_control_that_says_what_it_is_and_emits_nothing_by_itself(make: Make, kind: str) -> None:
    described = setting(kind, choices=("a", "b"), optional=kind == "spec", registry=lambda: {})
    field, edits = make(described, VALUES[kind])
    field.set_value(VALUES[kind])
    field.retranslate()
    assert edits == []
    labels = [label.text() for label in field.findChildren(QLabel)]
    assert "Thing" in labels
    if kind != "spec":  # with a single type there is nothing to choose: only its heading
        control = field.control()
        assert control.accessibleName().startswith("Thing")
        assert "What the thing does" in control.accessibleDescription()
        assert "What the thing does" in control.toolTip()


def test_the_tooltip_says_what_is_possible(make: Make) -> None:
    cases = {
        "Possible: 1 to 9.": {"minimum": 1, "maximum": 9},
        "Possible: at least 1.": {"minimum": 1},
        "Possible: at most 9.": {"maximum": 9},
        "Possible: −1,000,000 to 10¹².": {"minimum": -1e6, "maximum": 1e12},
        "Possible: 10⁻¹² to 4,294,967,295.": {"minimum": 1e-12, "maximum": 4_294_967_295},
        "Possible: at least −0.5.": {"minimum": -0.5},
    }
    for sentence, limits in cases.items():
        field, _ = make(setting("float", **limits), 1.0)
        assert sentence in field.control().toolTip()


def test_a_number_shows_its_unit(make: Make) -> None:
    field, _ = make(setting("int", unit="steps"), 5)
    assert "steps" in [label.text() for label in field.findChildren(QLabel) if label.isVisible()]


def test_a_seed_has_dice(make: Make) -> None:
    field, edits = make(setting("seed"), 7, "input.whatever")
    dice = field.findChild(QAbstractButton, "input.whatever.dice")
    for _ in range(3):
        QTest.mouseClick(dice, Qt.MouseButton.LeftButton)
    assert len(edits) == 3
    assert all(path == "input.whatever" and isinstance(seed, int) and seed != 7 for path, seed, _ in edits)


def test_a_logarithmic_number_has_a_slider_over_its_exponent(make: Make) -> None:
    field, edits = make(setting("float", minimum=1e-9, maximum=1e3, logarithmic=True), 3e-5)
    slider = field.findChild(QSlider, f"{PATH}.slider")
    box = field.findChild(NumberBox, PATH)
    middle = (slider.minimum() + slider.maximum()) / 2
    assert slider.value() < middle
    field.set_value(1e2)
    assert slider.value() > middle
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_PageDown)
    assert edits[-1][1] == pytest.approx(10.0)  # a page is a decade
    assert box.text() == "10"
    type_over(box, "2.5e-4")
    assert edits[-1][:2] == (PATH, 2.5e-4)


def test_one_drag_of_a_slider_is_one_movement(make: Make) -> None:
    field, edits = make(setting("float", minimum=1e-6, maximum=1.0, logarithmic=True), 1e-3)
    slider = field.findChild(QSlider, f"{PATH}.slider")
    handle = slider.rect().center()
    drag(slider, handle, QPoint(60, 0), moves=6)
    first = {merge for _, _, merge in edits}
    assert len(edits) > 2
    assert len(first) == 1
    assert edits[-1][1] > 1e-3
    field.set_value(1e-3)
    drag(slider, handle, QPoint(-60, 0), moves=6)
    assert edits[-1][2] not in first
    assert edits[-1][1] < 1e-3


def test_the_wheel_leaves_everything_without_focus_alone(make: Make) -> None:
    kinds = [
        (setting("int"), 3),
        (setting("float", minimum=1e-3, maximum=1.0, logarithmic=True), 0.1),
        (setting("choice", choices=("a", "b")), "a"),
        (setting("pair"), (3, 3)),
        (setting("padding"), "same"),
    ]
    for described, value in kinds:
        field, edits = make(described, value)
        for control in field.findChildren(QWidget):
            if isinstance(control, (NumberBox, QSlider, QComboBox)):
                assert not turn(control, -1).isAccepted()
        assert edits == []


def test_a_switch_is_clicked(make: Make) -> None:
    field, edits = make(setting("bool"), False)
    QTest.mouseClick(field.findChild(QCheckBox, PATH), Qt.MouseButton.LeftButton, pos=QPoint(8, 14))
    assert edits == [(PATH, True, "")]


def test_a_choice_is_made_by_keys(make: Make) -> None:
    field, edits = make(setting("choice", choices=("a", "b"), optional=True, absent="nothing"), None)
    combo = field.findChild(QComboBox, PATH)
    assert combo.currentText() == "nothing"
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert edits == [(PATH, "a", "")]


def test_a_line_of_text_is_taken_by_enter_and_dropped_by_escape(make: Make) -> None:
    field, edits = make(setting("text"), "old")
    line = field.findChild(QLineEdit, PATH)
    type_over(line, "new", then=Qt.Key.Key_Escape)
    assert line.text() == "old"
    type_over(line, "new")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert edits == [(PATH, "new", "")]


def test_several_lines_of_text_are_taken_when_they_are_left(make: Make, show: Callable[[QWidget], QWidget]) -> None:
    field, edits = make(setting("text", lines=3), "old")
    lines = field.findChild(QPlainTextEdit, PATH)
    type_over(lines, "one", then=Qt.Key.Key_Return)
    QTest.keyClicks(lines, "two")
    assert edits == []
    QTest.keyClick(lines, Qt.Key.Key_Tab)
    assert edits == [(PATH, "one\ntwo", "")]


@pytest.mark.parametrize("lines", [1, 3])
@pytest.mark.parametrize("text", ["a\r\nb", "10\u00a0000", "a\u2028b", "a\nb", "long " * 10_000])
def test_a_text_that_is_only_looked_at_stays_as_it_is(make: Make, lines: int, text: str) -> None:
    field, edits = make(setting("text", lines=lines), text)
    control = field.findChild(QLineEdit if lines == 1 else QPlainTextEdit, PATH)
    for leave in (Qt.Key.Key_Tab, Qt.Key.Key_Escape, Qt.Key.Key_Tab):
        control.setFocus()
        QTest.keyClick(control, leave)
        control.clearFocus()
    assert edits == []


def test_both_numbers_of_a_pair_change_together_while_they_are_linked(make: Make) -> None:
    field, edits = make(setting("pair", minimum=1), (3, 3))
    vertical = field.findChild(NumberBox, f"{PATH}.vertical")
    horizontal = field.findChild(NumberBox, f"{PATH}.horizontal")
    link = field.findChild(QAbstractButton, f"{PATH}.link")
    type_over(vertical, "5")
    assert edits[-1] == (PATH, (5, 5), "")
    field.set_value((5, 5))
    QTest.mouseClick(link, Qt.MouseButton.LeftButton)
    type_over(horizontal, "2")
    assert edits[-1] == (PATH, (5, 2), "")
    field.set_value((5, 2))
    type_over(vertical, "4")
    assert edits[-1] == (PATH, (4, 2), "")


def test_a_pair_of_two_numbers_is_not_linked(make: Make) -> None:
    field, _ = make(setting("pair"), (2, 3))
    assert not field.findChild(QAbstractButton, f"{PATH}.link").isChecked()


def test_every_way_to_give_a_padding(make: Make) -> None:
    field, edits = make(setting("padding"), ((0, 0), (0, 0)))
    modes = field.findChild(QComboBox, PATH)

    def choose(name: str) -> None:
        choose_item(modes, name)
        field.set_value(edits[-1][1])

    choose("same")
    assert edits[-1][1] == "same"
    choose("full")
    assert edits[-1][1] == "full"
    choose("number")
    assert edits[-1][1] == ((1, 1), (1, 1))
    number = field.findChild(NumberBox, f"{PATH}.number")
    assert number.isVisible()
    type_over(number, "2")
    assert edits[-1][1] == ((2, 2), (2, 2))
    field.set_value(edits[-1][1])
    count = len(edits)
    choose("each side")
    assert len(edits) == count  # four times the same number is the same padding
    for place, side in enumerate(("top", "bottom", "left", "right")):
        type_over(field.findChild(NumberBox, f"{PATH}.{side}"), str(place))
        field.set_value(edits[-1][1])
    assert edits[-1][1] == ((0, 1), (2, 3))
    choose("none")
    assert edits[-1][1] == ((0, 0), (0, 0))
    assert not number.isVisible()


def test_a_padding_that_was_refused_is_shown_as_it_was(make: Make) -> None:
    field, edits = make(setting("padding"), ((1, 1), (1, 1)))
    modes = field.findChild(QComboBox, PATH)
    shown = modes.currentText()
    choose_item(modes, "same")
    assert edits[-1][1] == "same"
    field.set_value(((1, 1), (1, 1)))
    assert modes.currentText() == shown == "number"
