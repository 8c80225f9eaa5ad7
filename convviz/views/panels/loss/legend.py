"""What the curves behind the present one are of, and their losses: lines that lie over the plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QLineF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from convviz.i18n import tr
from convviz.number_text import loss_text
from convviz.views import theme
from convviz.views.icons import icon
from convviz.views.panels.loss.kept import kept_pen, present_pen
from convviz.views.readout import ReadOut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtCore import QRect

    from convviz.views.panels.loss.kept import KeptCurve

_SWATCH = QSize(26, 10)
_BUTTON, _ICON = QSize(16, 16), QSize(10, 10)


class Swatch(QWidget):
    """A piece of a curve: the present one, or one behind it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._look: int | None = None
        self.setFixedSize(_SWATCH)

    def show_look(self, look: int) -> None:
        """Be a piece of a curve behind the present one, of a look."""
        self._look = look
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint it."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().surface)
        painter.setPen(present_pen() if self._look is None else kept_pen(self._look))
        middle = self.height() // 2 + 0.5
        painter.drawLine(QLineF(0.0, middle, self.width(), middle))
        painter.end()


class _Line(QWidget):
    """What one curve is of, and its losses."""

    def __init__(self, number: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = ReadOut(role="small", align=Qt.AlignmentFlag.AlignRight, parent=self, ground="surface")
        self._words.setObjectName(f"loss_kept_{number}")
        self._words.set_colour("muted")
        self._swatch = Swatch(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE.XS)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._swatch)

    def text(self) -> str:
        """Return the whole text, also where it is shown shortened."""
        return self._words.text()

    def tell(self, curve: KeptCurve, name: str, brief: str, step: int | None) -> None:
        """Tell the losses of a run called ``name``: that at ``step``, or if there is none, the last and the best."""
        loss = None if step is None else curve.loss(step)
        if loss is not None:
            whole = tr("{name} · step {step}: {loss}").format(name=name, step=f"{step:,}", loss=loss_text(loss))
        else:
            told = {"name": name, "last": loss_text(curve.last), "best": loss_text(curve.best)}
            whole = tr("{name} · last {last} · best {best}").format(**told)
        shown = loss_text(curve.last if loss is None else loss)
        self._words.set_text(whole, tr("{name} · {loss}").format(name=brief, loss=shown))
        self._swatch.show_look(curve.look)


class _ForgetButton(QToolButton):
    """Has a curve be no more."""

    def __init__(self, number: int, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName(f"forget_{number}")
        self.setFixedSize(_BUTTON)
        self.setIconSize(_ICON)
        self.setStyleSheet("padding: 0; min-height: 0;")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._recolour()

    def name(self, curve: str) -> None:
        text = tr("Take the curve '{name}' out of the plot").format(name=curve)
        self.setToolTip(text)
        self.setAccessibleName(text)

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._recolour()

    def _recolour(self) -> None:
        colours = theme.current()
        self.setIcon(icon("dismiss", colours.muted, colours.disabled))


class Legend(QWidget):
    """A line for each curve behind the present one, as many as there is room for, and a button at its end.

    The lines let the pointer through to what they lie over; the buttons do not, and lie beside that.

    Signals
    -------
    forget_asked(int)
        The curve of that line is wanted no more; lines are counted from 0.
    """

    forget_asked = pyqtSignal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("loss_legend")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._lines: list[_Line] = []
        self._buttons: list[_ForgetButton] = []
        self._count = 0
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addStretch(1)
        self.hide()

    def tell(self, curves: Sequence[KeptCurve], names: Sequence[tuple[str, str]], step: int | None) -> None:
        """Tell of every curve what it is of, and its loss at ``step``, or if there is none, its last and best.

        ``names`` are what each is called, and the same in brief.
        """
        while len(self._lines) < len(curves):
            self._add_line()
        for line, button, curve, (name, brief) in zip(self._lines, self._buttons, curves, names, strict=False):
            line.tell(curve, name, brief, step)
            button.name(name)
        if len(curves) != self._count:
            self._count = len(curves)
            self._show_lines()

    def texts(self) -> list[str]:
        """Return what is told of each curve, also where there is no room for all."""
        return [line.text() for line in self._lines[: self._count]]

    @property
    def buttons(self) -> Sequence[QWidget]:
        """What has a curve be forgotten, in the order of the lines."""
        return self._buttons

    def place(self, place: QRect) -> None:
        """Fill a place, and have the buttons at the right of it."""
        self.setGeometry(place)
        self._show_lines()

    def _add_line(self) -> None:
        number = len(self._lines)
        line, button = _Line(number + 1, self), _ForgetButton(number + 1, self.parentWidget())
        button.clicked.connect(lambda: self.forget_asked.emit(number))
        self._layout.insertWidget(number, line)
        self._lines.append(line)
        self._buttons.append(button)

    def _show_lines(self) -> None:
        top, right = 0, self.geometry().right() + 1
        for number, (line, button) in enumerate(zip(self._lines, self._buttons, strict=True)):
            height = line.sizeHint().height()
            fits = number < self._count and top + height <= self.height()
            line.setVisible(fits)
            button.setVisible(fits)
            button.move(right, self.y() + top + (height - button.height()) // 2)
            button.raise_()
            top += height
        self.setVisible(self._count > 0)
        self.raise_()
