"""The control of a setting that holds numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from convviz.i18n import mark, tr
from convviz.views.editors.field import Field
from convviz.views.editors.matrix import MatrixEditor

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QWidget

    from convviz.engine.settings import Setting


class ArrayField(Field):
    """A map, ``(rows, columns)`` or ``(channels, rows, columns)``, cell by cell."""

    def __init__(self, path: str, described: Setting, level: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(path, described, level, parent)
        self._editor = MatrixEditor(path, (mark("Channel"),), signed=False, pictures=True, parent=self)
        self._row()
        self._column.addWidget(self._editor)
        self._editor.edited.connect(lambda values, merge: self.edited.emit(path, values, merge))
        self._editor.refused.connect(lambda sentence: self.refused.emit(path, sentence))
        self._editor.told.connect(lambda sentence: self.told.emit(path, sentence))

    def set_value(self, value: Any) -> None:
        """Show ``value`` without emitting anything."""
        self._editor.set_values(np.atleast_1d(np.asarray(value, dtype=np.float64)))

    def retranslate(self) -> None:
        """Say everything in the current language."""
        super().retranslate()
        self._editor.describe(tr(self.described.label), tr(self.described.help))
        self._editor.retranslate()

    def control(self) -> QWidget:
        """Return the cells."""
        return self._editor.grid
