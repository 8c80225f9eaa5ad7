"""Moving pictures from the menu."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import QPoint, Qt, QTimer
from PyQt6.QtGui import QImage, QRegion
from PyQt6.QtWidgets import QDialogButtonBox, QFrame, QLabel

from convviz.engine import State
from convviz.views import theme
from convviz.views.editors.buttons import Choice
from convviz.views.export_progress import ExportProgress
from convviz.views.film import Film
from convviz.views.heatmap import Heatmap
from convviz.views.panels.pipeline import Pipeline
from tests.views.exporting import ask_for_animation, choose_file, is_idle, save_animation, trained

if TYPE_CHECKING:
    from pathlib import Path

    from convviz.views.animation_dialog import AnimationDialog
    from tests.views.conftest import OpenWindow, Person


def outcome(dialog: AnimationDialog) -> str:
    label = dialog.findChild(QLabel, "animation.outcome")
    assert label is not None
    return label.text()


def test_the_steps_are_shown_and_the_run_stays_as_it_is(open_window: OpenWindow, tmp_path: Path) -> None:
    person = trained(open_window(), 400)
    person.session.show_step(123)
    person.sees(lambda: person.session.status.shown == 123)
    dialog = ask_for_animation(person, frames=5, rate=10, width=700, height=500)
    assert outcome(dialog) == "5 pictures, one every 100 steps; 0.5 s."
    save_animation(dialog)
    choose_file(person, tmp_path / "run.gif")
    person.sees(lambda: is_idle(person))
    assert person.text("pointed") == "run.gif has been written."
    with Image.open(tmp_path / "run.gif") as image:
        assert (image.n_frames, image.size) == (5, (700, 500))
    status = person.session.status
    assert (status.shown, status.step, status.state) == (123, 400, State.PAUSED)
    assert person.session.frame is not None
    assert person.session.frame.step == 123


def test_a_picture_of_every_step_is_said_to_be_that(open_window: OpenWindow) -> None:
    dialog = ask_for_animation(trained(open_window(), 50), frames=5, first=10, last=14, rate=10)
    assert outcome(dialog) == "5 pictures, one for every step; 0.5 s."


def test_a_picture_is_drawn_piece_by_piece_and_the_window_has_its_turn_between_any_two(
    open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = trained(open_window(), 200)
    turns, drawn = [0], []
    timer = QTimer(person.window)
    timer.timeout.connect(lambda: turns.__setitem__(0, turns[0] + 1))
    timer.start(0)
    render = Pipeline.render

    def watched(pipeline: Pipeline, image: QImage, offset: QPoint, region: QRegion) -> None:
        drawn.append((turns[0], region.boundingRect().width()))
        render(pipeline, image, offset, region)

    monkeypatch.setattr(Pipeline, "render", watched)
    save_animation(ask_for_animation(person, frames=2, first=0, last=200, width=1280, height=800))
    choose_file(person, tmp_path / "run.png")
    person.sees(lambda: is_idle(person))
    timer.stop()
    times, widths = zip(*drawn, strict=True)
    assert sum(widths) >= 2 * 1280
    assert max(widths) <= 1280 / 6  # of what took 10 to 35 ms
    assert len(set(times)) == len(times)


def test_the_pieces_of_a_picture_fit_together(open_window: OpenWindow) -> None:
    person = trained(open_window(), 200)
    film = Film(person.document.experiment, person.session, (1300, 800))
    assert person.session.frame is not None
    made = film.draw(person.session.frame)
    pipeline = film.findChild(Pipeline)
    assert pipeline is not None
    whole = QImage(1300, 800, QImage.Format.Format_RGB888)
    whole.fill(theme.current().surface)
    pipeline.render(whole)
    for x, y in [(x, y) for x in range(0, 1300, 3) for y in range(0, 800, 7)]:
        assert tuple(made[y, x]) == whole.pixelColor(x, y).getRgb()[:3]
    film.end()


def test_one_map_alone_is_that_of_the_step(open_window: OpenWindow, tmp_path: Path) -> None:
    """The colour of the first cell of the first kernel is the one it has in a film's picture of that very step."""
    person = trained(open_window(), 300)
    dialog = ask_for_animation(person, "Layer 1, student's kernel", frames=2, first=0, last=300, width=300, height=320)
    save_animation(dialog)
    choose_file(person, tmp_path / "kernel.png")
    person.sees(lambda: is_idle(person))
    with Image.open(tmp_path / "kernel.png") as image:
        image.seek(1)
        last = np.asarray(image.convert("RGB"))
    assert last.shape == (320, 300, 3)
    heatmap = person.find(Heatmap, "pipeline.layer0.student")
    film = Film(person.document.experiment, person.session, (300, 320), heatmap.tensor)
    assert person.session.frame is not None
    np.testing.assert_array_equal(film.draw(person.session.frame), last)
    film.end()


