"""The picture of the network at other steps than the one on the screen, drawn by widgets that nobody sees."""

from __future__ import annotations

import queue
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSize, Qt, QTimer, pyqtSignal, pyqtSlot
from PyQt6.QtGui import QImage, QRegion
from PyQt6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from convviz.engine.explain import Kind
from convviz.engine.recorded import GivenUpError
from convviz.export.animation import write_animation
from convviz.views import theme
from convviz.views.actions import Actions
from convviz.views.panels.loss import LossPanel
from convviz.views.panels.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from convviz.engine.explain import Tensor
    from convviz.engine.frames import Frame
    from convviz.model.experiment import Experiment
    from convviz.model.session import Session
    from convviz.model.work import Hand

#: The size at which the network is laid out when only one of its maps is drawn.
_WHOLE = QSize(1280, 800)
#: What is left free around a map that is drawn alone, in pixels.
_MARGIN = theme.SPACE.L
#: How wide a strip of the whole picture is that is drawn at once: it takes some milliseconds.
_STRIP = 160


class Film(QWidget):
    """Draws frames one after the other, for a thread that asks for them.

    The widgets are the window's own kinds, at the size of the picture, so that a film has whatever size it is to have
    and the window neither moves nor waits: a strip of one picture is drawn at a time, between two events; none while
    everything is drawn larger than usual.

    Parameters
    ----------
    size
        Width and height of the pictures in pixels.
    tensor
        The array whose map alone is drawn, or the loss, whose curve is; None: the whole picture with the loss.
    logarithmic
        Of the loss.
    """

    _wanted = pyqtSignal(object)
    _frame: Frame | None = None  # in hand; of the class, because Qt tells of changes before __init__ has come to an end

    def __init__(
        self,
        experiment: Experiment,
        session: Session,
        size: tuple[int, int],
        tensor: Tensor | None = None,
        *,
        logarithmic: bool = False,
    ) -> None:
        super().__init__()
        self.setObjectName("film")
        self.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._session = session
        self._size = size
        self._tensor = tensor
        self._drawn: queue.SimpleQueue[NDArray[np.uint8] | Exception] = queue.SimpleQueue()
        self._drawing: Iterator[NDArray[np.uint8] | None] = iter(())
        self._had_plot = False  # as the picture in hand was begun
        self._soon = QTimer(self)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._go_on)
        self._pipeline = Pipeline(self)
        actions = Actions(self)
        actions["log_loss"].setChecked(logarithmic)
        self._loss = LossPanel(actions, self)
        for button in self._loss.findChildren(QToolButton):
            button.hide()  # there is nobody to press it
        self._loss.set_series(session.losses)
        self._loss.set_experiment(experiment)
        self._pipeline.set_companion(self._loss)
        self._pipeline.set_experiment(experiment)
        self._input_gradient = session.frame is not None and session.frame.value_grads[0] is not None
        self._pipeline.show_input_gradient(self._input_gradient)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pipeline)
        self._wanted.connect(self._begin)
        self.resize(QSize(*size) if tensor is None else _WHOLE)
        self.show()

    def write(self, path: Path, steps: Sequence[int], rate: float, hand: Hand) -> None:
        """Write the steps as an animation; called by the thread that does the work, while the window's draws."""
        hand.wake_by(lambda: self._drawn.put(GivenUpError()))

        def pictures() -> Iterator[NDArray[np.uint8]]:
            for done, step in enumerate(steps):
                hand.tell(done, len(steps))
                yield self._picture_of(hand.recorded.frame(step, self._input_gradient))

        write_animation(path, pictures(), len(steps), rate)

    def end(self) -> None:
        """Go, for nothing is drawn any more."""
        self._frame = None  # nor begun again
        self._soon.stop()
        self.close()
        self.deleteLater()

    def _picture_of(self, frame: Frame) -> NDArray[np.uint8]:
        self._wanted.emit(frame)
        drawn = self._drawn.get()
        if isinstance(drawn, Exception):
            raise drawn
        return drawn

    @pyqtSlot(object)
    def _begin(self, frame: Frame) -> None:
        self._frame = frame
        self._had_plot = self._loss.has_plot
        self._drawing = self._strips(frame)
        self._soon.start()

    def _go_on(self) -> None:
        """Draw the next strip, and hand the picture over once there is none left."""
        if theme.zoom() != 1:  # a picture in the midst of a presentation would be another one than those before
            self._soon.stop()
            return
        try:
            drawn: NDArray[np.uint8] | Exception | None = next(self._drawing)
        except Exception as error:  # noqa: BLE001 - it is raised in the thread that waits
            drawn = error
        if drawn is None:
            return
        self._soon.stop()
        if isinstance(drawn, Exception) or self._had_plot or self._alone() not in (None, self._loss):
            self._frame = None
            self._drawn.put(drawn)
        elif self._loss.has_plot:  # it was made between two strips, and has its size after the next events
            QTimer.singleShot(0, self._begin_again)
        else:  # it is made once its place has been painted
            self._loss.plotted.connect(partial(QTimer.singleShot, 0, self._begin_again))

    def changeEvent(self, event: QEvent | None) -> None:
        """Go on once everything is of its usual size again."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.StyleChange and self._frame is not None:
            QTimer.singleShot(0, self._begin_again)  # when all that is in it has changed as well

    def _begin_again(self) -> None:
        if self._frame is not None:
            self._begin(self._frame)

    def draw(self, frame: Frame) -> NDArray[np.uint8]:
        """Return the picture of a frame, ``(height, width, 3)``, at once."""
        return next(picture for picture in self._strips(frame) if picture is not None)

    def _strips(self, frame: Frame) -> Iterator[NDArray[np.uint8] | None]:
        """Draw a frame strip by strip; None stands for each, and the picture follows the last."""
        self._pipeline.set_frame(frame)
        status = self._session.status._replace(shown=frame.step, goal=None)  # so that the curve has all the room
        self._loss.set_status(status)
        self._loss.refresh()
        alone = self._alone()
        width, height = self._size
        if alone is not None:
            alone.setGeometry(0, 0, width - 2 * _MARGIN, height - 2 * _MARGIN)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)  # of the plot's axes, too
        image = QImage(*self._size, QImage.Format.Format_RGB888)
        image.fill(theme.current().surface)
        yield None
        if alone is None:
            for left in range(0, width, _STRIP):
                strip = QRect(left, 0, _STRIP, height)
                self._pipeline.render(image, strip.topLeft(), QRegion(strip))
                yield None
        else:
            alone.render(image, QPoint(_MARGIN, _MARGIN), flags=QWidget.RenderFlag.DrawChildren)
        yield _pixels(image)

    def _alone(self) -> QWidget | None:
        """Return what alone is drawn; None: all is."""
        if self._tensor is None:
            return None
        return self._loss if self._tensor.kind is Kind.LOSS else self._pipeline.heatmap_of(self._tensor)


def _pixels(image: QImage) -> NDArray[np.uint8]:
    """Return the pixels of a picture in red, green and blue; its lines are padded to whole words."""
    bits = image.constBits()
    if bits is None:
        raise MemoryError
    every = np.frombuffer(bits.asstring(image.sizeInBytes()), np.uint8).reshape(image.height(), image.bytesPerLine())
    picture: NDArray[np.uint8] = every[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)
    return picture
