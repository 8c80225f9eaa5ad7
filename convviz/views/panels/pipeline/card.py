"""A layer as a card: its operation, its kernels beside the teacher's, and what is about to change them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from convviz.engine.explain import Kind, Tensor
from convviz.i18n import tr
from convviz.views import drawing_mode, theme
from convviz.views.heatmap import Form, Heatmap, show_together
from convviz.views.heatmap.frame import fitting_text
from convviz.views.heatmap.layout import BORDER, label_height
from convviz.views.panels.pipeline.division import CARD_HEAD, CARD_PAD, has_second_line
from convviz.views.panels.pipeline.emblem import paint_emblem
from convviz.views.panels.pipeline.items import LayerItem
from convviz.views.panels.pipeline.plan import plan_card
from convviz.views.panels.pipeline.wording import (
    kernel_text,
    layer_lines,
    layer_names,
    layer_texts,
    rate_text,
    window_texts,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convviz.views.panels.pipeline.plan import Column
    from convviz.views.panels.pipeline.structure import LayerPart

_WEIGHTS = {"student": Kind.WEIGHT, "teacher": Kind.TEACHER_WEIGHT, "gradient": Kind.WEIGHT_GRAD}
_BIASES = {"student": Kind.BIAS, "teacher": Kind.TEACHER_BIAS, "gradient": Kind.BIAS_GRAD}

#: What a bias that has a name beside it needs for its number.
_BIAS_NUMBER = 38

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter


def fitting_title(texts: Sequence[str], room: int) -> tuple[str, int]:
    """Return the first of ``texts`` that fits into ``room`` pixels, or the last one, and how large it is written.

    The last two leave something out: a smaller type is better than they are, and than letters that are left out.
    """
    sizes = range(theme.font_size("strong"), theme.font_size("small") - 1, -1)
    ways = (texts[:-2], texts[-2:-1], texts[-1:])
    tried = ((text, size) for way in ways for size in sizes for text in way)
    fitting = (each for each in tried if theme.metrics("strong", each[1]).horizontalAdvance(each[0]) <= room)
    return next(fitting, (texts[-1], sizes[-1]))


class LayerCard(QWidget):
    """One layer.

    Signals
    -------
    chosen()
        The card or a cell on it was clicked, or Enter or Space pressed on the card.
    named(Tensor)
        Then: what was clicked was the title or the scale of a kernel, or the name of a bias.
    """

    chosen = pyqtSignal()
    named = pyqtSignal(object)

    def __init__(self, index: int, part: LayerPart, teacher: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"pipeline.layer{index}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._index = index
        self._part = part
        self._selected = False
        self._hovered = False
        self._teacher: Mapping[str, Any] | None = None  # stays the same for a whole run, and so do its arrays:
        self._taught: dict[str, Any] = {}
        self._has_scales = True
        self._words = QRect()
        self._bias_head = QRect()
        roles = ("student", "teacher", "gradient") if teacher else ("student", "gradient")
        self._roles = roles if part.weight else ()
        self._weights = {role: self._heatmap(role, Form.TILE, _WEIGHTS[role]) for role in self._roles}
        biases = self._roles if part.bias else ()
        self._biases = {role: self._heatmap(f"{role}.bias", Form.STRIP, _BIASES[role]) for role in biases}
        self.set_part(part)

    def _heatmap(self, role: str, form: Form, kind: Kind) -> Heatmap:
        name = f"layer{self._index}.{role}"
        made = Heatmap(name, form, "raised", self, Tensor(kind, self._index))
        made.setObjectName(f"pipeline.{name}")
        made.clicked.connect(self._choose)
        return made

    def heatmaps(self) -> list[Heatmap]:
        """Return the heatmaps of the card."""
        return [*self._weights.values(), *self._biases.values()]

    def set_part(self, part: LayerPart) -> None:
        """Show another layer of the same shapes."""
        self._part = part
        self.retranslate()

    def set_selected(self, selected: bool) -> None:
        """Frame the card, or take the frame away."""
        if selected != self._selected:
            self._selected = selected
            self.update()

    def focus_order(self) -> list[QWidget]:
        """Return the card and its heatmaps in the order in which they are read."""
        order: list[QWidget] = [self]
        for role in self._roles:
            order += [heatmaps[role] for heatmaps in (self._weights, self._biases) if role in heatmaps]
        return order

    def place(self, column: Column, origin: QPoint, dense: bool) -> None:
        """Take the places of a plan whose corner lies at ``origin``; ``dense``: without scales."""
        rect = theme.scaled_rect(column.rect)

        def within(part: QRect) -> QRect:
            return theme.scaled_alike(part).translated(-rect.topLeft())

        self.setGeometry(rect.translated(origin))
        self._has_scales = not dense
        self._words = within(column.words)
        tiles = [within(tile) for tile in column.tiles]
        biases = [within(bias) for bias in column.biases]
        for role, tile in zip(self._roles, tiles, strict=True):
            self._weights[role].set_form(Form.BARE if dense else Form.TILE)
            self._weights[role].setGeometry(tile)
        for heatmap in self._biases.values():
            heatmap.setVisible(bool(biases))
        for heatmap, bias in zip(self._biases.values(), biases, strict=False):
            heatmap.setGeometry(bias)
        beside = bool(biases) and not self._words.isEmpty() and biases[0].left() == self._words.left()
        self._bias_head = biases[0].translated(0, -label_height()) if beside else QRect()
        self.retranslate()

    @property
    def has_kernels(self) -> bool:
        """Whether there is more on it than what the layer does."""
        return bool(self._roles)

    def fill(self, room: QRect) -> None:
        """Be as large as there is room for, in the middle of it."""
        item = LayerItem(self._part.weight, sum(self._part.bias), len(self._roles))
        usual = theme.usual(room.width()), theme.usual(room.height())
        with theme.unzoomed():
            column = plan_card(item, *usual)
        size = theme.scaled_rect(column.rect).size()
        spare = room.size() - size
        self.place(column, room.topLeft() + QPoint(spare.width() // 2, spare.height() // 2), dense=False)

    def show_numbers(
        self, student: Mapping[str, Any], teacher: Mapping[str, Any] | None, gradient: Mapping[str, Any]
    ) -> None:
        """Show the parameters of a step. Student and teacher share one scale: equal colours are equal numbers."""
        if teacher is not self._teacher:
            self._teacher = teacher
            self._taught = {} if teacher is None else {name: _grid(values) for name, values in teacher.items()}
        for name, heatmaps in (("weight", self._weights), ("bias", self._biases)):
            if not heatmaps:
                continue
            together = [(heatmaps["student"], _grid(student[name]))]
            if "teacher" in heatmaps:
                together.append((heatmaps["teacher"], self._taught[name]))
            show_together(*together, signed=True)
            heatmaps["gradient"].set_values(_grid(gradient[name]), signed=True)

    def clear(self) -> None:
        """Show that no numbers are known yet."""
        for heatmap in self.heatmaps():
            heatmap.set_values(None)

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        number = self._index + 1
        titles = {"student": tr("Student"), "teacher": tr("Teacher"), "gradient": tr("Gradient")}
        told = {
            "student": tr("Layer {number}, student's kernel").format(number=number),
            "teacher": tr("Layer {number}, teacher's kernel").format(number=number),
            "gradient": tr("Layer {number}, gradient of the kernel").format(number=number),
        }
        told_bias = {
            "student": tr("Layer {number}, student's bias").format(number=number),
            "teacher": tr("Layer {number}, teacher's bias").format(number=number),
            "gradient": tr("Layer {number}, gradient of the bias").format(number=number),
        }
        for role, heatmap in self._weights.items():
            heatmap.set_text(titles[role], kernel_text(self._part.weight), role, told[role])
        together = not self._bias_head.isEmpty()
        names, label = self._bias_names(titles) if together else (dict.fromkeys(titles, tr("bias")), 0)
        for role, heatmap in self._biases.items():
            heatmap.set_text(names[role], "", role, told_bias[role])
            heatmap.set_label_width(label)
        self.setAccessibleName(tr("Layer {number}: {operation}").format(number=number, operation=self._title()))
        self.setToolTip("" if self._says_all() else "\n".join((self._title(), *self._lines())))
        self.update()

    def _bias_names(self, titles: dict[str, str]) -> tuple[dict[str, str], int]:
        """Return what biases are called that stand together, in short where a number needs the room, and its width."""
        advance = theme.metrics("small").horizontalAdvance
        short = {"student": tr("Stud."), "teacher": tr("Teach."), "gradient": tr("Grad.")}
        for names in (titles, short):
            wide = round(max(map(advance, names.values())))
            if wide + theme.SPACE.S + theme.scaled(_BIAS_NUMBER) <= self._bias_head.width():
                return names, wide + theme.SPACE.S
        return short, wide + theme.SPACE.XS

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the card, its title and what it says about the layer."""
        colours = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), colours.surface)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected, hovered, focused = (
            is_so and not drawing_mode.is_drawn() for is_so in (self._selected, self._hovered, self.hasFocus())
        )
        edge = (2.0 if selected else 1.0) * theme.zoom()
        framed = colours.accent if selected else colours.outline if hovered else colours.border
        painter.setPen(QPen(framed, edge))
        painter.setBrush(colours.raised)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(edge / 2, edge / 2, -edge / 2, -edge / 2), 8, 8)
        if focused:
            painter.setPen(QPen(colours.accent, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(3.5, 3.5, -3.5, -3.5), 5, 5)
        if self._roles:
            self._paint_head(painter)
        else:
            self._paint_compact(painter)
        painter.end()

    def _paint_head(self, painter: QPainter) -> None:
        colours = theme.current()
        second = label_height() if self._has_second_line() else 0
        pad = theme.scaled(CARD_PAD)
        wide, high = self.width() - 2 * pad, theme.scaled(CARD_HEAD)
        head = QRect(pad, pad - theme.scaled(3), wide, high - theme.scaled(4))
        layer = self._part.layer
        titles, aside = layer_names(layer) if second else layer_texts(layer), self._aside(wide)
        painter.setFont(theme.font("small"))
        painter.setPen(colours.muted)
        painter.drawText(head, _RIGHT, aside)
        painter.setPen(colours.text)
        self._paint_title(painter, head.adjusted(0, 0, -_width_with_gap(aside), 0), _LEFT, titles)
        painter.setFont(theme.font("small"))
        painter.setPen(colours.muted)
        if second:
            below = QRect(pad, head.bottom() + 1, wide, second)
            painter.drawText(below, _LEFT, fitting_text(window_texts(layer), wide))
        if not self._bias_head.isEmpty():
            painter.drawText(self._bias_head.adjusted(BORDER, 0, 0, 0), _LEFT, tr("bias"))
        for rect, text in self._placed_lines():
            painter.drawText(rect, _LEFT, text)

    def _paint_compact(self, painter: QPainter) -> None:
        colours = theme.current()
        small, strong = theme.metrics("small"), theme.metrics("strong")
        line = round(strong.height())
        inner = self.rect().adjusted(*map(theme.scaled, (4, 6, -4, -6)))
        painter.setPen(colours.text)
        head = QRect(inner.x(), inner.y(), inner.width(), line)
        self._paint_title(painter, head, _CENTRE, layer_texts(self._part.layer)[-1:])
        below = inner.adjusted(0, line, 0, 0)
        text = fitting_text(window_texts(self._part.layer), below.width())
        if text:
            high = round(small.height())
            painter.setFont(theme.font("small"))
            painter.setPen(colours.muted)
            painter.drawText(QRect(below.x(), below.y(), below.width(), high), _CENTRE, text)
            below.adjust(0, high, 0, 0)
        paint_emblem(painter, QRectF(below.adjusted(*map(theme.scaled, (8, 4, -8, -2)))), self._part.layer)

    @staticmethod
    def _paint_title(painter: QPainter, room: QRect, align: Qt.AlignmentFlag, texts: Sequence[str]) -> None:
        """Write the first of ``texts`` that fits, the last one in smaller letters where none does."""
        text, pixels = fitting_title(texts, room.width())
        painter.setFont(theme.font("strong", pixels))
        shown = theme.metrics("strong", pixels).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, align, shown)

    def _title(self) -> str:
        return layer_texts(self._part.layer)[0]

    def _lines(self) -> list[str]:
        weight, bias = self._part.weight, self._part.bias
        return layer_lines(self._part.layer, math.prod(weight) if weight else 0, bias[0] if bias else 0)

    def _placed_lines(self) -> list[tuple[QRect, str]]:
        """Return which of the lines about the layer are painted, and where: those that have room as a whole."""
        metrics = theme.metrics("small")
        high, left = round(metrics.height()) + 2, self._words.x() + BORDER
        room = QRect(left, self._words.y(), self.width() - theme.scaled(CARD_PAD) - left, self._words.height())
        fitting = [text for text in self._lines() if metrics.horizontalAdvance(text) <= room.width()]
        rows = [QRect(left, room.y() + row * high, room.width(), high) for row in range(room.height() // high)]
        return list(zip(rows, fitting, strict=False))

    def _aside(self, wide: int) -> str:
        """Return what is said at the right of the title, in ``wide`` pixels for both: that the layer learns otherwise.

        It is said where there is no room for it among the lines, and where the title keeps more than its last words.
        """
        text = rate_text(self._part.layer)
        if not text or any(line == text for _, line in self._placed_lines()):
            return ""
        second = self._has_second_line()
        titles = layer_names(self._part.layer)[-1:] if second else layer_texts(self._part.layer)[:-1]
        least = theme.metrics("strong", theme.font_size("small")).horizontalAdvance(titles[-1])
        return text if least + _width_with_gap(text) <= wide else ""

    def _has_second_line(self) -> bool:
        return has_second_line(theme.usual(self.width()), self._has_scales)

    def _says_all(self) -> bool:
        """Return whether everything about the layer is written on the card."""
        wide = theme.metrics("strong").horizontalAdvance(self._title()) <= self.width() - 2 * theme.scaled(CARD_PAD)
        title = wide and not self._has_second_line()
        return bool(self._roles) and title and len(self._placed_lines()) == len(self._lines())

    # choosing --------------------------------------------------------------------------------------------------------

    def _choose(self, _cell: object = None) -> None:
        self.chosen.emit()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take the press, so that the release comes here."""

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Choose the layer, and say whose title, scale or name was clicked."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self.chosen.emit()
        place = event.position().toPoint()
        for heatmap in self.heatmaps():
            if heatmap.isVisible() and heatmap.geometry().contains(place):
                self.named.emit(heatmap.tensor)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Choose the layer with Enter or Space."""
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent | None) -> None:
        """Show that the card can be clicked."""
        self._set_hovered(True)

    def leaveEvent(self, event: QEvent | None) -> None:
        """Show the card as it is."""
        self._set_hovered(False)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """Show the focus."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """Show the card as it is."""
        self.update()

    def _set_hovered(self, hovered: bool) -> None:
        self._hovered = hovered
        self.update()


def _width_with_gap(text: str) -> int:
    """Return how much of a line a text takes at its right in small type."""
    return math.ceil(theme.metrics("small").horizontalAdvance(text)) + theme.SPACE.S if text else 0


def _grid(values: Any) -> Any:
    """Return a bias ``(O,)`` as a row of cells, and anything else as it is."""
    return values.reshape(1, -1) if values.ndim == 1 else values