def test_the_gradient_of_the_input_is_in_the_picture_where_it_is_shown(open_window: OpenWindow, tmp_path: Path) -> None:
    person = trained(open_window(), 200)
    person.press("I")
    person.sees(lambda: person.session.frame is not None and person.session.frame.value_grads[0] is not None)
    dialog = ask_for_animation(person, "Gradient of the input", frames=2, width=300, height=320)
    save_animation(dialog)
    choose_file(person, tmp_path / "gradient.png")
    person.sees(lambda: is_idle(person))
    with Image.open(tmp_path / "gradient.png") as image:
        shown = []
        for index in range(2):
            image.seek(index)
            shown.append(np.asarray(image.convert("RGB")).copy())
    assert (shown[0] != shown[1]).any()
    assert all(len(np.unique(picture.reshape(-1, 3), axis=0)) > 50 for picture in shown)


def test_the_map_whose_number_is_held_is_proposed(open_window: OpenWindow) -> None:
    person = trained(open_window(), 30)
    residual = person.find(Heatmap, "pipeline.residual")
    person.bot.mouseClick(residual, Qt.MouseButton.LeftButton, pos=residual.cell_rect(2, 3).center())
    dialog = ask_for_animation(person)
    choice = dialog.findChild(Choice, "animation.part")
    assert choice is not None
    assert choice.currentText() == "Residual"
    dialog.reject()


def test_a_film_is_made_while_training_goes_on(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    long = person.document.experiment
    person.document.propose(long.replace(stop=long.stop.replace(steps=10**9)), "Train on")
    person.session.play()
    person.sees(lambda: person.session.status.step > 1000)
    save_animation(ask_for_animation(person, frames=4, width=700, height=450))
    choose_file(person, tmp_path / "run.webp")
    person.sees(lambda: is_idle(person))
    assert person.session.status.state is State.RUNNING
    with Image.open(tmp_path / "run.webp") as image:
        assert image.n_frames == 4


def begin_a_long_film(person: Person, path: Path) -> None:
    save_animation(ask_for_animation(person, frames=200, width=700, height=450))
    choose_file(person, path)


@pytest.mark.usefixtures("slow_answers")
def test_a_film_can_be_called_off(open_window: OpenWindow, tmp_path: Path) -> None:
    person = trained(open_window(), 300)
    begin_a_long_film(person, tmp_path / "run.gif")
    progress = person.dialog(ExportProgress, "export_progress")
    person.sees(lambda: progress.isVisible() and progress.value() > 0)
    progress.canceled.emit()
    person.sees(lambda: is_idle(person))
    assert not (tmp_path / "run.gif").exists()
    assert list(tmp_path.glob(".convviz*")) == []
    assert not person.find(QFrame, "banner").isVisible()


@pytest.mark.usefixtures("slow_answers")
def test_the_window_can_be_closed_in_the_middle_of_a_film(open_window: OpenWindow, tmp_path: Path) -> None:
    person = trained(open_window(), 300)
    begin_a_long_film(person, tmp_path / "run.gif")
    person.sees(lambda: list(tmp_path.glob(".convviz*")) != [])
    person.window.close()
    assert not (tmp_path / "run.gif").exists()
    assert list(tmp_path.glob(".convviz*")) == []


@pytest.mark.usefixtures("slow_answers")
def test_a_run_that_begins_anew_ends_the_film(open_window: OpenWindow, tmp_path: Path) -> None:
    person = trained(open_window(), 300)
    begin_a_long_film(person, tmp_path / "run.gif")
    person.sees(lambda: list(tmp_path.glob(".convviz*")) != [])
    person.session.reset()
    person.sees(lambda: is_idle(person))
    assert "The run has changed" in person.find(QLabel, "banner_text").text()
    assert not (tmp_path / "run.gif").exists()


def test_a_run_without_steps_has_nothing_to_show(open_window: OpenWindow) -> None:
    dialog = ask_for_animation(open_window())
    assert outcome(dialog).startswith("A moving picture needs two steps at least")
    buttons = dialog.findChild(QDialogButtonBox)
    assert buttons is not None
    button = buttons.button(QDialogButtonBox.StandardButton.Save)
    assert button is not None
    assert not button.isEnabled()
    dialog.reject()


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ({"last": 301}, "Last step: expected from 0 to 300, received 301"),
        ({"first": 200, "last": 100}, "Last step: expected from 200 to 300, received 100"),
        ({"frames": 1}, "Number of pictures: expected from 2 to 2,000, received 1"),
        ({"rate": 60}, "Pictures a second: expected from 0.1 to 50, received 60"),
        ({"width": 500}, "Width in pixels: expected from 660 to 3,840, received 500"),
        ({"frames": 500}, "Expected from 2 to 262 pictures of this size, received 500"),
    ],
)
def test_what_cannot_be_is_said(open_window: OpenWindow, numbers: dict[str, float], told: str) -> None:
    dialog = ask_for_animation(trained(open_window(), 300), **numbers)
    assert outcome(dialog) == told
    dialog.reject()


