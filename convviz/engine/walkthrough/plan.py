"""Which acts a layer's walk has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.layers.filters import FilterLayer
from convviz.engine.layers.pooling import Pooling
from convviz.engine.walkthrough.pointwise import LossCells, Pointwise, Residual
from convviz.engine.walkthrough.pooling import Choosing
from convviz.engine.walkthrough.stages import Border, Dilation, Insertion, Rotation, Source, Stage
from convviz.engine.walkthrough.subject import Subject, WindowSubject
from convviz.engine.walkthrough.weights import Weights
from convviz.engine.walkthrough.windows import Gathering, Meeting, Spreading

if TYPE_CHECKING:
    from convviz.engine.frames import Frame
    from convviz.engine.walkthrough.moments import Moment, Phase


@dataclass(frozen=True)
class Channels:
    """The channels there are to choose from.

    Attributes
    ----------
    into
        How many channels the result has.
    of
        Those of the source that the chosen one is made from.
    """

    into: int
    of: range


@dataclass(frozen=True, eq=False)
class Walk:
    """The plan of one layer's work.

    Attributes
    ----------
    index
        The layer; the number of layers for the loss.
    back
        Whether it is the way back.
    into, of
        The channel of the result, and the only one of its source's, or None for all.
    stages
    """

    index: int
    back: bool
    into: int
    of: int | None
    stages: tuple[Stage, ...]

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases in order."""
        return tuple(stage.phase for stage in self.stages)

    @np.errstate(all="ignore")  # a run that diverged is looked at as well
    def moment(self, phase: int, position: int) -> Moment:
        """Return one moment of a phase."""
        return self.stages[phase].moment(position)


@np.errstate(all="ignore")
def walk(frame: Frame, index: int, *, back: bool, into: int = 0, of: int | None = None) -> Walk:
    """Return the walk through one layer.

    Parameters
    ----------
    frame
    index
        The layer, or the number of layers for the loss.
    back
        Whether the error goes back, or the values go forward.
    into
        The channel of the result that is looked at.
    of
        The only channel that is looked at of those it is made from; None: all, on one another.
    """
    if index == len(frame.problem.layers):
        stages: tuple[Stage, ...] = (LossCells(frame, into, back=True),)
        if not back:
            stages = (Residual(frame, into), LossCells(frame, into, back=False))
        return Walk(index, back, into, None, stages)
    layer = frame.problem.layers[index]
    if isinstance(layer, FilterLayer):
        stages = _filter_stages(WindowSubject(frame, index, back, into, of))
    elif isinstance(layer, Pooling):
        windows = WindowSubject(frame, index, back, into)
        stages = (Source(windows), Spreading(windows) if back else Choosing(windows))
    else:
        subject = Subject(frame, index, back, into)
        stages = (Source(subject), Pointwise(subject))
    return Walk(index, back, into, of, stages)


def channels_of(frame: Frame, index: int, *, back: bool, into: int = 0) -> Channels:
    """Return the channels that a walk can be about."""
    layers = frame.problem.layers
    if index == len(layers):
        return Channels(frame.residual.shape[0], range(into, into + 1))
    subject_type = WindowSubject if isinstance(layers[index], (FilterLayer, Pooling)) else Subject
    subject = subject_type(frame, index, back, into)
    return Channels(frame.problem.network.shapes[index if back else index + 1][0], subject.channels)


def channels_of_weight(frame: Frame, index: int, lead: tuple[int, int]) -> tuple[int, int]:
    """Return ``(into, of)`` of the way back in which the kernel ``weight[lead]`` is looked at."""
    subject = WindowSubject(frame, index, True)
    geometry = subject.geometry
    small, group = lead[0], lead[0] // geometry.out_group
    big = group * geometry.in_group + lead[1]
    return (big, small) if subject.spreads else (small, big)


def channels_of_bias(frame: Frame, index: int, channel: int) -> tuple[int, int]:
    """Return ``(into, of)`` of the way back in which the bias of an output channel is looked at."""
    subject = WindowSubject(frame, index, True)
    geometry = subject.geometry
    if subject.spreads:
        return channel // geometry.out_group * geometry.in_group, channel
    return channel // geometry.in_group * geometry.out_group, channel


def _filter_stages(subject: WindowSubject) -> tuple[Stage, ...]:
    geometry = subject.geometry
    dilated: tuple[Stage, ...] = (Dilation(subject),) if max(geometry.dilation) > 1 else ()
    first = Source(subject)
    if not subject.spreads:
        padded: tuple[Stage, ...] = (Border(subject),) if subject.pads else ()
        last: tuple[Stage, ...] = (Weights(subject),) if subject.back else ()
        return (first, *padded, *dilated, Gathering(subject), *last)
    if not subject.back:
        return (first, *dilated, Spreading(subject))
    return (first, Insertion(subject), Border(subject), Rotation(subject), Meeting(subject), Weights(subject))
