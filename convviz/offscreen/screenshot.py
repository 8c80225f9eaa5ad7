"""A picture of the window, or of a part of it, at one step."""

from __future__ import annotations

import tempfile
from pathlib import Path

from convviz.app import application, check_lesson, delete, document_of, dress, leaving_when_told, make_session
from convviz.model.files import about_file, find_experiment
from convviz.model.waiting import train, wait_until
from convviz.offscreen.part import check_part
from convviz.views.limits import scale_in_force, size_at_scale
from convviz.views.main_window import MainWindow
from convviz.views.picture import naming, save_picture, write_picture
from convviz.views.preferences import Preferences
from convviz.views.theme import zoom

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
    with tempfile.TemporaryDirectory(prefix="convviz-") as folder, leaving_when_told(app):
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
        check_part(part, [subject.name for subject in window.figures.subjects()])


def _save_part(window: MainWindow, part: str, out: Path) -> None:
    _check_part(window, part)  # a lesson may have opened another experiment
    figure = next(subject for subject in window.figures.subjects() if subject.name == part).figure()
    width = round(figure.size.width() * window.devicePixelRatioF() * zoom())
    with naming(out):
        made = figure.file(out.suffix.lower() or ".png", width)()
    write_picture(out, made)
