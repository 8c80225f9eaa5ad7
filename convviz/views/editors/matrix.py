"""An array of up to four dimensions, one matrix of it at a time: cells, exact value, clipboard, small operations."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication, QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from convviz.engine.errors import ConfigError, ConvvizError
from convviz.engine.shapes import size_text
from convviz.i18n import mark, tr
from convviz.views.action_texts import with_own_keys
from convviz.views.editors.buttons import IconButton
from convviz.views.editors.matrix_grid import MatrixGrid
from convviz.views.editors.matrix_text import numpy_text, python_text, spreadsheet_text
from convviz.views.editors.number_box import NumberBox, Range
from convviz.views.editors.showing import set_shown
from convviz.views.editors.taking import taken, with_matrix
from convviz.views.editors.wanted import FileWanted
from convviz.views.theme import SPACE, set_role
from convviz.views.tooltips import paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable

Array = NDArray[Any]

#: A vector is shown in rows of at most so many cells.
_VECTOR_COLUMNS = 6


def _normalised(matrix: Array) -> Array:
    """Return the matrix over its sum, or, if that is as good as zero, over the sum of its magnitudes."""
    total, magnitude = float(matrix.sum()), float(np.abs(matrix).sum())
    if magnitude == 0:
        raise ConfigError("all numbers are zero: there is nothing to normalise")
    return matrix / (total if abs(total) > 1e-9 * magnitude else magnitude)


_OPERATIONS: dict[str, tuple[str, str, Callable[[Array], Array]]] = {
    "rotate": (mark("Rotate by 180°"), mark("Rotate the matrix as the backward pass does"), lambda m: m[::-1, ::-1]),
    "transpose": (mark("Transpose"), mark("Exchange rows and columns"), lambda m: m.T),
    "negate": (mark("Change the sign"), mark("Multiply every number by −1"), lambda m: -m + 0.0),
    "normalise": (
        mark("Normalise"),
        mark("Divide by the sum, so that a uniform map keeps its brightness; by the sum of magnitudes where that is 0"),
        _normalised,
    ),
}


class MatrixEditor(QWidget):
    """Shows an array and lets its numbers be changed.

    ``edited(array, merge)`` tells the whole new array, of another size where a matrix of another size was pasted;
    ``refused(sentence)`` that nothing could be made of what was typed or pasted; ``told(sentence)``, behind an edit,
    what became of what was pasted where that is not plain to see. `set_values` emits nothing.

    Parameters
    ----------
    name
        Object name; the parts are called ``<name>.cells``, ``<name>.cells.value``, ``<name>.cells.channel0``, …
    axes
        What the leading axes of the array are called (marked), outermost first.
    signed
        Whether zero is the middle of the colours.
    compact
        Whether clipboard and files are in the menu only, for an array that is a short vector.
    pictures
        Whether a picture can be read from a file, too.
    """

    edited = pyqtSignal(object, str)
    refused = pyqtSignal(str)
    told = pyqtSignal(str)

    def __init__(
        self,
        name: str,
        axes: tuple[str, ...] = (),
        signed: bool = True,
        compact: bool = False,
        pictures: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"{name}.editor")
        self._name = name
        self._axes = axes
        self._pictures = pictures
        self._values: Array = np.zeros((1, 1))
        self._title = ""
        self.grid = MatrixGrid(f"{name}.cells", signed, self)
        self._channels = tuple(
            NumberBox(f"{name}.cells.channel{axis}", Range(integer=True, minimum=1), self) for axis in (0, 1)
        )
        self._chosen = [1] * len(self._channels)
        self._channel_labels = tuple(QLabel(self) for _ in self._channels)
        self._totals = tuple(QLabel(self) for _ in self._channels)
        self._place = QLabel(self)
        self._value = NumberBox(f"{name}.cells.value", Range(), self)
        self._open = IconButton(f"{name}.cells.open", "open", self)
        self._copy = IconButton(f"{name}.cells.copy", "copy", self)
        self._paste = IconButton(f"{name}.cells.paste", "paste", self)
        self._more = IconButton(f"{name}.cells.more", "more", self)
        self.tools = QHBoxLayout()
        self._lay_out(compact)
        self._connect()

    def set_values(self, values: Array) -> None:
        """Show ``values``, ``(n,)`` to ``(O, I, h, w)``, without emitting anything."""
        self._values = values
        lead = values.shape[:-2]
        for axis, box in enumerate(self._channels):
            shown = axis < len(lead) and lead[axis] > 1
            for widget in (box, self._channel_labels[axis], self._totals[axis]):
                set_shown(widget, shown)
            count = lead[axis] if axis < len(lead) else 1
            self._chosen[axis] = min(self._chosen[axis], count)
            box.set_limits(Range(integer=True, minimum=1, maximum=count))
            box.set_value(self._chosen[axis])
            self._totals[axis].setText(tr("of {count}").format(count=count))
        self._show_matrix()

    def describe(self, title: str, help: str) -> None:
        """Say what the numbers are, in a word and in a sentence."""
        self._title = title
        how = tr("Type a number, drag up or down, or turn the wheel; Shift is finer, Ctrl coarser; arrow keys move")
        self.grid.setToolTip(paragraphs(help, with_own_keys(how)))
        self.grid.setAccessibleDescription(help)
        self._show_matrix()

    def retranslate(self) -> None:
        """Say everything in the current language."""
        for axis, label in enumerate(self._channel_labels):
            text = tr(self._axes[axis]) if axis < len(self._axes) else ""
            label.setText(text)
            self._channels[axis].setAccessibleName(text)
            self._channels[axis].setToolTip(tr("Which channel's numbers are shown below"))
        self._value.setAccessibleName(tr("Value of the cell"))
        self._value.setToolTip(tr("The cell's value with all of its digits; 1/9 and 3e-5 can be typed too"))
        self._open.describe(tr("Open…"), self._what_opens())
        copying = tr("Copy the matrix for a spreadsheet (Ctrl+C in its cells)")
        pasting = tr("Paste cells of a spreadsheet, a Python list or a NumPy array (Ctrl+V in the cells)")
        self._copy.describe(tr("Copy"), with_own_keys(copying))
        self._paste.describe(tr("Paste"), with_own_keys(pasting))
        self._more.describe(tr("More"), tr("Copy as code, rotate, transpose, normalise"))
        self.set_values(self._values)

    def copy(self, text: Callable[[Array], str] = spreadsheet_text) -> None:
        """Put the shown matrix on the clipboard."""
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(text(self._matrix() if self._values.ndim > 1 else self._values))

    def paste(self) -> None:
        """Take the clipboard's numbers in place of the shown matrix, or of the whole array if they have its axes."""
        from convviz.model.files.tables import parse_matrix  # not needed before somebody pastes

        clipboard = QGuiApplication.clipboard()
        try:
            pasted = parse_matrix(clipboard.text() if clipboard is not None else "")
        except ConvvizError as error:
            self.refused.emit(str(error))
        else:
            self.take(pasted)

    def take(self, numbers: Array) -> None:
        """Take numbers in place of the shown matrix, or of the whole array if they have its axes.

        Fewer than it has, where it is one of several, go into it from the current cell on.
        """
        try:
            made = taken(self._values, self._index(), numbers, self.grid.current())
        except ConvvizError as error:
            self.refused.emit(str(error))
            return
        self._offer(made.values)
        if made.corner is not None:
            row, column = made.corner
            told = tr(
                "{size} numbers were put in from row {row}, column {column} on; all others are as they were. "
                "Undoing brings back what stood there."
            )
            size = size_text(np.atleast_2d(numbers).shape[-2:])
            self.told.emit(told.format(size=size, row=row + 1, column=column + 1))

    def wanted(self) -> FileWanted:
        """Return what asks the window for numbers from a file."""
        return FileWanted(self._name, self.take)

    # inside -----------------------------------------------------------------------------------------------------------

    def _lay_out(self, compact: bool) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.XS)
        channels = QHBoxLayout()
        channels.setSpacing(SPACE.XS)
        for label, box, total in zip(self._channel_labels, self._channels, self._totals, strict=True):
            set_role(total, "muted")
            channels.addWidget(label)
            channels.addWidget(box)
            channels.addWidget(total)
        channels.addStretch(1)
        column.addLayout(channels)
        column.addWidget(self.grid)
        value = QHBoxLayout()
        value.setSpacing(SPACE.XS)
        set_role(self._place, "muted")
        value.addWidget(self._place, 1)
        value.addWidget(self._value)
        column.addLayout(value)
        column.addLayout(self.tools)
        self.tools.setSpacing(0)
        self.tools.addStretch(1)
        for button in (self._open, self._copy, self._paste):
            self.tools.addWidget(button)
            set_shown(button, not compact)
        (value if compact else self.tools).addWidget(self._more)
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._more.open_menu(self._menu)

    def _connect(self) -> None:
        self.grid.edited.connect(self._edit_cell)
        self.grid.refused.connect(self.refused)
        self.grid.current_changed.connect(lambda *_: self._show_value())
        self.grid.copy_wanted.connect(self.copy)
        self.grid.paste_wanted.connect(self.paste)
        self._value.edited.connect(lambda number, merge: self._edit_cell(*self.grid.current(), number, merge))
        self._value.refused.connect(self.refused)
        for axis, box in enumerate(self._channels):
            box.edited.connect(lambda number, merge, axis=axis: self._choose(axis, number))
            box.refused.connect(self.refused)
        self._open.clicked.connect(self._ask_for_file)
        self._copy.clicked.connect(lambda: self.copy())
        self._paste.clicked.connect(self.paste)

    def _choose(self, axis: int, number: int) -> None:
        """Show another channel, or say which there are."""
        count = self._values.shape[axis]
        if 1 <= number <= count:
            self._chosen[axis] = number
        else:
            told = tr("expected a channel from 1 to {count}, received {number}")
            self.refused.emit(told.format(count=f"{count:,}", number=f"{number:,}"))
        self.set_values(self._values)

    def _fill_menu(self) -> None:
        self._menu.clear()
        self._add_action("copy_cells", tr("Copy for a spreadsheet"), self.copy)
        self._add_action("copy_python", tr("Copy as a Python list"), lambda: self.copy(python_text))
        self._add_action("copy_numpy", tr("Copy as NumPy code"), lambda: self.copy(numpy_text))
        self._add_action("paste_cells", tr("Paste"), self.paste)
        self._add_action("open_file", tr("Open…"), self._ask_for_file, self._what_opens())
        if self._values.ndim < 2:
            return
        self._menu.addSeparator()
        for name, (label, help, operation) in _OPERATIONS.items():
            self._add_action(name, tr(label), partial(self.apply, operation), tr(help))

    def _add_action(self, name: str, text: str, act: Callable[[], None], help: str = "") -> None:
        action = self._menu.addAction(text)
        assert action is not None
        action.setObjectName(f"{self._name}.cells.{name}")
        action.setToolTip(help or text)
        action.triggered.connect(lambda: act())

    def apply(self, operation: Callable[[Array], Array]) -> None:
        """Put what ``operation`` makes of the shown matrix in its place."""
        try:
            made = np.ascontiguousarray(operation(self._matrix()))
            self._offer(with_matrix(self._values, self._index(), made).values)
        except ConvvizError as error:
            self.refused.emit(str(error))

    def _ask_for_file(self) -> None:
        QApplication.sendEvent(self.window(), self.wanted())

    def _what_opens(self) -> str:
        if self._pictures:
            return tr("Read a picture, a NumPy array (.npy) or a table (.csv, .txt) from a file")
        return tr("Read a NumPy array (.npy) or a table (.csv, .txt) from a file")

    def _index(self) -> tuple[int, ...]:
        """Return the leading indices of the shown matrix."""
        lead = max(self._values.ndim - 2, 0)
        return tuple(number - 1 for number in self._chosen[:lead])

    def _matrix(self) -> Array:
        if self._values.ndim >= 2:
            return np.asarray(self._values[self._index()])
        count = self._values.size
        columns = min(count, _VECTOR_COLUMNS)
        rows = math.ceil(count / columns)
        padded = np.zeros(rows * columns)
        padded[:count] = self._values.reshape(-1)
        return padded.reshape(rows, columns)

    def _show_matrix(self) -> None:
        matrix = self._matrix()
        self.grid.set_values(matrix, self._values.size if self._values.ndim < 2 else None)
        self.grid.setAccessibleName(
            tr("{title}, {rows} × {columns} numbers").format(
                title=self._title, rows=matrix.shape[0], columns=matrix.shape[1]
            )
        )
        self._show_value()

    def _show_value(self) -> None:
        row, column = self.grid.current()
        if self._values.ndim < 2:
            place = row * self._matrix().shape[1] + column
            self._place.setText(tr("channel {channel}").format(channel=place + 1))
        else:
            self._place.setText(tr("row {row}, column {column}").format(row=row + 1, column=column + 1))
        self._value.set_value(float(self._matrix()[row, column]))

    def _edit_cell(self, row: int, column: int, number: float, merge: str) -> None:
        values = np.array(self._values, dtype=np.float64)
        if values.ndim < 2:
            values.reshape(-1)[row * self._matrix().shape[1] + column] = number
        else:
            values[(*self._index(), row, column)] = number
        self.edited.emit(values, merge)
        self._show_value()

    def _offer(self, values: Array) -> None:
        if values.shape != self._values.shape or not np.array_equal(values, self._values):
            self.edited.emit(values, "")
