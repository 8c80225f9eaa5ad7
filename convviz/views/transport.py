"""The toolbar: which experiment, run and pause, how fast, back and forth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PyQt6.QtCore import QSignalBlocker, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QValidator
from PyQt6.QtWidgets import (
    QComboBox,
    QSizePolicy,
    QSpinBox,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from convviz.i18n import joined, mark, tr
from convviz.views import theme
from convviz.views.action_texts import keys_text
from convviz.views.elided import ElidedBox
from convviz.views.keys import TypedNumber
from convviz.views.log_scale import LogScale
from convviz.views.preferences import DEFAULT_SPEED
from convviz.views.readout import ReadOut
from convviz.views.slider import Slider
from convviz.views.speed import SPEEDS, speed_text
from convviz.views.tooltips import paragraphs
from convviz.views.wheel import TurnedWithFocus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PyQt6.QtGui import QWheelEvent

    from convviz.views.actions import Actions
    from convviz.views.editors.note import Note

#: Of the slider of speeds; beyond its right end there is 'free'.
_SCALE = LogScale(SPEEDS[0], 50)

_BUTTON = QSize(54, 46)  #: of every button, in every language, so that no text moves another control
_WIDE_BUTTON, _WIDE = QSize(68, 46), ("microscope", "landscape")
#: Captions fill the buttons; fields are so low that their captions stand on the same line.
_STYLE = """
QToolButton { padding: 0 1px; }
QComboBox, QSpinBox { min-height: 19px; padding-top: 2px; padding-bottom: 2px; }
QSpinBox:focus { padding-top: 1px; padding-bottom: 1px; }
QComboBox:focus { min-height: 17px; }
"""
_PLAYING = (mark("Pause"), mark("Pause after the current step"), "pause")


class TransportBar(QToolBar):
    """Controls of the run. It asks by signals and actions, and shows what `set_running` and `set_speed` tell it.

    Signals
    -------
    experiment_chosen(str)
        The name of a built-in experiment was picked.
    run_length_changed(int)
        *Run N* is to make another number of steps.
    speed_asked(float)
        Steps per second; infinity: as fast as it goes.
    """

    experiment_chosen = pyqtSignal(str)
    run_length_changed = pyqtSignal(int)
    speed_asked = pyqtSignal(float)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("transport")
        self.setMovable(False)
        self.setFloatable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)  # Qt's own would hide the toolbar for good
        self.setIconSize(QSize(20, 20))
        self.setStyleSheet(_STYLE)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self._actions = actions
        self._speed = self._slider_speed = DEFAULT_SPEED
        self._make_controls()
        self._fill()
        actions["free"].triggered.connect(self._free_clicked)
        actions["slower"].triggered.connect(self._slower)
        actions["faster"].triggered.connect(self._faster)
        self.retranslate()

    def _make_controls(self) -> None:
        self._experiment = _ExperimentBox(self)
        self._experiment.setObjectName("experiment")
        self._experiment.activated.connect(self._experiment_picked)
        self._length = _CountBox(self)
        self._length.setObjectName("run_length")
        self._length.setRange(1, 1_000_000)
        self._length.setGroupSeparatorShown(True)
        self._length.setFixedWidth(88)
        self._length.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._length.valueChanged.connect(self.run_length_changed)
        self._length.refused.connect(self._refuse_length)
        self._note: Note | None = None
        self._slider = Slider(Qt.Orientation.Horizontal, self)
        self._slider.setObjectName("speed")
        self._slider.setRange(0, _SCALE.position(SPEEDS[-1]))
        self._slider.setPageStep(_SCALE.per_decade // 2)
        self._slider.setValue(_SCALE.position(DEFAULT_SPEED))
        self._slider.setFixedSize(84, 25)
        self._slider.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._slider.valueChanged.connect(self._slider_moved)
        self._experiment_caption, self._length_caption, self._speed_caption = (
            ReadOut(role="small", align=Qt.AlignmentFlag.AlignHCenter) for _ in range(3)
        )
        self._speed_caption.setObjectName("speed_text")

    def _fill(self) -> None:
        self.addWidget(_captioned(self._experiment, self._experiment_caption))
        self._add_line()
        for name in ("play", "step", "run_n"):
            self._add_button(name)
        self.addWidget(_captioned(self._length, self._length_caption))
        self._add_line()
        for name in ("reset", "new_seed"):
            self._add_button(name)
        self._add_line()
        self.addWidget(_captioned(self._slider, self._speed_caption))
        self._add_button("free")
        self._add_line()
        for name in ("undo", "redo"):
            self._add_button(name)
        self._add_line()
        for name in ("microscope", "landscape"):
            self._add_button(name)

    def _add_line(self) -> None:
        """Part groups by a line, which room that is left over in the toolbar makes no wider."""
        line = self.widgetForAction(self.addSeparator())
        if line is not None:
            line.setFixedWidth(line.sizeHint().width())

    def _add_button(self, name: str) -> None:
        self.addAction(self._actions[name])
        button = self.widgetForAction(self._actions[name])
        if isinstance(button, QToolButton):
            button.setObjectName(name)
            button.setFixedSize(_WIDE_BUTTON if name in _WIDE else _BUTTON)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setFont(theme.font("small"))

    def set_experiments(self, names: Mapping[str, str]) -> None:
        """Offer the built-in experiments: what each is called on screen, by its name."""
        blocker = QSignalBlocker(self._experiment)
        self._experiment.clear()
        for name, text in names.items():
            self._experiment.addItem(text, name)
        blocker.unblock()

    def set_experiment(self, name: str | None, text: str, notes: str) -> None:
        """Show which experiment is open, the built-in one ``name`` or another called ``text``, and what it shows."""
        index = self._experiment.findData(name) if name is not None else -1
        blocker = QSignalBlocker(self._experiment)
        self._experiment.setCurrentIndex(index)
        self._experiment.setPlaceholderText(text)
        self._experiment.setToolTip(paragraphs(notes))
        blocker.unblock()

    def set_running(self, running: bool) -> None:
        """Show whether training goes on."""
        if running:
            self._actions.show_as("play", *_PLAYING)
        else:
            self._actions.restore("play")

    @property
    def limit(self) -> float:
        """What the slider stands for, in steps a second, whether it is in force or not."""
        return self._slider_speed

    def set_speed(self, steps_per_second: float) -> None:
        """Show the speed that was set, infinity for as fast as it goes."""
        if steps_per_second == self._speed:
            return
        self._speed = steps_per_second
        free = math.isinf(steps_per_second)
        self._actions["free"].setChecked(free)
        if not free:
            self._slider_speed = steps_per_second
            if not self._slider.isSliderDown():
                blocker = QSignalBlocker(self._slider)
                self._slider.setValue(_SCALE.position(steps_per_second))
                blocker.unblock()
        self._write_speed()

    def set_run_length(self, steps: int) -> None:
        """Show how many steps *run N* makes."""
        self._length.setValue(steps)

    def run_length(self) -> int:
        """Return how many steps *run N* makes."""
        return self._length.value()

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self.setWindowTitle(tr("Toolbar"))
        self._experiment_caption.set_text(tr("experiment"))
        self._experiment.setAccessibleName(tr("Experiment"))
        self._length_caption.set_text(tr("N steps"))
        self._length.setToolTip(tr("How many steps 'Run N' makes, 1 … 1,000,000"))
        self._length.setAccessibleName(tr("Number of steps"))
        self._slider.setToolTip(
            tr("Speed, 1 … 10,000 steps a second; the button beside it removes the limit ({slower} {faster})").format(
                slower=keys_text(self._actions["slower"].shortcut()),
                faster=keys_text(self._actions["faster"].shortcut()),
            )
        )
        self._slider.setAccessibleName(tr("Speed"))
        self._write_speed()

    def _write_speed(self) -> None:
        self._speed_caption.set_text(speed_text(self._speed))
        theme.set_role(self._slider, "idle" if math.isinf(self._speed) else "")  # where it rests is not the speed

    def _refuse_length(self, sentence: str) -> None:
        if self._note is None:
            from convviz.views.editors.note import Note

            self._note = Note("transport.note", self.window() or self)
        self._note.show_at(self._length, sentence)

    def _experiment_picked(self, index: int) -> None:
        self.experiment_chosen.emit(self._experiment.itemData(index))

    def _slider_moved(self, position: int) -> None:
        self.speed_asked.emit(_SCALE.number(position))

    def _free_clicked(self) -> None:
        # The click has already checked the button; it is to show what the run does, which is heard of later.
        self._actions["free"].setChecked(math.isinf(self._speed))
        self.speed_asked.emit(self._slider_speed if math.isinf(self._speed) else math.inf)

    def _slower(self) -> None:
        below = [speed for speed in SPEEDS if speed < self._speed]
        self.speed_asked.emit(below[-1] if below else SPEEDS[0])

    def _faster(self) -> None:
        self.speed_asked.emit(next((speed for speed in SPEEDS if speed > self._speed), math.inf))


class _CountBox(TypedNumber, TurnedWithFocus, QSpinBox):
    """A whole number to choose. One that is not possible can be typed, and is ``refused`` when typing is finished."""

    refused = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._before: int | None = None  # what the number was before typing, which passes through others, began
        self._is_refused = False
        line = self.lineEdit()
        if line is not None:
            line.textEdited.connect(self._note_typing)
        self.editingFinished.connect(self._forget_typing)

    def _note_typing(self) -> None:
        if self._before is None:
            self._before = self.value()

    def _forget_typing(self) -> None:
        self._before = None

    def take_typed(self) -> bool:
        """Take what was typed, and return whether it is possible."""
        self._is_refused = False
        self.interpretText()
        return not self._is_refused

    def forget_typed(self) -> None:
        """Show again what was there before anything was typed."""
        if self._before is not None:
            self.setValue(self._before)
            self._forget_typing()

    def stepBy(self, steps: int) -> None:
        """Move by ``steps``; what was typed so far counts."""
        super().stepBy(steps)
        self._forget_typing()

    def validate(self, text: str | None, position: int) -> tuple[QValidator.State, str, int]:
        """Let a number be typed that is too large: Qt would swallow its last digits."""
        state, result, position = super().validate(text, position)
        if state is QValidator.State.Invalid and result.strip().replace(",", "").isdecimal():
            state = QValidator.State.Intermediate
        return state, result, position

    def fixup(self, text: str | None) -> str:
        """Say that what was typed is not possible, and return the number that was there before."""
        from convviz.engine.errors import ConfigError  # not before it is needed: the first picture does without NumPy
        from convviz.views.editors.numbers import parse_whole

        self._is_refused = True
        before = self.textFromValue(self.value() if self._before is None else self._before)
        typed = (text or "").strip()
        try:
            value = parse_whole(typed)
        except ConfigError as error:
            self.refused.emit(str(error))
            return before
        refusal = tr("{setting} cannot be {value}.").format(setting=tr("N steps"), value=f"{value:,}")
        possible = tr("Possible: {minimum} to {maximum}.")
        limits = possible.format(minimum=f"{self.minimum():,}", maximum=f"{self.maximum():,}")
        self.refused.emit(joined((refusal, limits)))
        return before


class _ExperimentBox(ElidedBox):
    """The list of experiments: as wide as there is room for, with a name that is too long for it shortened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(124)
        self.setMaximumWidth(320)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Leave the wheel to others: another experiment throws the run away, and nobody scrolls to do that."""
        if event is not None:
            event.ignore()

    def showPopup(self) -> None:
        """Open the list as wide as its longest name."""
        view = self.view()
        if view is not None:
            view.setMinimumWidth(view.sizeHintForColumn(0) + 2 * theme.SPACE.M)
        super().showPopup()


def _captioned(control: QWidget, caption: ReadOut) -> QWidget:
    """Return ``control`` with ``caption`` under it, in line with the texts of the buttons beside it."""
    cell = QWidget()
    cell.setFixedHeight(_BUTTON.height())
    cell.setMaximumWidth(control.maximumWidth() + 2 * theme.SPACE.XS)
    cell.setSizePolicy(control.sizePolicy().horizontalPolicy(), QSizePolicy.Policy.Fixed)
    layout = QVBoxLayout(cell)
    layout.setContentsMargins(theme.SPACE.XS, 0, theme.SPACE.XS, 3)
    layout.setSpacing(0)
    layout.addWidget(control, 1)
    layout.addWidget(caption)
    return cell
