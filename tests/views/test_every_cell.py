"""The one cursor over everything that is shown: every heatmap of every built-in experiment, pointed at and clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

from convviz.model.files import builtin_experiments
from convviz.views import theme
from convviz.views.heatmap import Heatmap
from convviz.views.panels.microscope import Microscope

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow, Person


def heatmaps(person: Person) -> list[Heatmap]:
    pipeline = person.find(QWidget, "pipeline")
    return [shown for shown in pipeline.findChildren(Heatmap) if shown.isVisible() and shown.values() is not None]


def cells(shown: Heatmap) -> list[tuple[int, ...]]:
    """Return the first cell that is shown and the last of the first channel."""
    values = shown.values()
    assert values is not None
    lead = tuple(0 for _ in values.shape[:-2])
    ends = [(0, 0), (values.shape[-2] - 1, values.shape[-1] - 1)]
    return [(*lead, *end) for end in ends] if values.ndim > 1 else [(0,)]


@pytest.mark.parametrize("name", sorted(builtin_experiments()))
def test_every_cell_can_be_pointed_at_and_held(open_window: OpenWindow, name: str) -> None:
    person = open_window(name)
    person.click("step")
    person.sees_step(1)
    seen = heatmaps(person)
    assert len(seen) >= 6
    for shown in seen:
        for cell in cells(shown):
            spot = shown.cell_rect(*cell).center()
            person.bot.mouseMove(shown, spot)
            assert person.text("pointed"), shown.objectName()
            person.bot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=spot)
            assert person.text("explain.name"), shown.objectName()
            total = person.find(QWidget, "explain.equal")
            if total.isVisible():
                assert "✓" in person.text("explain.equal"), (shown.objectName(), cell)
            QApplication.sendEvent(shown, QEvent(QEvent.Type.Leave))
    person.press("Esc")
    assert not person.find(QWidget, "explain.name").isVisible()


@pytest.mark.parametrize("name", ["demo", "channels", "pooling", "transposed", "dead-border"])
def test_what_a_cell_comes_from_is_marked_everywhere_else(open_window: OpenWindow, name: str) -> None:
    """Pointing at the reconstruction marks the input, every map and every student's kernel, and leaving unmarks all."""
    person = open_window(name)
    person.click("step")
    person.sees_step(1)
    seen = {shown.objectName().removeprefix("pipeline."): shown for shown in heatmaps(person)}
    plain = {key: shown.grab().toImage() for key, shown in seen.items()}
    values = seen["reconstruction"].values()
    assert values is not None
    middle = (0, values.shape[-2] // 2, values.shape[-1] // 2)
    person.bot.mouseMove(seen["reconstruction"], seen["reconstruction"].cell_rect(*middle).center())
    marked = {key for key, shown in seen.items() if shown.grab().toImage() != plain[key]}
    expected = {key for key in seen if key == "input" or (key.startswith("map") and "." not in key)}
    expected |= {key for key in seen if key.endswith(".student")}
    assert expected <= marked
    QApplication.sendEvent(seen["reconstruction"], QEvent(QEvent.Type.Leave))
    assert all(shown.grab().toImage() == plain[key] for key, shown in seen.items())


@pytest.mark.parametrize(
    ("pointed", "expected"),
    [
        (
            "input",
            {"layer0.student", "layer0.gradient", "layer0.teacher", "map1", "reconstruction", "target", "residual"},
        ),
        ("map1", {"input", "layer0.student", "layer0.student.bias", "layer1.student", "layer1.gradient", "residual"}),
        ("map1.gradient", {"layer0.gradient", "layer0.gradient.bias", "layer1.student", "residual"}),
        ("layer1.student", {"map1", "map1.gradient", "layer0.gradient", "layer0.gradient.bias", "residual"}),
        ("residual", {"layer0.gradient.bias", "layer1.gradient.bias", "layer1.student.bias", "layer1.teacher.bias"}),
    ],
)
def test_what_a_number_goes_into_and_is_multiplied_with_is_marked(
    open_window: OpenWindow, pointed: str, expected: set[str]
) -> None:
    person = open_window()
    person.click("step")
    person.sees_step(1)
    seen = {shown.objectName().removeprefix("pipeline."): shown for shown in heatmaps(person)}
    plain = {key: shown.grab().toImage() for key, shown in seen.items()}
    values = seen[pointed].values()
    assert values is not None
    middle = (*(0 for _ in values.shape[:-2]), values.shape[-2] // 2, values.shape[-1] // 2)
    person.bot.mouseMove(seen[pointed], seen[pointed].cell_rect(*middle).center())
    marked = {key for key, shown in seen.items() if shown.grab().toImage() != plain[key]}
    assert expected <= marked, expected - marked


def test_marks_are_as_strong_as_what_they_contribute(open_window: OpenWindow) -> None:
    """Of the frames in a kernel, that of the largest contribution has the full colour, and fainter ones have less."""
    person = open_window()
    shown = next(one for one in heatmaps(person) if one.objectName() == "pipeline.reconstruction")
    person.bot.mouseMove(shown, shown.cell_rect(0, 3, 3).center())
    kernel = next(one for one in heatmaps(person) if one.objectName() == "pipeline.layer1.student")
    frame = person.session.frame
    assert frame is not None
    shares = np.abs(frame.parameters[1]["weight"][0, 0] * frame.values[1][0, 6:10, 6:10])
    image, colour = kernel.grab().toImage(), theme.current().origin

    def distance(place: tuple[int, ...]) -> int:
        seen = image.pixelColor(kernel.cell_rect(0, 0, *place).bottomLeft())
        return abs(seen.red() - colour.red()) + abs(seen.green() - colour.green()) + abs(seen.blue() - colour.blue())

    strongest = tuple(int(n) for n in np.unravel_index(shares.argmax(), shares.shape))
    weakest = tuple(int(n) for n in np.unravel_index(shares.argmin(), shares.shape))
    assert distance(strongest) == 0
    assert distance(weakest) > 60


@pytest.mark.parametrize("name", ["demo", "channels", "pooling", "transposed"])
def test_every_heatmap_opens_the_microscope(open_window: OpenWindow, name: str) -> None:
    """By a double-click, and by Enter on the cell that is held; Escape comes back to where one was.

    Those of the teacher do not: its numbers are given.
    """
    person = open_window(name)
    person.click("step")
    person.sees_step(1)
    for shown in heatmaps(person):
        if "teacher" in shown.objectName().split("."):
            continue
        spot = shown.cell_rect(*cells(shown)[0]).center()
        person.bot.mouseClick(shown, Qt.MouseButton.LeftButton, pos=spot)
        QTest.mouseDClick(shown, Qt.MouseButton.LeftButton, pos=spot)
        microscope = person.find(Microscope, "microscope")
        assert microscope.isVisible(), shown.objectName()
        person.press("Esc")
        assert not microscope.isVisible()
        shown.setFocus()
        person.press("Return", shown)
        assert microscope.isVisible(), shown.objectName()
        person.press("Esc")
