"""Pictures of parts from the menus and the keyboard: files and the clipboard."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QContextMenuEvent, QGuiApplication, QImage
from PyQt6.QtPdf import QPdfDocument
from PyQt6.QtWidgets import QApplication, QCheckBox, QDialogButtonBox, QFileDialog, QFrame, QLabel, QMenu, QWidget

from convviz.views import theme
from convviz.views.editors.buttons import Choice
from convviz.views.editors.number_box import NumberBox
from convviz.views.figures.dialog import FigureDialog
from convviz.views.heatmap import Heatmap
from convviz.views.panels.loss import LossPanel
from convviz.views.panels.pipeline import Pipeline
from tests.views.exporting import choose_file, is_idle, trained
from tests.views.figures.reading import numbers_in, size_of, texts_in
from tests.views.hands import choose_item, type_over

if TYPE_CHECKING:
    from pathlib import Path

    from PyQt6.QtWidgets import QComboBox

    from tests.views.conftest import OpenWindow, Person

FORMATS = {
    "svg": "SVG, to be enlarged and changed",
    "pdf": "PDF, to be enlarged and printed",
    "png": "PNG, in pixels",
}


def ask(person: Person) -> FigureDialog:
    person.find(QAction, "export_picture").trigger()
    return person.dialog(FigureDialog, "figure_dialog")


def choose(dialog: FigureDialog, **texts: str) -> None:
    for name, text in texts.items():
        choice: QComboBox | None = dialog.findChild(Choice, f"figure.{name}")
        assert choice is not None
        choose_item(choice, text)


def outcome(dialog: FigureDialog) -> str:
    label = dialog.findChild(QLabel, "figure.outcome")
    assert label is not None
    return label.text()


def may_save(dialog: FigureDialog) -> bool:
    buttons = dialog.findChild(QDialogButtonBox)
    assert buttons is not None
    button = buttons.button(QDialogButtonBox.StandardButton.Save)
    assert button is not None
    return button.isEnabled()


def save(person: Person, dialog: FigureDialog, path: Path) -> None:
    dialog.accept()
    choose_file(person, path)
    person.sees(lambda: is_idle(person))
    assert path.exists(), person.find(QLabel, "banner_text").text()
    assert person.text("pointed") == f"{path.name} has been written."


def copied() -> QImage:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    return clipboard.image()


def test_a_kernel_is_written_as_svg_with_its_numbers(open_window: OpenWindow, tmp_path: Path) -> None:
    person = trained(open_window(), 120)
    dialog = ask(person)
    choose(dialog, part="Layer 2, student's kernel", format=FORMATS["svg"])
    assert outcome(dialog).startswith("SVG of ")
    save(person, dialog, tmp_path / "kernel.svg")
    data = (tmp_path / "kernel.svg").read_bytes()
    assert texts_in(data)[:2] == ["Layer 2, student's kernel", "4×4"]
    frame = person.session.frame
    assert frame is not None
    np.testing.assert_allclose(numbers_in(data)[-16:], frame.parameters[1]["weight"].ravel(), atol=0.0051)


def test_the_network_is_written_as_a_pdf_of_one_page_with_text(open_window: OpenWindow, tmp_path: Path) -> None:
    person = trained(open_window(), 120)
    dialog = ask(person)
    choose(dialog, part="Network", format=FORMATS["pdf"])
    save(person, dialog, tmp_path / "network.pdf")
    assert (tmp_path / "network.pdf").read_bytes().startswith(b"%PDF")
    document = QPdfDocument(None)
    document.load(str(tmp_path / "network.pdf"))
    assert document.pageCount() == 1
    text = document.getAllText(0).text()
    assert "Reconstruction" in text
    assert "made by the student" in text
    pipeline, page = person.find(Pipeline, "pipeline"), document.pagePointSize(0)
    assert page.width() == pytest.approx(pipeline.width() * 0.75, abs=1)
    assert page.height() == pytest.approx(pipeline.height() * 0.75, abs=1)
    document.close()


def test_pixels_have_the_width_that_was_typed(open_window: OpenWindow, tmp_path: Path) -> None:
    person = trained(open_window(), 120)
    dialog = ask(person)
    width = dialog.findChild(NumberBox, "figure.width")
    assert width is not None
    assert not width.isEnabled()  # it says nothing of SVG
    choose(dialog, part="Network", format=FORMATS["png"])
    pipeline = person.find(Pipeline, "pipeline")
    assert width.value() == 2 * pipeline.width()
    type_over(width, "1234", None)
    width.take_typed()
    high = round(1234 * pipeline.height() / pipeline.width())
    assert outcome(dialog) == f"1,234 × {high:,} pixels, everything {1234 / pipeline.width():.3g} times its usual size."
    save(person, dialog, tmp_path / "network.png")
    assert size_of(tmp_path / "network.png") == (1234, high)


def test_a_width_that_no_machine_has_room_for_is_refused(open_window: OpenWindow) -> None:
    person = open_window()
    dialog = ask(person)
    choose(dialog, format=FORMATS["png"])
    width = dialog.findChild(NumberBox, "figure.width")
    assert width is not None
    type_over(width, "19999", None)
    width.take_typed()
    assert outcome(dialog).startswith("Width in pixels: expected from 16 to ")
    assert outcome(dialog).endswith(", received 19,999")
    assert not may_save(dialog)
    choose(dialog, format=FORMATS["svg"])
    assert may_save(dialog)
    dialog.reject()


def test_colours_and_background_are_chosen(open_window: OpenWindow, tmp_path: Path) -> None:
    person = trained(open_window(), 120)
    before = person.window.grab().toImage()
    dialog = ask(person)
    choose(dialog, part="Target", format=FORMATS["png"], colours="Dark")
    save(person, dialog, tmp_path / "dark.png")
    assert QImage(str(tmp_path / "dark.png")).pixelColor(2, 2) == theme.DARK.surface
    dialog = ask(person)
    choose(dialog, part="Target", format=FORMATS["png"])
    box = dialog.findChild(QCheckBox, "figure.transparent")
    assert box is not None
    box.click()
    save(person, dialog, tmp_path / "clear.png")
    assert QImage(str(tmp_path / "clear.png")).pixelColor(2, 2).alpha() == 0
    assert theme.current() == theme.LIGHT
    pipeline = person.find(Pipeline, "pipeline")
    assert person.window.grab().toImage().copy(pipeline.geometry()) == before.copy(pipeline.geometry())


def test_what_has_the_keys_is_proposed(open_window: OpenWindow) -> None:
    person = trained(open_window(), 120)
    part_of = {
        "Map 1": person.find(Heatmap, "pipeline.map1"),
        "Loss": person.find(QWidget, "loss_plot"),
        "Network": person.find(QWidget, "outline"),
    }
    for title, widget in part_of.items():
        widget.setFocus()
        dialog = ask(person)
        choice = dialog.findChild(Choice, "figure.part")
        assert choice is not None
        assert choice.currentText() == title
        dialog.reject()
        person.sees(lambda: person.window.findChild(FigureDialog) is None)


@pytest.mark.parametrize("name", ["picture.jpg", "picture.svg.txt"])
def test_another_ending_is_refused_by_name(open_window: OpenWindow, tmp_path: Path, name: str) -> None:
    person = open_window()
    ask(person).accept()
    chooser = person.dialog(QFileDialog, "export_dialog")
    chooser.fileSelected.emit(str(tmp_path / name))
    chooser.reject()
    assert person.find(QFrame, "banner").isVisible()
    told = person.find(QLabel, "banner_text").text()
    assert "xpected a file's name that ends in .svg|.pdf|.png, received" in told
    assert name in told
    assert list(tmp_path.glob("picture*")) == []
    assert is_idle(person)


def test_a_full_disk_is_told_and_what_was_there_stays(
    open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = open_window()
    (tmp_path / "network.svg").write_text("before")
    ask(person).accept()
    chooser = person.dialog(QFileDialog, "export_dialog")

    def full(path: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    chooser.fileSelected.emit(str(tmp_path / "network.svg"))
    chooser.reject()
    person.sees(lambda: is_idle(person) and person.find(QFrame, "banner").isVisible())
    told = person.find(QLabel, "banner_text").text()
    assert os.strerror(errno.ENOSPC) in told
    assert "network.svg" in told
    assert (tmp_path / "network.svg").read_text() == "before"
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_the_keys_copy_what_they_are_on(open_window: OpenWindow) -> None:
    person = trained(open_window(), 120)
    pipeline, loss = person.find(Pipeline, "pipeline"), person.find(LossPanel, "loss")
    person.press("Ctrl+Shift+C")
    image = copied()
    assert (image.width(), image.height()) == (2 * pipeline.width(), 2 * pipeline.height())
    assert person.text("pointed") == (
        f"'Network' has been copied as a picture of {image.width():,} × {image.height():,} pixels."
    )
    person.find(QWidget, "loss_plot").setFocus()
    person.press("Ctrl+Shift+C")
    assert copied().width() == 2 * (loss.width() + 2 * theme.SPACE.S)
    person.find(Heatmap, "pipeline.residual").setFocus()
    person.press("Ctrl+Shift+C")
    assert person.text("pointed").startswith("'Residual' has been copied")
    assert copied().pixelColor(2, 2) == theme.LIGHT.surface


def open_menu(person: Person, on: QWidget) -> QMenu:
    """Press the right button on a widget."""
    at = on.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, on.mapToGlobal(at))
    QApplication.sendEvent(on, event)
    return person.find(QMenu, "figure_menu")


def test_the_right_button_offers_the_picture_of_what_is_under_it(open_window: OpenWindow) -> None:
    person = trained(open_window(), 120)
    menu = open_menu(person, person.find(Heatmap, "pipeline.target"))
    assert [action.text() for action in menu.actions()] == [
        "Copy picture of 'Target'",
        "Export picture of 'Target'…",
    ]
    menu.actions()[0].trigger()
    assert person.text("pointed").startswith("'Target' has been copied")
    menu.actions()[1].trigger()
    menu.close()
    dialog = person.dialog(FigureDialog, "figure_dialog")
    choice = dialog.findChild(Choice, "figure.part")
    assert choice is not None
    assert choice.currentText() == "Target"
    dialog.reject()


def test_the_menu_of_the_plot_has_the_picture_too(open_window: OpenWindow) -> None:
    person = trained(open_window(), 120)
    plot = person.find(QWidget, "loss_plot")
    viewport = next(child for child in plot.findChildren(QWidget) if child.actions())
    assert viewport.contextMenuPolicy() is Qt.ContextMenuPolicy.ActionsContextMenu
    assert {"copy_picture", "export_picture"} <= {action.objectName() for action in viewport.actions()}


@pytest.mark.parametrize(("mode", "title"), [("microscope", "Microscope"), ("landscape", "Landscape")])
def test_in_the_other_modes_that_is_the_whole_and_maps_are_up_to_date(
    open_window: OpenWindow, tmp_path: Path, mode: str, title: str
) -> None:
    person = trained(open_window(), 120)
    person.find(QAction, mode).trigger()
    person.session.run(30)
    person.sees_step(150)
    if mode == "landscape":
        person.sees(lambda: "loss" in person.text("landscape.sentence"))
    dialog = ask(person)
    choice = dialog.findChild(Choice, "figure.part")
    assert choice is not None
    parts = [choice.itemText(at) for at in range(choice.count())]
    is_beside = person.find(QWidget, "loss_plot").isVisible()  # as the landscape has it
    assert is_beside == (mode == "landscape")
    assert parts[: 2 + is_beside] == [title, *["Loss"] * is_beside, "Input"]
    save(person, dialog, tmp_path / "whole.svg")
    texts = texts_in((tmp_path / "whole.svg").read_bytes())
    assert any("loss" in text if mode == "landscape" else "products" in text for text in texts)
    dialog = ask(person)
    choose(dialog, part="Residual")
    save(person, dialog, tmp_path / "residual.svg")
    frame = person.session.frame
    assert frame is not None
    numbers = numbers_in((tmp_path / "residual.svg").read_bytes())[2:]
    np.testing.assert_allclose(numbers, frame.residual.ravel(), atol=0.051)


def test_a_picture_is_made_while_the_student_learns(open_window: OpenWindow, tmp_path: Path) -> None:
    person = open_window()
    person.session.play()
    person.sees(lambda: person.session.status.step > 50)
    dialog = ask(person)
    save(person, dialog, tmp_path / "running.pdf")
    assert (tmp_path / "running.pdf").read_bytes().startswith(b"%PDF")


def test_nothing_of_it_is_loaded_before_it_is_asked_for() -> None:
    code = (
        "import sys; from convviz import app; from convviz.views.panel_control import PanelControl;"
        "from convviz.views.export_control import ExportControl;"
        "sys.exit(any(name.startswith('convviz.views.figures') or name == 'convviz.views.heatmap.likeness'"
        " for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
