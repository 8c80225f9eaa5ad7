"""The arithmetic under the boards: as many terms as there is room for."""

from __future__ import annotations

import pytest

from convviz.engine import Conv2d
from convviz.views.language import speak
from convviz.views.panels.microscope import arithmetic
from convviz.views.panels.microscope.arithmetic import line_height
from tests.views.panels.microscope.seeing import frame_of

#: The stages of windows of 1024, 1280 and 1920 pixels.
SIZES = [(719, 490), (975, 650), (1615, 900)]
#: About as much as a term of two factors takes, with what joins it to the others.
TERM = 175


def blank(viewer, line):
    """Return how many pixels there are between the last of what a sum is made of and the sign before its result."""
    stage, count = viewer.stage, len(viewer.stage.sums())
    zoom = min(1.6, max(1.0, min(stage.height() / 540, stage.width() / (1.75 * 540))))
    height = line_height(count, zoom)
    middle = stage.height() - 6 - (count - line) * height + height // 2
    image = stage.grab().toImage()
    ground = image.pixel(3, middle)
    inked = [any(image.pixel(x, y) != ground for y in range(middle - 6, middle + 7)) for x in range(stage.width() - 1)]
    right = len(inked) - 1 - inked[::-1].index(True)
    gaps, start = [], None
    for x in range(right):
        if not inked[x]:
            start = x if start is None else start
        elif start is not None:
            gaps.append(x - start)
            start = None
    return max(gaps, default=0)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kernel", [(1, 5), 2, 3, (2, 5), 4])
def test_no_term_is_left_out_that_there_is_room_for(look, size, kernel):
    viewer = look(size=size)
    viewer.microscope.set_frame(frame_of(Conv2d(kernel)))
    viewer.microscope.show_layer(0, back=False)
    left_out = 0
    for position in range(0, 60, 7):
        viewer.slider("scrub").setValue(position)
        gap = blank(viewer, 0)
        if len(viewer.stage.term_rects(0)) < len(viewer.stage.sums()[0].terms):
            assert gap < TERM * max(1, viewer.stage.height() / 620), position
            left_out += 1
    assert left_out or size[0] > 1000 or kernel == 2


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("size", SIZES)
def test_of_four_channels_all_are_written(look, monkeypatch, size, language):
    speak(language)
    viewer = look("transposed", layer=0, size=size)
    assert len(viewer.stage.sums()[0].parts) == 4
    left_out = []
    monkeypatch.setattr(arithmetic, "ntr", lambda one, several, count: left_out.append(count) or several)
    for position in (0, 57, 210):
        viewer.slider("scrub").setValue(position)
        assert not viewer.stage.grab().isNull()
    assert not left_out
