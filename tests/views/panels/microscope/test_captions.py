"""What stands around boards, in windows of all sizes and both languages."""

from __future__ import annotations

import itertools

import pytest
from PyQt6.QtCore import QRect, Qt

from convviz.engine import Conv2d
from convviz.engine.walkthrough import Board, Role
from convviz.i18n import tr
from convviz.views import theme
from convviz.views.language import speak
from convviz.views.panels.microscope.captions import title_text
from convviz.views.panels.microscope.signs import join_level
from convviz.views.panels.microscope.wording import BRIEF_ROLES, ROLES, board_text, depth_text, titled_role
from tests.views.hands import choose_item
from tests.views.panels.microscope.seeing import frame_of

SIZES = [(975, 650), (719, 490), (1600, 900)]


@pytest.fixture
def deep(look):
    """Return what opens a microscope on layers of three and eight channels."""

    def open_one(size):
        viewer = look(layer=0, size=size)
        viewer.microscope.set_frame(frame_of(Conv2d(5, 8), Conv2d(3, 3), size=(32, 32), channels=3))
        return viewer

    return open_one


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("size", SIZES)
def test_of_several_channels_too_every_board_says_what_it_is_and_how_large(deep, language, size):
    speak(language)
    viewer = deep(size)
    viewer.microscope.retranslate()
    viewer.press(Qt.Key.Key_5)
    whole = 0
    for place in (viewer.stage.place(role) for role in ROLES):
        if place is None:
            continue
        assert isinstance(place.item, Board)
        text = tr(ROLES[place.item.role])
        taken = theme.metrics("strong").horizontalAdvance(text)
        assert taken + 20 <= place.title.width(), text
        whole += taken + theme.metrics("small").horizontalAdvance(board_text(place.item)) + 28 <= place.title.width()
    assert whole >= (5 if size[0] > 900 else 3)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("role", BRIEF_ROLES)
def test_a_title_is_briefer_where_there_is_no_room_for_all_of_it(qapp, language, role):
    speak(language)
    whole, brief = title_text(role, 400), title_text(role, 40)
    assert whole == tr(ROLES[role])
    assert theme.metrics("strong").horizontalAdvance(brief) <= 76  # beside a factor, over four small cells


def test_brief_titles_of_different_boards_differ(qapp):
    """Of the two that are spread, and of the two shares, the colours tell which is which."""
    alike = ({Role.SPREAD_ERROR, Role.SPREAD_INPUT}, {Role.SHARE, Role.SHARE_INPUT})
    for language in ("en", "zh_CN"):
        speak(language)
        for one, other in itertools.combinations(BRIEF_ROLES, 2):
            if {one, other} not in alike:
                assert tr(BRIEF_ROLES[one]) != tr(BRIEF_ROLES[other]), (one, other)


def titles(viewer):
    """Return the titles of the boards of this moment, and what the chip of its phase says."""
    boards = [titled_role(board) for board in viewer.moment.boards]
    return [title_text(role, 400) for role in boards], viewer.chips()[viewer.microscope.phase]


def test_no_zeros_are_spoken_of_where_the_stride_puts_none(look):
    viewer = look(layer=0)
    for key in (Qt.Key.Key_2, Qt.Key.Key_6):
        viewer.press(key)
        shown, chip = titles(viewer)
        assert Role.SPREAD_ERROR in [board.role for board in viewer.moment.boards]
        assert "error δ" in shown
        assert not any("zero" in title for title in shown)
        assert "Zeros inserted" not in chip
    choose_item(viewer.box("layer"), "2: Convolution 4×4, stride 2")
    viewer.press(Qt.Key.Key_2)
    assert titles(viewer) == (["error δ", "zero-inserted error"], "2 Zeros inserted")
    viewer.press(Qt.Key.Key_6)
    assert "zero-inserted error" in titles(viewer)[0]


