"""Sentences that count and calculate: what they say is true in every form of a layer."""

from __future__ import annotations

import re

import pytest
from PyQt6.QtCore import Qt

from convviz.engine import AvgPool2d, Conv2d, ConvTranspose2d, MaxPool2d
from convviz.engine.walkthrough import Act, Area, Role, Strip
from convviz.number_text import format_number
from convviz.views import theme
from convviz.views.language import speak
from tests.views.hands import choose_item
from tests.views.panels.microscope.seeing import frame_of, phase_of

#: The stage of a window of 1024 × 640 pixels.
NARROW = (720, 450)


def at_act(look, act, layers, back=True, size=(1000, 600), **of):
    """Return a microscope at an act of a network's first layer."""
    viewer = look(size=size)
    viewer.microscope.set_frame(frame_of(*layers, **of))
    viewer.microscope.show_layer(0, back=back)
    phase_of(viewer, act)
    return viewer


@pytest.mark.parametrize(
    "layer",
    [
        Conv2d(5, padding=((1, 2), (0, 3)), dilation=2),
        Conv2d((3, 5)),
        Conv2d((2, 4), padding=1),
        Conv2d(3, dilation=(1, 3)),
        Conv2d(3, padding=((0, 0), (1, 1))),
    ],
    ids=str,
)
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_each_side_of_a_border_has_its_own_difference(look, layer, language):
    speak(language)
    viewer = at_act(look, Act.BORDER, (layer,), size=NARROW)
    told = viewer.stage.sentence()
    found = [tuple(map(int, each)) for each in re.findall(r"(\d+) − (\d+) = (\d+)", told)]
    (top, bottom), (left, right) = viewer.moment.facts["sides"]
    assert [made for *_, made in found] == [top, bottom, left, right]
    assert all(whole - part == made for whole, part, made in found)
    reach = [(n - 1) * distance for n, distance in zip(layer.kernel, layer.dilation, strict=True)]
    assert [whole for whole, *_ in found] == [reach[0], reach[0], reach[1], reach[1]]
    assert theme.metrics("heading", 12).horizontalAdvance(told) <= viewer.stage.width() - 20


def test_sides_that_are_alike_have_one_difference(look):
    told = at_act(look, Act.BORDER, (Conv2d(4, padding=1, dilation=2),)).stage.sentence()
    assert told.endswith("(kernel 4 − 1) · dilation 2 − padding 1 = 5 on each side.")


def test_of_a_transposed_convolution_the_error_is_padded(look):
    layer = ConvTranspose2d(3, padding=1)
    viewer = at_act(look, Act.PADDING, (layer,))
    assert viewer.moment.boards[0].role is Role.PADDED_ERROR
    assert viewer.stage.sentence() == "Zeros around the error: 1 above, 1 below, 1 left, 1 right."


@pytest.mark.parametrize(
    ("layer", "position", "words"),
    [
        (Conv2d(3), 0, "Under the kernel lie 1 error and 8 zeros: the products add up to"),
        (Conv2d((1, 3)), 1, "Under the kernel lie 2 errors and 1 zero: the products add up to"),
        (Conv2d(1), 0, "Under the kernel lies 1 error: the product is"),
        (Conv2d((1, 2)), 1, "Under the kernel lie 2 errors: the products add up to"),
    ],
)
def test_what_lies_under_the_kernel_is_counted(look, layer, position, words):
    viewer = at_act(look, Act.MEETING, (layer,))
    viewer.slider("scrub").setValue(position)
    while viewer.stage.rows()[0].strip is not Strip.GATHER or len(viewer.stage.rows()) > 1:
        viewer.press(Qt.Key.Key_V)
    assert viewer.stage.sentence().startswith(words)


@pytest.mark.parametrize("layer", [Conv2d(3), Conv2d((3, 3), padding=1)], ids=str)
def test_one_error_is_not_several(look, layer):
    size = (3, 3) if not max(map(max, layer.padding)) else (1, 1)
    viewer = at_act(look, Act.WEIGHTS, (layer,), size=NARROW)
    viewer.microscope.set_frame(frame_of(layer, size=size))
    phase_of(viewer, Act.WEIGHTS)
    viewer.slider("scrub").setValue(4)
    assert viewer.stage.sentence().startswith("1 error times the input under it at tap [2, 2] makes ∂L/∂w[2, 2] = ")
    viewer.press(Qt.Key.Key_End)
    assert viewer.stage.sentence().startswith("The only error is the bias's gradient: ∂L/∂b = ")


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (MaxPool2d(1), "The largest of 1 cell, "),
        (AvgPool2d(2), "The mean of 4 cells, "),
        (AvgPool2d(2, padding=1), "The mean of 1 cell and 3 zeros of the padding, "),
        (AvgPool2d(2, padding=1, count_padding=False), "The mean of 1 cell, "),
        (AvgPool2d((2, 1), padding=((1, 0), (0, 0))), "The mean of 1 cell and 1 zero of the padding, "),
    ],
    ids=str,
)
def test_a_mean_says_of_what_it_is_the_mean(look, layer, words):
    viewer = at_act(look, Act.WINDOWS, (layer,), back=False)
    told = viewer.stage.sentence()
    assert told.startswith(words)
    source = viewer.moment.rows[0].items[0]
    under = source.sheet.crop(source.window.area)
    real = source.sheet.numbers(source.window.area)
    counted = under if "zero" in told else under[real]
    value = counted.max() if isinstance(layer, MaxPool2d) else counted.mean()
    assert f"{format_number(float(value), 3)}, goes on as y[1, 1]." in told


@pytest.mark.parametrize(
    ("layer", "counts"),
    [
        (MaxPool2d(2, padding=1), False),
        (AvgPool2d(2, padding=1, count_padding=False), False),
        (AvgPool2d(2, padding=1), True),
    ],
    ids=str,
)
def test_no_zero_is_written_where_pooling_reads_nothing(look, layer, counts):
    viewer = at_act(look, Act.WINDOWS, (layer,), back=False)
    image = viewer.stage.grab().toImage()
    for role in (Role.PADDED_INPUT, Role.WINDOW):
        place = viewer.stage.place(role)
        cell = place.cell_rect(0, 0).adjusted(8, 8, -8, -8)
        assert place.item.sheet.crop(Area(0, 0, 1, 1))[0, 0] == 0
        colours = {
            image.pixel(x, y)
            for x in range(cell.left(), cell.right() + 1)
            for y in range(cell.top(), cell.bottom() + 1)
        }
        assert (len(colours) > 1) is counts, role


def test_a_share_of_one_channel_is_not_taken_for_the_whole_number(look):
    viewer = look("channels", layer=2, back=False)
    viewer.press(Qt.Key.Key_2)
    assert "alone" not in viewer.stage.sentence()
    choose_item(viewer.box("of"), "channel 2")
    assert viewer.stage.sentence().startswith("Channel 2 alone: 16 products under the window add up to y[1, 1] = ")
    viewer.press(Qt.Key.Key_1)
    assert "alone" not in viewer.stage.sentence()
