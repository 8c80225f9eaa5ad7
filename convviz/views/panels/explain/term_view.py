"""The list of terms: every factor as a chip in the colour of the cell that it comes from."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QModelIndex, QPoint, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PyQt6.QtWidgets import QFrame, QListView, QStyledItemDelegate, QStyleOptionViewItem

from convviz.i18n import tr
from convviz.number_text import brief_number, format_number, order_text
from convviz.views import theme
from convviz.views.colour import Levels, colour_map, entry_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from PyQt6.QtCore import QEvent
    from PyQt6.QtGui import QFocusEvent

    from convviz.engine.explain import Tensor
    from convviz.views.panels.explain.terms import Term, TermModel
    from convviz.views.pointing import Pointed

ROW = 23
_CHIP = 64
_SIGN = 14
#: Significant digits of a factor, as many as there is room for.
_DIGITS = (4, 3, 2)
#: The smallest type of one.
_LEAST_TYPE = 9
_CENTRE = Qt.AlignmentFlag.AlignCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def chip_rects(row: QRect, count: int) -> list[QRect]:
    """Return where the chips of ``count`` factors lie in a row."""
    left = row.left() + _SIGN
    room = row.width() - _SIGN - 74 - count * _SIGN
    width = min(_CHIP, room // max(1, count))
    return [QRect(left + n * (width + _SIGN), row.top() + 2, width, row.height() - 4) for n in range(count)]


def chip_text(value: float, room: int, *, plain: bool = False) -> tuple[str, theme.FontRole, int]:
    """Return a factor as it is written in ``room`` pixels, in which type, and how large: with as many digits as fit.

    ``plain``: a number of the formula itself, such as the 2 of a square's derivative, which is written without zeros.
    """
    if plain and value.is_integer() and abs(value) < 1e6:
        texts = [f"{value:.0f}".replace("-", "−")]
    else:
        texts = [format_number(value, digits) for digits in _DIGITS]
    usual, small = theme.font_size("body"), theme.font_size("small")
    written: list[tuple[str, theme.FontRole, int]] = [(texts[0], "body", usual)]
    written += [(text, "small", small) for text in texts]
    written += [(brief_number(value), "small", pixels) for pixels in range(small, _LEAST_TYPE - 1, -1)]
    fitting = (each for each in written if theme.number_width(*each) <= room)
    return next(fitting, (order_text(value), "small", _LEAST_TYPE))


class TermView(QListView):
    """Shows terms and asks for what stands behind them.

    Signals
    -------
    spotted(tuple of Pointed)
        The numbers of the factor, or of the whole term, under the pointer or the keyboard's cursor; empty: none.
    followed(Pointed)
        A factor was clicked, or Enter pressed on it.
    unfolded()
        The row that stands for the terms left out was clicked.
    """

    spotted = pyqtSignal(object)
    followed = pyqtSignal(object)
    unfolded = pyqtSignal()

    def __init__(self, model: TermModel, scale_of: Callable[[Tensor], tuple[Levels, bool] | None]) -> None:
        super().__init__()
        self.setObjectName("explain.terms")
        self.terms = model
        self.scale_of = scale_of
        self.hovered: tuple[int, int | None] | None = None  # row, and which of its factors
        self.factor = 0  # which one the keyboard is on
        self.setModel(model)
        self.setItemDelegate(_TermDelegate(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QListView { border: none; background: transparent; }")
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)

    def repaint_terms(self) -> None:
        """Paint other numbers in the same rows."""
        viewport = self.viewport()
        if viewport is not None:
            viewport.update()

    def chip_rect(self, row: int, factor: int) -> QRect:
        """Return where a factor's chip lies in the view's area."""
        term = self.terms.term(row)
        rect = self.visualRect(self.terms.index(row))
        return QRect() if term is None else chip_rects(rect, len(term.factors))[factor]

    def colour_of(self, number: Pointed, value: float) -> tuple[QColor, QColor] | None:
        """Return the colour of the cell that shows a number, and that of the text on it."""
        scale = self.scale_of(number.tensor)
        if scale is None:
            return None
        table, index = colour_map(scale[1]), entry_of(value, scale[0])
        return table.colour(index), QColor(0, 0, 0) if table.dark_text[index] else QColor(255, 255, 255)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Tell which cells the term under the pointer comes from."""
        if event is not None:
            self._hover(self._at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent | None) -> None:
        """Tell that no term is pointed at any more."""
        self._hover(None)
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Ask for the number that was clicked."""
        super().mouseReleaseEvent(event)
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        place = self._at(event.position().toPoint())
        if place is not None:
            self._follow(place[0], place[1])

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Left and right choose a factor, Enter asks for it."""
        if event is None:
            return
        row, key = self.currentIndex().row(), event.key()
        term = self.terms.term(row) if row >= 0 else None
        if term is not None and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 1 if key == Qt.Key.Key_Right else -1
            self.factor = min(max(0, self.factor + step), len(term.factors) - 1)
            self._tell_current()
        elif row >= 0 and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._follow(row, self.factor)
        else:
            super().keyPressEvent(event)

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        """Tell which cells the term under the cursor comes from."""
        super().currentChanged(current, previous)
        if self.hasFocus():
            self._tell_current()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Speak of nothing any more."""
        super().focusOutEvent(event)
        self.spotted.emit(())

    def _tell_current(self) -> None:
        self.repaint_terms()
        term = self.terms.term(self.currentIndex().row()) if self.currentIndex().isValid() else None
        self.spotted.emit(_numbers(term, min(self.factor, len(term.factors) - 1)) if term is not None else ())

    def _hover(self, place: tuple[int, int | None] | None) -> None:
        if place == self.hovered:
            return
        self.hovered = place
        term = None if place is None else self.terms.term(place[0])
        self.spotted.emit(() if place is None or term is None else _numbers(term, place[1]))
        reachable = place is not None and (term is None or bool(_numbers(term, place[1])))
        viewport = self.viewport()
        if viewport is not None:
            viewport.setCursor(Qt.CursorShape.PointingHandCursor if reachable else Qt.CursorShape.ArrowCursor)
        self.repaint_terms()

    def _at(self, point: QPoint) -> tuple[int, int | None] | None:
        index = self.indexAt(point)
        if not index.isValid():
            return None
        term = self.terms.term(index.row())
        rects = chip_rects(self.visualRect(index), len(term.factors)) if term is not None else []
        return index.row(), next((n for n, rect in enumerate(rects) if rect.contains(point)), None)

    def _follow(self, row: int, factor: int | None) -> None:
        term = self.terms.term(row)
        if term is None:
            self.unfolded.emit()
            return
        numbers = _numbers(term, factor) or _numbers(term, None)
        if numbers:
            self.followed.emit(numbers[0])


def _numbers(term: Term, factor: int | None) -> tuple[Pointed, ...]:
    """Return the numbers of one factor, or of all of them."""
    factors = term.factors if factor is None else term.factors[factor : factor + 1]
    return tuple(place for _, place in factors if place is not None)


class _TermDelegate(QStyledItemDelegate):
    """Paints one row."""

    def __init__(self, view: TermView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Return the size of every row."""
        return QSize(100, ROW)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Paint the factors as chips, and their product at the right."""
        if painter is None:
            return
        view, row = self._view, index.row()
        term = view.terms.term(row)
        colours = theme.current()
        hovered = view.hovered is not None and view.hovered[0] == row
        current = view.hasFocus() and view.currentIndex().row() == row
        painter.save()
        if hovered or current:
            painter.fillRect(option.rect, colours.accent_soft if current else colours.hover)
        if term is None:
            painter.setFont(theme.font("small"))
            painter.setPen(colours.accent)
            painter.drawText(option.rect.adjusted(_SIGN, 0, -4, 0), _LEFT, view.terms.rest_text())
        else:
            focus = view.hovered[1] if hovered and view.hovered is not None else view.factor if current else None
            self._paint_term(painter, option.rect, term, focus)
        painter.restore()

    def _paint_term(self, painter: QPainter, row: QRect, term: Term, focus: int | None) -> None:
        colours, rects = theme.current(), chip_rects(row, len(term.factors))
        painter.setFont(theme.font("body"))
        painter.setPen(colours.muted)
        painter.drawText(QRect(row.left(), row.top(), _SIGN, row.height()), _CENTRE, term.sign)
        for left, right in itertools.pairwise(rects):
            painter.drawText(QRect(left.right(), row.top(), right.left() - left.right(), row.height()), _CENTRE, "×")
        for n, (rect, (value, number)) in enumerate(zip(rects, term.factors, strict=True)):
            self._paint_chip(painter, rect, value, number, n == focus)
        painter.setFont(theme.font("strong" if term.chosen else "body"))
        place = row.adjusted(0, 0, -4, 0)
        self._paint_bar(painter, row, term.value)
        painter.setPen(colours.text)
        painter.drawText(place, _RIGHT, format_number(term.value))
        note = tr("taken") if term.chosen else term.name
        if note and len(term.factors) == 1:
            painter.setPen(colours.text if term.chosen else colours.muted)
            painter.drawText(rects[0].adjusted(_CHIP + 8, 0, 90, 0), _LEFT, note)

    def _paint_chip(self, painter: QPainter, rect: QRect, value: float, number: Pointed | None, focus: bool) -> None:
        colours = theme.current()
        pair = None if number is None else self._view.colour_of(number, value)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if number is not None:
            painter.setPen(QPen(colours.accent, 2) if focus else QPen(colours.outline, 1))
            painter.setBrush(colours.surface if pair is None else pair[0])
            painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setPen(colours.text if pair is None else pair[1])
        text, role, pixels = chip_text(value, rect.width() - 2, plain=number is None)
        painter.setFont(theme.font(role, pixels))
        painter.drawText(rect, _CENTRE, text)
        painter.setFont(theme.font("body"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_bar(self, painter: QPainter, row: QRect, value: float) -> None:
        """Paint how much of the sum a term is, from the right edge, in the colour of its sign."""
        largest = self._view.terms.largest()
        if not largest > 0 or not np.isfinite(value):
            return
        width = round(70 * min(1.0, abs(value) / largest))
        colour = colour_map(True).colour(190 if value > 0 else 64)
        painter.fillRect(QRect(row.right() - 3 - width, row.bottom() - 3, width, 2), colour)