@pytest.mark.parametrize(
    ("layer", "title", "chip"),
    [
        (Conv2d(1), "error δ", "3 Not padded"),
        (Conv2d(3, padding=2), "error δ", "3 Not padded"),
        (Conv2d(1, stride=2), "zero-inserted error", "3 Padded"),  # of 12 cells, the stride leaves one over
        (Conv2d(3), "padded error", "3 Padded"),
    ],
)
def test_no_padding_is_spoken_of_where_there_is_none(look, layer, title, chip):
    viewer = look(layer=0)
    viewer.microscope.set_frame(frame_of(layer, size=(12, 12)))
    viewer.press(Qt.Key.Key_3)
    shown, told = titles(viewer)
    assert told == chip
    if chip == "3 Not padded":
        assert shown == [title]
        assert viewer.moment.phase.still
        assert viewer.text("where") == ""
        viewer.press(Qt.Key.Key_Space)  # which goes on to where something is done
        assert viewer.microscope.phase == 3
        viewer.press(Qt.Key.Key_Space)
    viewer.press(Qt.Key.Key_5)
    assert (title in titles(viewer)[0]) is (chip == "3 Not padded" or title == "padded error")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("position", [0, 5])
def test_numbers_of_columns_keep_clear_of_the_titles_above_them(look, size, position):
    viewer = look(layer=0, size=size)
    viewer.press(Qt.Key.Key_5)
    for _ in range(position):
        viewer.press(Qt.Key.Key_Right)
    image = viewer.stage.grab().toImage()
    ground = theme.current().surface
    for role in (Role.PADDED_ERROR, Role.ERROR, Role.GATHERED, Role.SCATTERED):
        place = viewer.stage.place(role)
        if place is None:
            continue
        across = range(place.rect.left(), place.rect.left() + 60)
        lines = range(place.title.center().y(), place.rect.top() - 3)
        empty = [all(image.pixelColor(x, y) == ground for x in across) for y in lines]
        last = len(empty) - 1 - empty[::-1].index(False)
        assert True in empty[:last], role  # a line between the two


@pytest.mark.parametrize("size", SIZES)
def test_the_signs_of_a_row_stand_at_one_height(look, size):
    viewer = look(layer=0, size=size)
    viewer.press(Qt.Key.Key_5)
    rows = viewer.stage.places()
    assert len({len({place.rect.height() for place in row}) for row in rows} - {1}) > 0  # boards of unlike heights
    for row in rows:
        lines = {place.title.y() for place in row}
        assert len({row_level(row, place) for place in row}) == len(lines)
    image = viewer.stage.grab().toImage()
    for row in rows:
        middles = [middle_of_sign(image, one, other) for one, other in itertools.pairwise(row)]
        assert max(middles) - min(middles) <= 4, middles  # their forms are not of one height


def row_level(row, place):
    return place.rect.top() + join_level(row, place)


def middle_of_sign(image, left, right):
    """Return the middle of what is written between two boards, above the small picture of the whole map and below."""
    level = join_level([left, right], right)
    columns = range(right.rect.left() - 48, right.rect.left() - 26)
    lines = range(right.rect.top() + max(4, level - 16), right.rect.top() + level + 22)
    dark = [y for y in lines if any(image.pixelColor(x, y).lightness() < 90 for x in columns)]
    return (dark[0] + dark[-1]) / 2


def ink(viewer):
    """Return how many pixels at the right of the sentence's line are not empty."""
    image, zoom = viewer.stage.grab().toImage(), viewer.stage.height() / 540
    line = QRect(image.width() - round(110 * max(1, zoom)), 6, round(104 * max(1, zoom)), 20)
    ground = image.pixelColor(2, 2)
    spots = [(x, y) for x in range(line.left(), line.right()) for y in range(line.top(), line.bottom())]
    return sum(image.pixelColor(x, y) != ground for x, y in spots)


@pytest.mark.parametrize("size", SIZES[::2])
def test_the_channel_in_front_is_told_once(deep, size):
    viewer = deep(size)
    viewer.press(Qt.Key.Key_5)
    assert depth_text(viewer.moment.boards) == "channel 1 of 8"
    assert ink(viewer) > 50
    choose_item(viewer.box("of"), "channel 2")
    assert depth_text(viewer.moment.boards) == ""
    assert ink(viewer) == 0


def test_of_groups_the_channels_of_one_lie_on_one_another(look):
    viewer = look(layer=0)
    viewer.microscope.set_frame(frame_of(Conv2d(3, 4), Conv2d(3, 2, groups=2), size=(12, 12)))
    choose_item(viewer.box("layer"), "2: Convolution 3×3, stride 1")
    viewer.click("forwards")
    assert depth_text(viewer.moment.boards) == "channel 1 of 2"
    choose_item(viewer.box("into"), "channel 2")
    assert depth_text(viewer.moment.boards) == "channel 3 of 3 … 4"
