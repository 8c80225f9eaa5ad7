"""What an animation is to show, of which steps, and how large and how fast."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLayout, QWidget

from convviz.engine.errors import ConfigError, ConvvizError
from convviz.export.animation import (
    LEAST_MAP,
    LEAST_WHOLE,
    MOST_FRAMES,
    MOST_RATE,
    MOST_SIZE,
    check_frames,
    steps_between,
)
from convviz.i18n import mark, ntr, tr
from convviz.views.editors.buttons import Choice
from convviz.views.editors.number_box import NumberBox, Range
from convviz.views.export_dialog import ExportDialog
from convviz.views.theme import SPACE
from convviz.views.tooltips import paragraphs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convviz.engine.explain import Tensor

_WIDTH = 460
_LINES = 2.2
_FIRST_FRAMES, _FIRST_RATE, _WHOLE, _MAP = 60, 12, (1280, 800), (640, 640)


class Wish(NamedTuple):
    """What was chosen: what is drawn alone (None: the whole is), the steps, pictures a second, the size in pixels."""

    tensor: Tensor | None
    steps: list[int]
    rate: float
    size: tuple[int, int]


class AnimationDialog(ExportDialog):
    """Lets a person choose, and tells how many pictures that makes and how long they last.

    Parameters
    ----------
    last_step
        The newest step that has been made.
    parts
        The loss, and the maps and kernels, that can be drawn alone: what each is called, and its array.
    looked_at
        The one of these arrays that is proposed; None: all of them together are.

    Signals
    -------
    chosen(Wish)
    """

    chosen = pyqtSignal(object)

    def __init__(
        self,
        last_step: int,
        parts: Sequence[tuple[str, Tensor]],
        looked_at: Tensor | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("animation", parent)
        self._last, self._parts = last_step, parts
        self._labels: list[tuple[QLabel, str]] = []
        self._part = Choice("animation.part", self)
        self._part.addItems(["", *(name for name, _ in parts)])
        steps = Range(integer=True, minimum=0, maximum=last_step)
        self._boxes = {
            "first": self._box("first", steps, 0),
            "last": self._box("last", steps, last_step),
            "frames": self._box("frames", Range(integer=True, minimum=2, maximum=MOST_FRAMES), _FIRST_FRAMES),
            "rate": self._box("rate", Range(minimum=0.1, maximum=MOST_RATE, step=1), _FIRST_RATE),
            "width": self._box("width", Range(integer=True, minimum=LEAST_MAP[0], maximum=MOST_SIZE[0]), _WHOLE[0]),
            "height": self._box("height", Range(integer=True, minimum=LEAST_MAP[1], maximum=MOST_SIZE[1]), _WHOLE[1]),
        }
        self._wish: Wish | None = None
        self._fill(self._lay_out(_WIDTH, _LINES))
        self._part.currentIndexChanged.connect(self._propose_size)
        self.retranslate()
        tensors = [tensor for _, tensor in parts]
        if looked_at in tensors and looked_at is not None:
            self._part.setCurrentIndex(1 + tensors.index(looked_at))

    def _box(self, name: str, limits: Range, value: float) -> NumberBox:
        box = NumberBox(f"animation.{name}", limits, self)
        box.set_value(value)
        box.edited.connect(lambda number, _: self._take(box, number))
        box.refused.connect(self._complain)
        return box

    def _fill(self, form: QFormLayout) -> None:
        boxes = self._boxes
        rows: tuple[tuple[str, QWidget | QLayout], ...] = (
            (mark("Picture"), self._part),
            (mark("Steps"), _beside(boxes["first"], "…", boxes["last"])),
            (mark("Number of pictures"), boxes["frames"]),
            (mark("Pictures a second"), boxes["rate"]),
            (mark("Size in pixels"), _beside(boxes["width"], "×", boxes["height"])),
        )
        for text, field in rows:
            label = QLabel(self)
            form.addRow(label, field)
            self._labels.append((label, text))

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self.setWindowTitle(tr("Animation"))
        self._part.setItemText(0, tr("All maps and kernels with the loss"))
        self._part.setAccessibleName(tr("Picture"))
        for label, text in self._labels:
            label.setText(tr(text))
        for name, told in {
            "first": tr("First step"),
            "last": tr("Last step"),
            "frames": tr("Number of pictures"),
            "rate": tr("Pictures a second"),
            "width": tr("Width in pixels"),
            "height": tr("Height in pixels"),
        }.items():
            self._boxes[name].setAccessibleName(told)
        self._boxes["frames"].setToolTip(paragraphs(tr("They are spread evenly over the steps")))
        self._show()

    def accept(self) -> None:
        """Hand over what was chosen."""
        if self._wish is not None:
            self.chosen.emit(self._wish)
            super().accept()

    def _take(self, box: NumberBox, number: float | None) -> None:
        box.set_value(number)
        self._show()

    def _propose_size(self, part: int) -> None:
        for name, length in zip(("width", "height"), _MAP if part else _WHOLE, strict=True):
            self._boxes[name].set_value(length)
        self._show()

    def _number(self, name: str, least: float, most: float) -> float:
        """Return the number in a box, or raise `ConfigError` where it cannot be."""
        number = self._boxes[name].value()
        if number is None or not least <= number <= most:
            low, high, received = (f"{each:,.10g}" for each in (least, most, number or 0))
            raise ConfigError(
                "{name}: expected from {least} to {most}, received {received}",
                name=self._boxes[name].accessibleName(),
                least=low,
                most=high,
                received=received,
            )
        return number

    def _read(self) -> Wish:
        part = self._part.currentIndex()
        least = LEAST_MAP if part else LEAST_WHOLE
        first = int(self._number("first", 0, self._last))
        last = int(self._number("last", first, self._last))
        width = int(self._number("width", least[0], MOST_SIZE[0]))
        height = int(self._number("height", least[1], MOST_SIZE[1]))
        rate = float(self._number("rate", 0.1, MOST_RATE))
        frames = int(self._number("frames", 2, MOST_FRAMES))
        check_frames(frames, (width, height))
        tensor = self._parts[part - 1][1] if part else None
        return Wish(tensor, steps_between(first, last, frames), rate, (width, height))

    def _show(self) -> None:
        """Say what comes of it, or what cannot be."""
        try:
            self._wish = wish = self._read()
            if len(wish.steps) < 2:
                raise ConfigError("a moving picture needs two steps at least: let the student learn first")
        except ConvvizError as error:
            self._complain(str(error))
            return
        every = (wish.steps[-1] - wish.steps[0]) / (len(wish.steps) - 1)
        told = ntr(
            "{frames} pictures, one for every step; {seconds} s.",
            "{frames} pictures, one every {every} steps; {seconds} s.",
            1 if every == 1 else 2,
        )
        seconds = len(wish.steps) / wish.rate
        frames = f"{len(wish.steps):,}"
        self._tell(told.format(frames=frames, every=f"{every:,.3g}", seconds=f"{seconds:,.3g}"), possible=True)

    def _complain(self, sentence: str) -> None:
        self._wish = None
        self._tell(sentence, possible=False)


def _beside(first: QWidget, between: str, second: QWidget) -> QLayout:
    row = QHBoxLayout()
    row.setSpacing(SPACE.XS)
    row.addWidget(first, 1)
    row.addWidget(QLabel(between))
    row.addWidget(second, 1)
    return row
