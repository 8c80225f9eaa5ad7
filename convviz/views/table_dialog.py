"""What a table of the run is to hold."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QLabel, QWidget

from convviz.export.table import MOST_PARAMETERS, MOST_ROWS
from convviz.i18n import joined, ntr, tr
from convviz.views.editors.number_box import NumberBox, Range
from convviz.views.export_dialog import ExportDialog
from convviz.views.tooltips import paragraphs

_WIDTH = 420
_LINES = 3.2
#: About how many characters a number takes, the comma included.
_CHARACTERS = 20


class TableDialog(ExportDialog):
    """Lets a person choose the steps and whether parameters get columns, and tells how large the table will be.

    Signals
    -------
    chosen(int, bool)
        The distance of the steps in the table, from step 0 on; and whether it has the parameters.
    """

    chosen = pyqtSignal(int, bool)

    def __init__(self, last_step: int, parameters: int, parent: QWidget | None = None) -> None:
        super().__init__("table", parent)
        self._last, self._count = last_step, parameters
        self._every = NumberBox("table.every", Range(integer=True, minimum=1, maximum=max(1, last_step)), self)
        self._every.set_value(_fitting(last_step))
        self._label = QLabel(self)
        self._label.setBuddy(self._every)
        self._parameters = QCheckBox(self)
        self._parameters.setObjectName("table.parameters")
        self._parameters.setChecked(parameters <= MOST_PARAMETERS)
        self._parameters.setEnabled(0 < parameters <= MOST_PARAMETERS)
        form = self._lay_out(_WIDTH, _LINES)
        form.addRow(self._label, self._every)
        form.addRow("", self._parameters)
        self._every.edited.connect(self._take)
        self._every.refused.connect(lambda sentence: self._tell(sentence, possible=False))
        self._parameters.toggled.connect(self._show)
        self.retranslate()

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self.setWindowTitle(tr("Table of the run"))
        self._label.setText(tr("Every so many steps"))
        self._every.setAccessibleName(tr("Every so many steps"))
        self._every.setToolTip(paragraphs(tr("1 writes every step that was made, 10 every tenth, from step 0 on")))
        self._parameters.setText(tr("With every weight and bias"))
        self._show()

    def accept(self) -> None:
        """Hand over what was chosen."""
        every = self._every.value()
        if every is not None and self._is_possible(int(every)):
            self.chosen.emit(int(every), self._parameters.isChecked())
            super().accept()

    def _is_possible(self, every: int) -> bool:
        return 1 <= every <= max(1, self._last)

    def _take(self, every: int) -> None:
        if not self._is_possible(every):
            told = tr("expected from 1 to {most}, received {received}")
            self._tell(told.format(most=f"{max(1, self._last):,}", received=f"{every:,}"), possible=False)
            return
        self._every.set_value(every)
        self._show()

    def _show(self) -> None:
        """Say how large the table will be, and what stands against more."""
        every = int(self._every.value() or 1)
        rows = self._last // every + 1
        columns = 3 + (self._count if self._parameters.isChecked() else 0)
        size = _size_text(rows * columns * _CHARACTERS)
        told = ntr("{rows} row", "{rows} rows", rows).format(rows=f"{rows:,}")
        text = tr("{rows} of {columns} numbers, about {size}.")
        sentences = [text.format(rows=told, columns=f"{columns:,}", size=size)]
        if self._count > MOST_PARAMETERS:
            most = tr(
                "Expected at most {most} parameters for a table, received {received}: they are left out. The arrays of "
                "a step have them."
            )
            sentences.append(most.format(most=f"{MOST_PARAMETERS:,}", received=f"{self._count:,}"))
        elif rows >= MOST_ROWS:
            sentences.append(tr("A spreadsheet opens {most} rows at most.").format(most=f"{MOST_ROWS:,}"))
        self._tell(joined(sentences), possible=True)


def _fitting(last_step: int) -> int:
    """Return the least power of ten with which a spreadsheet opens the table."""
    every = 1
    while last_step // every + 2 > MOST_ROWS:
        every *= 10
    return every


def _size_text(size: float) -> str:
    """Return a number of bytes as a person reads it."""
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 1000 or unit == "GB":
            return f"{size:.{0 if size >= 10 else 1}f} {unit}"
    raise AssertionError
