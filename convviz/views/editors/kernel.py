"""The editor of a kernel: its numbers, and what fills it at a stroke."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QMenu, QToolButton, QWidget

from convviz.i18n import tr
from convviz.views.editors.buttons import IconButton
from convviz.views.editors.matrix import MatrixEditor
from convviz.views.editors.presets import PRESETS, Preset
from convviz.views.focus import laid_out, read_in_order

#: Of the button in every language, so that another one moves nothing beside it.
_PRESETS_WIDTH = 80


class KernelEditor(MatrixEditor):
    """A matrix editor with well-known kernels, and dice.

    ``reseeded()`` asks for other random numbers throughout.
    """

    reseeded = pyqtSignal()

    def __init__(self, name: str, axes: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(name, axes, parent=parent)
        self._presets = QToolButton(self)
        self._presets.setObjectName(f"{name}.cells.presets")
        self._presets.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._presets.setMinimumWidth(_PRESETS_WIDTH)
        self._preset_menu = QMenu(self)
        self._preset_menu.setToolTipsVisible(True)
        self._preset_menu.aboutToShow.connect(self._fill_presets)
        self._presets.setMenu(self._preset_menu)
        self._dice = IconButton(f"{name}.cells.random", "new_seed", self)
        self._dice.clicked.connect(self.reseeded)
        self.tools.insertWidget(0, self._presets)
        self.tools.insertWidget(1, self._dice)
        read_in_order(laid_out(self))

    def retranslate(self) -> None:
        """Say everything in the current language."""
        self._presets.setText(tr("Presets"))
        self._presets.setToolTip(tr("Put a well-known kernel of this size into the cells shown"))
        self._dice.describe(tr("Random"), tr("Draw all numbers at random, with a new seed"))
        super().retranslate()

    def _fill_presets(self) -> None:
        self._preset_menu.clear()
        height, width = self.grid.shape()
        for preset in PRESETS:
            action = self._preset_menu.addAction(tr(preset.label))
            assert action is not None
            action.setObjectName(f"{self._name}.cells.{preset.kind}")
            action.setEnabled(preset.fits(height, width))
            action.setToolTip(tr(preset.source) if preset.fits(height, width) else _what_fits(preset))
            action.triggered.connect(lambda _=False, preset=preset: self._use(preset))

    def _use(self, preset: Preset) -> None:
        self.apply(lambda matrix: preset.make(*matrix.shape))


def _what_fits(preset: Preset) -> str:
    if preset.odd:
        return tr("Needs an odd number of rows and columns, {least} or more").format(least=preset.least)
    return tr("Needs {least} or more rows and columns").format(least=preset.least)
