"""Drawings of the window, and of its parts, without a display."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PyQt6.QtCore import QSize
from PyQt6.QtGui import QImage, QPixmap
from PyQt6.QtPdf import QPdfDocument

from convviz.engine import Trainer
from convviz.engine.errors import ConfigError
from convviz.model.files import load_builtin
from convviz.offscreen.screenshot import render_screenshot
from convviz.views import theme
from tests.views.figures.reading import numbers_in, rasterised, texts_in

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot


def test_the_whole_window_is_a_drawing_with_the_colours_of_its_picture(qtbot: QtBot, tmp_path: Path) -> None:
    for ending in ("svg", "png"):
        assert render_screenshot(tmp_path / f"window.{ending}", after=50, theme="dark", language="en") == 0
    data = (tmp_path / "window.svg").read_bytes()
    assert {"Play", "Input", "Residual", "Layer 1: Convolution"} <= set(texts_in(data))
    drawn, picture = rasterised(data, QSize(1280, 800)), QImage(str(tmp_path / "window.png"))
    points = [(x, y) for x in range(4, 1280, 16) for y in range(4, 800, 16)]
    same = [
        max(abs(a - b) for a, b in zip(drawn.pixelColor(*at).getRgb(), picture.pixelColor(*at).getRgb(), strict=True))
        for at in points
    ]
    assert np.mean(np.array(same) <= 2) > 0.9  # all but what is written, and edges


def test_a_pdf_of_the_window_is_one_page(qtbot: QtBot, tmp_path: Path) -> None:
    assert render_screenshot(tmp_path / "window.pdf", size=(1024, 640), language="en") == 0
    document = QPdfDocument(None)
    document.load(str(tmp_path / "window.pdf"))
    assert document.pageCount() == 1
    assert document.pagePointSize(0).width() == pytest.approx(768, abs=1)
    assert "Reconstruction" in document.getAllText(0).text()
    document.close()


def test_a_part_is_drawn_alone_with_the_numbers_of_its_step(qtbot: QtBot, tmp_path: Path) -> None:
    out = tmp_path / "kernel.svg"
    assert render_screenshot(out, "demo", after=70, part="layer0.student", language="en") == 0
    trainer = Trainer(load_builtin("demo").build())
    trainer.run(70)
    data = out.read_bytes()
    assert texts_in(data)[0] == "Layer 1, student's kernel"
    np.testing.assert_allclose(numbers_in(data)[-9:], trainer.parameters(70)[0]["weight"].ravel(), atol=0.0051)


def test_a_part_without_an_ending_is_a_png(qtbot: QtBot, tmp_path: Path) -> None:
    assert render_screenshot(tmp_path / "loss", part="loss", theme="dark") == 0
    image = QImage(str(tmp_path / "loss"), "PNG")
    assert not image.isNull()
    assert image.pixelColor(1, 1) == theme.DARK.surface


def test_the_parts_there_are_are_named(qtbot: QtBot, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"expected one of network, loss, input, .*residual, received moon"):
        render_screenshot(tmp_path / "moon.svg", part="moon")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("part", [None, "loss"])
def test_a_picture_that_cannot_be_drawn_is_called_by_its_file(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str | None
) -> None:
    for kind in (QImage, QPixmap):
        monkeypatch.setattr(kind, "save", lambda *arguments: False)
    with pytest.raises(OSError, match="the picture could not be drawn") as told:
        render_screenshot(tmp_path / "out.png", part=part)
    assert told.value.filename == str(tmp_path / "out.png")
    assert list(tmp_path.iterdir()) == []
