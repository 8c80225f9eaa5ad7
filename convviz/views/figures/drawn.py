"""A part of the window as a picture of its own: SVG, PDF or pixels, of any size.

Text stays text in SVG and PDF, so that it can be searched, copied and changed. A PDF carries its fonts with it. An SVG
names them, and behind them whatever the reader's machine has without serifs; each text says how long it is, so that it
keeps its place in another font.
"""

from __future__ import annotations

import errno
import math
import re
from contextlib import ExitStack, contextmanager
from functools import lru_cache, partial
from html import unescape
from typing import TYPE_CHECKING

from PyQt6.QtCore import QBuffer, QEvent, QIODevice, QMarginsF, QObject, QPoint, QRect, QRectF, QSize, QSizeF, Qt
from PyQt6.QtGui import QFont, QFontMetricsF, QImage, QPageSize, QPainter
from PyQt6.QtWidgets import QAbstractButton, QScrollBar, QWidget

from convviz.i18n import tr
from convviz.views import drawing_mode, theme
from convviz.views.picture import png

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

#: How many pixels of the window make an inch of paper, and how many metres and points an inch is.
_DENSITY, _INCH, _POINTS = 96, 0.0254, 72
#: What Qt writes for a font, for a text with its font, and for shapes that nobody sees but who clicks on them.
_FAMILY = re.compile(r'font-family="([^",]+),[^"]*"')
_UNSEEN = re.compile(
    r'<g fill="[^"]*" fill-opacity="0" stroke="none"[^>]*>\s*(?:<(?:rect|path|polygon)[^>]*/>\s*)*</g>'
)
_TEXT = re.compile(r'<text ([^>]*?font-size="([\d.]+)" font-weight="(\d+)"[^>]*)>([^<]*)</text>')


class Figure:
    """Draws widgets that stand one below the other, all of them or some, as they are now.

    Neither their buttons are drawn nor what tells only where the keys go or what is selected. Letters and lines are of
    the usual size, also while something is presented.

    Parameters
    ----------
    widgets
        They have the same parent, or there is only one.
    title
        What the picture is called where a file tells that.
    margin
        What is left free around them, in pixels.
    colours
        The theme that they are drawn in; None: that of the application.
    transparent
        Without a ground.
    whole
        The buttons are drawn, too, and everything is as large as on the screen.
    """

    def __init__(
        self,
        widgets: Sequence[QWidget],
        title: str,
        margin: int = 0,
        *,
        colours: theme.Theme | None = None,
        transparent: bool = False,
        whole: bool = False,
    ) -> None:
        self._widgets = tuple(widgets)
        self._title = title
        self._whole = whole
        self._is_clear = transparent
        look = colours or theme.current()
        self._look = look.without_ground() if transparent else look
        bounds = QRect()
        for widget in self._widgets:
            bounds = bounds.united(QRect(self._place(widget), widget.size()))
        self._bounds, self._margin = bounds, margin
        self._factor = 1.0 if whole else 1 / theme.zoom()

    @property
    def size(self) -> QSize:
        """How large it is in the window, in pixels, where that draws everything at its usual size."""
        width, height = (math.ceil(side * self._factor) for side in (self._bounds.width(), self._bounds.height()))
        return QSize(width + 2 * self._margin, height + 2 * self._margin)

    def svg(self) -> bytes:
        """Return the picture as an SVG file."""
        from PyQt6.QtSvg import QSvgGenerator

        with _into_bytes() as buffer:
            made = QSvgGenerator()
            made.setOutputDevice(buffer)
            made.setResolution(_DENSITY)
            made.setSize(self.size)
            made.setViewBox(QRectF(0, 0, self.size.width(), self.size.height()))
            made.setTitle(self._title)
            made.setDescription("convviz")
            painter = QPainter(made)
            self._draw(painter)
            painter.end()
            return _for_any_font(_UNSEEN.sub("", _data(buffer).decode())).encode()

    def pdf(self) -> bytes:
        """Return the picture as a PDF file of one page, which is as large as the picture."""
        from PyQt6.QtGui import QPdfWriter

        page = QSizeF(self.size) * (_POINTS / _DENSITY)
        with _into_bytes() as buffer:
            made = QPdfWriter(buffer)
            made.setTitle(self._title)
            made.setCreator("convviz")
            made.setResolution(_DENSITY)
            made.setPageSize(QPageSize(page, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch))
            made.setPageMargins(QMarginsF())
            painter = QPainter(made)
            painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
            self._draw(painter)
            painter.end()
            return _data(buffer)

    def image(self, width: int) -> QImage:
        """Return the picture in pixels, so many wide and in proportion high.

        Raises
        ------
        OSError
            If there is no memory for so many.
        """
        factor = width / self.size.width()
        image = QImage(width, self.height_at(width), QImage.Format.Format_ARGB32_Premultiplied)
        if image.isNull():
            raise OSError(errno.ENOMEM, tr("the picture could not be drawn"))
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.scale(factor, factor)
        self._draw(painter)
        painter.end()
        density = round(_DENSITY / _INCH * factor)
        image.setDotsPerMeterX(density)
        image.setDotsPerMeterY(density)
        return image if self._is_clear else image.convertToFormat(QImage.Format.Format_RGB32)

    def file(self, ending: str, width: int) -> Callable[[], bytes]:
        """Draw the picture, and return what makes a file of it; that takes longer, and any thread may do it.

        Parameters
        ----------
        ending
            One of `PICTURES`.
        width
            In pixels, where the file has pixels.
        """
        if ending == ".png":
            return partial(png, self.image(width))
        data = self.svg() if ending == ".svg" else self.pdf()
        return lambda: data

    def height_at(self, width: int) -> int:
        """Return how many pixels high it is where it is so many wide."""
        return max(1, round(width * self.size.height() / self.size.width()))

    def _draw(self, painter: QPainter) -> None:
        with ExitStack() as stack:
            stack.enter_context(drawing_mode.drawing())
            stack.enter_context(theme.worn_by(self._widgets, self._look))
            stack.enter_context(_seen_through(self._widgets))
            if not self._whole:
                stack.enter_context(_without_controls(self._widgets))
            if not self._is_clear:
                painter.fillRect(QRectF(0, 0, self.size.width(), self.size.height()), self._look.surface)
            painter.translate(self._margin, self._margin)
            painter.scale(self._factor, self._factor)
            for widget in self._widgets:
                place = self._place(widget) - self._bounds.topLeft()
                widget.render(painter, place, flags=QWidget.RenderFlag.DrawChildren)

    def _place(self, widget: QWidget) -> QPoint:
        return widget.pos() if len(self._widgets) > 1 else QPoint()


