"""The table of a check, opened from the real window."""

from __future__ import annotations

from itertools import combinations

import pytest
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtGui import QFont, QGuiApplication, QKeySequence
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QComboBox, QLabel, QProgressBar, QPushButton, QScrollArea, QTableView

from convviz.engine import Conv2d
from convviz.engine.trainer import Trainer
from convviz.model.files import load_builtin
from convviz.views import theme
from convviz.views.panels.check.table import CheckTable
from tests.checked import BARRIER, experiment, held, kinked, wrong, wrong_between
from tests.views.hands import choose_item
from tests.views.panels.check.conftest import badge
from tests.views.reading import number_in

LAYER, PARAMETER, PLACE, RESULT, ERROR, GRADIENT, SLOPE = range(7)


def rows_of(dialog, name="check_slopes"):
    """Return every row of a table, as texts."""
    model = dialog.findChild(QTableView, name).model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())] for row in range(model.rowCount())
    ]


def column(dialog, number, name="check_slopes"):
    return [row[number] for row in rows_of(dialog, name)]


def tip(dialog, row):
    model = dialog.findChild(QTableView, "check_slopes").model()
    return model.index(row, RESULT).data(Qt.ItemDataRole.ToolTipRole)


def text(dialog, name):
    return dialog.findChild(QLabel, name).text()


def button(dialog, name):
    return dialog.findChild(QPushButton, name)


def click(dialog, name):
    QTest.mouseClick(button(dialog, name), Qt.MouseButton.LeftButton)


def test_every_number_of_the_check_is_shown(table):
    _, dialog = table("demo")
    frame = Trainer(load_builtin("demo").build()).frame()
    shown = {(row[LAYER], row[PARAMETER], row[PLACE]): row for row in rows_of(dialog)}
    assert len(shown) == 27
    row = shown["1 Convolution", "weight", "kernel 1, 1, row 2, column 3"]
    assert number_in(row[GRADIENT]) == pytest.approx(frame.gradients[0]["weight"][0, 0, 1, 2], rel=1e-8)
    assert number_in(row[SLOPE]) == pytest.approx(number_in(row[GRADIENT]), rel=1e-6)
    bias = shown["2 Convolution", "bias", "filter 1"]
    assert number_in(bias[GRADIENT]) == pytest.approx(frame.gradients[1]["bias"][0], rel=1e-8)
    assert {row[RESULT] for row in shown.values()} == {"✓ right"}
    worst = max(number_in(row[ERROR]) for row in shown.values())
    rounded = text(dialog, "check_verdict").removeprefix("✓ gradients right within ")
    assert worst <= number_in(rounded) <= 2 * worst  # rounded up to one digit
    assert worst < 1e-8
    assert "27 of 27 parameters checked at step 0." in text(dialog, "check_summary")


def test_the_adjoint_identity_is_shown_for_each_linear_layer(table):
    _, dialog = table("pooling")
    layers = column(dialog, 0, "check_adjoints")
    linear = [i for i, layer in enumerate(load_builtin("pooling").layers) if layer.linear]
    assert {int(layer.split()[0]) - 1 for layer in layers} == set(linear)
    assert {row[1] for row in rows_of(dialog, "check_adjoints")} == {"⟨A x, y⟩ = ⟨x, Aᵀ y⟩", "⟨A x, y⟩ = ⟨p, ∂p⟩"}
    assert all(number_in(error) < 1e-12 for error in column(dialog, 3, "check_adjoints"))


def test_kinks_are_marked_and_not_counted_as_errors(table):
    _, dialog = table(kinked())
    kinks = [row for row in rows_of(dialog) if row[RESULT] == "kink"]
    assert kinks
    assert tip(dialog, len(rows_of(dialog)) - 1) == "kink: not differentiable here"
    assert {row[LAYER] for row in kinks} == {"1 Convolution"}
    assert not [row for row in rows_of(dialog) if "wrong" in row[RESULT]]
    assert text(dialog, "check_verdict").startswith("✓")
    assert "2 parameters lie on a kink, where there is no derivative." in text(dialog, "check_summary")
    assert rows_of(dialog)[-1][RESULT].startswith("kink")  # sorted by error, they come last


