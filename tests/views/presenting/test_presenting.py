"""The picture alone and large, and everything as it was after that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageSequence
from PyQt6.QtCore import QPoint, QRect, QSize, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QFileDialog, QLabel, QMenuBar, QSplitter, QToolBar, QToolButton, QWidget

from convviz.engine.frames import State
from convviz.views import theme
from convviz.views.banner import Message
from convviz.views.heatmap import Heatmap
from convviz.views.panels.landscape.map import LandscapeMap
from convviz.views.panels.loss import LossPanel
from convviz.views.panels.microscope import Microscope
from convviz.views.panels.pipeline import Pipeline
from convviz.views.readout import ReadOut
from tests.views.exporting import ask_for_animation, choose_file, is_idle, save_animation
from tests.views.presenting.stage import HD, present

if TYPE_CHECKING:
    from pathlib import Path

    from tests.views.conftest import OpenWindow, Person

#: What nobody needs who watches.
_BESIDE = ("inspector", "transport", "history", "check_badge", "keep_curve", "state")


def seen(person: Person) -> dict[str, bool]:
    return {name: person.find(QWidget, name).isVisible() for name in (*_BESIDE, "stage", "loss_plot", "status")}


def looks(person: Person) -> dict[str, object]:
    """Return all that a presentation changes about the window and what is in it."""
    window = person.window
    parts = [each for each in window.findChildren(QWidget) if each.objectName() and each.isVisible()]
    return {
        "window": (window.geometry(), window.windowState(), window.minimumSize()),
        "columns": person.find(QSplitter, "columns").sizes(),
        "font": (QApplication.font().pixelSize(), theme.font("title").pixelSize()),
        "style": QApplication.instance().styleSheet(),  # type: ignore[union-attr]
        "focus": QApplication.focusWidget(),
        "cursor": QApplication.overrideCursor(),
        "places": {each.objectName(): (each.geometry(), each.minimumSize(), each.maximumSize()) for each in parts},
        "icons": {each.objectName(): each.iconSize() for each in window.findChildren(QToolButton)},
        "enabled": {each.objectName(): each.isEnabled() for each in window.findChildren(QAction)},
        "selection": person.window.findChild(QWidget, "inspector").selection(),  # type: ignore[union-attr]
    }


@pytest.mark.parametrize("size", [HD, (1280, 720)])
@pytest.mark.parametrize("experiment", ["demo", "channels"])
def test_everything_is_as_it_was_after_a_presentation(
    open_window: OpenWindow, size: tuple[int, int], experiment: str
) -> None:
    person = open_window(experiment, size=size)
    person.session.run(20)
    person.sees_step(20)
    person.look_at("layer", 1)
    heatmap = person.find(Heatmap, "pipeline.target")
    person.bot.mouseClick(heatmap, Qt.MouseButton.LeftButton, pos=heatmap.cell_rect(0, 2, 1).center())
    before = looks(person)
    present(person)
    assert looks(person) != before
    assert seen(person) == {**dict.fromkeys(_BESIDE, False), "stage": True, "loss_plot": True, "status": True}
    assert not person.window.findChild(QMenuBar).isVisible()  # type: ignore[union-attr]
    person.press("F5")
    assert not person.window.is_presenting
    person.sees(lambda: looks(person) == before)


def test_f5_takes_the_whole_screen_and_escape_gives_it_back(open_window: OpenWindow) -> None:
    person = open_window(size=(1024, 640))
    before = person.window.geometry()
    person.press("F5")
    assert person.window.isFullScreen()
    assert person.find(QAction, "present").isChecked()
    assert not person.find(QAction, "full_screen").isEnabled()
    person.press("Esc")
    assert not person.window.is_presenting
    assert not person.window.isFullScreen()
    assert not person.find(QAction, "present").isChecked()
    person.sees(lambda: person.window.geometry() == before)


def test_a_window_whose_screen_was_taken_away_meanwhile_comes_back_where_it_can_be_seen(
    open_window: OpenWindow,
) -> None:
    person = open_window(size=(700, 500))
    screen = person.window.screen()
    assert screen is not None
    room = screen.availableGeometry()
    person.window.move(room.right() - 20, 40)  # nearly all of it is where the other screen was
    person.press("F5")
    person.press("Esc")
    person.sees(lambda: room.contains(person.window.geometry()))
    assert person.window.size() == QSize(700, 500)


def test_letters_lines_and_numbers_are_as_much_larger_as_the_screen_is(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    usual = {role: theme.metrics(role).height() for role in theme.FONT_SIZES}
    present(person)
    factor = min(1920 / 1040, 1080 / 640)
    assert theme.zoom() == pytest.approx(factor)
    for role, height in usual.items():
        assert theme.metrics(role).height() == pytest.approx(factor * height, abs=2), role
    assert QApplication.font().pixelSize() == int(factor * 13)
    assert person.find(QLabel, "").fontMetrics().height() > usual["body"]
    step = person.find(ReadOut, "headline.step")
    assert step.height() >= 0.03 * person.window.height()  # the numbers that matter


def test_the_numbers_that_matter_are_those_of_the_run(open_window: OpenWindow) -> None:
    person = open_window(speed=100.0, size=HD)
    present(person)
    person.session.run(30)
    person.sees_step(30)
    frame = person.session.frame
    assert frame is not None
    person.sees(lambda: person.text("headline.step") == "30")
    assert float(person.text("headline.loss").replace(",", "")) == pytest.approx(frame.loss, rel=1e-3)
    assert person.text("headline.rate") == "3×10⁻⁵"
    assert frame.learning_rate == pytest.approx(3e-5)
    assert person.text("headline.state") == "paused at step 30"
    person.press("Space")
    person.sees(lambda: person.text("headline.speed").endswith("steps/s"))
    assert person.text("headline.state") == "training"
    person.press("Space")
    person.sees(lambda: person.text("headline.speed") == "")


def test_no_number_moves_another(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    present(person)
    names = ("step", "loss", "rate", "speed", "state")
    before = [person.find(ReadOut, f"headline.{name}").geometry() for name in names]
    person.session.run(1500)
    person.sees_step(1500)
    person.sees(lambda: person.text("headline.step") == "1,500")
    assert [person.find(ReadOut, f"headline.{name}").geometry() for name in names] == before


def test_the_cell_that_is_pointed_at_and_messages_are_told_large(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    person.session.run(5)
    person.sees_step(5)
    usual = person.find(ReadOut, "pointed").height()
    present(person)
    heatmap = person.find(Heatmap, "pipeline.target")
    QTest.mouseMove(heatmap, heatmap.cell_rect(0, 3, 2).center())
    pointed, frame = person.find(ReadOut, "pointed"), person.session.frame
    assert frame is not None
    person.sees(lambda: pointed.text().startswith("Target 8×8, row 4, column 3: "))
    told = float(pointed.text().rpartition(" ")[2].replace("−", "-"))
    assert told == pytest.approx(frame.target[0, 3, 2], rel=1e-6)
    assert pointed.height() > 1.5 * usual
    assert pointed.width() > 0.9 * person.window.width()
    person.window.show_message(Message(lambda: "Something went wrong"))
    banner = person.find(QWidget, "banner")
    assert banner.isVisible()
    assert banner.height() > 1.5 * usual
    person.click("banner_close")


def test_one_can_present_the_microscope_and_come_to_it_while_presenting(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    person.press("M")
    stage = person.find(QWidget, "microscope.stage")
    rect = person.find(Microscope, "microscope").board_rect
    present(person)
    from convviz.engine.walkthrough import Role

    kernel = rect(Role.KERNEL)
    assert not kernel.isEmpty()
    assert stage.isVisible()
    person.press("Esc")
    assert not stage.isVisible()
    assert person.window.is_presenting
    person.press("M")
    assert rect(Role.KERNEL) == kernel
    person.press("F5")
    assert stage.isVisible()
    assert rect(Role.KERNEL).width() < kernel.width()


def test_the_frame_of_the_stage_is_around_all_of_it_when_it_is_large(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    person.press("M")
    stage = person.find(QWidget, "microscope.stage")
    present(person)
    person.window.setFocus()  # which it has, but not by the Tab key
    stage.setFocus(Qt.FocusReason.TabFocusReason)
    picture, accent = stage.grab().toImage(), theme.current().accent
    wide, high = picture.width(), picture.height()
    for x, y in ((0, high // 2), (wide - 3, high // 2), (wide // 2, 0), (wide // 2, high - 3)):
        beside = {picture.pixelColor(x + dx, y + dy).rgb() for dx in range(3) for dy in range(3)}
        assert accent.rgb() in beside, (x, y)


def test_the_landscape_is_the_larger_part_of_what_is_presented_of_it(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    person.session.run(50)
    person.sees_step(50)
    person.press("Shift+L")
    surface, loss = person.window.findChild(LandscapeMap), person.find(LossPanel, "loss")
    assert surface is not None

    def heights() -> tuple[int, int]:
        return surface.height(), loss.height()

    person.sees(lambda: heights()[0] > 1.5 * heights()[1] > 1.5 * 240)  # at most so high, where there is much room
    usual = heights()
    present(person)
    assert loss.isVisible()
    person.sees(lambda: heights()[0] > 1.5 * heights()[1] > 0)
    assert heights()[1] > 150 * theme.zoom() - 20  # the least that it has, larger
    person.press("F5")
    person.sees(lambda: heights() == usual)


def test_a_lesson_is_told_large_and_escape_leaves_the_presentation_first(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    person.window.open_lesson("stride")
    person.sees(lambda: person.window.has_lesson)
    words = person.find(QLabel, "lesson.text")
    usual = words.font().pixelSize()
    present(person)
    person.sees(lambda: words.font().pixelSize() > 1.6 * usual)
    assert not person.find(QWidget, "inspector").isVisible()  # though the scene has selected something
    person.press("PgDown")
    assert person.window.lessons.index == 1
    person.press("PgUp")
    assert person.window.lessons.index == 0
    card = person.find(QToolBar, "lesson")
    for label in ("lesson.text", "lesson.task"):
        part = person.find(QLabel, label)
        room = part.fontMetrics().boundingRect(0, 0, part.width(), 10_000, int(Qt.TextFlag.TextWordWrap), part.text())
        assert room.height() <= part.height() + 2, label
    person.press("Esc")
    assert not person.window.is_presenting
    assert card.isVisible()
    person.sees(lambda: words.font().pixelSize() == usual)


def test_without_a_lesson_a_clicker_plays_and_goes_back_to_how_it_began(open_window: OpenWindow) -> None:
    person = open_window(speed=100.0, size=HD)
    action = person.find(QAction, "lesson_next")
    assert not action.isEnabled()
    present(person)
    assert action.text() == "Go on"
    assert "play and pause" in action.toolTip()
    person.press("PgDown")
    person.sees_state(State.RUNNING)
    person.sees(lambda: person.session.status.step > 10)
    person.press("PgDown")
    person.sees_state(State.PAUSED)
    step = person.session.status.step
    person.press("PgUp")
    person.sees(lambda: person.text("headline.step") == "0")
    person.press("PgDown")
    person.sees(lambda: person.text("headline.step") == f"{step:,}")
    assert person.session.status.step == step  # to the newest step, without another
    person.press("F5")
    assert not action.isEnabled()
    assert action.text() == "Next scene"


def test_a_blank_screen_shows_nothing_until_a_key_is_pressed_which_does_nothing_else(open_window: OpenWindow) -> None:
    person = open_window(size=HD)
    present(person)
    person.press("B")
    blank = person.find(QWidget, "blank")
    assert blank.geometry() == person.window.rect()
    picture = person.window.grab().toImage()
    ground = theme.current().window
    spots = [QPoint(x, y) for x in range(0, 1920, 40) for y in range(0, 1080, 40)]
    assert all(picture.pixelColor(spot) == ground for spot in spots)
    person.press("Space")
    assert not blank.isVisible()
    assert person.session.status.state is not State.RUNNING
    person.press("B")
    person.press("Esc")
    assert not blank.isVisible()
    assert person.window.is_presenting
    person.press("B")
    person.bot.mouseClick(blank, Qt.MouseButton.LeftButton)
    assert not blank.isVisible()


def test_a_blank_screen_stays_blank_when_the_window_grows(open_window: OpenWindow) -> None:
    person = open_window(size=(1280, 720))
    present(person)
    person.press("B")
    blank = person.find(QWidget, "blank")
    person.window.resize(1920, 1080)
    person.sees(lambda: blank.geometry() == person.window.rect())
    person.press("Space")
    assert not blank.isVisible()


@pytest.mark.parametrize(
    ("before", "presented", "size"),
    [
        ("sigmoid", "pooling", HD),
        ("demo", "edges", HD),
        ("demo", "dead-relu", (1280, 800)),
        ("pooling", "demo", (1024, 640)),
        ("pooling", "channels", (1024, 640)),
    ],
)
def test_another_network_that_was_presented_is_laid_out_as_without_a_presentation(
    open_window: OpenWindow, before: str, presented: str, size: tuple[int, int]
) -> None:
    person = open_window(before, size=size)
    pipeline = person.find(Pipeline, "pipeline")

    def settled() -> dict[str, QRect]:
        """Return where everything is once the run is seen that was asked for last, and all has found its place."""
        found: list[dict[str, QRect]] = [{}, {}]

        def is_settled() -> bool:
            QApplication.processEvents()
            parts = [each for each in pipeline.findChildren(QWidget) if each.objectName().startswith("pipeline.")]
            found.append({each.objectName(): each.geometry() for each in parts})
            return found[-1] == found[-2] == found[-3]

        person.sees(lambda: not person.session.is_waiting)
        person.sees(is_settled)
        return found[-1]

    first = settled()
    present(person)
    person.find(QAction, f"new_{presented}").trigger()
    assert settled() != first
    person.press("F5")
    after = settled()
    person.find(QAction, f"new_{before}").trigger()
    assert settled() == first
    person.find(QAction, f"new_{presented}").trigger()
    assert settled() == after


def test_what_is_large_fits_a_window_that_grows(open_window: OpenWindow) -> None:
    person = open_window(size=(1280, 720))
    present(person)
    assert theme.zoom() == pytest.approx(720 / 640)
    person.window.resize(1920, 1080)
    person.sees(lambda: theme.zoom() == pytest.approx(1080 / 640))


def test_a_window_that_is_closed_while_presenting_is_remembered_as_it_was(open_window: OpenWindow) -> None:
    person = open_window(size=(1024, 640))
    before = person.window.geometry().size()
    person.press("F5")
    person.window.close()
    assert theme.zoom() == 1
    assert person.window.geometry().size() == before
    assert not person.window.isFullScreen()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("size", [HD, (1280, 720), (1024, 768)])
def test_nothing_is_cut_off(open_window: OpenWindow, size: tuple[int, int], language: str) -> None:
    person = open_window("channels", size=size)
    person.window.set_language(language)
    person.session.run(5)
    person.sees_step(5)
    present(person)
    whole = person.window.rect()
    for name in ("headline", "pipeline", "loss_plot", "status", "headline.state", "pipeline.residual"):
        part = person.find(QWidget, name)
        assert whole.contains(part.mapTo(person.window, part.rect().topLeft())), name
        assert whole.contains(part.mapTo(person.window, part.rect().bottomRight())), name
    state = person.find(ReadOut, "headline.state")
    assert theme.number_width(state.text(), "heading") <= state.width()
    for label in person.find(QWidget, "headline").findChildren(QLabel):
        assert label.width() >= label.sizeHint().width()


def test_a_moving_picture_that_is_being_written_is_no_larger_for_a_presentation(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    person = open_window()
    person.session.run(50)
    person.sees_step(50)
    written = []
    for name in ("usual.png", "presented.png"):
        save_animation(ask_for_animation(person, frames=6, rate=10, width=700, height=500))
        choose_file(person, tmp_path / name)
        if name == "presented.png":
            present(person)
            assert theme.zoom() > 1
            for step in (*range(0, 50, 5), 50):  # time for six pictures
                person.session.show_step(step)
                person.sees(lambda step=step: person.text("headline.step") == f"{step}")
            assert not is_idle(person)
            person.session.show_step(None)
            person.window.stop_presenting()
        person.sees(lambda: is_idle(person))
        assert person.text("pointed") == f"{name} has been written."
        person.sees(lambda: person.window.findChild(QFileDialog, "export_dialog") is None)
        with Image.open(tmp_path / name) as film:
            written.append([np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(film)])
    assert len(written[0]) == len(written[1]) == 6
    for one, other in zip(*written, strict=True):
        assert np.array_equal(one[:62], other[:62])  # the titles; scales follow only as fast as they can be read
