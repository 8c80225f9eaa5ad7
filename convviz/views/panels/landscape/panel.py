"""The panel: how the plane lies above, the landscape, what is pointed at, and the loss over the steps below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from PyQt6.QtCore import QEvent, QSize, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from convviz.engine.errors import ConvvizError
from convviz.engine.landscape import teacher_of
from convviz.i18n import joined, tr
from convviz.model.surveying import Place, teacher_place
from convviz.views import theme
from convviz.views.panels.landscape import wording
from convviz.views.panels.landscape.header import Header
from convviz.views.panels.landscape.legend import Legend
from convviz.views.panels.landscape.map import LandscapeMap
from convviz.views.readout import ReadOut

if TYPE_CHECKING:
    from PyQt6.QtGui import QHideEvent, QResizeEvent, QShowEvent

    from convviz.engine.landscape import Plane
    from convviz.model.surveying import Kind, Surveyor
    from convviz.views.panels.landscape.drawing import Mark
    from convviz.views.panels.landscape.map import Spot

#: Pixels: the height from which on there is room for something below, and the height of that, least and most.
_ROOM, _LOW, _HIGH = 560, 150, 260
#: Between these, its share of the height.
_SHARE = 0.27


class _Foot(QWidget):
    """Holds what is shown below, as high as it is told to be; it keeps nobody from making the window smaller."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._height = 0

    def take_height(self, pixels: int) -> None:
        """Be so high where there is room."""
        if pixels != self._height:
            self._height = pixels
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return how large it is where there is room."""
        return QSize(super().sizeHint().width(), self._height)

    def minimumSizeHint(self) -> QSize:
        """Return how wide it is at least; it gives way to any height."""
        return QSize(super().minimumSizeHint().width(), 0)


class LandscapePanel(QWidget):
    """The loss over a plane of parameters, with the path of the run.

    Signals
    -------
    step_asked(object)
        A recorded step is wanted on the screen; None: the newest.
    start_asked(object)
        The student is to start with these parameters (P,).
    closed()
        The button: back to what was shown before.
    """

    step_asked = pyqtSignal(object)
    start_asked = pyqtSignal(object)
    closed = pyqtSignal()

    def __init__(self, surveyor: Surveyor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("landscape_panel")
        self._surveyor = surveyor
        self._teacher: tuple[Plane, Place | None] | None = None  # where it is on a plane
        self._foot = _Foot(self)
        self._header = Header(self)
        self._sentence = ReadOut(role="strong", parent=self, on="surface", wraps=True)
        self._sentence.setObjectName("landscape.sentence")
        self._map = LandscapeMap(self)
        self._legend = Legend(self)
        self._told = ReadOut(parent=self, on="surface")
        self._told.setObjectName("landscape.told")
        self._progress = ReadOut(sample="161×97 points so far, 999 s left", role="small", parent=self, on="surface")
        self._progress.setObjectName("landscape.progress")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        below = QHBoxLayout()
        below.setContentsMargins(theme.SPACE.S, 0, theme.SPACE.S, 0)
        below.addWidget(self._told, 1)
        below.addWidget(self._progress)
        title = QHBoxLayout()
        title.setContentsMargins(theme.SPACE.S, 0, theme.SPACE.S, 0)
        title.addWidget(self._sentence, 1)
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(theme.SPACE.S, theme.SPACE.S, theme.SPACE.S, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, theme.SPACE.XS)
        layout.setSpacing(theme.SPACE.XS)
        layout.addWidget(self._header)
        layout.addLayout(title)
        layout.addWidget(self._map, 1)
        layout.addWidget(self._legend)
        layout.addLayout(below)
        layout.addWidget(self._foot)

    def _connect(self) -> None:
        surveyor = self._surveyor
        surveyor.surveyed.connect(self._show_survey)
        surveyor.moved.connect(self._show_run)
        surveyor.probed.connect(self._tell)
        self._header.kind_asked.connect(self._choose)
        self._header.weights_asked.connect(self._choose_weights)
        self._header.fit_asked.connect(self._fit)
        self._header.start_asked.connect(self._start_here)
        self._header.close_asked.connect(self.closed)
        self._map.pointed.connect(self._point)
        self._map.step_asked.connect(self._ask_step)
        self._map.window_asked.connect(surveyor.look)
        self._map.whole_asked.connect(surveyor.fit)
        self._map.placed.connect(self._start_at)

    def set_companion(self, widget: QWidget) -> None:
        """Show a widget (the loss over the steps) below, where there is room for it, until another parent takes it."""
        foot = self._foot.layout()
        if foot is not None and widget.parent() is not self._foot:
            foot.addWidget(widget)
            widget.show()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Share the height anew."""
        super().resizeEvent(event)
        self._share_height()

    def changeEvent(self, event: QEvent | None) -> None:
        """Share the height anew where everything is drawn larger or smaller."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.StyleChange:
            self._share_height()

    def _share_height(self) -> None:
        """Give what is shown below its share of the height, or none where that is little."""
        height = self.height()
        self._foot.take_height(max(theme.scaled(_LOW), min(theme.scaled(_HIGH), round(_SHARE * height))))
        self._foot.setHidden(height < theme.scaled(_ROOM))

    def take_keys(self) -> None:
        """Let the keys move the cursor."""
        self._map.setFocus()

    def picture(self) -> tuple[QWidget, ...]:
        """Return what a picture of the landscape consists of: all but the controls."""
        return self._sentence, self._map, self._legend

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self._header.retranslate()
        self._show_survey()

    def showEvent(self, event: QShowEvent | None) -> None:
        """Begin to measure."""
        super().showEvent(event)
        self._surveyor.watch(True)
        self._show_survey()
        self.take_keys()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Measure nothing that nobody sees."""
        self._surveyor.watch(False)
        super().hideEvent(event)

    # -- what is asked -------------------------------------------------------------------------------------------------

    def _choose(self, kind: Kind) -> None:
        self._surveyor.choose(kind)
        self._show_choice()
        self.take_keys()

    def _choose_weights(self, across: int, up: int) -> None:
        """Take two parameters; the same for both axes are swapped with what was there."""
        before = self._surveyor.weights
        if across == up:
            across, up = before[1], before[0]
        self._surveyor.choose("weights", (across, up))
        self._show_choice()
        self.take_keys()

    def _fit(self) -> None:
        self._surveyor.fit()
        self.take_keys()

    def _ask_step(self, step: int) -> None:
        self.step_asked.emit(None if step >= self._surveyor.newest_step else step)

    def _start_here(self) -> None:
        if self._map.spot is not None:
            self._start_at(self._map.spot)
        self.take_keys()

    def _start_at(self, spot: Spot) -> None:
        survey = self._surveyor.survey
        if survey is not None:
            self.start_asked.emit(survey.plane.at(*spot))

    def _point(self, spot: Spot | None) -> None:
        if spot is not None:
            self._surveyor.ask(*spot)
        self._header.set_startable(spot is not None)
        self._tell()

    # -- what is shown -------------------------------------------------------------------------------------------------

    def _show_choice(self) -> None:
        survey = self._surveyor.survey
        problem = None if survey is None else survey.problem
        taught = problem is not None and teacher_of(problem) is not None
        self._header.show_choice(self._surveyor.kind, self._surveyor.weights, problem, taught=taught)

    def _show_survey(self) -> None:
        survey = self._surveyor.survey
        self._show_choice()
        names = wording.AxisNames() if survey is None else wording.axis_names(survey)
        self._map.set_survey(survey, names)
        self._header.set_startable(self._map.spot is not None)
        self._progress.set_text("" if survey is None else wording.progress_text(survey))
        self._progress.set_colour("muted")
        self._show_run()

    def _show_run(self) -> None:
        self._map.set_run(self._surveyor.track, self._marks())
        self._sentence.set_text(self._told_sentence())
        self._show_legend()
        self._tell()

    def _told_sentence(self) -> str:
        surveyor = self._surveyor
        if surveyor.error is not None:
            return _explained(surveyor.error)
        if surveyor.survey is None:
            return tr("The landscape is being measured…")
        return wording.sentence(surveyor.survey, surveyor.track, earlier=surveyor.is_of_earlier_run)

    def _marks(self) -> dict[Mark, Place]:
        surveyor = self._surveyor
        survey, track = surveyor.survey, surveyor.track
        if survey is None:
            return {}
        if self._teacher is None or self._teacher[0] is not survey.plane:
            self._teacher = survey.plane, teacher_place(survey.problem, survey.plane)
        made: dict[Mark, Place | None] = {
            "start": None,
            "shown": surveyor.shown,
            "live": surveyor.live,
            "teacher": self._teacher[1],
        }
        if track is not None and len(track.steps):
            (x, y), off = track.places[0], track.off[0]
            made["start"] = Place(0, float(x), float(y), float(off), float(track.losses[0]))
        return {mark: place for mark, place in made.items() if place is not None}

    def _show_legend(self) -> None:
        marks, survey = self._marks(), self._surveyor.survey
        entries: list[tuple[Mark | Literal["none"], str]] = []
        for mark, place in marks.items():
            if mark == "teacher":
                name = tr("teacher, {where}").format(where=wording.off_text(place))
            else:
                shown = tr("step {step}").format(step=f"{place.step:,}")
                name = {"start": tr("start"), "live": tr("newest step")}.get(mark, shown)
            seen = self._map.sees(place.x, place.y)
            entries.append((mark, name if seen else tr("{mark} (out of view)").format(mark=name)))
        if survey is not None and survey.level > 0 and not np.isfinite(survey.losses).all():
            entries.append(("none", tr("no finite number")))
        self._legend.set_entries(entries)

    def _tell(self) -> None:
        """Tell of the place that is pointed at, or else of the step that is shown."""
        surveyor, spot = self._surveyor, self._map.spot
        text = ""
        if spot is not None:
            probe = surveyor.probe
            loss = probe.loss if probe is not None and (probe.x, probe.y) == spot else None
            text = wording.spot_text(*spot, loss, self._map.near)
        elif surveyor.shown is not None:
            text = wording.place_text(surveyor.shown)
        self._told.set_text(text)
        self._map.setAccessibleName(tr("Loss landscape"))
        self._map.setAccessibleDescription(joined((self._sentence.text(), text)))


def _explained(error: Exception) -> str:
    """Return why there is nothing to be seen."""
    if isinstance(error, ConvvizError):
        return tr("There is no landscape to be seen: {reason}").format(reason=error)
    return tr("The landscape could not be measured: {reason}").format(reason=f"{type(error).__name__}: {error}")