def test_what_is_wrong_is_on_top_and_highlighted(table):
    _, dialog = table(wrong())
    assert text(dialog, "check_verdict") == "✗ gradients wrong by 0.001 in layer 2"
    first = rows_of(dialog)[0]
    assert first[RESULT] == "✗ wrong"
    assert tip(dialog, 0) == "✗ wrong (largest error)"
    assert number_in(first[ERROR]) == pytest.approx(1e-3, rel=0.1)
    model = dialog.findChild(QTableView, "check_slopes").model()
    assert model.index(0, 0).data(Qt.ItemDataRole.BackgroundRole) == theme.current().accent_soft
    assert model.index(0, 0).data(Qt.ItemDataRole.FontRole).weight() == QFont.Weight.DemiBold
    assert model.index(1, 0).data(Qt.ItemDataRole.BackgroundRole) is None
    wrong_layers = {row[0] for row in rows_of(dialog, "check_adjoints") if "wrong" in row[2]}
    assert wrong_layers == {"2 Convolution"}


def test_a_wrong_layer_without_an_identity_is_found_by_what_is_before_it(table):
    _, dialog = table(wrong_between())
    assert {row[LAYER] for row in rows_of(dialog) if "wrong" in row[RESULT]} == {"1 Convolution", "2 Convolution"}
    assert not [row for row in rows_of(dialog, "check_adjoints") if "wrong" in row[2]]
    assert text(dialog, "check_verdict") == "✗ gradients wrong by 0.001 in layer 3"


def test_the_highlight_is_seen(table, qtbot):
    _, dialog = table(wrong())
    view = dialog.findChild(QTableView, "check_slopes")
    cell = view.visualRect(view.model().index(0, ERROR))
    below = view.visualRect(view.model().index(1, ERROR))
    image = view.viewport().grab().toImage()

    def ground(rect: QRect):
        return image.pixelColor(rect.left() + 1, rect.center().y()).name()

    assert ground(cell) == theme.current().accent_soft.name()
    assert ground(below) == theme.current().surface.name()


def click_header(view, section):
    header = view.horizontalHeader()
    spot = header.rect().center()
    spot.setX(header.sectionViewportPosition(section) + 10)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)


def test_a_click_on_a_title_sorts(table):
    _, dialog = table("demo")
    view = dialog.findChild(QTableView, "check_slopes")
    errors = [number_in(error) for error in column(dialog, ERROR)]
    assert errors == sorted(errors, reverse=True)
    click_header(view, GRADIENT)
    gradients = [number_in(shown) for shown in column(dialog, GRADIENT)]
    assert gradients in (sorted(gradients), sorted(gradients, reverse=True))
    assert dialog.findChild(QComboBox, "check_sort").currentText() == "Backpropagation"
    click_header(view, GRADIENT)
    assert [number_in(shown) for shown in column(dialog, GRADIENT)] == gradients[::-1]


@pytest.mark.parametrize(("choice", "number_of"), [("Layer", LAYER), ("Parameter", PARAMETER), ("Result", RESULT)])
def test_the_list_sorts_too(table, choice, number_of):
    _, dialog = table(kinked())
    choose_item(dialog.findChild(QComboBox, "check_sort"), choice)
    shown = column(dialog, number_of)
    groups = [value for place, value in enumerate(shown) if place == 0 or shown[place - 1] != value]
    if choice == "Result":
        assert groups[0].startswith("kink")
    else:
        assert groups == sorted(set(shown))


def test_what_is_selected_stays_selected(table):
    _, dialog = table("demo")
    view = dialog.findChild(QTableView, "check_slopes")
    view.selectRow(3)
    chosen = rows_of(dialog)[3]
    choose_item(dialog.findChild(QComboBox, "check_sort"), "Place")
    (row,) = [index.row() for index in view.selectionModel().selectedRows()]
    assert rows_of(dialog)[row] == chosen
    assert row != 3


@pytest.mark.parametrize("by", ["click", "key"])
def test_both_tables_are_copied_as_text(table, by):
    _, dialog = table("demo")
    if by == "click":
        click(dialog, "check_copy")
    else:
        keys = QKeySequence(QKeySequence.StandardKey.Copy)[0]
        QTest.keyClick(dialog, keys.key(), keys.keyboardModifiers())
    slopes, adjoints = QGuiApplication.clipboard().text().split("\n\n")
    lines = [line.split("\t") for line in slopes.splitlines()]
    assert lines[0] == [
        "Layer",
        "Parameter",
        "Place",
        "Result",
        "Relative error",
        "Backpropagation",
        "Finite differences",
    ]
    assert [line[PLACE] for line in lines[1:]] == column(dialog, PLACE)
    assert [line[RESULT] for line in lines[1:]].count("✓ right (largest error)") == 1
    exact = Trainer(load_builtin("demo").build()).frame().gradients[1]["bias"][0]
    (bias,) = [line for line in lines if line[:2] == ["2 Convolution", "bias"]]
    assert float(bias[GRADIENT]) == pytest.approx(exact, rel=1e-12)
    assert len(adjoints.splitlines()) == 1 + 4


