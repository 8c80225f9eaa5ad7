"""What is written of an experiment or its run: code, tables, arrays, animations; the window goes on meanwhile."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from convviz.engine.errors import ConvvizError
from convviz.export.code import arrays_path, script_of, write_script
from convviz.export.run import step_arrays, write_run
from convviz.export.table import write_table
from convviz.i18n import mark, tr
from convviz.model.files import own_notes, own_title
from convviz.model.recipes import recipes
from convviz.model.work import Work
from convviz.views.action_table import EXPORTS
from convviz.views.banner import Message
from convviz.views.export_progress import ExportProgress
from convviz.views.file_dialogs import dialog_to_save
from convviz.views.file_messages import not_saved
from convviz.views.picture import PICTURES, write_picture
from convviz.views.table_dialog import TableDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from PyQt6.QtWidgets import QMainWindow

    from convviz.engine.explain import Tensor
    from convviz.engine.frames import Frame
    from convviz.engine.recorded import Recorded
    from convviz.model.document import Document
    from convviz.model.experiment import Experiment
    from convviz.model.session import Session
    from convviz.model.work import Hand
    from convviz.views.animation_dialog import Wish
    from convviz.views.figures.control import FigureControl
    from convviz.views.figures.dialog import Wish as FigureWish
    from convviz.views.panels.pipeline import Pipeline
    from convviz.views.parts import Parts
    from convviz.views.preferences import Preferences

    Job = Callable[[Hand], object]

#: For each ending: the title of the dialog in which the file is named, and the kind of file.
_KINDS = {
    ".py": (mark("Write a script"), mark("Python scripts (*.py)")),
    ".csv": (mark("Write a table"), mark("Tables (*.csv)")),
    ".npz": (mark("Write arrays"), mark("Arrays (*.npz)")),
    **dict.fromkeys(PICTURES, (mark("Write a picture"), mark("Pictures (*.svg *.pdf *.png)"))),
    ".gif": (mark("Write an animation"), mark("Animations (*.gif *.webp *.png *.mp4)")),
}


class ExportControl(QObject):
    """Asks what is to be written and where, has it written by another thread, and says what became of it.

    One thing is written at a time.
    """

    def __init__(
        self,
        window: QMainWindow,
        document: Document,
        session: Session,
        preferences: Preferences,
        parts: Parts,
        pipeline: Pipeline,
    ) -> None:
        super().__init__(window)
        self._pipeline = pipeline
        self._window = window
        self._document = document
        self._session = session
        self._preferences = preferences
        self._actions = parts.actions
        self._banner = parts.banner
        self._line = parts.line
        self._work: Work | None = None

    def ask(self, name: str, looked_at: Tensor | None = None) -> None:
        """Ask what the action ``name`` has to know, then write; ``looked_at`` is the array whose number is held."""
        frame = self._session.frame
        if frame is None:
            self._banner.show_message(Message(lambda: tr("There is no run yet that could be written.")))
        elif name == "export_table":
            self._ask_for_table(frame)
        elif name == "export_animation":
            self._ask_for_animation(looked_at)
        elif name == "export_arrays":
            stem = f"{self._stem}-{tr('step')}-{frame.step}"
            self._ask_where(stem, ".npz", lambda path: self._write(path, partial(_write_arrays, path, frame)))
        else:
            self._ask_for_code(name.removeprefix("export_"))

    # -- what ----------------------------------------------------------------------------------------------------------

    def _ask_for_code(self, framework: str) -> None:
        experiment = self._document.experiment

        def write(path: Path) -> None:
            self._write(path, partial(_write_code, path, experiment, framework))

        self._ask_where(f"{self._stem}-{framework}", ".py", write)

    def _ask_for_table(self, frame: Frame) -> None:
        network, steps = frame.problem.network, self._session.status.step
        recorded = self._session.recorded()  # of the run that was asked about: there may be another by then
        dialog = TableDialog(steps, network.size, self._window)

        def chosen(every: int, parameters: bool) -> None:
            wanted = range(0, steps + 1, every)

            def job(path: Path, hand: Hand) -> None:
                rows = hand.recorded.rows(wanted)
                write_table(path, network, rows, parameters=parameters, told=lambda n: hand.tell(n, len(wanted)))

            self._ask_where(self._stem, ".csv", lambda path: self._write(path, partial(job, path), recorded))

        dialog.chosen.connect(chosen)
        dialog.open()

    def _ask_for_animation(self, looked_at: Tensor | None) -> None:
        from convviz.engine.explain import Kind, Tensor
        from convviz.views.animation_dialog import AnimationDialog  # late: it draws with panels of its own
        from convviz.views.film import Film

        experiment, logarithmic = self._document.experiment, self._preferences.log_loss
        recorded = self._session.recorded()
        parts = [(tr("Loss"), Tensor(Kind.LOSS))]
        parts += [(each.accessibleName(), each.tensor) for each in self._pipeline.heatmaps() if each.tensor is not None]
        dialog = AnimationDialog(self._session.status.step, parts, looked_at, self._window)

        def chosen(wish: Wish) -> None:
            def write(path: Path) -> None:
                film = Film(experiment, self._session, wish.size, wish.tensor, logarithmic=logarithmic)
                work = self._write(path, partial(film.write, path, wish.steps, wish.rate), recorded)
                for over in (work.finished, work.given_up, self._session.closed):
                    over.connect(film.end)

            self._ask_where(self._stem, ".gif", write)

        dialog.chosen.connect(chosen)
        dialog.open()

    def ask_for_figure(self, figures: FigureControl, number: int) -> None:
        """Ask what a picture of the part of this number is to be like, then write it."""
        from convviz.export.endings import check_ending
        from convviz.views.figures.dialog import FigureDialog

        subjects = figures.subjects()
        titles = [subject.title for subject in subjects]
        dialog = FigureDialog(titles, lambda part: subjects[part].figure().size, number, self._window)

        def chosen(wish: FigureWish) -> None:
            def write(path: Path) -> None:
                try:
                    check_ending(path, PICTURES)
                    figure = subjects[wish.part].figure(wish.colours, transparent=wish.transparent)
                    made = figure.file(path.suffix.lower(), wish.width)
                except (ConvvizError, OSError) as error:
                    self._banner.show_message(not_saved(path, error))
                    return
                self._write(path, partial(_write_figure, path, made))

            self._ask_where(titles[wish.part], wish.ending, write)

        dialog.chosen.connect(chosen)
        dialog.open()

    # -- where ---------------------------------------------------------------------------------------------------------

    @property
    def _stem(self) -> str:
        path = self._document.path
        return "experiment" if path is None else path.stem

    def _ask_where(self, stem: str, ending: str, write: Callable[[Path], object]) -> None:
        title, kinds = (tr(text) for text in _KINDS[ending])
        dialog = dialog_to_save(self._window, "export_dialog", title, self._preferences.folder, kinds)
        dialog.setDefaultSuffix(ending[1:])
        dialog.selectFile(stem + ending)
        dialog.fileSelected.connect(lambda name: write(Path(name)))
        dialog.open()

    # -- writing -------------------------------------------------------------------------------------------------------

    def _write(self, path: Path, job: Job, recorded: Recorded | None = None) -> Work:
        """Have a thread do the job, which may look at ``recorded``, and say how far it is where that takes long."""
        self._actions.enable(**dict.fromkeys(EXPORTS, False))
        self._work = work = Work(job, self._session, self, recorded)
        progress = ExportProgress(path.name, self._window)
        progress.canceled.connect(work.cancel)
        work.progressed.connect(progress.show_share)
        work.finished.connect(lambda error: self._done(path, error))
        for over in (work.finished, work.given_up):
            over.connect(progress.end)
            over.connect(self._end)
        return work

    def _end(self) -> None:
        self._actions.enable(**dict.fromkeys(EXPORTS, True))
        if self._work is not None:
            self._work.deleteLater()
            self._work = None

    def _done(self, path: Path, error: Exception | None) -> None:
        if error is None:
            name = path.name
            self._line.show_note(lambda: tr("{file} has been written.").format(file=name))
            if self._banner.subject == "file":  # it tells of an earlier attempt
                self._banner.dismiss()
            return
        if isinstance(error, (ConvvizError, OSError)):
            message = not_saved(path, error)
        else:
            told = str(error) or type(error).__name__
            message = Message(lambda: tr("The file could not be saved. {reason}").format(reason=told))
        self._banner.show_message(message)


def _write_code(path: Path, experiment: Experiment, framework: str, hand: Hand) -> None:
    problem = experiment.build()
    hand.tell(1, 2)
    script = script_of(
        problem,
        framework,
        recipes=recipes(experiment),
        title=own_title(experiment),
        notes=own_notes(experiment),
        stored_as=arrays_path(path).name,
    )
    write_script(path, script)


def _write_figure(path: Path, made: Callable[[], bytes], hand: Hand) -> None:
    write_picture(path, made())


def _write_arrays(path: Path, frame: Frame, hand: Hand) -> None:
    write_run(path, step_arrays(frame))
