"""Pictures of the program that need no display: of the window, and of a run as it moves."""

from __future__ import annotations

import math
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QCoreApplication, QEvent

from convviz.app import application, check_lesson, delete, document_of, dress, leaving_at_ctrl_c, make_session
from convviz.engine.errors import ConfigError, RunError
from convviz.i18n import Listed
from convviz.model.files import about_file, find_experiment
from convviz.model.waiting import train, wait_until
from convviz.views.limits import scale_in_force, size_at_scale
from convviz.views.main_window import MainWindow
from convviz.views.picture import naming, save_picture, write_picture
from convviz.views.preferences import Preferences
from convviz.views.theme import zoom

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from convviz.engine.explain import Tensor
    from convviz.model.experiment import Experiment
    from convviz.views.film import Film

_SCREENSHOT_SIZE = (1280, 800)


def render_screenshot(
    out: Path,
    experiment: str | None = None,
    *,
    size: tuple[int, int] | None = None,
    after: int = 0,
    scale: float | None = None,
    theme: str | None = None,
    language: str | None = None,
    lesson: str | None = None,
    part: str | None = None,
    present: bool = False,
) -> int:
    """Write a picture of the window after so many steps, or as a lesson begins; return 0.

    The ending of the file's name says whether it is SVG, PDF or PNG. The window has ``size`` pixels whatever the scale;
    None: 1280 × 800 times the scale. ``part`` is the name of what alone is drawn, such as ``network``, ``loss`` or
    ``layer0.student``; None: all of the window. ``present``: as in a presentation.

    The platform is Qt's ``offscreen``, which needs no display, unless the application exists already. The person's
    preferences are neither read nor changed.

    Raises
    ------
    ShapeError, ConfigError
        If the experiment or the lesson cannot be opened, or there is no such part.
    RunError
        If an error stopped the run.
    OSError
        If the picture cannot be written.
    KeyboardInterrupt
        At Ctrl+C, which is heard between events: one that is raised within them would end the process at once.
    """
    app = application("offscreen", scale)
    with tempfile.TemporaryDirectory(prefix="convviz-") as folder, leaving_at_ctrl_c(app):
        preferences = Preferences(Path(folder) / "settings.ini")
        dress(app, theme or "light", language or preferences.language)
        if lesson is not None:
            check_lesson(lesson)
        document, session = document_of(experiment), make_session()
        window = MainWindow(None, None, preferences)
        try:
            window.take_size(*(_SCREENSHOT_SIZE if size is None else size_at_scale(size, scale_in_force())))
            window.attach(document, session)
            window.show()
            if present:
                window.present(full_screen=False)
            _check_part(window, part)
            with about_file(find_experiment(experiment)):
                train(session, after, preferences.speed)
            if lesson is not None:
                window.open_lesson(lesson)
                wait_until(lambda: window.has_lesson, window.lesson_shown)
            wait_until(lambda: window.is_complete, window.completed)
            wait_until(lambda: window.is_checked, window.checked)
            app.processEvents()
            if part is None:
                save_picture(window, out, size)
            else:
                _save_part(window, part, out)
        finally:
            session.close()
            delete(window)
    return 0


def _check_part(window: MainWindow, part: str | None) -> None:
    """Raise `ConfigError` if there is no part of this name."""
    if part is not None:
        _check_named(part, [subject.name for subject in window.figures.subjects()])


def _check_named(part: str, known: Collection[str]) -> None:
    if part not in known:
        raise ConfigError("expected one of {known}, received {text}", field="--part", known=Listed(known), text=part)


def _save_part(window: MainWindow, part: str, out: Path) -> None:
    _check_part(window, part)  # a lesson may have opened another experiment
    figure = next(subject for subject in window.figures.subjects() if subject.name == part).figure()
    width = round(figure.size.width() * window.devicePixelRatioF() * zoom())
    with naming(out):
        made = figure.file(out.suffix.lower() or ".png", width)()
    write_picture(out, made)


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

    It needs no display, as `render_screenshot`.

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
    from convviz.export.animation import check_animation_path, check_frames, steps_between
    from convviz.model.work import Work
    from convviz.views.film import Film

    check_animation_path(out)
    check_frames(frames, size)
    app = application("offscreen")
    dress(app, theme or "light", language or "system")
    document, session = document_of(experiment), make_session()
    ended: list[Exception | None] = []
    film: Film | None = None
    try:
        with leaving_at_ctrl_c(app):
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
    from convviz.engine.explain import Kind, Tensor
    from convviz.views.panels.pipeline import Pipeline

    pipeline = Pipeline()
    pipeline.set_experiment(experiment)
    known = {"network": None, "loss": Tensor(Kind.LOSS)}
    known |= {name: heatmap.tensor for name, heatmap in pipeline.named_heatmaps().items()}
    pipeline.deleteLater()
    QCoreApplication.sendPostedEvents(pipeline, QEvent.Type.DeferredDelete)
    _check_named(part, known)
    return known[part]