def _for_any_font(drawing: str) -> str:
    """Return an SVG whose texts are as long in another font, where the reader has not got ours."""

    def measured(found: re.Match[str]) -> str:
        attributes, pixels, weight, text = found.groups()
        long = _metrics(float(pixels), int(weight)).horizontalAdvance(unescape(text))
        return f'<text textLength="{long:.2f}" lengthAdjust="spacingAndGlyphs" {attributes}>{text}</text>'

    families = ",".join(f"'{name}'" for name in theme.font().families())
    rule = f"<style>@media all {{ text {{ font-family: {families}, sans-serif }} }}</style>\n<defs>"
    return _FAMILY.sub(r'font-family="\1"', _TEXT.sub(measured, drawing)).replace("<defs>", rule, 1)


@lru_cache(maxsize=64)
def _metrics(pixels: float, weight: int) -> QFontMetricsF:
    font = theme.font("body", round(pixels))
    font.setWeight(QFont.Weight(weight))
    return QFontMetricsF(font)


class _Unseen(QObject):
    """Keeps what it watches from being painted, so that it keeps its place and the keys."""

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Take the order to paint."""
        return event is not None and event.type() == QEvent.Type.Paint


@contextmanager
def _seen_through(widgets: Iterable[QWidget]) -> Iterator[None]:
    """Have what is behind the parts painted, too: whatever has a ground of its own on the screen lies on that here."""
    opaque = [
        found
        for widget in widgets
        for found in (widget, *widget.findChildren(QWidget))
        if found.testAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
    ]
    for each in opaque:
        each.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, False)
    try:
        yield
    finally:
        for each in opaque:
            each.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, True)


@contextmanager
def _without_controls(widgets: Iterable[QWidget]) -> Iterator[None]:
    controls = [
        found for widget in widgets for kind in (QAbstractButton, QScrollBar) for found in widget.findChildren(kind)
    ]
    unseen = _Unseen()
    for control in controls:
        control.installEventFilter(unseen)
    try:
        yield
    finally:
        for control in controls:
            control.removeEventFilter(unseen)


@contextmanager
def _into_bytes() -> Iterator[QBuffer]:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    try:
        yield buffer
    finally:
        buffer.close()


def _data(buffer: QBuffer) -> bytes:
    return bytes(buffer.data().data())