def test_another_ending_is_refused(open_window: OpenWindow, tmp_path: Path) -> None:
    person = trained(open_window(), 30)
    save_animation(ask_for_animation(person, frames=3))
    choose_file(person, tmp_path / "run.avi")
    person.sees(lambda: is_idle(person) and person.find(QFrame, "banner").isVisible())
    assert "run.avi" in person.find(QLabel, "banner_text").text()
    assert list(tmp_path.glob("run*")) == []


def test_the_loss_alone_can_move(open_window: OpenWindow, tmp_path: Path) -> None:
    person = trained(open_window(), 300)
    dialog = ask_for_animation(person, "Loss", frames=3, width=500, height=300)
    save_animation(dialog)
    choose_file(person, tmp_path / "loss.png")
    person.sees(lambda: is_idle(person))
    shown = []
    with Image.open(tmp_path / "loss.png") as image:
        assert (image.n_frames, image.size) == (3, (500, 300))
        for index in range(3):
            image.seek(index)
            shown.append(np.asarray(image.convert("RGB")).astype(int))
    # The upright line of the step that is shown stands at the left, then in the middle; there is none at the newest.
    blue = [((picture[..., 2] - picture[..., 0]) > 60).sum(axis=0) for picture in shown]
    assert blue[0].max() > 100
    assert blue[1][200:320].max() > 100
    assert blue[2][200:].max() < 20
    # Nothing moves but the line: the axis stands where it stood.
    axes = [np.flatnonzero((picture[60:250].sum(axis=2) < 740).sum(axis=0) > 150).min() for picture in shown]
    assert max(axes) - min(axes) <= 1
    assert all((one != other).any() for one, other in pairwise(shown))
    assert (shown[0][2, 2] == 255).all()


def test_the_first_picture_has_the_curve_as_all_others_have(open_window: OpenWindow, tmp_path: Path) -> None:
    person = trained(open_window(), 300)
    save_animation(ask_for_animation(person, frames=3, width=900, height=600))
    choose_file(person, tmp_path / "run.png")
    person.sees(lambda: is_idle(person))
    with Image.open(tmp_path / "run.png") as image:
        for index in range(3):
            image.seek(index)
            picture = np.asarray(image.convert("RGB")).astype(int)
            assert ((picture[400:, 650:, 2] - picture[400:, 650:, 0]) > 100).sum() > 60, index
