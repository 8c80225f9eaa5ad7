"""What a picture of a part consists of, compared with what is on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QObject, QPoint, Qt
from PyQt6.QtGui import QColor, QImage
from PyQt6.QtWidgets import QWidget

from convviz.engine.explain import Field
from convviz.views import drawing_mode, theme
from convviz.views.colour import colour_map, to_index
from convviz.views.figures.drawn import Figure
from convviz.views.heatmap import Form, Heatmap
from convviz.views.heatmap.likeness import likeness_of
from convviz.views.heatmap.number_format import choose_format
from convviz.views.panels.pipeline import Pipeline
from tests.views.figures.reading import count_in, numbers_in, rasterised, texts_in
from tests.views.heatmap.conftest import ShowHeatmap, show_heatmap

if TYPE_CHECKING:
    from tests.views.conftest import OpenWindow, Person

__all__ = ["show_heatmap"]

#: How far two colours may be apart that are the same but for rounding.
_ROUNDING = 2


def apart(one: QColor, other: QColor) -> int:
    return max(abs(a - b) for a, b in zip(one.getRgb(), other.getRgb(), strict=True) if a is not None and b is not None)


def trained(person: Person, steps: int = 150) -> Pipeline:
    person.session.run(steps)
    person.sees_step(steps)
    return person.find(Pipeline, "pipeline")


def beside_the_number(heatmap: Heatmap, *index: int) -> QPoint:
    """Return a point of a cell where neither its number nor a line between cells is."""
    rect = heatmap.cell_rect(*index)
    return rect.topLeft() + QPoint(min(2, rect.width() // 2), min(2, rect.height() // 2))


@pytest.mark.parametrize("name", ["demo", "channels", "transposed", "sigmoid"])
def test_every_cell_of_the_network_has_the_colour_it_has_in_the_window(open_window: OpenWindow, name: str) -> None:
    pipeline = trained(open_window(name))
    shown = pipeline.grab().toImage()
    made = rasterised(Figure((pipeline,), "Network").svg(), pipeline.size())
    seen = 0
    for heatmap in pipeline.heatmaps():
        values = heatmap.values()
        assert values is not None
        for index in np.ndindex(values.shape):
            if not heatmap.isVisible() or heatmap.cell_rect(*index).isEmpty() or heatmap.cell_rect(*index).width() < 4:
                continue
            at = heatmap.mapTo(pipeline, beside_the_number(heatmap, *index))
            if pipeline.rect().contains(at):
                assert apart(shown.pixelColor(at), made.pixelColor(at)) <= _ROUNDING, (heatmap.objectName(), index)
                seen += 1
    assert seen > 300


@pytest.mark.parametrize("factor", [1, 3])
def test_kernels_lie_on_their_card_in_pixels_too(open_window: OpenWindow, factor: int) -> None:
    pipeline = trained(open_window())
    made = Figure((pipeline,), "Network").image(factor * pipeline.width())
    for layer in range(2):
        for role in ("student", "teacher", "gradient"):
            heatmap = pipeline.findChild(Heatmap, f"pipeline.layer{layer}.{role}")
            assert heatmap is not None
            for corner in (QPoint(0, 0), heatmap.rect().topRight(), heatmap.rect().bottomRight()):
                found = made.pixelColor(heatmap.mapTo(pipeline, corner) * factor)
                assert found == theme.current().raised != theme.current().surface, (heatmap.objectName(), corner)


@pytest.mark.parametrize("factor", [1, 3])
def test_pixels_of_the_network_have_the_colours_too(open_window: OpenWindow, factor: int) -> None:
    pipeline = trained(open_window())
    shown = pipeline.grab().toImage()
    made = Figure((pipeline,), "Network").image(factor * pipeline.width())
    assert (made.width(), made.height()) == (factor * pipeline.width(), factor * pipeline.height())
    for heatmap in pipeline.heatmaps():
        values = heatmap.values()
        assert values is not None
        for index in np.ndindex(values.shape):
            at = heatmap.mapTo(pipeline, beside_the_number(heatmap, *index))
            assert apart(shown.pixelColor(at), made.pixelColor(at * factor)) <= _ROUNDING, heatmap.objectName()


def test_titles_and_numbers_are_texts(open_window: OpenWindow) -> None:
    pipeline = trained(open_window())
    data = Figure((pipeline,), "Network").svg()
    texts = texts_in(data)
    assert {"Input", "conv 3×3, stride 1", "Reconstruction", "Target", "Residual", "Loss"} <= set(texts)
    assert "8×8, made by the student" in texts
    numbers = np.array(numbers_in(data))
    kernel = next(heatmap for heatmap in pipeline.heatmaps() if heatmap.objectName() == "pipeline.layer0.student")
    values = kernel.values()
    assert values is not None
    assert values.size == 9
    assert all(np.abs(numbers - value).min() <= 0.005 + 1e-9 for value in values.ravel())


def test_a_map_alone_tells_each_of_its_numbers_its_name_and_its_scale(open_window: OpenWindow) -> None:
    pipeline = trained(open_window())
    heatmap = next(heatmap for heatmap in pipeline.heatmaps() if heatmap.objectName() == "pipeline.residual")
    values = heatmap.values()
    assert values is not None
    made = likeness_of(heatmap)
    data = Figure((made,), "Residual").svg()
    texts = texts_in(data)
    assert texts[:2] == ["Residual", "8×8, reconstruction − target"]
    low, high = heatmap.levels()
    numbers = numbers_in(data)
    assert numbers[:2] == [low, high]
    np.testing.assert_allclose(numbers[2:], values.ravel(), atol=0.0051)
    assert count_in(data, "image") == 0
    image = rasterised(data, made.size())
    expected = colour_map(heatmap.is_signed()).rgb[to_index(values, heatmap.levels())]
    for index in np.ndindex(values.shape):
        rect = made.cell_rect(*index)
        colour = image.pixelColor(rect.topLeft() + QPoint(3, 3))
        assert apart(colour, QColor(*expected[index].tolist())) <= _ROUNDING


def test_a_kernel_alone_is_called_by_its_layer(open_window: OpenWindow) -> None:
    pipeline = trained(open_window())
    heatmap = next(heatmap for heatmap in pipeline.heatmaps() if heatmap.objectName() == "pipeline.layer1.teacher")
    assert texts_in(Figure((likeness_of(heatmap),), "").svg())[:2] == ["Layer 2, teacher's kernel", "4×4"]


def test_numbers_are_written_as_they_are_on_the_screen(show_heatmap: ShowHeatmap) -> None:
    rng = np.random.default_rng(4)
    values = rng.normal(size=(6, 6)) * 10.0 ** rng.integers(-3, 1, size=(6, 6))
    values[0, :4] = 0.0, 1e-9, -0.004, 0.25
    values[1, :3] = np.nan, np.inf, -np.inf
    heatmap = show_heatmap(values, (-5.0, 5.0), signed=True, size=(320, 380))
    rect = heatmap.cell_rect(0, 0)
    found = choose_format(5.0, True, rect.width(), rect.height())
    assert found is not None
    texts = texts_in(Figure((heatmap,), "").svg())
    expected = [found[1].text(float(value)) for value in values.ravel()]
    assert len(texts) == 4 + 36
    assert texts[4:] == expected
    assert texts[4:8] == ["0.00", "≈0", "−.004", "0.25"]
    assert texts[10:13] == ["NaN", "∞", "−∞"]


def test_a_large_map_is_one_image_with_sharp_cells(show_heatmap: ShowHeatmap) -> None:
    values = np.random.default_rng(1).normal(size=(64, 64))
    heatmap = show_heatmap(values, size=(300, 380))
    data = Figure((heatmap,), "").svg()
    assert count_in(data, "image") == 1
    assert count_in(data, "rect") < 20
    image = rasterised(data, heatmap.size(), 8)
    expected = colour_map(False).rgb[to_index(values, heatmap.levels())]
    for index in [(0, 0), (0, 63), (17, 40), (63, 0), (63, 63)]:
        rect = heatmap.cell_rect(*index)
        tile = heatmap.cell_rect(0, 0).united(heatmap.cell_rect(63, 63))
        x, y = (tile.x() + (index[1] + 0.5) * tile.width() / 64, tile.y() + (index[0] + 0.5) * tile.height() / 64)
        assert rect.contains(int(x), int(y))
        assert apart(image.pixelColor(int(8 * x), int(8 * y)), QColor(*expected[index].tolist())) <= _ROUNDING
    # From the middle of one cell to that of the next there are hardly any colours but the two: nothing is smoothed.
    row = [
        image.pixelColor(int(8 * (tile.x() + at * tile.width() / 64)), int(8 * y)) for at in np.arange(0.5, 1.5, 0.01)
    ]
    mixed = [c for c in row if min(apart(c, row[0]), apart(c, row[-1])) > _ROUNDING]
    assert len(mixed) <= 6


def test_cells_touch_without_a_gap_at_any_size(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.ones((4, 5)), (0.0, 2.0), size=(60, 120), form=Form.TILE)
    made = rasterised(Figure((heatmap,), "").svg(), heatmap.size(), 1.37)
    tile = heatmap.cell_rect(0, 0).united(heatmap.cell_rect(3, 4))
    inside = [
        made.pixelColor(x, y)
        for x in range(int(tile.left() * 1.37) + 3, int(tile.right() * 1.37) - 3)
        for y in range(int(tile.top() * 1.37) + 3, int(tile.bottom() * 1.37) - 3)
    ]
    assert {colour.alpha() for colour in inside} == {255}


def test_the_focus_and_the_selection_are_left_out(open_window: OpenWindow) -> None:
    person = open_window()
    pipeline = trained(person)
    drawn, shown = Figure((pipeline,), "").svg(), pipeline.grab().toImage()
    person.look_at("layer", 1)
    heatmap = next(heatmap for heatmap in pipeline.heatmaps() if heatmap.objectName() == "pipeline.map1")
    heatmap.setFocus(Qt.FocusReason.TabFocusReason)
    assert pipeline.grab().toImage() != shown
    assert Figure((pipeline,), "").svg() == drawn


@pytest.mark.parametrize(("part", "focused"), [("loss", "loss_plot"), ("microscope.stage", "microscope.stage")])
def test_the_frame_of_what_has_the_keys_is_left_out(open_window: OpenWindow, part: str, focused: str) -> None:
    person = open_window()
    trained(person)
    if part != "loss":
        person.press("M")
    drawn_part, widget = person.find(QWidget, part), person.find(QWidget, focused)
    person.sees(widget.isVisible)
    person.window.setFocus()
    drawn, shown = Figure((drawn_part,), "").svg(), drawn_part.grab().toImage()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    assert drawn_part.grab().toImage() != shown
    assert Figure((drawn_part,), "").svg() == drawn


def test_marks_and_the_held_cell_stay(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.zeros((4, 4)), (0.0, 1.0))
    plain = likeness_of(heatmap)
    heatmap.set_pin((1, 2))
    heatmap.set_marks(Field(np.array([[0, 0], [0, 1]]), np.array([1.0, 1.0]), source=True), veiled=True)
    held = likeness_of(heatmap)
    before, after = (rasterised(Figure((made,), "").svg(), made.size()) for made in (plain, held))
    for cell, changes in (((1, 2), True), ((0, 0), True)):
        edge = held.cell_rect(*cell).topLeft() + QPoint(1, 10)
        assert (apart(before.pixelColor(edge), after.pixelColor(edge)) > 40) is changes
    # What has nothing to do with the number is veiled: nearer to the ground.
    at, ground = held.cell_rect(3, 3).topLeft() + QPoint(3, 3), theme.current().surface
    assert apart(after.pixelColor(at), ground) < apart(before.pixelColor(at), ground) - 40


def test_cells_that_nothing_comes_of_are_striped(show_heatmap: ShowHeatmap) -> None:
    mask = np.zeros((3, 3), np.bool_)
    mask[2] = True
    heatmap = show_heatmap(np.zeros((3, 3)), (0.0, 1.0))
    heatmap.set_unreached(mask)
    made = likeness_of(heatmap)
    image = rasterised(Figure((made,), "").svg(), made.size())

    def colours(row: int) -> int:
        rect = made.cell_rect(row, 1).adjusted(3, 3, -3, -3)
        along = [image.pixelColor(x, rect.top()) for x in range(rect.left(), rect.right())]
        return len({colour.rgb() for colour in along})

    assert colours(1) == 1
    assert colours(2) > 2


@pytest.mark.parametrize("worn", ["light", "dark"])
def test_the_colours_are_chosen_whatever_the_window_wears(open_window: OpenWindow, worn: str) -> None:
    person = open_window()
    person.window.set_theme(worn)
    pipeline = trained(person)
    before = person.window.grab().toImage()
    images = {}
    for name, look in theme.THEMES.items():
        images[name] = Figure((pipeline,), "", colours=look).image(pipeline.width())
        assert images[name].pixelColor(2, 2) == look.surface
    assert theme.current().name == worn
    assert person.window.grab().toImage() == before
    assert images[worn] == Figure((pipeline,), "").image(pipeline.width())
    person.window.set_theme("dark" if worn == "light" else "light")
    other = theme.current().name
    assert images[other] == Figure((pipeline,), "").image(pipeline.width())


@pytest.mark.parametrize("name", ["pipeline", "loss"])
def test_a_picture_without_a_background_is_seen_through(open_window: OpenWindow, name: str) -> None:
    person = open_window()
    trained(person)
    widget = person.find(Pipeline, "pipeline") if name == "pipeline" else person.find(QObject, "loss")
    made = Figure((widget,), "", transparent=True)  # type: ignore[arg-type]
    images = [made.image(made.size.width()), rasterised(made.svg(), made.size)]
    for image in images:
        alphas = alpha_of(image)
        corners = alphas[[2, 2, -2, -2], [2, -2, 2, -2]]
        assert corners.tolist() == [0, 0, 0, 0]
        assert alphas.max() == 255
        assert (alphas == 0).mean() > 0.2
    assert b'fill-opacity="0"' not in made.svg()  # or one would take hold of nothing in a drawing program


def alpha_of(image: QImage) -> np.ndarray:
    bits = image.convertToFormat(QImage.Format.Format_Alpha8).constBits()
    assert bits is not None
    made = image.convertToFormat(QImage.Format.Format_Alpha8)
    every = np.frombuffer(made.constBits().asstring(made.sizeInBytes()), np.uint8)
    return every.reshape(made.height(), made.bytesPerLine())[:, : made.width()]


def test_the_curve_is_a_path_of_few_points(open_window: OpenWindow) -> None:
    person = open_window()
    trained(person, 20_000)
    loss = person.find(QObject, "loss")
    data = Figure((loss,), "Loss").svg()  # type: ignore[arg-type]
    assert "Loss" in texts_in(data)
    assert len(data) < 200_000


def test_the_screen_costs_no_more_than_before(show_heatmap: ShowHeatmap) -> None:
    heatmap = show_heatmap(np.ones((3, 3)))
    painted: list[bool] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
            if event is not None and event.type() == QEvent.Type.Paint:
                painted.append(drawing_mode.is_drawn())
            return False

    watch = Watch()
    heatmap.installEventFilter(watch)
    heatmap.grab()
    Figure((heatmap,), "").image(100)
    heatmap.grab()
    assert painted == [False, True, False]
