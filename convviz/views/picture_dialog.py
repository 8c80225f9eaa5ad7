"""What a picture is to become: grey or in colour, how large, and between which numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

from convviz.engine.errors import ConvvizError
from convviz.i18n import mark, tr
from convviz.model.experiment import shape_text
from convviz.model.files.pictures import RANGES
from convviz.views.editors.buttons import Choice
from convviz.views.editors.number_box import NumberBox, Range
from convviz.views.editors.wording import capitalised
from convviz.views.heatmap import Heatmap
from convviz.views.theme import SPACE, metrics, set_role, unzoomed
from convviz.views.tooltips import paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable

    from convviz.model.files.pictures import Picture, Size
    from convviz.model.sources import Map

_PREVIEW = 320
_CONTROLS = 290
#: Lines that are kept for what follows from the choices, so that a longer sentence moves nothing.
_OUTCOME_LINES = 3

_CHANNELS = {1: mark("Grey: one channel"), 3: mark("Colour: three channels")}
_CUT, _WHOLE = "cut", "whole"
_FITS = {
    _CUT: (
        mark("Cut off the edges"),
        mark("The picture keeps its proportions and is scaled as the input is; what is beyond the map is left out"),
    ),
    _WHOLE: (mark("Squeeze the whole picture"), mark("All of the picture is brought to the size of the map")),
}


@dataclass(frozen=True)
class Wanted:
    """What a map has to be like that a picture is to become.

    Attributes
    ----------
    channels
        How many it should have, if the picture has colours.
    longest
        The longer side that is proposed.
    size
        Its rows and columns, if they cannot be chosen.
    around
        Rows and columns of which those of ``size`` are the middle, while the edges are cut off.
    """

    channels: int
    longest: int
    size: Size | None = None
    around: Size | None = None


class PictureDialog(QDialog):
    """Shows what becomes of a picture while that is chosen.

    Parameters
    ----------
    title
        Marked for translation.
    judge
        Tells whether a map can be taken, and in a sentence what follows, or why not.

    Signals
    -------
    made(Map)
        The map was taken, ``(channels, rows, columns)``.
    """

    made = pyqtSignal(object)

    def __init__(
        self,
        picture: Picture,
        title: str,
        wanted: Wanted,
        judge: Callable[[Map], tuple[bool, str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("picture_as_map")
        self._title = title
        self._labels: list[tuple[QLabel, str]] = []
        self._picture, self._wanted, self._judge = picture, wanted, judge
        self._size = wanted.size or picture.within(wanted.longest)
        self._values: Map | None = None
        self._reopening = QTimer(self)
        self._reopening.setSingleShot(True)
        self._reopening.setInterval(0)
        self._reopening.timeout.connect(lambda: self._let_open(able=self._values is not None))
        rows, columns = picture.size
        self._preview = Heatmap("picture_as_map.preview", ground="window", parent=self)
        self._about, self._outcome = QLabel(self), QLabel(self)
        self._about.setTextFormat(Qt.TextFormat.PlainText)
        self._outcome.setObjectName("picture_as_map.outcome")
        self._channels, self._fit, self._range = (
            Choice(f"picture_as_map.{name}", self) for name in ("channels", "fit", "range")
        )
        self._rows = NumberBox("picture_as_map.rows", Range(integer=True, minimum=1, maximum=rows), self)
        self._columns = NumberBox("picture_as_map.columns", Range(integer=True, minimum=1, maximum=columns), self)
        buttons = QDialogButtonBox.StandardButton
        self._buttons = QDialogButtonBox(buttons.Open | buttons.Cancel, self)
        self._fill()
        self._lay_out()
        self._connect()
        self.retranslate()

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        picture = self._picture
        self.setWindowTitle(tr(self._title))
        rows, columns = picture.original
        kind = tr("in colour") if picture.coloured else tr("grey")
        name = metrics().elidedText(picture.name, Qt.TextElideMode.ElideMiddle, _PREVIEW)
        about = tr("{file}: {rows:,} rows × {columns:,} columns, {kind}")
        self._about.setText(about.format(file=name, rows=rows, columns=columns, kind=kind))
        self._about.setToolTip(paragraphs(picture.name) if name != picture.name else "")
        for index, text in enumerate(_CHANNELS.values()):
            self._channels.setItemText(index, tr(text))
        for index, (text, help) in enumerate(_FITS.values()):
            self._fit.setItemText(index, tr(text))
            self._fit.setItemData(index, paragraphs(tr(help)), Qt.ItemDataRole.ToolTipRole)
        for index, (text, _) in enumerate(RANGES.values()):
            self._range.setItemText(index, tr(text))
        self._channels.setToolTip(
            tr("Grey is how bright each cell is; in colour there is a channel each for red, green and blue")
            if picture.coloured
            else tr("The picture has no colours")
        )
        self._range.setToolTip(tr("Between which numbers black and white lie"))
        possible = tr("Rows and columns of the map; the picture keeps its proportions")
        given = tr("The size that the network needs, since the target is given")
        for box in (self._rows, self._columns):
            box.setToolTip(paragraphs(possible if self._wanted.size is None else given))
        self._rows.setAccessibleName(tr("Rows"))
        self._columns.setAccessibleName(tr("Columns"))
        for label, text in self._labels:
            label.setText(tr(text))
        self._make()

    def _fill(self) -> None:
        picture, wanted = self._picture, self._wanted
        for choice, names in ((self._channels, _CHANNELS), (self._fit, _FITS), (self._range, RANGES)):
            for name in names:
                choice.addItem("", name)
        self._channels.setCurrentIndex(1 if picture.coloured and wanted.channels == 3 else 0)
        self._channels.setEnabled(picture.coloured)
        for box in (self._rows, self._columns):
            box.setEnabled(wanted.size is None)
            box.installEventFilter(self)
        self._preview.setMinimumSize(_PREVIEW, _PREVIEW)
        self._outcome.setWordWrap(True)
        self._outcome.setAlignment(Qt.AlignmentFlag.AlignTop)
        with unzoomed():  # a presentation makes larger what is fixed
            self._outcome.setFixedHeight(round(_OUTCOME_LINES * metrics().lineSpacing()) + 2)

    def _lay_out(self) -> None:
        size = QHBoxLayout()
        size.setSpacing(SPACE.XS)
        size.addWidget(self._rows, 1)
        size.addWidget(QLabel("×", self))
        size.addWidget(self._columns, 1)
        form = QFormLayout()
        form.setSpacing(SPACE.S)
        rows: list[tuple[str, QWidget | QLayout]] = [(mark("Channels"), self._channels), (mark("Rows × columns"), size)]
        if self._wanted.size is not None:
            rows.append((mark("Fit"), self._fit))
        else:
            self._fit.hide()
        rows.append((mark("Numbers"), self._range))
        for text, field in rows:
            label = QLabel(self)
            form.addRow(label, field)
            self._labels.append((label, text))
        side = QVBoxLayout()
        side.setSpacing(SPACE.M)
        side.addLayout(form)
        side.addWidget(self._outcome)
        side.addStretch(1)
        beside = QWidget(self)
        beside.setFixedWidth(_CONTROLS)
        beside.setLayout(side)
        side.setContentsMargins(0, 0, 0, 0)
        both = QHBoxLayout()
        both.setSpacing(SPACE.L)
        both.addWidget(self._preview, 1)
        both.addWidget(beside, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.L, SPACE.L, SPACE.L, SPACE.L)
        column.setSpacing(SPACE.M)
        column.addWidget(self._about)
        column.addLayout(both, 1)
        column.addWidget(self._buttons)
        for first, second in zip(self._stations(), self._stations()[1:], strict=False):
            QWidget.setTabOrder(first, second)
        self._channels.setFocus() if self._channels.isEnabled() else self._range.setFocus()

    def _stations(self) -> list[QWidget]:
        """Return where the Tab key goes, in order: the picture comes last, for it changes nothing."""
        return [self._channels, self._rows, self._columns, self._fit, self._range, self._buttons, self._preview]

    def _connect(self) -> None:
        for choice in (self._channels, self._fit, self._range):
            choice.currentIndexChanged.connect(self._make)
        self._rows.edited.connect(lambda number, _: self._resize(0, number, self._picture.with_rows))
        self._columns.edited.connect(lambda number, _: self._resize(1, number, self._picture.with_columns))
        for box in (self._rows, self._columns):
            box.refused.connect(self._complain)
            box.typing.connect(lambda: self._let_open(able=True))  # what is typed is looked at when it is opened
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Let Enter in a number take that alone: what follows from it is to be seen before the picture is opened."""
        entered = event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not entered or not isinstance(self.focusWidget(), NumberBox):
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Let Escape give a number back that was there before anything was typed; the next one closes the dialog."""
        pressed = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key()
        if pressed == Qt.Key.Key_Escape and isinstance(watched, NumberBox) and watched.is_typing:
            watched.forget_typed()
            watched.selectAll()
            self._make()
            return True
        return super().eventFilter(watched, event)

    def accept(self) -> None:
        """Take what is still being typed, and hand over the map if it can be taken."""
        if all(box.take_typed() for box in (self._rows, self._columns)) and self._values is not None:
            self.made.emit(self._values)
            super().accept()

    def _resize(self, axis: int, number: int, sized: Callable[[int], Size]) -> None:
        """Take the size that goes with the number of rows or columns, or say what is possible."""
        most = self._picture.size[axis]
        if 1 <= number <= most:
            self._size = sized(number)
            self._make()
        else:
            self._make()
            self._complain(tr("expected from 1 to {most}, received {received}").format(most=most, received=number))

    def _make(self) -> None:
        """Show the map as it would be, and what follows."""
        picture, wanted = self._picture, self._wanted
        self._rows.set_value(self._size[0])
        self._columns.set_value(self._size[1])
        scaled = None
        if wanted.size is not None and self._fit.currentData() == _CUT:
            scaled = picture.covering(wanted.around or wanted.size)
        values: Map | None = None
        try:
            values = picture.make(self._channels.currentData(), self._size, scaled, self._range.currentData())
            possible, sentence = self._judge(values)
        except ConvvizError as error:
            possible, sentence = False, str(error)
        self._preview.set_values(values)
        self._preview.set_text(tr("The picture as numbers"), "" if values is None else shape_text(values.shape))
        self._values = values if possible else None
        self._tell(sentence, "muted" if possible else "error")
        self._let_open(able=possible)

    def _let_open(self, *, able: bool) -> None:
        opening = self._buttons.button(QDialogButtonBox.StandardButton.Open)
        assert opening is not None
        opening.setEnabled(able)

    def _complain(self, sentence: str) -> None:
        """Say why a number is not possible, and let a click that took it from its box open nothing else instead."""
        self._tell(sentence, "error")
        self._let_open(able=False)
        self._reopening.start()

    def _tell(self, sentence: str, role: str) -> None:
        self._outcome.setText(capitalised(sentence))
        set_role(self._outcome, role)
