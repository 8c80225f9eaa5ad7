"""The sentence about a moment: in words, with the numbers of the frame."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PyQt6.QtCore import Qt

from convviz.engine import Conv2d, ConvTranspose2d
from convviz.engine.walkthrough import Act, Role, Strip
from convviz.model.files import builtin_experiments
from convviz.number_text import format_number
from convviz.views import theme
from convviz.views.language import speak
from tests.engine.networks import trained

#: The stage of a window of 1024 × 640 pixels.
NARROW = (720, 450)


def number(value):
    return format_number(float(value), 3)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("name", sorted(builtin_experiments()))
def test_every_phase_of_every_layer_says_what_happens(look, name, language):
    speak(language)
    viewer = look(name, layer=0, size=NARROW)
    for layer in range(len(viewer.frame.problem.layers) + 1):
        for back in (False, True):
            viewer.microscope.show_layer(layer, back=back)
            for phase in range(len(viewer.chips())):
                viewer.microscope.show_phase(phase)
                for position in (0, viewer.slider("scrub").maximum() // 2, viewer.slider("scrub").maximum()):
                    viewer.slider("scrub").setValue(position)
                    sentence = viewer.stage.sentence()
                    assert sentence
                    assert "{" not in sentence
                    assert viewer.stage.accessibleName() == sentence
                    width = theme.metrics("heading", 12).horizontalAdvance(sentence)
                    assert width <= viewer.stage.width() - 20, sentence


def test_numbers_are_those_of_the_frame(look):
    viewer = look(layer=1, back=False)
    frame = viewer.frame
    viewer.press(Qt.Key.Key_1)
    assert viewer.stage.sentence().startswith(f"x[1, 1] = {number(frame.values[1][0, 0, 0])}:")
    viewer.press(Qt.Key.Key_2)
    viewer.slider("scrub").setValue(11)
    assert f"y[2, 4] = {number(frame.values[2][0, 1, 3])}." in viewer.stage.sentence()
    viewer.press(Qt.Key.Key_D)
    assert f"δ[2, 4] = {number(frame.value_grads[2][0, 1, 3])}" in viewer.stage.sentence()
    viewer.press(Qt.Key.Key_2)
    assert "stride − 1 = 1" in viewer.stage.sentence()
    viewer.press(Qt.Key.Key_4)
    assert f"w[1, 1] = {number(frame.parameters[1]['weight'][0, 0, 0, 0])} goes to [4, 4]" in viewer.stage.sentence()
    viewer.press(Qt.Key.Key_5)
    viewer.slider("scrub").setValue(40)
    assert f"∂L/∂x[3, 5] = {number(frame.value_grads[1][0, 2, 4])}" in viewer.stage.sentence()
    viewer.press(Qt.Key.Key_6)
    assert f"∂L/∂w[1, 1] = {number(frame.gradients[1]['weight'][0, 0, 0, 0])}" in viewer.stage.sentence()
    viewer.press(Qt.Key.Key_End)
    assert f"∂L/∂b = {number(frame.gradients[1]['bias'][0])}" in viewer.stage.sentence()


def test_a_row_that_is_seen_alone_is_told_by_itself(look):
    viewer = look(size=(1000, 760))
    viewer.press(Qt.Key.Key_5)
    viewer.slider("scrub").setValue(18 * 6 + 6)
    told = {}
    for strip in (Strip.GATHER, Strip.SCATTER, Strip.CORRELATE):
        viewer.press(Qt.Key.Key_V)
        assert viewer.stage.rows()[0].strip is strip
        told[strip] = viewer.stage.sentence()
    assert "Under the kernel lie 4 errors and 12 zeros" in told[Strip.GATHER]
    facts = viewer.stage.rows()[0].facts
    error = f"δ[{facts['from'][0] + 1}, {facts['from'][1] + 1}] = {number(facts['error'])}"
    assert error in told[Strip.SCATTER]
    assert error in told[Strip.CORRELATE]
    assert number(facts["product"]) in told[Strip.CORRELATE]
    assert len(set(told.values())) == 3


@pytest.mark.parametrize(
    ("name", "layer", "back", "phase", "pattern"),
    [
        ("pooling", 1, False, 1, r"The largest of 4 cells, \S+, goes on as y\[1, 1\]\."),
        ("pooling", 1, True, 1, r"is handed back to its window|Nothing is spread"),
        ("sigmoid", 1, False, 1, r"σ\(x\[1, 1\]\) = σ\(\S+\) = \S+\."),
        ("dead-relu", 1, True, 1, r"The slope at x\[1, 1\] = \S+ is [01]: "),
        ("transposed", 1, False, 1, r"lands on y\[1, 1\]\."),
        ("demo", 2, False, 0, r"The reconstruction is \S+, the target \S+: the residual is r\[1, 1\] = \S+\."),
        ("demo", 2, False, 1, r"r\[1, 1\] adds \S+ to the loss: \S+ so far, of \S+\."),
        ("demo", 2, True, 0, r"At r\[1, 1\] = \S+ the loss has the slope \S+: that is the error δ\[1, 1\]\."),
    ],
)
def test_each_kind_of_layer_has_words_of_its_own(look, name, layer, back, phase, pattern):
    viewer = look(name, layer=layer, back=back)
    viewer.microscope.show_phase(phase)
    assert re.search(pattern, viewer.stage.sentence()), viewer.stage.sentence()


def test_an_error_of_zero_changes_nothing(look):
    viewer = look("dead-relu", layer=0, back=True)
    errors = viewer.frame.value_grads[1][0]
    row, column = (int(n) for n in np.argwhere(errors == 0)[0])
    viewer.press(Qt.Key.Key_1)
    viewer.slider("scrub").setValue(row * errors.shape[1] + column)
    place = f"[{row + 1}, {column + 1}]"
    assert viewer.stage.sentence() == f"δ{place} = 0: if y{place} grows by a little, the loss stays the same."


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("demo", "kernel 4 − 1 − padding 0 = 3 on each side."),
        ("dead-border", "3 above, 5 below, 3 left, 5 right; 2 below and 2 right are the stride's remainder."),
    ],
)
def test_the_border_says_how_wide_it_is_and_why(look, name, words):
    viewer = look(name)
    viewer.press(Qt.Key.Key_3)
    assert viewer.stage.sentence().endswith(words)
    assert viewer.text("where") == "1 / 4"


def test_a_cell_whose_shares_are_all_cut_off_says_so(look):
    viewer = look()
    viewer.microscope.set_frame(trained((Conv2d(3), ConvTranspose2d(2, padding=3)))[0])
    viewer.press(Qt.Key.Key_3)
    assert viewer.moment.phase.act is Act.GATHERING
    columns = viewer.moment.phase.shape[1]
    for cell, is_lost in (((0, 0), True), ((3, 3), False), ((3, columns - 1), True)):
        viewer.slider("scrub").setValue(cell[0] * columns + cell[1])
        told = viewer.stage.sentence()
        assert (told == "All that this cell spreads is cut off: its gradient is exactly zero.") == is_lost
        assert not viewer.stage.grab().isNull()
        if is_lost:
            assert viewer.stage.sums()[0].total == 0.0


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (ConvTranspose2d(2, stride=3), "Nothing lands on this cell: it is the bias alone."),
        (ConvTranspose2d(2, stride=3, bias=None), "Nothing lands on this cell: it is exactly zero."),
    ],
)
def test_an_output_that_nothing_lands_on_says_what_it_is(look, layer, words):
    viewer = look(back=False)
    viewer.microscope.set_frame(trained((Conv2d(3), layer))[0])
    viewer.press(Qt.Key.Key_2)
    viewer.click_cell(Role.OUTPUT, 2, 1)
    assert viewer.stage.sentence() == words
    (told,) = viewer.stage.sums()
    assert told.total == told.value == (told.bias or 0.0)
    assert not viewer.stage.grab().isNull()
    viewer.click_cell(Role.OUTPUT, 1, 1)
    assert "lands on y[2, 2]" in viewer.stage.sentence()
