"""The loss panel: how far the student still is from the target, over all steps, in a picture and in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QRect, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from convviz.engine.frames import State, Status
from convviz.i18n import tr
from convviz.model.series import LossSeries
from convviz.number_text import exact_text, loss_text
from convviz.views import theme
from convviz.views.focus import laid_out, read_in_order
from convviz.views.panels.loss.comparison import Comparison
from convviz.views.panels.loss.legend import Legend, Swatch
from convviz.views.readout import ReadOut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtGui import QPaintEvent, QShowEvent

    from convviz.model.branches import Branch
    from convviz.model.experiment import Experiment
    from convviz.views.actions import Actions
    from convviz.views.panels.loss.plot import LossPlot

_BUTTON = QSize(26, 22)
#: Pixels: the height that it has in the lowest window, where its plot has room for one line of numbers.
_LEAST = 116
#: How the loss under the pointer is written: with all of its digits, and where there is no room for these.
_WRITTEN = (exact_text, loss_text)


class LossPanel(QFrame):
    """The live loss plot with its words and its controls.

    The plot itself is made once the panel has been painted for the first time: pyqtgraph takes longer to import than
    the rest of the window takes to appear. A panel that is not visible draws nothing and imports nothing.

    Signals
    -------
    step_asked(object)
        A step of the curve was clicked and is wanted on the screen; None: the live one is wanted again.
    plotted()
        The plot has been made.
    """

    step_asked = pyqtSignal(object)
    plotted = pyqtSignal()

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("loss")
        theme.set_role(self, "panel")
        self._actions = actions
        self._series = LossSeries()
        self._status = Status()
        self._under: int | None = None
        self._experiment: Experiment | None = None
        self._run_of: Experiment | None = None
        self._others = Comparison()
        self._other_names: list[tuple[str, str]] = []
        self._plot: LossPlot | None = None
        self._plot_asked = False
        self._title = QLabel(self)
        theme.set_role(self._title, "strong")
        self._words = ReadOut(role="small", parent=self, on="surface")
        self._words.setObjectName("loss_words")
        self._legend = Legend(self)
        self._legend.forget_asked.connect(self._forget)
        self._pointed = ReadOut(role="small", align=Qt.AlignmentFlag.AlignRight, parent=self, ground="surface")
        self._pointed.setObjectName("loss_pointed")
        self._pointed.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._pointed.hide()
        self._swatch = Swatch(self)  # beside that: of the curve that it is about, where there are others
        self._swatch.setObjectName("loss_present")
        self._swatch.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._swatch.hide()
        self._empty = QWidget(self)  # the plot's place until it is made
        self._empty.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._lay_out()
        self.setMinimumHeight(_LEAST)
        actions["log_loss"].toggled.connect(self._set_log)
        actions["reset_zoom"].triggered.connect(self._reset_zoom)
        actions["keep_curve"].triggered.connect(self._keep)
        actions["forget_curves"].triggered.connect(self._forget_all)
        actions.enable(reset_zoom=False, keep_curve=False, forget_curves=False)
        self.retranslate()

    def _lay_out(self) -> None:
        self._controls: list[QToolButton] = []
        header = QHBoxLayout()
        header.setSpacing(0)
        header.addWidget(self._title)
        header.addStretch(1)
        for name in ("keep_curve", "log_loss", "reset_zoom"):
            button = QToolButton(self)
            button.setObjectName(name)
            button.setDefaultAction(self._actions[name])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setIconSize(QSize(16, 16))
            button.setFixedSize(_BUTTON)
            button.setStyleSheet("padding: 0; min-height: 0;")
            header.addWidget(button)
            self._controls.append(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self._words)
        layout.addSpacing(theme.SPACE.XS)
        layout.addWidget(self._empty, 1)

    def offer_controls(self, on: bool) -> None:
        """Offer what changes how the plot is drawn, or not: it can be done by keys as well."""
        for button in self._controls:
            button.setVisible(on)

    @property
    def has_plot(self) -> bool:
        """Whether the plot has been made."""
        return self._plot is not None

    def set_series(self, series: LossSeries) -> None:
        """Draw ``series`` from now on; call `refresh` whenever it has changed."""
        self._series = series
        self._under = None
        if self._plot is not None:
            self._plot.set_series(series)

    def set_experiment(self, experiment: Experiment) -> None:
        """Say what is on the screen: another curve is called by what it has otherwise."""
        self._experiment = experiment
        self._name_others()
        self._describe()

    def set_run_of(self, experiment: Experiment) -> None:
        """Say what the series is of; while a new run is being built, that is not yet what is on the screen."""
        self._run_of = experiment

    def set_branches(self, branches: Sequence[Branch], present: Branch | None) -> None:
        """Draw the losses of the branches of the run behind the present one's, each from where the two part."""
        self._others.set_branches(branches, present)
        self._show_others()

    def set_status(self, status: Status, words: bool = True) -> None:
        """Mark what ``status`` says, and tell it in ``words``. While it runs, `refresh` is what draws."""
        before, self._status = self._status, status
        keep, has_losses = self._actions["keep_curve"], len(self._series) > 0
        if keep.isEnabled() is not has_losses:
            keep.setEnabled(has_losses)
        if words:
            self._write()
        if self._plot is not None and self.isVisible():
            live = None if math.isnan(status.initial_loss) else (status.step, status.loss)
            self._plot.set_marks(live, status.goal, status.shown)
            if status.state is not State.RUNNING or status.shown != before.shown:
                self._plot.refresh()
        if status.state is not State.RUNNING or (status.state, status.shown) != (before.state, before.shown):
            self._describe()  # also of two steps at which it rested, where nobody heard that it ran between them

    def refresh(self) -> None:
        """Draw the series, which has changed; of one that grows, what can be seen of the change."""
        if self._plot is None or not self.isVisible():
            return
        if self._status.state is State.RUNNING:
            self._plot.follow()
        else:
            self._plot.refresh()

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self._title.setText(tr("Loss"))
        self.setAccessibleName(tr("Loss"))
        self._name_others()
        self._write()
        self._describe()
        if self._plot is not None:
            self._plot.setAccessibleName(tr("Loss over the steps"))
            self._plot.retranslate()

    def showEvent(self, event: QShowEvent | None) -> None:
        """Catch up with what happened while nobody looked."""
        super().showEvent(event)
        self.set_status(self._status)
        self.refresh()

    def _place_read_out(self) -> None:
        """Keep the read-out in the upper right corner of the plot, where a falling curve leaves room."""
        if self._plot is None:
            return
        place, inside = self._plot.geometry(), self._plot.inside
        height = self._pointed.sizeHint().height()
        at = QRect(place.left() + inside.left(), place.top() + theme.SPACE.S, inside.width(), height)
        aside = self._swatch.width() + theme.SPACE.XS if self._others.curves else 0
        self._pointed.setGeometry(at.adjusted(0, 0, -aside, 0))
        self._swatch.move(at.right() + 1 - self._swatch.width(), at.top() + (height - self._swatch.height()) // 2)
        self._legend.place(QRect(at.left(), at.bottom() + 1, at.width(), inside.height() // 2))
        self._pointed.raise_()
        self._swatch.raise_()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Ask for the plot once the panel is on the screen without it."""
        super().paintEvent(event)
        if not self._plot_asked:
            self._plot_asked = True
            QTimer.singleShot(0, self._make_plot)

    def _make_plot(self) -> None:
        from convviz.views.panels.loss.plot import LossPlot

        plot = LossPlot(self)
        plot.setObjectName("loss_plot")
        plot.setAccessibleName(tr("Loss over the steps"))
        plot.set_log(self._actions["log_loss"].isChecked())
        plot.set_series(self._series)
        plot.set_kept(self._others.curves)
        plot.step_asked.connect(self.step_asked)
        plot.pointed.connect(self._point)
        plot.zoomed.connect(self._actions["reset_zoom"].setEnabled)
        viewport = plot.viewport()
        viewport.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        offered = ("keep_curve", "forget_curves", "reset_zoom", "log_loss", "copy_picture", "export_picture")
        viewport.addActions([self._actions[name] for name in offered])
        layout = self.layout()
        if layout is not None:
            layout.replaceWidget(self._empty, plot)
        self._empty.deleteLater()
        self._plot = plot
        self._order_focus()
        plot.resized.connect(self._place_read_out)
        self._place_read_out()
        self.set_status(self._status)
        self.refresh()
        self.plotted.emit()

    def _set_log(self, on: bool) -> None:
        if self._plot is not None:
            self._plot.set_log(on)

    def _reset_zoom(self) -> None:
        if self._plot is not None:
            self._plot.reset_zoom()

    def _keep(self) -> None:
        """Keep the losses of the run as they are now."""
        values, status = self._series.values(), self._status
        newest = [status.loss] if status.step == len(values) else []  # which the series does not have yet
        self._others.keep(np.append(values, newest), status.best_loss, self._run_of)
        self._show_others()

    def _forget(self, number: int) -> None:
        self._others.forget(number)
        self._show_others()

    def _forget_all(self) -> None:
        self._others.forget_all()
        self._show_others()

    def _show_others(self) -> None:
        """Show the present set of other curves behind that of the run."""
        curves = self._others.curves
        self._actions.enable(forget_curves=bool(curves))
        self._name_others()
        self._swatch.setVisible(bool(curves))
        self._place_read_out()
        self._write()
        self._order_focus()
        self._describe()
        if self._plot is not None:
            self._plot.set_kept(curves)

    def _order_focus(self) -> None:
        *before, last = laid_out(self)
        read_in_order([*before, *self._legend.buttons, last])

    def _name_others(self) -> None:
        self._other_names = self._others.names(self._experiment)
        self._tell_others()

    def _tell_others(self) -> None:
        step = self._under if self._under is not None else self._status.shown
        self._legend.tell(self._others.curves, self._other_names, step)

    def _describe(self) -> None:
        """Tell those who do not see it what the panel says."""
        self.setAccessibleDescription("\n".join((self._words.text(), *self._legend.texts())))

    def _point(self, step: int | None) -> None:
        self._under = step
        self._write()

    def _write(self) -> None:
        self._words.set_text(*self._words_of_run())
        self._tell_others()
        loss = None if self._under is None else self._loss_at(self._under)
        if loss is None:
            self._pointed.set_text("")
        else:
            told = (tr("step {step}: {loss}").format(step=f"{self._under:,}", loss=write(loss)) for write in _WRITTEN)
            self._pointed.set_text(*told)
        # Beside others it has a name, too; else nothing is there, for what lies over the plot is painted with it.
        self._pointed.set_idle_text(tr("this run") if self._others.curves else "")
        self._pointed.setVisible(bool(self._pointed.text() or self._others.curves))

    def _words_of_run(self) -> tuple[str, str]:
        """Return the losses that matter, and the same in brief: of a step of the past that is shown, that first."""
        status = self._status
        if math.isnan(status.initial_loss):  # nothing has been evaluated
            return tr("no step has been made yet"), ""
        start, now, best = (loss_text(loss) for loss in (status.initial_loss, status.loss, status.best_loss))
        shown = None if status.shown is None else self._loss_at(status.shown)
        if shown is None:
            whole, brief = tr("start {start} · now {now} · best {best}"), tr("now {now} · best {best}")
            return whole.format(start=start, now=now, best=best), brief.format(now=now, best=best)
        whole, brief = tr("step {step}: {loss} · newest {now} · best {best}"), tr("step {step}: {loss} · newest {now}")
        told = {"step": f"{status.shown:,}", "loss": loss_text(shown), "now": now, "best": best}
        return whole.format(**told), brief.format(**told)

    def _loss_at(self, step: int) -> float | None:
        """Return the loss at a step, which the series holds if an update followed it; None: it is not known."""
        if 0 <= step < len(self._series):
            return float(self._series.values()[step])
        return self._status.loss if step == self._status.step else None
