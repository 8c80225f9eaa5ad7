"""A text in one line, or in two that stand close to each other. Nothing is asked but how wide letters are."""

from __future__ import annotations

from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QPainter, QTextLayout, QTextOption

from convviz.views import theme

#: From one of two lines to the next, in sizes of the type: fonts with Chinese characters ask for more than they need.
_PITCH = 1.2


def pitch(role: theme.FontRole) -> int:
    """Return how far it is from one of two lines to the next."""
    return round(_PITCH * theme.font_size(role))


def shortened(text: str, role: theme.FontRole, width: int) -> str:
    """Return the text, or as much of its beginning as fits."""
    return theme.metrics(role).elidedText(text, Qt.TextElideMode.ElideRight, width)


def first_line(text: str, role: theme.FontRole, width: int) -> str:
    """Return the beginning of a text up to where its language allows a line to end."""
    layout = QTextLayout(text, theme.font(role))
    option = QTextOption(Qt.AlignmentFlag.AlignLeft)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(width)
    layout.endLayout()
    return text.encode("utf-16-le")[: 2 * line.textLength()].decode("utf-16-le", "ignore")  # Qt counts half characters


def in_two_lines(text: str, role: theme.FontRole, width: int) -> list[str]:
    """Return a text in at most two lines, the second of which is shortened where it is too long."""
    first = first_line(text, role, width)
    return [first, shortened(text[len(first) :], role, width)] if len(first) < len(text) else [first]


def draw_lines(painter: QPainter, rect: QRect, align: Qt.AlignmentFlag, lines: list[str], role: theme.FontRole) -> None:
    """Draw one line in the middle of a rectangle, or two around it; the painter has the font and the pen."""
    # Not half a pitch: the middle of a font with Chinese characters is not that of its capitals.
    metrics, apart = theme.metrics(role), pitch(role)
    shift = 0 if len(lines) == 1 else round((metrics.capHeight() - apart - metrics.ascent() + metrics.descent()) / 2)
    for number, line in enumerate(lines):
        painter.drawText(rect.translated(0, shift + number * apart), align | Qt.TextFlag.TextDontClip, line)