def test_every_parameter_is_checked_on_demand(table):
    person, dialog = table("channels")
    assert "48 of 79 parameters" in text(dialog, "check_summary")
    click(dialog, "check_every")
    person.sees(lambda: "79 of 79 parameters" in text(dialog, "check_summary"))
    assert len(rows_of(dialog)) == 79
    assert button(dialog, "check_every").isEnabled()
    assert not button(dialog, "check_cancel").isEnabled()


def test_progress_is_shown_and_a_check_can_be_ended(table):
    person, dialog = table(held())
    bar = dialog.findChild(QProgressBar, "check_progress")
    with BARRIER.down():
        click(dialog, "check_every")
        person.sees(BARRIER.reached.is_set)
        assert not button(dialog, "check_every").isEnabled()
        assert button(dialog, "check_cancel").isEnabled()
        assert bar.isEnabled()
        click(dialog, "check_cancel")
    person.sees(lambda: not button(dialog, "check_cancel").isEnabled())
    assert len(rows_of(dialog)) < held().build().network.size
    assert bar.value() == 0


def test_progress_grows(table):
    person, dialog = table(experiment(Conv2d(kernel=3, out_channels=40), Conv2d(kernel=3, out_channels=4)))
    bar = dialog.findChild(QProgressBar, "check_progress")
    seen = []
    bar.valueChanged.connect(seen.append)
    click(dialog, "check_every")
    person.sees(lambda: text(dialog, "check_count").endswith(" / 1,846"))
    assert bar.maximum() == 1846
    click(dialog, "check_cancel")
    person.sees(lambda: not button(dialog, "check_cancel").isEnabled())
    assert seen[:-1] == sorted(seen[:-1])
    assert seen[0] > 0


def test_a_complete_table_stays_while_the_run_goes_on(table):
    person, dialog = table("channels")
    click(dialog, "check_every")
    person.sees(lambda: len(rows_of(dialog)) == 79)
    person.click("step")
    person.sees(lambda: "at step 1." in badge(person).toolTip())
    assert len(rows_of(dialog)) == 79
    assert "at step 0." in text(dialog, "check_summary")
    person.document.propose(experiment(), "another")
    person.sees(lambda: len(rows_of(dialog)) == 27)


def test_it_fits_on_the_screen(table):
    _, dialog = table("demo")
    room = dialog.screen().availableSize()
    assert dialog.width() <= room.width()
    assert dialog.height() <= room.height()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("size", [(1100, 720), (1024, 640), (800, 480), (740, 300)])
