"""A presentation together with what else there is: the landscape, lessons, numbers that are held."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QAbstractButton, QAbstractSpinBox, QApplication, QComboBox, QDialog, QLabel, QWidget

from convviz.views import theme
from convviz.views.heatmap import Heatmap
from convviz.views.panels.landscape.map import LandscapeMap
from tests.views.presenting.stage import HD, present

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow, Person


def shares(person: Person) -> tuple[float, float]:
    """Return how much of the landscape's panel its map takes, and how much the curve below it, in height."""
    panel = person.find(QWidget, "landscape_panel")
    parts = panel.findChild(LandscapeMap), person.find(QWidget, "loss")
    assert all(part is not None and part.isVisible() for part in parts)
    surface, curve = (part.height() / panel.height() for part in parts if part is not None)
    return surface, curve


def survey(person: Person) -> None:
    person.session.run(50)
    person.sees_step(50)
    person.press("Shift+L")
    person.sees(person.find(QWidget, "landscape_panel").isVisible)


def place_in_window(person: Person, name: str) -> QRect:
    part = person.find(QWidget, name)
    return QRect(part.mapTo(person.window, QPoint()), part.size())


def test_the_landscape_has_the_same_share_as_in_a_window_that_shows_as_much(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    present(person)
    survey(person)
    assert theme.zoom() == pytest.approx(1080 / 640)
    person.sees(lambda: shares(person)[1] == pytest.approx(0.27, abs=0.03))
    assert shares(person)[0] > 0.4


def letters_in(drawing: bytes) -> set[float]:
    """Return how large the letters of an SVG are in its own pixels, whatever transforms them."""
    found = set()
    for group in ElementTree.fromstring(drawing).iter("{http://www.w3.org/2000/svg}g"):
        factor = re.match(r"matrix\(([^,]+),", group.get("transform", ""))
        for text in group.findall("{http://www.w3.org/2000/svg}text"):
            found.add((1.0 if factor is None else float(factor[1])) * float(text.get("font-size", "nan")))
    return found


@pytest.mark.parametrize("part", ["network", "loss", "target", "layer0.student"])
def test_pictures_of_parts_have_letters_of_the_usual_size(open_window: OpenWindow, part: str) -> None:
    person = open_window(size=HD)

    def letters() -> tuple[set[float], int]:
        figure = next(each for each in person.window.figures.subjects() if each.name == part).figure()
        return letters_in(figure.svg()), figure.size.width()

    usual, wide = letters()
    present(person)
    found, width = letters()
    for role in ("small", "body"):  # a pixel is lost where larger letters have a whole number of pixels
        size = theme.FONT_SIZES[role]  # type: ignore[index]
        assert size in usual or part in ("target", "layer0.student"), role
        assert size not in usual or any(size - 1 < each <= size for each in found), role
    assert max(found) <= max(usual) + 3  # those of the numbers in the cells, which take the room that there is
    assert part == "loss" or width == pytest.approx(1920 / theme.zoom() if part == "network" else wide, rel=0.05)


def test_a_lesson_has_room_though_the_landscape_was_looked_at(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    survey(person)
    person.press("Shift+L")
    present(person)
    person.window.open_lesson("stride")
    person.sees(lambda: person.window.has_lesson)
    QApplication.processEvents()
    assert (person.window.width(), person.window.height()) == HD
    assert theme.zoom() == pytest.approx(1080 / 640)
    assert person.window.rect().contains(place_in_window(person, "status"))
    assert person.window.minimumSizeHint().height() <= HD[1]


def test_a_window_can_be_made_low_again_after_the_landscape(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    survey(person)
    assert person.find(QWidget, "loss").isVisible()
    person.window.open_lesson("stride")
    person.sees(lambda: person.window.has_lesson)
    person.window.resize(1024, 640)
    QApplication.processEvents()
    assert person.window.height() == 640


def test_a_number_held_while_presenting_is_explained_in_letters_of_the_usual_size(open_window: OpenWindow) -> None:
    def height_of_sentence(*, presented: bool) -> int:
        person = open_window()
        if presented:
            present(person)
        heatmap = person.find(Heatmap, "pipeline.target")
        person.bot.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=heatmap.cell_rect(0, 2, 1).center())
        if presented:
            person.press("F5")
        assert not person.find(QAction, "present").isChecked()
        sentence = person.find(QLabel, "explain.sentence")
        person.sees(sentence.isVisible)
        return sentence.height()

    assert height_of_sentence(presented=True) == height_of_sentence(presented=False)


def colours(person: Person) -> set[int]:
    picture = person.window.grab().toImage()
    return {picture.pixel(x, y) for x in range(0, picture.width(), 3) for y in range(0, picture.height(), 3)}


@pytest.mark.parametrize("was_there", [True, False])
def test_a_blank_screen_stays_blank_whatever_moves_or_comes(open_window: OpenWindow, was_there: bool) -> None:
    person = open_window()
    present(person)
    if not was_there:
        person.press("B")
    person.window.open_lesson("stride")
    person.sees(lambda: person.window.has_lesson and person.find(QWidget, "lesson.ring").isVisible())
    if was_there:
        person.press("B")
    person.window.resize(1400, 900)
    person.sees(lambda: person.find(QWidget, "blank").size() == person.window.size())
    QApplication.processEvents()
    assert len(colours(person)) == 1
    person.press("A")
    assert not person.find(QWidget, "blank").isVisible()
    person.window.resize(1280, 800)
    QApplication.processEvents()
    assert len(colours(person)) > 10


def test_a_dialog_has_room_for_its_larger_letters_and_is_as_usual_after_it(open_window: OpenWindow) -> None:
    person = open_window(size=HD)

    def asked() -> QDialog:
        person.find(QAction, "export_picture").trigger()
        dialog = person.dialog(QDialog, "figure_dialog")
        person.sees(dialog.isVisible)
        return dialog

    def sizes(dialog: QDialog) -> list[object]:
        parts = (dialog, *dialog.findChildren(QComboBox), *dialog.findChildren(QAbstractSpinBox))
        return [(part.minimumSize(), part.maximumSize()) for part in parts]

    usual = asked()
    before = sizes(usual)
    usual.reject()
    person.sees(lambda: person.window.findChild(QDialog, "figure_dialog") is None)
    present(person)
    dialog = asked()
    for button in dialog.findChildren(QAbstractButton):
        assert button.width() >= button.sizeHint().width(), button.text()
    for choice in dialog.findChildren(QComboBox):
        assert choice.height() >= choice.fontMetrics().height() + 8, choice.objectName()
    person.window.stop_presenting()
    person.sees(lambda: sizes(dialog) == before)
    dialog.reject()
