"""The losses of an earlier run that are kept, and the line that tells of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QLineF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from convviz.i18n import tr
from convviz.model.series import LossSeries
from convviz.number_text import loss_text
from convviz.views import theme
from convviz.views.readout import ReadOut

Array = NDArray[Any]

_SWATCH = QSize(22, 10)
#: In widths of the pen.
_DASHES = (4.0, 3.0)


class KeptCurve:
    """The losses of a run that has been kept, by step; they never change.

    Parameters
    ----------
    losses
        One-dimensional, not empty; they are copied.

    Attributes
    ----------
    series
    last, best
        The loss after the last step, and the least.
    """

    def __init__(self, losses: Array) -> None:
        self.series = LossSeries()
        self.series.append(losses)
        finite = losses[np.isfinite(losses)]
        self.last = float(losses[-1])
        self.best = float(finite.min()) if len(finite) else math.nan

    def __len__(self) -> int:
        return len(self.series)

    def loss(self, step: int) -> float | None:
        """Return the loss at a step, or None where the run had ended before it."""
        return float(self.series.values()[step]) if 0 <= step < len(self) else None


def kept_pen() -> QPen:
    """Return what a kept curve is drawn with: told from the present one by its dashes as well as by its colour."""
    pen = QPen(theme.current().muted, 1)
    pen.setDashPattern(_DASHES)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


class _Swatch(QWidget):
    """A piece of the curve."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(_SWATCH)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setPen(kept_pen())
        middle = self.height() // 2 + 0.5
        painter.drawLine(QLineF(0.0, middle, self.width(), middle))
        painter.end()


class KeptLine(QWidget):
    """A line that tells what the kept curve is of, and its losses."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = ReadOut(role="small", parent=self, on="surface")
        self._words.setObjectName("loss_kept")
        self._words.set_colour("muted")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE.XS)
        layout.addWidget(_Swatch(self))
        layout.addWidget(self._words, 1)

    def text(self) -> str:
        """Return the whole text, also where it is shown shortened."""
        return self._words.text()

    def tell(self, curve: KeptCurve, name: str, step: int | None) -> None:
        """Tell the losses of a run called ``name``: that at ``step``, or if there is none, the last and the best."""
        loss = None if step is None else curve.loss(step)
        if loss is not None:
            told = {"name": name, "step": f"{step:,}", "loss": loss_text(loss)}
            whole, brief = tr("{name} · step {step}: {loss}"), tr("{name} · {loss}")
        else:
            told = {"name": name, "last": loss_text(curve.last), "best": loss_text(curve.best)}
            whole, brief = tr("{name} · last {last} · best {best}"), tr("{name} · last {last}")
        self._words.set_text(whole.format(**told), brief.format(**told))
