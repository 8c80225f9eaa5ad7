"""What the dialogs have in common in which a person chooses what is to be written."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from convviz.views.editors.wording import capitalised
from convviz.views.theme import SPACE, metrics, set_role, unzoomed


class ExportDialog(QDialog):
    """A form, what follows from the choices, and buttons to save or to leave it. It deletes itself when it is closed.

    Parameters
    ----------
    name
        The object names are ``<name>_dialog`` and, of what follows from the choices, ``<name>.outcome``.
    """

    def __init__(self, name: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._name = name
        self.setObjectName(f"{name}_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def _lay_out(self, width: int, lines: float) -> QFormLayout:
        """Make what stands below the form, and return the form, which is still empty.

        The fields are to be made before: the keys come to them before they come to the buttons.

        Parameters
        ----------
        width
            Of the dialog, in pixels.
        lines
            So many are kept for what follows from the choices, so that a longer sentence moves nothing.
        """
        self._outcome = QLabel(self)
        self._outcome.setObjectName(f"{self._name}.outcome")
        self._outcome.setWordWrap(True)
        self._outcome.setAlignment(Qt.AlignmentFlag.AlignTop)
        with unzoomed():  # a presentation makes larger what is fixed
            self._outcome.setFixedHeight(round(lines * metrics().lineSpacing()))
        buttons = QDialogButtonBox.StandardButton
        self._buttons = QDialogButtonBox(buttons.Save | buttons.Cancel, self)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.setSpacing(SPACE.S)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE.L, SPACE.L, SPACE.L, SPACE.L)
        layout.setSpacing(SPACE.M)
        layout.addLayout(form)
        layout.addWidget(self._outcome)
        layout.addWidget(self._buttons)
        self.setFixedWidth(width)
        return form

    def _tell(self, sentence: str, *, possible: bool) -> None:
        """Say what follows from the choices; where it is not ``possible``, nothing can be saved."""
        self._outcome.setText(capitalised(sentence))
        set_role(self._outcome, "muted" if possible else "error")
        saving = self._buttons.button(QDialogButtonBox.StandardButton.Save)
        if saving is not None:
            saving.setEnabled(possible)
