"""What the microscope looks at: a view of a frame, the walk through its layer, and the walk's moments."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from convviz.engine.walkthrough import channels_of, walk
from convviz.views.panels.microscope.aim import View

if TYPE_CHECKING:
    from convviz.engine.frames import Frame
    from convviz.engine.walkthrough import Channels, Moment, Phase, Walk


class Sight:
    """A view of a frame that always exists: for what a frame does not have, the nearest that it has is shown.

    Attributes
    ----------
    view
        All that is chosen. Its position is that of the moment at which it was chosen; time goes on from there.
    frame, walk
        None before there is anything to be seen.
    """

    def __init__(self) -> None:
        self.view = View(0, False, 0)
        self.frame: Frame | None = None
        self.walk: Walk | None = None
        self._recent: deque[tuple[tuple[Walk, int, int], Moment]] = deque(maxlen=2)

    @property
    def phase(self) -> Phase | None:
        """The phase that is chosen, None before there is anything to be seen."""
        return None if self.walk is None else self.walk.phases[self.view.phase]

    @property
    def channels(self) -> Channels:
        """The channels to choose from, once there is a frame."""
        assert self.frame is not None
        return channels_of(self.frame, self.view.index, back=self.view.back, into=self.view.into)

    def set_frame(self, frame: Frame, position: int) -> bool:
        """Look at another frame, as before; return True if its layers are others, so that the walk is another.

        Then the view is at the same act and cell as the moment ``position`` was, or at what comes nearest.
        """
        before, phase = self.frame, self.phase
        self.frame = frame
        if before is not None and self.view.index == len(before.problem.layers):
            self.view = replace(self.view, index=len(frame.problem.layers))  # the loss stays the loss
        if before is not None and _structure(before) == _structure(frame):
            self.walk = self._made(frame)
            return False
        self.look(replace(self.view, position=0))
        if phase is not None and self.walk is not None:
            acts = [each.act for each in self.walk.phases]
            number = acts.index(phase.act) if phase.act in acts else self.view.phase
            rows, columns = self.walk.phases[number].shape
            row, column = phase.cell(position)
            nearest = min(row, rows - 1) * columns + min(column, columns - 1)
            self.view = replace(self.view, phase=number, position=nearest)
        return True

    def look(self, view: View) -> None:
        """Look at something else, or at what comes nearest to it."""
        self.view = view
        frame = self.frame
        if frame is None:
            return
        index = min(view.index, len(frame.problem.layers))
        into = min(view.into, channels_of(frame, index, back=view.back).into - 1)
        self.view = replace(view, index=index, into=into)
        sources = self.channels.of
        if view.of is not None and (view.of not in sources or len(sources) == 1):
            self.view = replace(self.view, of=None)
        self.walk = self._made(frame)
        self.view = replace(self.view, phase=min(view.phase, len(self.walk.phases) - 1))

    def choose_phase(self, phase: int) -> None:
        """Look at another phase of the walk."""
        self.view = replace(self.view, phase=phase)

    def moment(self, position: int) -> Moment:
        """Return a moment of the phase; the last ones are kept, since while it plays each is painted many times."""
        assert self.walk is not None
        key = (self.walk, self.view.phase, position)
        for known, moment in self._recent:
            if known == key:
                return moment
        made = self.walk.moment(self.view.phase, position)
        self._recent.append((key, made))
        return made

    def _made(self, frame: Frame) -> Walk:
        view = self.view
        return walk(frame, view.index, back=view.back, into=view.into, of=view.of)


def _structure(frame: Frame) -> object:
    """Return what decides which phases there are: a run of the same layers has the same."""
    return frame.problem.layers, frame.problem.network.shapes
