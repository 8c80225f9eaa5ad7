"""What every generated control is: a row with a label, and how it tells that somebody changed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from convviz.i18n import joined, tr
from convviz.views.editors.buttons import CONTROL_HEIGHT
from convviz.views.editors.wording import help_lines
from convviz.views.theme import SPACE
from convviz.views.tooltips import paragraphs

if TYPE_CHECKING:
    from convviz.engine.settings import Setting

#: Every label is this wide, less the indentation of nested settings, so that all controls begin on one line.
LABEL_WIDTH = 88
INDENT = 8


class Field(QWidget):
    """The control of one setting.

    ``edited(path, value, merge)`` is emitted for changes by the person only: ``value`` has not been checked, and
    consecutive changes with the same ``merge`` key (not ``""``) are one movement. ``refused(path, sentence)`` tells
    that what was typed is no value at all; ``told(path, sentence)``, behind an edit, what became of what was typed
    where that is not plain to see. `set_value` emits nothing.

    Parameters
    ----------
    path
        Where the setting lies in the experiment (``"optimizer.learning_rate"``); the control's object name.
    described
        The setting.
    level
        How far the row is indented.
    """

    edited = pyqtSignal(str, object, str)
    refused = pyqtSignal(str, str)
    told = pyqtSignal(str, str)

    def __init__(self, path: str, described: Setting, level: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self.described = described
        self.level = level
        self.setObjectName(f"field.{path}")
        self._label = QLabel(self)
        self._label.setWordWrap(True)
        self._label.setFixedWidth(LABEL_WIDTH - level * INDENT)
        self._label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._labelled: list[tuple[QWidget, str]] = []
        self._why_not = ""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(INDENT if level else 0, 0, 0, 0)  # a nested form stands in its parent's column
        self._column.setSpacing(SPACE.XS)

    def set_value(self, value: Any) -> None:
        """Show ``value`` without emitting anything."""
        raise NotImplementedError

    def control(self) -> QWidget:
        """Return the widget that takes the focus, and beside which a message belongs."""
        return self._labelled[0][0]

    def restrict(self, why_not: str) -> None:
        """Let the setting be changed (``""``) or not, and say why not: a sentence, marked for translation."""
        if why_not != self._why_not:
            self._why_not = why_not
            self.setEnabled(not why_not)
            self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the current language."""
        name, lines = tr(self.described.label), help_lines(self.described)
        if self._why_not:
            lines = (*lines, tr(self._why_not))
        self._label.setText(name)
        self._label.setToolTip(paragraphs(*lines))
        for widget, part in self._labelled:
            widget.setAccessibleName(tr("{setting}, {part}").format(setting=name, part=tr(part)) if part else name)
            widget.setAccessibleDescription(joined(lines))
            widget.setToolTip(paragraphs(*lines))

    def _row(self, *controls: QWidget) -> QHBoxLayout:
        """Put the label and ``controls`` into a row of its own."""
        row = QHBoxLayout()
        row.setSpacing(SPACE.XS)
        self._label.setMinimumHeight(CONTROL_HEIGHT)
        row.addWidget(self._label)
        row.addSpacing(SPACE.XS)
        for control in controls:
            row.addWidget(control, 1)
        self._column.addLayout(row)
        if controls:
            self._label.setBuddy(controls[0])
        else:
            row.addStretch(1)
        return row

    def _describes(self, widget: QWidget, part: str = "") -> None:
        """Give ``widget`` the setting's name, with its ``part`` (marked), and its tooltip in every language."""
        self._labelled.append((widget, part))
