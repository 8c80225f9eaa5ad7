"""The control of a padding: by name, by one number, or side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtWidgets import QGridLayout, QLabel, QWidget

from convviz.i18n import mark, tr
from convviz.views.editors.buttons import Choice
from convviz.views.editors.field import INDENT, LABEL_WIDTH, Field
from convviz.views.editors.number_box import NumberBox, Range
from convviz.views.editors.showing import set_shown
from convviz.views.editors.wording import help_lines
from convviz.views.theme import SPACE
from convviz.views.tooltips import paragraphs

if TYPE_CHECKING:
    from convviz.engine.settings import Setting

Sides = tuple[tuple[int, int], tuple[int, int]]

_NONE: Sides = ((0, 0), (0, 0))
_MODES = {
    "valid": (mark("none"), mark("Windows stay within the map (in PyTorch: padding 0, 'valid')")),
    "same": (mark("same"), mark("As many zeros around the map as keep its size at stride 1 ('same')")),
    "full": (mark("full"), mark("As many zeros as let every window that touches the map count ('full')")),
    "number": (mark("number"), mark("The same number of zeros on every side")),
    "sides": (mark("each side"), mark("Zeros above, below, left and right")),
}
_SIDES = (mark("top"), mark("bottom"), mark("left"), mark("right"))


class PaddingField(Field):
    """A padding. Which numbers are on the screen follows from how it is given; the row of four comes when asked for."""

    def __init__(self, path: str, described: Setting, level: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(path, described, level, parent)
        limits = Range(integer=True, minimum=0, maximum=described.maximum, step=described.step)
        self._value: Any = _NONE
        self._mode = "valid"
        self._modes = Choice(path, self)
        self._modes.addItems([""] * len(_MODES))
        self._number = NumberBox(f"{path}.number", limits, self)
        self._describes(self._modes)
        self._describes(self._number, mark("number"))
        self._row(self._modes, self._number)
        self._sides = tuple(NumberBox(f"{path}.{side}", limits) for side in _SIDES)
        self._captions = tuple(QLabel() for _ in _SIDES)
        self._four = self._make_four()
        self._column.addWidget(self._four)
        self._modes.activated.connect(lambda index: self._choose(list(_MODES)[index]))
        self._number.edited.connect(lambda n, merge: self.edited.emit(path, ((n, n), (n, n)), merge))
        for box in (self._number, *self._sides):
            box.refused.connect(lambda sentence: self.refused.emit(path, sentence))
        for place, box in enumerate(self._sides):
            box.edited.connect(lambda n, merge, place=place: self._edit_side(place, n, merge))

    def set_value(self, value: Any) -> None:
        """Show ``value`` without emitting anything."""
        if value != self._value or not self._shows(value):
            self._mode = _mode_of(value, self._mode)
        self._value = value
        self._show()

    def retranslate(self) -> None:
        """Say everything in the current language."""
        for index, (label, _) in enumerate(_MODES.values()):
            self._modes.setItemText(index, tr(label))
        for caption, box, side in zip(self._captions, self._sides, _SIDES, strict=True):
            caption.setText(tr(side))
            box.setAccessibleName(tr("padding, {part}").format(part=tr(side)))
        super().retranslate()
        self._say_mode()

    def _say_mode(self) -> None:
        """Put what the chosen way means into the tooltip."""
        self._modes.setToolTip(paragraphs(*help_lines(self.described), tr(_MODES[self._mode][1])))

    def _make_four(self) -> QWidget:
        four = QWidget()
        grid = QGridLayout(four)
        grid.setContentsMargins(LABEL_WIDTH - self.level * INDENT + SPACE.S, 0, 0, 0)
        grid.setSpacing(SPACE.XS)
        for place, (caption, box) in enumerate(zip(self._captions, self._sides, strict=True)):
            grid.addWidget(caption, place // 2 * 2, place % 2)
            grid.addWidget(box, place // 2 * 2 + 1, place % 2)
        return four

    def _choose(self, mode: str) -> None:
        """Take another way to give the padding: it starts from what it was, or from 1 where that was no number."""
        self._mode = mode
        numbers = [n for pair in self._value for n in pair] if not isinstance(self._value, str) else [1, 1, 1, 1]
        if mode in ("same", "full"):
            value: Any = mode
        elif mode == "valid":
            value = _NONE
        elif mode == "number":
            most = max(*numbers, 1)
            value = ((most, most), (most, most))
        else:
            value = ((numbers[0], numbers[1]), (numbers[2], numbers[3]))
        if value != self._value:
            self.edited.emit(self.path, value, "")
        self._show()

    def _edit_side(self, place: int, number: int, merge: str) -> None:
        numbers = [number if at == place else box.value() for at, box in enumerate(self._sides)]
        self.edited.emit(self.path, ((numbers[0], numbers[1]), (numbers[2], numbers[3])), merge)

    def _shows(self, value: Any) -> bool:
        return self._mode == _mode_of(value, self._mode)

    def _show(self) -> None:
        self._modes.setCurrentIndex(list(_MODES).index(self._mode))
        set_shown(self._number, self._mode == "number")
        set_shown(self._four, self._mode == "sides")
        if not isinstance(self._value, str):
            numbers = [n for pair in self._value for n in pair]
            self._number.set_value(numbers[0])
            for box, number in zip(self._sides, numbers, strict=True):
                box.set_value(number)
        self._say_mode()


def _mode_of(value: Any, preferred: str) -> str:
    """Return the mode that shows ``value``: the preferred one if it can."""
    if isinstance(value, str):
        return value
    if preferred == "sides":
        return "sides"
    numbers = {n for pair in value for n in pair}
    if len(numbers) > 1:
        return "sides"
    return "number" if preferred == "number" or numbers != {0} else "valid"
