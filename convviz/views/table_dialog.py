"""What a table of the run is to hold."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from convviz.export.table import MOST_PARAMETERS, MOST_ROWS
from convviz.i18n import ntr, tr
from convviz.views.editors.number_box import NumberBox, Range
from convviz.views.editors.wording import capitalised
from convviz.views.theme import SPACE, metrics, set_role
from convviz.views.tooltips import paragraphs

_WIDTH = 420
_LINES = 3.2
#: About how many characters a number takes, the comma included.
_CHARACTERS = 20


class TableDialog(QDialog):
    """Lets a person choose the steps and whether parameters get columns, and tells how large the table will be.

    Signals
    -------
    chosen(int, bool)
        Every how-manieth step from 0 on; with the parameters.
    """

    chosen = pyqtSignal(int, bool)

    def __init__(self, last_step: int, parameters: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("table_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._last, self._count = last_step, parameters
        self._every = NumberBox("table.every", Range(integer=True, minimum=1, maximum=max(1, last_step)), self)
        self._every.set_value(_fitting(last_step))
        self._label = QLabel(self)
        self._label.setBuddy(self._every)
        self._parameters = QCheckBox(self)
        self._parameters.setObjectName("table.parameters")
        self._parameters.setChecked(parameters <= MOST_PARAMETERS)
        self._parameters.setEnabled(0 < parameters <= MOST_PARAMETERS)
        self._outcome = QLabel(self)
        self._outcome.setObjectName("table.outcome")
        self._outcome.setWordWrap(True)
        self._outcome.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._outcome.setFixedHeight(round(_LINES * metrics().lineSpacing()))
        buttons = QDialogButtonBox.StandardButton
        self._buttons = QDialogButtonBox(buttons.Save | buttons.Cancel, self)
        self._lay_out()
        self._every.edited.connect(self._take)
        self._every.refused.connect(lambda sentence: self._tell(sentence, possible=False))
        self._parameters.toggled.connect(self._show)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self.retranslate()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setSpacing(SPACE.S)
        form.addRow(self._label, self._every)
        form.addRow("", self._parameters)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE.L, SPACE.L, SPACE.L, SPACE.L)
        layout.setSpacing(SPACE.M)
        layout.addLayout(form)
        layout.addWidget(self._outcome)
        layout.addWidget(self._buttons)
        self.setFixedWidth(_WIDTH)

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

    def _take(self, every: int | None) -> None:
        if every is None or not self._is_possible(every):
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
        sentence = tr("{rows} of {columns} numbers, about {size}.").format(rows=told, columns=f"{columns:,}", size=size)
        if self._count > MOST_PARAMETERS:
            most = tr(
                "Expected at most {most} parameters for a table, received {received}: they are left out. The arrays of "
                "a step have them."
            )
            sentence += " " + most.format(most=f"{MOST_PARAMETERS:,}", received=f"{self._count:,}")
        elif rows >= MOST_ROWS:
            sentence += " " + tr("A spreadsheet opens {most} rows at most.").format(most=f"{MOST_ROWS:,}")
        self._tell(sentence, possible=True)

    def _tell(self, sentence: str, *, possible: bool) -> None:
        self._outcome.setText(capitalised(sentence))
        set_role(self._outcome, "muted" if possible else "error")
        saving = self._buttons.button(QDialogButtonBox.StandardButton.Save)
        if saving is not None:
            saving.setEnabled(possible)


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
