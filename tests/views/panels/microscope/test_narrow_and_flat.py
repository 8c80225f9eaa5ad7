"""Maps and kernels of a single row, column or cell: their names, scales and signs have room, and so have they."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QRect

from convviz.engine import AvgPool2d, Conv2d, MaxPool2d
from convviz.engine.walkthrough import Act, Board, Role, Strip
from convviz.views import theme
from convviz.views.language import speak
from convviz.views.panels.microscope.captions import title_text
from convviz.views.panels.microscope.wording import titled_role
from tests.views.panels.microscope.seeing import frame_of

#: The stages of windows of 1024, 1280 and 1920 pixels.
SIZES = [(719, 490), (975, 650), (1615, 900)]
#: What a power of ten takes in a title.
FACTOR = 46


def opened(look, layer, shape, size, back=False):
    """Return a microscope on a layer that reads a map of this shape."""
    viewer = look(size=size)
    viewer.microscope.set_frame(frame_of(layer, size=shape))
    viewer.microscope.show_layer(0, back=back)
    return viewer


def lines(viewer):
    """Return the places of the boards that are seen, line by line, each from left to right."""
    found = {}
    for row in viewer.stage.rows():
        for item in row.items:
            if isinstance(item, Board):
                place = viewer.stage.place(item.role)
                found.setdefault((place.rect.top(), place.rect.left()), place)
    result = {}
    for (top, _), place in sorted(found.items()):
        result.setdefault(top, []).append(place)
    return list(result.values())


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("layer", "shape"),
    [(Conv2d(1), (20, 20)), (Conv2d((5, 1)), (40, 1)), (MaxPool2d(1), (12, 12))],
    ids=["cell", "column", "pooled"],
)
def test_the_names_of_narrow_boards_are_written_out_beside_a_power_of_ten(look, layer, shape, size, language):
    speak(language)
    for back in (False, True):
        viewer = opened(look, layer, shape, size, back)
        viewer.microscope.retranslate()
        for phase in range(len(viewer.chips())):
            viewer.microscope.show_phase(phase)
            for line in lines(viewer):
                for place, following in zip(line, [*line[1:], None], strict=True):
                    left = place.rect.left()
                    room = place.title.right() - left - 13 - FACTOR
                    title = title_text(titled_role(place.item), room)
                    assert theme.metrics("strong").horizontalAdvance(title) <= room, title
                    end = viewer.stage.width() if following is None else following.rect.left()
                    assert place.title.right() < end
                    assert place.below.right() < end - (0 if following is None else 24)


def pixels(viewer, rect, colour):
    """Return where a colour is seen in a part of the stage."""
    image = viewer.stage.grab().toImage()
    return [
        (x, y)
        for x in range(rect.left(), rect.right() + 1)
        for y in range(rect.top(), rect.bottom() + 1)
        if image.pixelColor(x, y) == colour
    ]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("size", [(719, 490), (975, 650)])
@pytest.mark.parametrize("name", ["transposed", "demo"])
def test_the_sign_between_two_maps_lies_beside_their_titles(look, name, size, language):
    speak(language)
    viewer = look(name, layer=0, size=size)
    assert [row.strip for row in viewer.stage.rows()[:2]] == [Strip.GATHER, Strip.SCATTER]
    upper, lower = viewer.stage.place(Role.GATHERED), viewer.stage.place(Role.SCATTERED)
    around = QRect(upper.rect.right(), upper.rect.bottom() - 30, viewer.stage.width() - upper.rect.right(), 90)
    good = theme.current().good
    assert len(pixels(viewer, around, good)) == 2 * 4 * 36
    for place in (upper, lower):
        assert not pixels(viewer, place.title, good)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("back", [False, True])
def test_flat_maps_lie_under_one_another(look, size, back):
    viewer = opened(look, Conv2d((1, 5), stride=(1, 2)), (1, 40), size, back)
    for phase in range(len(viewer.chips())):
        viewer.microscope.show_phase(phase)
        act = viewer.moment.phase.act
        if act is Act.ROTATION:
            continue
        found = lines(viewer)
        count = len(viewer.moment.rows[0].items)
        assert len(found) == (1 if count == 1 else 2 * len(viewer.stage.rows()))
        for above, line in zip([None, *found], found, strict=False):
            for place in line:
                assert viewer.stage.rect().contains(place.rect)
                assert above is None or place.title.top() > above[0].rect.bottom()
        seen = max(place.area.columns for line in found for place in line)
        longest = max(board.sheet.size[1] for board in viewer.moment.boards)
        assert seen >= min(longest, 15 if size[0] > 900 else 10), act


@pytest.mark.parametrize("size", SIZES)
def test_the_sign_between_flat_boards_is_on_their_level(look, size):
    viewer = opened(look, Conv2d((1, 5)), (1, 40), size)
    source, kernel = viewer.stage.place(Role.INPUT), viewer.stage.place(Role.KERNEL)
    assert source.is_cropped
    between = QRect(source.rect.right() + 4, source.rect.top(), kernel.rect.left() - source.rect.right() - 28, 120)
    found = [y for _, y in pixels(viewer, between, theme.current().text)]
    assert found
    assert source.rect.top() < min(found)
    assert max(found) <= source.rect.bottom()


@pytest.mark.parametrize(("layer", "word"), [(MaxPool2d(2), "max"), (AvgPool2d(2), "mean")], ids=["max", "mean"])
def test_the_word_between_a_window_and_its_number_is_written_out(look, layer, word):
    viewer = opened(look, layer, (12, 12), (975, 650))
    window, output = viewer.stage.place(Role.WINDOW), viewer.stage.place(Role.OUTPUT)
    left, clear = window.rect.right() + 4, output.rect.left() - 24  # where the numbers of rows begin
    between = QRect(left, window.rect.top(), output.rect.left() - left - 4, window.rect.height())
    across = [x for x, _ in pixels(viewer, between, theme.current().text)]
    assert max(across) - min(across) + 4 >= theme.metrics("strong", 10).horizontalAdvance(word)
    assert max(across) < clear


@pytest.mark.parametrize("size", [(700, 90), (420, 300), (260, 200), (120, 60)])
@pytest.mark.parametrize("name", ["demo", "channels", "transposed"])
def test_where_there_is_hardly_any_room_there_is_a_cell_of_everything(look, name, size):
    for back in (False, True):
        viewer = look(name, layer=0, size=size)
        viewer.microscope.setMinimumSize(1, 1)
        viewer.microscope.resize(*size)
        viewer.microscope.show_layer(0, back=back)
        for phase in range(len(viewer.chips())):
            viewer.microscope.show_phase(phase)
            assert not viewer.stage.grab().isNull()
            for line in lines(viewer):
                assert all(place.area.rows > 0 and place.area.columns > 0 for place in line)
