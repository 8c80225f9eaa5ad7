"""The history: a slider over every recorded step, and the ways out of the past."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QSignalBlocker, QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QStyle, QToolButton, QWidget

from convviz.i18n import tr
from convviz.views import theme
from convviz.views.action_texts import keys_text
from convviz.views.branch_button import BranchButton
from convviz.views.focus import laid_out, read_in_order
from convviz.views.readout import ReadOut
from convviz.views.slider import Slider

if TYPE_CHECKING:
    from convviz.views.actions import Actions


class _Slider(Slider):
    """A slider over steps that is painted anew only where its handle moves: while a run grows, it stays at the end."""

    _handle = -1  # of the class, because Qt tells of changes before __init__ has come to an end
    _is_still = False

    def show_step(self, step: int, last: int) -> None:
        """Stand at ``step`` of 0 … ``last``, without a signal."""
        blocker = QSignalBlocker(self)
        self._is_still = True
        self.setRange(0, last)
        self.setPageStep(max(1, last // 20))
        self.setValue(step)
        self._is_still = False
        blocker.unblock()
        handle = QStyle.sliderPositionFromValue(0, last, step, self.width())
        if handle != self._handle:
            self._handle = handle
            self.update()

    def sliderChange(self, change: Slider.SliderChange) -> None:
        """Paint again, unless it is about to be known whether there is anything to be seen of the change."""
        if not self._is_still:
            self._handle = -1
            super().sliderChange(change)


class HistoryBar(QFrame):
    """Shows which step is on the screen, and lets a person look at any other that was recorded.

    Signals
    -------
    step_asked(object)
        The step to show, or None for the live one.

    Attributes
    ----------
    branches
        The list of the branches of the run.
    """

    step_asked = pyqtSignal(object)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history")
        self._actions = actions
        self._live_step = 0
        self._shown: int | None = None
        self._slider = _Slider(Qt.Orientation.Horizontal, self)
        self._slider.setObjectName("history_slider")
        self._slider.setRange(0, 0)
        self._slider.setEnabled(False)
        self._slider.valueChanged.connect(self._slider_moved)
        self._slider.sliderReleased.connect(self._slider_released)
        self._text = ReadOut(sample="step 1,999,999 of 1,999,999", parent=self, on="surface")
        self._text.setObjectName("history_text")
        self.branches = BranchButton(actions, self)
        self._lay_out()
        read_in_order(laid_out(self))
        for name, ask in {
            "first": self._first,
            "earlier": self._earlier,
            "later": self._later,
            "live": self._live,
        }.items():
            actions[name].triggered.connect(ask)
        self._enable()
        self.retranslate()

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.SPACE.M, 1, theme.SPACE.S, 1)
        layout.setSpacing(theme.SPACE.XS)
        layout.addWidget(self._button("earlier", 28))
        layout.addWidget(self._slider, 1)
        layout.addWidget(self._button("later", 28))
        layout.addSpacing(theme.SPACE.S)
        layout.addWidget(self._text)
        for name, width in (("replay", 88), ("live", 72), ("continue", 100)):
            button = self._button(name, width)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            layout.addWidget(button)
        layout.addWidget(self.branches)

    def _button(self, name: str, width: int) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setDefaultAction(self._actions[name])
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setIconSize(QSize(16, 16))
        button.setFixedSize(width, 28)
        return button

    def set_position(self, live: int, shown: int | None) -> None:
        """Show which step is the newest, and which of the past is on the screen, if any."""
        if (live, shown) == (self._live_step, self._shown):
            return
        self._live_step, self._shown = live, shown
        if not self._slider.isSliderDown():  # a slider in somebody's hand keeps its scale
            self._move_slider()
        self._enable()
        self._write()

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        told = tr(
            "Every step that was made: click or drag to look at any of them, exactly as it was ({first} … {last})"
        )
        self._slider.setToolTip(
            told.format(
                first=keys_text(self._actions["first"].shortcut()), last=keys_text(self._actions["live"].shortcut())
            )
        )
        self._slider.setAccessibleName(tr("Step shown"))
        self._write()

    def _enable(self) -> None:
        past, at = self._shown is not None, self._on_screen
        self._slider.setEnabled(self._live_step > 0)
        self._actions.enable(
            **{
                "replay": self._live_step > 0,
                "first": at > 0,
                "earlier": at > 0,
                "later": past and at < self._live_step,
                "live": past,
                "continue": past,
            }
        )

    def _write(self) -> None:
        if self._shown is None:
            text = tr("step {step} · live").format(step=f"{self._live_step:,}")
        else:
            text = tr("step {step} of {count}").format(step=f"{self._shown:,}", count=f"{self._live_step:,}")
        self._text.set_text(text)
        self._text.set_colour("text" if self._shown is None else "accent")

    def _slider_moved(self, step: int) -> None:
        self.step_asked.emit(step if step < self._live_step else None)

    def _slider_released(self) -> None:
        self._move_slider()  # whose scale may have grown while it was held

    def _move_slider(self) -> None:
        self._slider.show_step(self._on_screen, self._live_step)

    @property
    def _on_screen(self) -> int:
        """The step that is on the screen."""
        return self._live_step if self._shown is None else self._shown

    def _first(self) -> None:
        self.step_asked.emit(0)

    def _earlier(self) -> None:
        self.step_asked.emit(max(0, self._on_screen - 1))

    def _later(self) -> None:
        if self._shown is not None:
            self._slider_moved(self._shown + 1)

    def _live(self) -> None:
        self.step_asked.emit(None)
