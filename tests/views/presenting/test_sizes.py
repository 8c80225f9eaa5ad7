"""How large things are in a presentation, on screens of all sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QPoint, QRect
from PyQt6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from convviz.views import theme
from convviz.views.heatmap import Heatmap
from convviz.views.panels.pipeline import Pipeline
from convviz.views.readout import ReadOut
from tests.views.panels.pipeline.test_sizes import cells_of, with_numbers
from tests.views.presenting.stage import HD, present

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow, Person

#: On these there is room beside the maps for large kernels.
WIDE = [(1280, 720), (1366, 768), (1600, 900), HD, (2560, 1440)]
#: What screens and projectors have.
SCREENS = [*WIDE, (1280, 800), (1440, 900), (1680, 1050)]


@pytest.mark.parametrize("size", WIDE)
def test_small_kernels_are_written_out_on_a_wide_screen(open_window: OpenWindow, size: tuple[int, int]) -> None:
    person = open_window(size=size)
    present(person)
    written = with_numbers(person.find(Pipeline, "pipeline"))
    assert {f"pipeline.layer{layer}.{role}" for layer in (0, 1) for role in ("student", "teacher")} <= written
    assert {"pipeline.reconstruction", "pipeline.target", "pipeline.residual"} <= written


@pytest.mark.parametrize("size", SCREENS)
def test_what_is_compared_is_of_one_size(open_window: OpenWindow, size: tuple[int, int]) -> None:
    person = open_window(size=size)
    present(person)
    for layer in (0, 1):
        group = [f"layer{layer}.{role}" for role in ("student", "teacher", "gradient")]
        assert len({cells_of(person.find(Heatmap, f"pipeline.{name}")).width() for name in group}) == 1, group
    for names in (("map1", "map1.gradient"), ("reconstruction", "target", "residual")):
        found = [cells_of(person.find(Heatmap, f"pipeline.{name}")).size() for name in names]
        assert len({(each.width(), each.height()) for each in found}) == 1, names


def open_lesson(person: Person, name: str) -> None:
    person.window.open_lesson(name)
    person.sees(lambda: person.window.has_lesson)
    QApplication.processEvents()


def test_the_buttons_of_a_lesson_grow_as_everything_does(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    open_lesson(person, "stride")
    buttons = [person.find(QAbstractButton, f"lesson.{name}") for name in ("back", "next", "leave")]
    leave = buttons[-1]
    usual = [button.height() for button in buttons]
    icon = leave.iconSize().width()
    present(person)
    person.sees(lambda: leave.height() > usual[-1])
    for button, before in zip(buttons, usual, strict=True):
        assert button.height() == pytest.approx(theme.zoom() * before, rel=0.06), button.objectName()
    assert leave.iconSize().width() == pytest.approx(theme.zoom() * icon, abs=1)
    person.press("F5")
    person.sees(lambda: [button.height() for button in buttons] == usual)
    assert leave.iconSize().width() == icon


@pytest.mark.parametrize("presented", [False, True])
def test_the_sign_of_a_task_is_beside_its_first_line(open_window: OpenWindow, presented: bool) -> None:
    person = open_window(size=HD)
    open_lesson(person, "stride")
    if presented:
        present(person)
    task = person.find(QLabel, "lesson.task")
    sign = next(each for each in person.window.findChildren(QLabel) if each.toolTip() == "To be done")
    line = task.mapTo(person.window, QPoint()).y() + task.fontMetrics().height() / 2
    person.sees(lambda: abs(sign.mapTo(person.window, QPoint()).y() + sign.height() / 2 - line) <= 2)


@pytest.mark.parametrize("presented", [False, True])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("lesson", ["convolution", "stride", "backward", "learning-rate"])
def test_a_lesson_makes_no_window_larger(open_window: OpenWindow, lesson: str, language: str, presented: bool) -> None:
    person = open_window(size=(800, 480))
    person.window.set_language(language)
    if presented:
        present(person)
    open_lesson(person, lesson)
    assert (person.window.width(), person.window.height()) == (800, 480)
    for name in ("lesson", "pipeline", "status"):
        part = person.find(QWidget, name)
        assert part.isVisible(), name
    whole = person.window.rect()
    for name in ("lesson.text", "lesson.next", "lesson.leave", "status"):
        part = person.find(QWidget, name)
        assert whole.contains(QRect(part.mapTo(person.window, QPoint()), part.size())), name


def test_what_a_scene_speaks_of_is_brought_into_sight_in_a_low_window(open_window: OpenWindow) -> None:
    person = open_window(size=(800, 480))
    open_lesson(person, "stride")
    shown = person.find(Heatmap, "pipeline.reconstruction")  # the scene tells how large it is
    person.sees(lambda: any(ring.isVisible() for ring in person.window.findChildren(QWidget, "lesson.ring")))
    seen = shown.visibleRegion().boundingRect()
    assert seen.contains(shown.cells_rect())
    person.press("Esc")
    person.sees(lambda: person.find(Heatmap, "pipeline.input").visibleRegion().boundingRect().height() > 60)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize(("size", "has_speed"), [((800, 480), False), ((1024, 768), True), (HD, True)])
def test_what_the_run_does_is_told_whole_before_how_fast_it_goes(
    open_window: OpenWindow, size: tuple[int, int], has_speed: bool, language: str
) -> None:
    person = open_window(size=size)
    person.window.set_language(language)
    person.session.run(1200)
    person.sees_step(1200)
    present(person)
    state = person.find(ReadOut, "headline.state")
    assert theme.number_width(state.text(), "heading") <= state.width()
    assert person.find(ReadOut, "headline.speed").isVisible() == has_speed
