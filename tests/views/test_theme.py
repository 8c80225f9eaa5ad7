from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QColor, QFontInfo, QPalette
from PyQt6.QtWidgets import QFrame, QLabel, QSpinBox, QVBoxLayout, QWidget

from convviz.resources import resource
from convviz.views import theme
from convviz.views.theme.style_sheet import style_sheet
from tests.views.contrast import contrast

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

READ = ("text", "muted", "accent", "good", "warning", "bad", "student", "teacher", "gradient", "curve")
GROUNDS = ("window", "surface", "raised", "hover", "accent_soft")


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK], ids=lambda look: look.name)
def test_text_is_legible_on_every_ground(look: theme.Theme, name: str, ground: str) -> None:
    assert contrast(getattr(look, name), getattr(look, ground)) >= 4.5


@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK], ids=lambda look: look.name)
def test_controls_stand_out_from_what_they_lie_on(look: theme.Theme) -> None:
    assert contrast(look.on_accent, look.accent) >= 4.5
    for ground in ("window", "surface", "raised"):
        assert contrast(look.outline, getattr(look, ground)) >= 3.0


def test_contrast_is_what_wcag_says() -> None:
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("white")) == pytest.approx(4.48, abs=0.01)
    assert contrast(QColor("red"), QColor("red")) == 1


@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK], ids=lambda look: look.name)
def test_identities_are_told_apart(look: theme.Theme) -> None:
    hues = [look.student, look.teacher, look.gradient, look.accent]
    for index, one in enumerate(hues):
        for other in hues[index + 1 :]:
            apart = abs(one.hsvHue() - other.hsvHue())
            assert min(apart, 360 - apart) >= 25, (one.name(), other.name())


@pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK], ids=lambda look: look.name)
def test_style_sheet_is_complete(look: theme.Theme) -> None:
    sheet = style_sheet(look, 1.0)
    assert "$" not in sheet
    pictures = {Path(picture) for picture in re.findall(r'url\("([^"]+)"\)', sheet)}
    assert pictures == set(Path(resource("icons", "theme", look.name)).iterdir())


@pytest.mark.parametrize("name", ["light", "dark"])
def test_apply_puts_the_theme_on_everything(qapp: QApplication, name: str) -> None:
    look = theme.apply(qapp, name)
    assert theme.current() is look
    assert look.name == name
    assert qapp.palette().color(QPalette.ColorRole.Window) == look.window
    assert look.accent.name() in qapp.styleSheet()
    assert qapp.font().pixelSize() == theme.FONT_SIZES["body"]


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [(Qt.ColorScheme.Dark, "dark"), (Qt.ColorScheme.Light, "light"), (Qt.ColorScheme.Unknown, "light")],
)
def test_system_theme_follows_the_desktop(qapp: QApplication, scheme: Qt.ColorScheme, expected: str) -> None:
    theme.apply(qapp, "system")
    hints = qapp.styleHints()
    assert hints is not None
    hints.colorSchemeChanged.emit(scheme)
    assert theme.current().name == expected


def test_a_chosen_theme_does_not_follow_the_desktop(qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    hints = qapp.styleHints()
    assert hints is not None
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.current() is theme.LIGHT


def test_widgets_hear_of_a_change(qapp: QApplication, qtbot: QtBot) -> None:
    theme.apply(qapp, "light")
    label = QLabel("x")
    qtbot.addWidget(label)
    label.show()
    heard: list[QEvent.Type] = []

    class Ear(QObject):
        def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
            if event is not None:
                heard.append(event.type())
            return False

    ear = Ear()
    label.installEventFilter(ear)
    theme.apply(qapp, "dark")
    assert {QEvent.Type.PaletteChange, QEvent.Type.StyleChange} & set(heard)


def test_a_change_polishes_a_widget_once_however_deep_it_lies(qapp: QApplication, qtbot: QtBot) -> None:
    theme.apply(qapp, "light")
    window = QWidget()
    qtbot.addWidget(window)
    inmost = window
    for _ in range(6):
        QVBoxLayout(inmost).addWidget(within := QFrame())
        inmost = within
    QVBoxLayout(inmost).addWidget(label := QLabel("x"))
    theme.set_role(label, "small")
    window.show()
    later = QLabel("not shown yet", parent=window)
    told: Counter[QObject] = Counter()

    class Ear(QObject):
        def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
            if watched is not None and event is not None and event.type() == QEvent.Type.StyleChange:
                told[watched] += 1
            return False

    ear = Ear()
    for widget in (window, inmost, label):
        widget.installEventFilter(ear)
    look = theme.apply(qapp, "dark")
    assert told == {window: 1, inmost: 1, label: 1}
    assert label.palette().color(QPalette.ColorRole.WindowText) == look.muted
    later.show()
    assert later.palette().color(QPalette.ColorRole.WindowText) == look.text


@pytest.mark.parametrize("role", ["error", "warning", "good", "muted"])
def test_a_role_gives_a_label_its_colour(qapp: QApplication, qtbot: QtBot, role: str) -> None:
    look = theme.apply(qapp, "light")
    label = QLabel("0")
    qtbot.addWidget(label)
    label.show()
    theme.set_role(label, role)
    wanted = getattr(look, {"error": "bad"}.get(role, role))
    assert label.palette().color(QPalette.ColorRole.WindowText) == wanted


@pytest.mark.parametrize("name", ["light", "dark"])
def test_arrows_of_a_spin_box_can_be_seen(qapp: QApplication, qtbot: QtBot, name: str) -> None:
    look = theme.apply(qapp, name)
    box = QSpinBox()
    qtbot.addWidget(box)
    box.setRange(0, 10)
    box.setValue(5)
    box.resize(80, 30)
    box.show()
    image = box.grab().toImage()
    for rows in (range(3, 14), range(16, 27)):  # the upper and the lower button
        pixels = [image.pixelColor(x, y) for x in range(62, 78) for y in rows]
        assert max(contrast(pixel, look.surface) for pixel in pixels) > 3


def test_type_scale() -> None:
    sizes = [theme.FONT_SIZES[role] for role in ("small", "body", "heading", "title")]
    assert sizes == sorted(sizes)
    assert sizes[0] >= 11
    assert theme.font("body", 20).pixelSize() == 20
    assert theme.font("strong").weight() > theme.font("body").weight()


def test_figures_have_one_width(qapp: QApplication) -> None:
    widths = {theme.metrics("body").horizontalAdvance(figure) for figure in "0123456789"}
    assert len(widths) == 1
    assert QFontInfo(theme.font("body")).pixelSize() == theme.FONT_SIZES["body"]


@pytest.mark.parametrize("role", ["small", "strong"])
def test_the_digits_of_an_exponent_are_of_one_size(qapp: QApplication, role: theme.FontRole) -> None:
    metrics = theme.metrics(role, 60)
    boxes = [metrics.tightBoundingRect(digit) for digit in "⁰¹²³⁴⁵⁶⁷⁸⁹"]
    assert max(box.height() for box in boxes) - min(box.height() for box in boxes) <= 3
    assert max(box.bottom() for box in boxes) - min(box.bottom() for box in boxes) <= 2
    widths = {round(metrics.horizontalAdvance(digit)) for digit in "⁰¹²³⁴⁵⁶⁷⁸⁹"}
    assert max(widths) - min(widths) <= 3


def test_spacing_is_a_scale() -> None:
    assert [int(space) for space in theme.SPACE] == [4, 8, 12, 16, 24]
    assert set(theme.Theme._fields) >= {"window", "surface", "raised", "student", "teacher", "gradient"}
