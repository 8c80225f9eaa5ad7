"""The button that offers the forms in which a formula can be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QMenu

from convviz.i18n import mark, tr
from convviz.views.editors.buttons import IconButton

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QWidget

_FORMS = {"text": mark("Copy as text"), "latex": mark("Copy as LaTeX"), "python": mark("Copy as Python")}


class CopyButton(IconButton):
    """A button with a list of forms.

    Signals
    -------
    asked(str)
        The formula is wanted as ``text``, ``latex`` or ``python``.
    """

    asked = pyqtSignal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__("explain.copy", "copy", parent)
        menu = QMenu(self)
        self._actions = {form: menu.addAction("") for form in _FORMS}
        for form, action in self._actions.items():
            if action is not None:
                action.setObjectName(f"explain.copy_{form}")
                action.setData(form)
        menu.triggered.connect(lambda action: self.asked.emit(action.data()))
        self.open_menu(menu)

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self.describe(tr("Copy"), tr("Copy the formula as text, LaTeX or Python"))
        for form, action in self._actions.items():
            if action is not None:
                action.setText(tr(_FORMS[form]))
