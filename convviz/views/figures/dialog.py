"""What a picture is to show, and how it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QLabel, QWidget

from convviz.engine.errors import ConfigError, ConvvizError
from convviz.i18n import mark, tr
from convviz.views import theme
from convviz.views.editors.buttons import Choice
from convviz.views.editors.number_box import NumberBox, Range
from convviz.views.export_dialog import ExportDialog
from convviz.views.tooltips import paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PyQt6.QtCore import QSize

_WIDTH = 460
_LINES = 2.2
#: Widths in pixels, and how many pixels there are at most in all.
_LEAST, _MOST, _MOST_PIXELS = 16, 20_000, 2**26
#: So many times as large as in the window is a picture at first, so that it is sharp on any screen.
_FIRST = 2
_MILLIMETRES = 25.4 / 96

_FORMATS = {
    ".svg": mark("SVG, to be enlarged and changed"),
    ".pdf": mark("PDF, to be enlarged and printed"),
    ".png": mark("PNG, in pixels"),
}
_COLOURS = {"": mark("As in the window"), "light": mark("Light"), "dark": mark("Dark")}


class Wish(NamedTuple):
    """What was chosen: the number of the part, the file's ending, the width in pixels, the theme (None: its own)."""

    part: int
    ending: str
    width: int
    colours: theme.Theme | None
    transparent: bool


class FigureDialog(ExportDialog):
    """Lets a person choose, and tells how large the picture will be.

    Parameters
    ----------
    titles
        What the parts are called.
    size_of
        Returns how large a part is in the window, in pixels.
    looked_at
        The number of the part that is proposed.

    Signals
    -------
    chosen(Wish)
    """

    chosen = pyqtSignal(object)

    def __init__(
        self, titles: Sequence[str], size_of: Callable[[int], QSize], looked_at: int = 0, parent: QWidget | None = None
    ) -> None:
        super().__init__("figure", parent)
        self._size_of = size_of
        self._wish: Wish | None = None
        names = ("part", "format", "colours")
        self._part, self._format, self._colours = (Choice(f"figure.{name}", self) for name in names)
        self._part.addItems(titles)
        self._part.setCurrentIndex(looked_at)
        for ending in _FORMATS:
            self._format.addItem("", ending)
        for name in _COLOURS:
            self._colours.addItem("", name)
        self._width = NumberBox("figure.width", Range(integer=True, minimum=_LEAST, maximum=_MOST), self)
        self._clear = QCheckBox(self)
        self._clear.setObjectName("figure.transparent")
        self._labels: list[tuple[QLabel, str]] = []
        self._fill()
        self._size = size_of(looked_at)
        self._width.set_value(_FIRST * self._size.width())
        self._connect()
        self.retranslate()

    def _fill(self) -> None:
        rows: tuple[tuple[str, QWidget], ...] = (
            (mark("Picture"), self._part),
            (mark("Format"), self._format),
            (mark("Width in pixels"), self._width),
            (mark("Colours"), self._colours),
        )
        form = self._lay_out(_WIDTH, _LINES)
        for text, field in rows:
            label = QLabel(self)
            label.setBuddy(field)
            form.addRow(label, field)
            self._labels.append((label, text))
        form.addRow("", self._clear)

    def _connect(self) -> None:
        self._part.currentIndexChanged.connect(self._propose_width)
        for choice in (self._format, self._colours):
            choice.currentIndexChanged.connect(self._show)
        self._clear.toggled.connect(self._show)
        self._width.edited.connect(lambda number, _: self._take(number))
        self._width.refused.connect(self._complain)

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self.setWindowTitle(tr("Picture"))
        for label, text in self._labels:
            label.setText(tr(text))
            field = label.buddy()
            if field is not None:
                field.setAccessibleName(tr(text))
        for choice, texts in ((self._format, _FORMATS), (self._colours, _COLOURS)):
            for at, text in enumerate(texts.values()):
                choice.setItemText(at, tr(text))
        self._clear.setText(tr("Transparent, without a background"))
        self._clear.setToolTip(paragraphs(tr("So that a slide's own background is seen between the parts")))
        self._show()

    def accept(self) -> None:
        """Hand over what was chosen."""
        if self._wish is not None:
            self.chosen.emit(self._wish)
            super().accept()

    def _propose_width(self, part: int) -> None:
        self._size = self._size_of(part)
        self._width.set_value(_FIRST * self._size.width())
        self._show()

    def _take(self, number: float | None) -> None:
        self._width.set_value(number)
        self._show()

    def _read(self) -> Wish:
        ending = str(self._format.currentData())
        width = int(self._width.value() or 0)
        most = min(_MOST, int((_MOST_PIXELS * self._size.width() / self._size.height()) ** 0.5))
        if ending == ".png" and not _LEAST <= width <= most:
            raise ConfigError(
                "{name}: expected from {least} to {most}, received {received}",
                name=tr("Width in pixels"),
                least=f"{_LEAST:,}",
                most=f"{most:,}",
                received=f"{width:,}",
            )
        colours = theme.THEMES.get(str(self._colours.currentData()))
        return Wish(self._part.currentIndex(), ending, width, colours, self._clear.isChecked())

    def _show(self) -> None:
        """Say what comes of it, or what cannot be."""
        self._width.setEnabled(self._format.currentData() == ".png")
        try:
            self._wish = wish = self._read()
        except ConvvizError as error:
            self._complain(str(error))
            return
        self._tell(self._outcome_of(wish), possible=True)

    def _outcome_of(self, wish: Wish) -> str:
        wide, high = self._size.width(), self._size.height()
        if wish.ending == ".png":
            pixels = f"{wish.width:,} × {round(wish.width * high / wide):,}"
            told = tr("{size} pixels, everything {factor} times its usual size.")
            return told.format(size=pixels, factor=f"{wish.width / wide:.3g}")
        paper = f"{wide * _MILLIMETRES:.0f} × {high * _MILLIMETRES:.0f}"
        told = tr("{format} of {size} mm, sharp at any size. Its text stays text.")
        return told.format(format=wish.ending[1:].upper(), size=paper)

    def _complain(self, sentence: str) -> None:
        self._wish = None
        self._tell(sentence, possible=False)
