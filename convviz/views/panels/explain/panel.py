"""The panel: which number, how it is made, its terms, their sum, and where one can go from here."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from convviz.engine.errors import ConvvizError
from convviz.engine.explain import Kind, Rule, explain, is_signed, sharing
from convviz.export.formula import function_text, latex_text, plain_text, python_text
from convviz.i18n import tr
from convviz.number_text import format_number
from convviz.views import theme
from convviz.views.colour import calm_levels, levels_of
from convviz.views.editors.buttons import IconButton
from convviz.views.focus import laid_out, read_in_order
from convviz.views.panels.explain import wording
from convviz.views.readout import ReadOut

if TYPE_CHECKING:
    from PyQt6.QtGui import QResizeEvent, QShowEvent

    from convviz.engine.explain import Explanation, Tensor
    from convviz.engine.frames import Array, Frame
    from convviz.views.colour import Levels
    from convviz.views.pointing import Pointed

#: Relative to the size of the terms; beyond it a sum is not the number that it explains.
_EQUAL = 1e-12
_EQUAL_FLOAT32 = 1e-5
_RELATED_MOST = 2
#: Of the number, and of the sum that is compared with it.
_DIGITS = 10
_LONGEST_TOTAL = f"= {format_number(-1e-100, _DIGITS)}"


class ExplainPanel(QWidget):
    """Takes one number of a frame apart, and any of the numbers that it comes from in turn.

    Signals
    -------
    spotted(tuple of Pointed)
        The numbers that are pointed at in the formula; empty: none.
    followed(Pointed)
        Another number is explained now: a term was clicked, or the way back was taken.
    opened(Pointed)
        The number is to be seen at work.
    closed()
        The number is to be let go of.
    """

    spotted = pyqtSignal(object)
    followed = pyqtSignal(object)
    opened = pyqtSignal(object)
    closed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("explain")
        self._frame: Frame | None = None
        self._written = -1  # the run of the frame whose names stand there
        self._number: Pointed | None = None
        self._explanation: Explanation | None = None
        self._scales: dict[Tensor, tuple[Levels, bool]] = {}
        self._is_made = False
        self.retranslate()

    # -- what is explained ---------------------------------------------------------------------------------------------

    @property
    def number(self) -> Pointed | None:
        """The number that is explained."""
        return self._number

    def show_number(self, number: Pointed | None, frame: Frame | None, *, follow: bool = False) -> None:
        """Explain another number of a frame, or none; ``follow``: it was asked for here, so that one can go back."""
        if number is None and not self._is_made:
            return
        self._make()
        if number is None or frame is None:
            self._number = self._explanation = None
            self._trail.clear()
            self._model.set_explanation(None)
        else:
            explanation = explain(frame, number.tensor, number.index)
            if frame is not self._frame:
                self._scales.clear()
            if not follow:
                self._trail.begin(number)
            self._number, self._frame, self._explanation = number, frame, explanation
            self._model.set_explanation(self._explanation, fold=True)
            self._terms.scrollToTop()
        self._write_all()

    def set_frame(self, frame: Frame) -> None:
        """Explain the same number of another frame."""
        self._frame = frame
        self._scales.clear()
        if self._number is None or not self.isVisible():
            return
        if self._explain_anew() or frame.run != self._written:
            self._write_all()  # in another run, arrays may have other names
        else:
            self._write_numbers()
            self._terms.repaint_terms()

    def showEvent(self, event: QShowEvent | None) -> None:
        """Catch up with the frames that came while nobody looked."""
        self._make()
        self._keep_lines()  # letters were larger if something was presented while the panel was made
        super().showEvent(event)
        if self._frame is not None:
            self.set_frame(self._frame)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Write the name as long as there is room for."""
        super().resizeEvent(event)
        if self._frame is not None and self._number is not None:
            self._write_name(self._frame, self._number)

    def copy(self, form: str) -> None:
        """Put the formula on the clipboard as ``text``, ``latex`` or ``python``."""
        clipboard = QGuiApplication.clipboard()
        frame, explanation, number = self._frame, self._explanation, self._number
        if clipboard is None or frame is None or explanation is None or number is None:
            return
        if form == "text":
            clipboard.setText(plain_text(frame, explanation, wording.number_name(frame, number)))
        else:
            clipboard.setText((latex_text if form == "latex" else python_text)(frame, explanation))

    def retranslate(self) -> None:
        """Read every text again in the current language."""
        self.setAccessibleName(tr("Where a number comes from"))
        if not self._is_made:
            return
        self._hint.setText(
            tr(
                "Click a cell of any map or kernel to see here how its number is made.\n\n"
                "Arrow keys go from cell to cell, Enter shows the cell under the microscope, Escape lets go."
            )
        )
        self._terms.setAccessibleName(tr("Terms"))
        self._close.describe(tr("Let go"), tr("Let go of the number (Esc)"))
        self._copy.retranslate()
        self._open.setText(tr("Under the microscope"))
        self._open.setToolTip(tr("Show step by step how this number is made (Enter on its cell)"))
        self._trail.retranslate()
        if not self.isVisible():
            self._explain_anew()  # frames have come since that nobody looked at
        self._write_all()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _make(self) -> None:
        """Make what is in the panel, once it is looked at or has something to say: a start does without it."""
        if self._is_made:
            return
        from convviz.views.panels.explain.copy_button import CopyButton
        from convviz.views.panels.explain.term_view import TermView
        from convviz.views.panels.explain.terms import TermModel
        from convviz.views.panels.explain.trail import Trail

        self._is_made = True
        self._trail = Trail(self)
        self._model = TermModel(self)
        self._terms = TermView(self._model, self._scale_of)
        self._hint = QLabel(self)
        self._body = QWidget(self)
        self._name = ReadOut(role="strong", parent=self)
        self._value = ReadOut(role="heading", parent=self)
        self._sentence, self._function, self._notes = QLabel(self), QLabel(self), QLabel(self)
        self._equal = ReadOut(role="small", parent=self)
        self._total = ReadOut(_LONGEST_TOTAL, "strong", Qt.AlignmentFlag.AlignRight, self)
        self._all = QPushButton(self)
        self._related = [QPushButton(self) for _ in range(_RELATED_MOST)]
        self._targets: list[Pointed | None] = [None] * _RELATED_MOST
        self._open = QPushButton(self)
        self._copy = CopyButton(self)
        self._close = IconButton("explain.close", "dismiss", self)
        self._prepare()
        self._lay_out()
        self._connect()
        self.retranslate()
        before = self.previousInFocusChain()
        if before is not None:
            read_in_order([before, *laid_out(self)])  # not behind all that the window has

    def _scale_of(self, tensor: Tensor) -> tuple[Levels, bool] | None:
        """Return the levels of an array's colours, the same as wherever it is shown, and whether they are signed."""
        frame = self._frame
        if frame is None or tensor.kind is Kind.LOSS:
            return None
        if tensor not in self._scales:
            signed = is_signed(tensor)
            arrays: tuple[Array, ...] = ()
            try:
                arrays = sharing(frame, tensor)
            except ConvvizError:  # it is computed where it is asked for
                if tensor.kind is not Kind.VALUE_GRAD:
                    return None
            self._scales[tensor] = calm_levels(*levels_of(*arrays, signed=signed), signed), signed
        return self._scales[tensor]

    def _keep_lines(self) -> None:
        """Keep two lines for the sentence, so that a longer one moves nothing."""
        self._sentence.setFixedHeight(round(2 * theme.metrics("small").lineSpacing()) + 2)

    def _prepare(self) -> None:
        self._hint.setWordWrap(True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        theme.set_role(self._hint, "muted")
        for label, name in ((self._sentence, "sentence"), (self._function, "function"), (self._notes, "notes")):
            label.setObjectName(f"explain.{name}")
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setTextFormat(Qt.TextFormat.PlainText)
            theme.set_role(label, "small")
        self._keep_lines()
        for read_out, name in (
            (self._name, "name"),
            (self._value, "value"),
            (self._total, "total"),
            (self._equal, "equal"),
        ):
            read_out.setObjectName(f"explain.{name}")
        for number, button in enumerate((*self._related, self._open, self._all)):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setStyleSheet("QPushButton { padding: 1px 8px; }")
            button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            button.setObjectName(f"explain.related{number + 1}")
        self._open.setObjectName("explain.open")
        self._all.setObjectName("explain.all")
        self._all.setCheckable(True)

    def _lay_out(self) -> None:
        head, buttons = QHBoxLayout(), QHBoxLayout()
        for line in (head, buttons):
            line.setSpacing(theme.SPACE.XS)
        head.addWidget(self._trail, 1)
        head.addWidget(self._copy)
        head.addWidget(self._close)
        for button in self._related:
            buttons.addWidget(button)
        buttons.addStretch(1)
        divider = QFrame(self)
        theme.set_role(divider, "divider")
        total = QHBoxLayout()
        total.addWidget(self._equal, 1)
        total.addWidget(self._total)
        total.addSpacing(theme.SPACE.XS)
        foot = QHBoxLayout()
        foot.addWidget(self._open)
        foot.addStretch(1)
        foot.addWidget(self._all)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(theme.SPACE.M, theme.SPACE.XS, theme.SPACE.M, theme.SPACE.S)
        body.setSpacing(theme.SPACE.XS)
        body.addLayout(head)
        body.addWidget(self._name)
        body.addWidget(self._value)
        body.addWidget(self._sentence)
        body.addLayout(buttons)
        body.addWidget(self._function)
        body.addWidget(self._terms, 1)
        body.addWidget(divider)
        body.addLayout(total)
        body.addWidget(self._notes)
        body.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._hint.setContentsMargins(theme.SPACE.M, theme.SPACE.M, theme.SPACE.M, 0)
        column.addWidget(self._hint)
        column.addWidget(self._body, 1)

    def _connect(self) -> None:
        self._terms.spotted.connect(self.spotted)
        self._terms.followed.connect(self._follow)
        self._terms.unfolded.connect(lambda: self._all.setChecked(True))
        self._all.toggled.connect(self._unfold)
        self._trail.gone_back.connect(self._go_to)
        self._copy.asked.connect(self.copy)
        self._close.clicked.connect(self.closed)
        for n, button in enumerate(self._related):
            button.clicked.connect(partial(self._follow_related, n))
        self._open.clicked.connect(lambda: self.opened.emit(self._number))

    def _follow(self, number: Pointed) -> None:
        self._trail.add(number)
        self._go_to(number)

    def _follow_related(self, place: int) -> None:
        number = self._targets[place]
        if number is not None:
            self._follow(number)

    def _explain_anew(self) -> bool:
        """Explain the number of the frame that is there, and return whether its terms are other ones."""
        if self._number is None or self._frame is None:
            return False
        self._explanation = explain(self._frame, self._number.tensor, self._number.index)
        return self._model.set_explanation(self._explanation)

    def _go_to(self, number: Pointed) -> None:
        self.show_number(number, self._frame, follow=True)
        self.followed.emit(number)

    def _unfold(self, everything: bool) -> None:
        self._model.set_folded(not everything)

    def _write_all(self) -> None:
        explained = self._explanation is not None
        self._hint.setVisible(not explained)
        self._body.setVisible(explained)
        frame, number, explanation = self._frame, self._number, self._explanation
        if frame is None or number is None or explanation is None:
            return
        self._written = frame.run
        self._trail.keep(partial(wording.is_in, frame))
        self._trail.write(partial(wording.number_name, frame))
        self._write_name(frame, number)
        self._write_related(frame, number)
        self._all.setVisible(self._model.can_fold)
        listed = self._model.most_listed
        text = tr("All {n} terms") if listed == len(explanation) else tr("Largest {n}")
        self._all.setText(text.format(n=f"{listed:,}"))
        if self._all.isChecked() is self._model.is_folded:
            self._all.setChecked(not self._model.is_folded)
        self._open.setVisible(number.tensor.kind is not Kind.LOSS and not number.is_taught)
        for part in (self._total, self._equal):
            part.setVisible(explanation.rule is not Rule.GIVEN)
        self._write_numbers()

    def _write_name(self, frame: Frame, number: Pointed) -> None:
        """Write what the number is called, briefly where there is no room."""
        name, place = wording.tensor_text(frame, number.tensor), wording.place_text(frame, number)
        text = tr("{name}, {place}").format(name=name, place=place) if place else name
        room = self.width() - 2 * theme.SPACE.M
        fits = theme.metrics("strong").horizontalAdvance(text) <= room
        self._name.set_text(text if fits else wording.number_name(frame, number))

    def _write_related(self, frame: Frame, number: Pointed) -> None:
        related = wording.related(frame, number)[:_RELATED_MOST]
        for n, button in enumerate(self._related):
            button.setVisible(n < len(related))
            if n < len(related):
                button.setText(related[n][0])
                button.setToolTip(wording.number_name(frame, related[n][1]))
                self._targets[n] = related[n][1]

    def _write_numbers(self) -> None:
        frame, explanation = self._frame, self._explanation
        if frame is None or explanation is None:
            return
        self._value.set_text(tr("= {value}").format(value=format_number(explanation.value, _DIGITS)))
        text = wording.sentence(frame, explanation)
        if text != self._sentence.text():
            self._sentence.setText(text)
        self._show_line(self._function, self._function_line(frame, explanation))
        self._show_line(self._notes, "\n".join(self._note_lines(explanation)))
        self._total.set_text(tr("= {value}").format(value=format_number(explanation.total, _DIGITS)))
        apart = abs(explanation.total - explanation.value)
        bound = _EQUAL if frame.output.dtype.itemsize == 8 else _EQUAL_FLOAT32
        if math.isnan(apart) or apart <= bound * max(explanation.size, abs(explanation.value)):
            self._equal.set_text(tr("✓ equal to the cell"))
            self._equal.set_colour("good")
        else:
            self._equal.set_text(tr("✗ in the cell: {value}").format(value=format_number(explanation.value, _DIGITS)))
            self._equal.set_colour("bad")

    def _function_line(self, frame: Frame, explanation: Explanation) -> str:
        if explanation.tensor.kind in (Kind.NEXT_WEIGHT, Kind.NEXT_BIAS):
            return explanation.function
        if explanation.rule is Rule.FUNCTION:
            return f"{function_text(frame, explanation)} = {format_number(explanation.value, 6)}"
        return ""

    @staticmethod
    def _note_lines(explanation: Explanation) -> list[str]:
        lines = []
        for note in explanation.notes:
            name = tr(wording.NOTES.get(note.symbol, note.symbol))
            before, after = format_number(note.before, 6), format_number(note.after, 6)
            if note.arithmetic:
                lines.append(tr("{name}: {value}").format(name=name, value=wording.arithmetic_text(note)))
                continue
            text = before if note.before == note.after else tr("{before} → {after}").format(before=before, after=after)
            lines.append(tr("{name}: {value}").format(name=name, value=text))
        return lines

    @staticmethod
    def _show_line(label: QLabel, text: str) -> None:
        if text != label.text():
            label.setText(text)
        if label.isHidden() is bool(text):
            label.setVisible(bool(text))