def test_nothing_covers_anything_in_a_low_window(table, size, language):
    person, dialog = table("demo")
    person.window.set_language(language)
    dialog.resize(*size)
    QApplication.processEvents()
    method = dialog.findChild(QLabel, "check_method")
    parts = [method, *(dialog.findChild(QLabel, f"check_{name}") for name in ("verdict", "summary"))]
    assert all(label.height() >= label.heightForWidth(label.width()) for label in parts)
    parts += [dialog.findChild(QTableView, f"check_{name}") for name in ("slopes", "adjoints")]
    places = [QRect(part.mapTo(dialog, QPoint(0, 0)), part.size()) for part in parts]
    assert not any(one.intersects(other) for one, other in combinations(places, 2))
    scroll = dialog.findChild(QScrollArea)
    bar = scroll.verticalScrollBar()
    bar.setValue(bar.maximum())
    room = QRect(scroll.mapTo(dialog, QPoint(0, 0)), scroll.size())
    assert room.contains(method.mapTo(dialog, QPoint(method.width() // 2, method.height() - 1)))
    assert room.bottom() < button(dialog, "check_close").geometry().top()


def test_it_is_closed_by_escape(table):
    person, dialog = table("demo")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    person.sees(lambda: person.window.findChild(CheckTable) is None)


def test_the_way_it_is_done_is_explained_with_sources(table):
    _, dialog = table("demo")
    words = text(dialog, "check_method")
    for said in ("Richardson, 1911", "CS231n", "0.01 · max(1, |p|)", "10⁻⁶", "10⁻¹²", "kink"):
        assert said in words


def test_it_speaks_the_language_of_the_window(table):
    person, dialog = table("demo")
    person.window.set_language("zh_CN")
    assert dialog.windowTitle() == "梯度是否正确？"
    assert text(dialog, "check_verdict").startswith("✓ 梯度正确")
    assert set(column(dialog, PARAMETER)) == {"权重", "偏置"}
    view = dialog.findChild(QTableView, "check_slopes")
    assert view.model().headerData(ERROR, Qt.Orientation.Horizontal) == "相对误差"
    assert dialog.findChild(QComboBox, "check_sort").currentText() == "相对误差"


def test_everything_can_be_reached_by_the_keyboard(table):
    _, dialog = table("demo")
    names = {"check_slopes", "check_adjoints", "check_sort", "check_every", "check_copy", "check_close"}
    reached = set()
    for _ in range(12):
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        reached.add(dialog.focusWidget().objectName())
    assert names <= reached


def test_every_column_is_wide_enough(table):
    _, dialog = table("transposed")
    view = dialog.findChild(QTableView, "check_slopes")
    metrics = theme.metrics("strong")
    for width in (700, 1100):  # of a small screen, and of one with room
        dialog.resize(width, 600)
        QApplication.processEvents()
        for row in rows_of(dialog)[:20]:
            for section, shown in enumerate(row):
                if width < 1100 and section in (PARAMETER, PLACE):
                    continue  # the one is left out there, and of the other there is but its end
                assert metrics.horizontalAdvance(shown) + 12 <= view.columnWidth(section), (section, shown)
    assert view.horizontalScrollBar().maximum() == 0


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_what_it_is_sorted_by_is_seen_on_a_small_screen(table, language):
    person, dialog = table("demo")
    person.window.set_language(language)
    dialog.resize(800, 480)
    QApplication.processEvents()
    for name in ("check_slopes", "check_adjoints"):
        view = dialog.findChild(QTableView, name)
        model = view.model()
        titles = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(model.columnCount())]
        for title in ("Result", "Relative error") if language == "en" else ("结果", "相对误差"):
            column = titles.index(title)
            right = view.columnViewportPosition(column) + view.columnWidth(column)
            assert right <= view.viewport().width(), (name, title)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("name", ["demo", "pooling", "transposed"])
def test_what_is_compared_is_seen_on_a_screen_of_1024_pixels(table, name, language):
    person, dialog = table(name)
    person.window.set_language(language)
    dialog.resize(1024 - 16, 600)
    QApplication.processEvents()
    for view in (dialog.findChild(QTableView, f"check_{which}") for which in ("slopes", "adjoints")):
        assert view.horizontalScrollBar().maximum() == 0


@pytest.mark.parametrize(
    ("name", "width", "language"),
    [("demo", 784, "en"), ("demo", 784, "zh_CN"), ("channels", 784, "en"), ("transposed", 850, "en")],
)
def test_what_is_compared_is_seen_in_a_narrower_window(table, name, width, language):
    person, dialog = table(name)
    person.window.set_language(language)
    dialog.resize(width, 600)
    QApplication.processEvents()
    for view in (dialog.findChild(QTableView, f"check_{which}") for which in ("slopes", "adjoints")):
        assert view.horizontalScrollBar().maximum() == 0
    view = dialog.findChild(QTableView, "check_slopes")
    model = view.model()
    for column in range(model.columnCount()):
        title = model.headerData(column, Qt.Orientation.Horizontal)
        if title in ("Parameter", "参数"):  # which the place tells, too
            assert view.isColumnHidden(column)
        elif title in ("Place", "位置"):  # it is told in full where there is room for its end alone
            assert model.index(0, column).data(Qt.ItemDataRole.ToolTipRole) == model.index(0, column).data()
        else:
            assert theme.metrics("strong").horizontalAdvance(model.index(0, column).data()) < view.columnWidth(column)
    dialog.resize(1100, 600)
    QApplication.processEvents()
    assert not any(view.isColumnHidden(column) for column in range(model.columnCount()))


@pytest.mark.parametrize("width", [600, 740, 1100])
def test_the_rows_of_the_second_table_are_whole(table, width):
    _, dialog = table("demo")
    dialog.resize(width, 600)
    QApplication.processEvents()
    view = dialog.findChild(QTableView, "check_adjoints")
    assert view.viewport().height() % view.rowHeight(0) == 0
    assert view.viewport().height() == 4 * view.rowHeight(0)
