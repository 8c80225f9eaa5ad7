"""What there can be a picture of, and the picture on the clipboard."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QMenu, QStackedWidget, QWidget

from convviz.i18n import tr
from convviz.views import theme
from convviz.views.banner import Message
from convviz.views.figures.drawn import Figure
from convviz.views.heatmap.likeness import likeness_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PyQt6.QtCore import QPoint

    from convviz.model.session import Session
    from convviz.views.heatmap import Heatmap
    from convviz.views.mode_control import ModeControl
    from convviz.views.panels.loss import LossPanel
    from convviz.views.panels.pipeline import Pipeline
    from convviz.views.parts import Parts

#: So many times as large as in the window is a picture on the clipboard.
_COPIED = 2


class Subject(NamedTuple):
    """What there can be a picture of.

    Attributes
    ----------
    name, title
        What it is called on the command line, and on the screen.
    widgets
        Returns what is drawn of it.
    margin
        What is left free around it, in pixels.
    """

    name: str
    title: str
    widgets: Callable[[], Sequence[QWidget]]
    margin: int = theme.SPACE.S

    def figure(self, colours: theme.Theme | None = None, *, transparent: bool = False) -> Figure:
        """Return the picture of it in the colours of a theme; None: in those of the window."""
        return Figure(self.widgets(), self.title, self.margin, colours=colours, transparent=transparent)


class _Stage(Protocol):
    def picture(self) -> Sequence[QWidget]: ...


class FigureControl(QObject):
    """Knows the parts of the window of which there can be a picture, and copies them.

    Signals
    -------
    export_asked(int)
        A picture of a part is to be written to a file; its number among the `subjects`.
    """

    export_asked = pyqtSignal(int)

    def __init__(
        self,
        stage: QStackedWidget,
        pipeline: Pipeline,
        loss: LossPanel,
        modes: ModeControl,
        session: Session,
        parts: Parts,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._stage, self._pipeline, self._loss, self._modes = stage, pipeline, loss, modes
        self._session = session
        self._actions, self._line, self._banner = parts.actions, parts.line, parts.banner

    def subjects(self) -> list[Subject]:
        """Return all parts of which there can be a picture: first what is shown as a whole, then loss and maps."""
        if self._modes.is_away and self._session.frame is not None:
            self._pipeline.set_frame(self._session.frame)  # which has none while nobody sees it
        return [subject for _, subject in self._found()]

    def looked_at(self, widget: QWidget | None) -> int:
        """Return the number of the part that a widget belongs to; of none of them: that of what is shown as a whole."""
        widgets = [widget for widget, _ in self._found()]
        while widget is not None and widget not in widgets:
            widget = widget.parentWidget()
        return 0 if widget is None else widgets.index(widget)

    def copy(self, number: int) -> None:
        """Put the picture of a part on the clipboard."""
        subject = self.subjects()[number]
        figure = subject.figure()
        try:
            image = figure.image(_COPIED * figure.size.width())
        except OSError as error:
            reason = error.strerror
            self._banner.show_message(
                Message(lambda: tr("The picture could not be copied: {reason}").format(reason=reason))
            )
            return
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setImage(image)
        size = f"{image.width():,} × {image.height():,}"

        def note() -> str:
            told = tr("'{part}' has been copied as a picture of {size} pixels.")
            return told.format(part=subject.title, size=size)

        self._line.show_note(note)

    def open_menu(self, place: QPoint) -> None:
        """Offer what can be done with the part that is under a place of the stage."""
        number = self.looked_at(self._stage.childAt(place))
        title = self.subjects()[number].title
        menu = QMenu(self._stage)
        menu.setObjectName("figure_menu")
        menu.aboutToHide.connect(menu.deleteLater)
        for name, text, act in (
            ("copy_picture", tr("Copy picture of '{part}'"), partial(self.copy, number)),
            ("export_picture", tr("Export picture of '{part}'…"), partial(self.export_asked.emit, number)),
        ):
            action = menu.addAction(self._actions[name].icon(), text.format(part=title))
            if action is not None:
                action.setObjectName(name)
                action.setEnabled(self._actions[name].isEnabled())
                action.triggered.connect(act)
        menu.popup(self._stage.mapToGlobal(place))

    def _found(self) -> list[tuple[QWidget, Subject]]:
        """Return the parts, each with the widget in which it is on the screen."""
        whole: Any = self._stage.currentWidget()
        found: list[tuple[QWidget, Subject]] = [(whole, Subject(*self._names(), partial(_drawn_of, whole), 0))]
        if self._loss.isVisible():
            found.append((self._loss, Subject("loss", tr("Loss"), lambda: (self._loss,))))
        for name, heatmap in self._pipeline.named_heatmaps().items():
            found.append((heatmap, Subject(name, heatmap.accessibleName(), partial(_alone, heatmap))))
        return found

    def _names(self) -> tuple[str, str]:
        if self._modes.is_magnifying:
            return "microscope", tr("Microscope")
        return ("landscape", tr("Landscape")) if self._modes.is_surveying else ("network", tr("Network"))


def _drawn_of(stage: _Stage) -> Sequence[QWidget]:
    return stage.picture()


def _alone(heatmap: Heatmap) -> Sequence[QWidget]:
    return (likeness_of(heatmap),)
