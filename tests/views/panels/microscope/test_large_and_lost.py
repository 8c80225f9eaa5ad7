"""The microscope where maps are large, or numbers are none."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PyQt6.QtCore import Qt

from convviz.engine import Conv2d, Problem, Trainer, conv2d
from convviz.engine.walkthrough import Area, Role
from convviz.views import theme
from convviz.views.panels.microscope import captions
from convviz.views.panels.microscope.wording import part_texts
from tests.engine.networks import NETWORKS, trained
from tests.views.panels.microscope.seeing import frame_of, picture


def test_a_large_map_is_looked_at_in_a_crop(look):
    """256×256: the stage asks for the cells that are seen, and moving on stays quick."""
    viewer = look()
    rng = np.random.default_rng(0)
    layer = Conv2d((3, 3), stride=2, padding=1)
    x = rng.normal(size=(1, 256, 256))
    weight = rng.normal(size=(1, 1, 3, 3))
    problem = Problem(
        input=x,
        target=conv2d(x, weight, stride=2, padding=1),
        layers=(layer,),
        initial=[{"weight": weight * 0.5, "bias": np.zeros(1)}],
    )
    frame = Trainer(problem).frame(input_gradient=True)
    viewer.microscope.set_frame(frame)
    viewer.microscope.show_layer(0, back=True)
    for phase in range(6):
        viewer.microscope.show_phase(phase)
        for position in (0, viewer.slider("scrub").maximum() // 2, viewer.slider("scrub").maximum()):
            viewer.slider("scrub").setValue(position)
            picture(viewer)
            for board in (board for row in viewer.stage.rows() for board in row.items):
                place = viewer.stage.place(board.role)
                assert place.area.rows * place.area.columns <= viewer.stage.width() * viewer.stage.height() / 9
    viewer.microscope.show_phase(4)
    viewer.slider("scrub").setValue(256 * 100 + 37)
    scattered = viewer.moment.rows[1].items[-1].sheet.crop(Area(100, 37, 1, 1))
    assert scattered[0, 0] == pytest.approx(frame.value_grads[0][0, 100, 37], rel=1e-12)


def test_a_run_that_diverged_is_looked_at_too(look):
    viewer = look("diverging", layer=0)
    viewer.trainer.run(100_000)
    viewer.microscope.set_frame(viewer.trainer.frame(input_gradient=True))
    for back in (False, True):
        viewer.microscope.show_layer(0, back=back)
        for phase in range(len(viewer.chips())):
            viewer.microscope.show_phase(phase)
            assert not picture(viewer).isNull()


@pytest.mark.parametrize("size", [(720, 450), (1000, 600), (1600, 900)])
def test_two_large_maps_that_are_multiplied_are_seen_alike(look, size):
    """The kernel's gradient: input and error beside one another, and neither takes all the room."""
    viewer = look(size=size)
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(1, 300, 300)), rng.normal(size=(1, 1, 3, 3))
    problem = Problem(
        input=x, target=conv2d(x, weight), layers=(Conv2d((3, 3)),), initial=[{"weight": weight, "bias": np.zeros(1)}]
    )
    viewer.microscope.set_frame(Trainer(problem).frame(input_gradient=True))
    viewer.microscope.show_layer(0, back=True)
    viewer.click("phase6")
    read, walks = (viewer.stage.place(board.role).area for board in viewer.moment.boards[:2])
    assert abs(read.columns - walks.columns) <= 2
    assert viewer.stage.place(viewer.moment.boards[2].role).area.columns == 3


@pytest.mark.parametrize("size", [32, 256, 1024])
def test_moments_are_made_and_painted_without_delay(look, size):
    """Every phase, moment after moment and at random: some milliseconds each, whatever the size of the map.

    The bound is twenty times what it takes, and only the time counts for which this thread has a processor: a busy
    machine passes, and work on whole maps, cell by cell, does not.
    """
    viewer = look(size=(1000, 760))
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(1, size, size)), rng.normal(size=(1, 1, 4, 4))
    problem = Problem(
        input=x,
        target=conv2d(x, weight, stride=2),
        layers=(Conv2d((4, 4), stride=2),),
        initial=[{"weight": 0.5 * weight, "bias": np.zeros(1)}],
    )
    viewer.microscope.set_frame(Trainer(problem).frame(input_gradient=True))
    viewer.microscope.show_layer(0, back=True)
    for phase in range(6):
        viewer.microscope.show_phase(phase)
        last = viewer.slider("scrub").maximum()
        taken = []
        for position in (*range(last // 3, min(last, last // 3 + 8)), *rng.integers(last + 1, size=8).tolist()):
            start = time.thread_time()
            viewer.slider("scrub").setValue(position)
            viewer.stage.repaint()
            taken.append(time.thread_time() - start)
        assert sorted(taken)[len(taken) // 2] < 0.25


@pytest.mark.parametrize("name", ["demo", "channels", "max", "mean", "transposed"])
def test_a_run_that_diverged_is_seen_as_it_is(look, name):
    """Infinities and what is no number: in cells, in sums and sentences, and in the curves of functions."""
    viewer = look()
    viewer.microscope.set_frame(trained(NETWORKS[name], steps=0, weight=1e308)[0])
    sentences = set()
    for layer in range(viewer.box("layer").count()):
        for back in (False, True):
            viewer.microscope.show_layer(layer, back=back)
            for phase in range(len(viewer.chips())):
                viewer.microscope.show_phase(phase)
                for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_End):
                    viewer.press(key)
                    assert not viewer.stage.grab().isNull()
                    sentences.add(viewer.stage.sentence())
    assert any("∞" in sentence for sentence in sentences)
    assert any("NaN" in sentence for sentence in sentences) or name in ("max", "mean")


@pytest.mark.parametrize("size", [(975, 650), (719, 490), (1600, 900)])
@pytest.mark.parametrize("side", [60, 120, 300])
def test_of_whole_maps_nothing_is_left_out_silently(look, monkeypatch, size, side):
    """All of a map is seen, in smaller cells; or it is said which part, and the part goes where the cursor goes."""
    viewer = look(layer=0, back=False, size=size)
    viewer.microscope.set_frame(frame_of(Conv2d(3), size=(side, side)))
    told = []
    monkeypatch.setattr(captions, "part_texts", lambda *asked: told.append(part_texts(*asked)) or told[-1])
    viewer.press(Qt.Key.Key_2)
    viewer.press(Qt.Key.Key_Z)
    for position in (0, side * 2 // 3, (side - 2) ** 2 - 1):
        viewer.slider("scrub").setValue(position)
        told.clear()
        picture(viewer)
        for role, window in ((Role.INPUT, 2), (Role.OUTPUT, 0)):
            place = viewer.stage.place(role)
            row, column = divmod(position, side - 2)
            assert place.area.holds(row, column)
            assert place.area.holds(row + window, column + window)
            rows, columns = place.item.sheet.size
            part = f"[{place.area.top + 1}–{place.area.bottom}, {place.area.left + 1}–{place.area.right}]"
            if (place.area.rows, place.area.columns) == (rows, columns):
                assert not told
            else:
                assert (f"{part} of {rows}×{columns}", part) in told
                title = theme.metrics("strong").horizontalAdvance("output y")
                assert title + theme.metrics("small").horizontalAdvance(part) < place.title.width() - 40
                assert place.side == 3  # as small as cells get
                assert viewer.stage.overview(role) is not None
