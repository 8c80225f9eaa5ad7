"""A line of text that changes while training runs."""

from __future__ import annotations

import math

from PyQt6.QtCore import QRect, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from convviz.views import theme
from convviz.views.lines import draw_lines, first_line, in_two_lines, pitch, shortened
from convviz.views.tooltips import paragraphs

#: Where there is less room, in pixels, nothing is shown instead of the beginning of an idle text.
_LEAST = 100


class ReadOut(QWidget):
    """A line of text, or two small ones, in a place whose size never depends on it.

    A `QLabel` asks for a new layout at every change of its text, which moves what stands beside it and costs more than
    drawing the text. This one only paints, and shortens what does not fit (its tooltip then has the whole of it).

    Parameters
    ----------
    sample
        A text as long as any that must fit; the wanted width is its width. Empty: as much as there is.
    ground
        The theme's colour behind the text, for one that lies over a picture; empty: none.
    on
        The theme's colour that it lies on. It is then filled with that, and a change of the text repaints nothing that
        lies behind it; empty: it may lie on anything.
    wraps
        A text that does not fit is written in two lines, small ones where there is no room for others.
    """

    def __init__(
        self,
        sample: str = "",
        role: theme.FontRole = "body",
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        parent: QWidget | None = None,
        ground: str = "",
        on: str = "",
        wraps: bool = False,
    ) -> None:
        super().__init__(parent)
        self._sample = sample
        self._ground = ground
        self._on = on
        self._wraps = wraps
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, bool(on))
        self._role: theme.FontRole = role
        self._align = align | Qt.AlignmentFlag.AlignVCenter
        self._colour = "text"
        self._text = self._brief = self._idle = ""
        self._shortened = False
        policy = QSizePolicy.Policy.Fixed if sample else QSizePolicy.Policy.Ignored
        self.setSizePolicy(policy, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """Return the whole text, also where it is shown shortened."""
        return self._text

    def set_text(self, text: str, brief: str = "") -> None:
        """Show ``text``; where there is no room for it, ``brief``, which says less."""
        if (text, brief) != (self._text, self._brief):
            self._text, self._brief = text, brief
            self.update()

    def set_idle_text(self, text: str) -> None:
        """Show ``text`` in a muted colour while there is nothing else to be shown."""
        text = text.replace("\n", " ")
        if text != self._idle:
            self._idle = text
            self._set_shortened(self._shortened)  # until the next painting knows better
            self.update()

    def set_role(self, role: theme.FontRole) -> None:
        """Write in another type."""
        if role != self._role:
            self._role = role
            self.updateGeometry()
            self.update()

    def set_colour(self, name: str) -> None:
        """Write in the theme's colour ``name``."""
        if name != self._colour:
            self._colour = name
            self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the sample, or of two small lines."""
        metrics, small = theme.metrics(self._role), theme.metrics("small")
        lines = pitch("small") + math.ceil(small.capHeight() + 2 * small.descent()) if self._wraps else 0
        return QSize(round(metrics.horizontalAdvance(self._sample)) + 2, max(lines, round(metrics.height()) + 2))

    def minimumSizeHint(self) -> QSize:
        """Return the size of the sample: it is never shortened where a sample was given."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw the text."""
        whole = self._text or self._idle
        lines, role = self._lines(whole)
        self._set_shortened("".join(lines) != whole)
        painter = QPainter(self)
        painter.setFont(theme.font(role))
        colours = theme.current()
        if self._on:
            painter.fillRect(self.rect(), getattr(colours, self._on))
        name = self._colour if self._text else "muted"
        colour: QColor = getattr(colours, name) if self.isEnabled() else colours.disabled
        if self._ground and whole:
            written = painter.boundingRect(self.rect(), self._align, lines[0])
            wide = theme.SPACE.XS
            behind = QRect(written.left() - wide, 0, written.width() + 2 * wide, self.height())
            painter.fillRect(behind, getattr(colours, self._ground))
        painter.setPen(colour)
        draw_lines(painter, self.rect(), self._align, lines, role)
        painter.end()

    def _lines(self, text: str) -> tuple[list[str], theme.FontRole]:
        """Return the text in lines that fit, and how these are to be written."""
        width = self.width()
        roles: tuple[theme.FontRole, ...] = (self._role, "body") if self._wraps else (self._role,)
        for role in roles:
            if theme.number_width(text, role) <= width:
                return [text], role
        if not self._wraps:
            brief = self._brief if self._text else ""
            return [shortened(brief or text, self._role, width)], self._role
        if not self._text and width < _LEAST:
            return [""], self._role
        for role in roles:
            lines = in_two_lines(text, role, width)
            if 2 * pitch(role) <= self.height() and "".join(lines) == text:
                return lines, role
        first = first_line(text, "small", width)
        if len(first) == len(text):  # two lines all the same: one alone would be small and out of the middle
            first = first_line(text, self._role, width)
        return [first, shortened(text[len(first) :], "small", width)], "small"

    def _set_shortened(self, shortened: bool) -> None:
        if shortened or self._shortened:
            self._shortened = shortened
            self.setToolTip(paragraphs(self._text or self._idle) if shortened else "")
