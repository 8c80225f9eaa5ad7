"""How far a file is that takes a while to be written, and the way to call it off."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QProgressDialog, QWidget

from convviz.i18n import tr

#: Nothing is shown of what takes no longer than this, in milliseconds.
_PATIENCE = 500
_PARTS = 1000


class ExportProgress(QProgressDialog):
    """A bar beside the window, which goes on meanwhile."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("export_progress")
        self._name = name
        self._over = False
        self.setWindowModality(Qt.WindowModality.NonModal)
        self.setMinimumDuration(_PATIENCE)
        self.setMinimumWidth(360)
        self.setAutoReset(False)
        self.setAutoClose(False)
        self.setRange(0, _PARTS)
        self.setValue(0)
        self.retranslate()

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self.setWindowTitle(tr("Export"))
        self.setLabelText(tr("Writing {file}").format(file=self._name))
        self.setCancelButtonText(tr("Cancel"))

    def show_share(self, share: float) -> None:
        """Show that so much is done, from 0 to 1."""
        if not self._over and not self.wasCanceled():
            self.setValue(round(share * _PARTS))

    def end(self) -> None:
        """Go away, whether it was to be seen by now or not."""
        self._over = True
        self.reset()  # which stops the clock after which it would come
        self.close()
        self.deleteLater()
