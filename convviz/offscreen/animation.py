"""A run as a moving picture: of the network with the loss, or of a part of it."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QCoreApplication, QEvent

from convviz.app import application, document_of, dress, leaving_when_told, make_session
from convviz.engine.errors import RunError
from convviz.engine.explain import Kind, Tensor
from convviz.export.animation import check_animation_path, check_frames, steps_between
from convviz.model.files import about_file, find_experiment
from convviz.model.waiting import train, wait_until
from convviz.model.work import Work
from convviz.offscreen.part import check_part
from convviz.views.film import Film
from convviz.views.panels.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from convviz.model.experiment import Experiment


def render_animation(
    out: Path,
    experiment: str | None = None,
    *,
    steps: int | None = None,
    frames: int,
    rate: float,
    size: tuple[int, int],
    part: str | None = None,
    theme: str | None = None,
    language: str | None = None,
    told: Callable[[float], object] = lambda share: None,
) -> int:
    """Write a moving picture of the first ``steps`` of a run (None: of all it makes by itself); return 0.

    It needs no display, like a screenshot.

    Parameters
    ----------
    frames, rate, size
        How many pictures, how many a second, and their width and height in pixels.
    part
        The name of what alone is drawn, such as ``loss`` or ``layer0.student``; None: the network with the loss.
    told
        Called with the share of the pictures that are drawn.

    Raises
    ------
    ShapeError, ConfigError
        If the experiment cannot be opened, there is no such part, or the file or the number of pictures cannot be.
    RunError
        If an error stopped the run, or it has made no step.
    OSError
        If the file cannot be written.
    KeyboardInterrupt
        At Ctrl+C.
    """
    check_animation_path(out)
    check_frames(frames, size)
    app = application("offscreen")
    dress(app, theme or "light", language or "system")
    document, session = document_of(experiment), make_session()
    ended: list[Exception | None] = []
    film: Film | None = None
    try:
        with leaving_when_told(app):
            tensor = None if part is None else _tensor_named(part, document.experiment)
            with about_file(find_experiment(experiment)):
                session.load(document.experiment, play=False)
                train(session, steps or document.experiment.stop.steps, math.inf)
            made = session.status.step
            if not made:
                raise RunError("the run has made no step: a moving picture needs two steps at least")
            film = Film(document.experiment, session, size, tensor)
            work = Work(partial(film.write, out, steps_between(0, made, frames), rate), session, session)
            work.finished.connect(ended.append)
            work.progressed.connect(told)
            wait_until(lambda: bool(ended), work.finished)
    finally:
        session.close()
        if film is not None:
            film.end()
            QCoreApplication.sendPostedEvents(film, QEvent.Type.DeferredDelete)
    if ended[0] is not None:
        raise ended[0]
    return 0


def _tensor_named(part: str, experiment: Experiment) -> Tensor | None:
    """Return the array that the part of this name is a picture of; None: all that is shown of the network."""
    pipeline = Pipeline()
    pipeline.set_experiment(experiment)
    known = {"network": None, "loss": Tensor(Kind.LOSS)}
    known |= {name: heatmap.tensor for name, heatmap in pipeline.named_heatmaps().items()}
    pipeline.deleteLater()
    QCoreApplication.sendPostedEvents(pipeline, QEvent.Type.DeferredDelete)
    check_part(part, known)
    return known[part]
