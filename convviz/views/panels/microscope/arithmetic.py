"""The arithmetic of one number, written with the actual numbers in the colours of the cells they come from."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter

from convviz.engine.walkthrough import Role
from convviz.i18n import ntr, tr
from convviz.number_text import format_number
from convviz.views import theme
from convviz.views.panels.microscope.wording import layer_function

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convviz.engine.walkthrough import Scale, Sum
    from convviz.views.panels.microscope.cells import Scales

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter

#: Height of a line, alone or beside one other, and of one of three; the type in it, in a narrow and in a wide stage.
_LINE, _TIGHT_LINE = 30, 25
_NARROW_TYPE, _WIDE_TYPE, _WIDE = 13, 15, 900
#: The room that the results take at the right, in widths of a digit, and the sign between two of them.
_RESULT = 16
#: Of a result, where there is room.
_DIGITS = 8
_SAME = 34
_PAD = 12
#: No number takes less than the one, and few less than the other: how many terms to try at most, and first.
_LEAST_CHIP, _NARROWEST = 20, 48
#: Two ways to one number agree up to rounding.
_TOLERANCE = 1e-12

#: What the numbers of each board are called in formulas.
_SYMBOLS = {
    Role.OUTPUT: "y",
    Role.INPUT_GRAD: "∂L/∂x",
    Role.GATHERED: "∂L/∂x",
    Role.SCATTERED: "∂L/∂x",
    Role.WEIGHT_GRAD: "∂L/∂w",
    Role.BIAS_GRAD: "∂L/∂b",
    Role.ERROR: "δ",
    Role.RESIDUAL: "r",
    Role.CONTRIBUTION: "ℓ",
}


@dataclass(frozen=True)
class Term:
    """Where a factor of a term is written.

    Attributes
    ----------
    rect
    line, term
        Of which sum, and which of its terms.
    role
        The board that the factor stands on.
    """

    rect: QRect
    line: int
    term: int
    role: Role | None = None


@dataclass(frozen=True)
class _Piece:
    """A text of a line, on the colour of its cell if it is a number of one; ``term``: which term it belongs to."""

    text: str
    fill: QColor | None = None
    ink: QColor | None = None
    strong: bool = False
    term: int | None = None
    role: Role | None = None


def _symbol_of(told: Sum) -> str:
    """Return what a sum is called: '∂L/∂x[4, 8]', counted from 1 as everything on the screen."""
    index = ", ".join(str(n + 1) for n in told.index)
    name = _SYMBOLS.get(told.role, "")
    return f"{name}[{index}]" if index else name


def agree(one: float, other: float) -> bool:
    """Return whether two ways have come to the same number, but for rounding; or both to none."""
    if not (math.isfinite(one) and math.isfinite(other)):
        return math.isfinite(one) == math.isfinite(other)  # whether infinities cancel is a matter of the order
    return one == other or abs(one - other) <= _TOLERANCE * max(1.0, abs(one), abs(other))


def line_height(count: int, growth: float) -> int:
    """Return the height of each of so many lines, which are ``growth`` times as large as they have to be."""
    return round((_LINE if count < 3 else _TIGHT_LINE) * growth)


def paint_sums(
    painter: QPainter, rect: QRect, sums: Sequence[Sum], scales: Scales, *, growth: float, lost: str
) -> list[Term]:
    """Write the sums, a line each, and return where their terms stand.

    What is gathered and what is scattered is one number, and a sign says so.

    ``lost`` is what they say instead of terms where there are none.
    """
    height = line_height(len(sums), growth)
    pixels = round((_WIDE_TYPE if rect.width() > _WIDE else _NARROW_TYPE) * growth)
    name = max((theme.metrics("strong", pixels).horizontalAdvance(_symbol_of(told)) for told in sums), default=0)
    twice = [told.role for told in sums[:2]] == [Role.GATHERED, Role.SCATTERED]
    same = _SAME if twice else 0
    terms: list[Term] = []
    for number, told in enumerate(sums):
        line = QRect(rect.x(), rect.y() + number * height, rect.width() - same, height)
        pieces = [_Piece(" = " + lost, ink=theme.current().warning, strong=True)]
        width = math.ceil(name) + _PAD
        if told.before is not None and not told.operands:
            pieces = [_Piece(" + 0", strong=True)]
        elif not lost:
            pieces = _fitting(told, scales, pixels, line.width() - width - _result_width(pixels))
        found = _paint_line(painter, line, told, scales, pixels, width, pieces)
        terms += [Term(rect, number, term, role) for rect, term, role in found]
    if twice:
        equal = agree(sums[0].total, sums[1].total)
        colours = theme.current()
        painter.setFont(theme.font("strong", round(26 * growth)))
        painter.setPen(colours.good if equal else colours.bad)
        beside = QRect(rect.right() - _SAME, rect.y(), _SAME, 2 * height)
        painter.drawText(beside, _CENTRE, "=" if equal else "≠")
    return terms


def _result_width(pixels: int) -> int:
    return round(_RESULT * theme.metrics("strong", pixels + 1).horizontalAdvance("0"))


def _paint_line(
    painter: QPainter, line: QRect, told: Sum, scales: Scales, pixels: int, name: int, pieces: list[_Piece]
) -> list[tuple[QRect, int, Role | None]]:
    colours = theme.current()
    painter.setFont(theme.font("strong", pixels))
    painter.setPen(colours.text)
    painter.drawText(QRect(line.x(), line.y(), name, line.height()), _LEFT, _symbol_of(told))
    x, terms = line.x() + name, []
    for piece in pieces:
        end = _paint_piece(painter, QRect(x, line.y(), line.right() - x, line.height()), piece, pixels)
        if piece.term is not None:
            terms.append((QRect(x, line.y(), end - x, line.height()), piece.term, piece.role))
        x = end
    if told.before is not None and not told.operands:
        return terms  # nothing is added: there is no new number
    fill, ink = scales.colours(told.scale, told.value)
    room = _result_width(pixels)
    chip = QRectF(line.right() - room + 22, line.y() + 2, room - 26, line.height() - 4)
    painter.setFont(theme.font("strong", pixels + 1))
    painter.setPen(colours.text)
    painter.drawText(QRectF(line.right() - room, line.y(), 22, line.height()), _CENTRE, "=")
    _paint_chip(painter, chip, fill)
    painter.setPen(ink)
    metrics = theme.metrics("strong", pixels + 1)
    texts = [format_number(told.total, digits) for digits in range(_DIGITS, 2, -1)]
    fitting = (text for text in texts if metrics.horizontalAdvance(text) <= chip.width() - 6)
    painter.drawText(chip, _CENTRE, next(fitting, texts[-1]))
    return terms


def _paint_piece(painter: QPainter, rect: QRect, piece: _Piece, pixels: int) -> int:
    width = _width(piece, pixels)
    box = QRectF(rect.x(), rect.y(), width, rect.height())
    painter.setFont(theme.font("strong" if piece.strong else "body", pixels))
    if piece.fill is not None:
        _paint_chip(painter, box.adjusted(1, 4, -1, -4), piece.fill)
    painter.setPen(theme.current().text if piece.ink is None else piece.ink)
    painter.drawText(box, _CENTRE, piece.text)
    return rect.x() + width


def _paint_chip(painter: QPainter, box: QRectF, fill: QColor) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.current().outline)
    painter.setBrush(fill)
    painter.drawRoundedRect(box, 4, 4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _width(piece: _Piece, pixels: int) -> int:
    advance = theme.metrics("strong" if piece.strong else "body", pixels).horizontalAdvance(piece.text)
    return math.ceil(advance) + (_PAD if piece.fill is not None else 0)


def _fitting(told: Sum, scales: Scales, pixels: int, room: int) -> list[_Piece]:
    """Return as many terms as there is room for, the largest ones, and how many more there are."""
    count = len(told.parts) or (len(told.operands[0].values) if told.operands else 0)
    factors = 1 if told.parts else max(1, len(told.operands))
    ranked = _ranked(told, count, max(1, room // (_LEAST_CHIP * factors)))

    def fitting(shown: int) -> list[_Piece] | None:
        pieces = _pieces(told, scales, ranked[:shown], count)
        return pieces if sum(_width(piece, pixels) for piece in pieces) <= room else None

    shown = min(count, max(1, room // (_NARROWEST * factors)))
    best = fitting(shown)
    while best is None and shown > 1:
        shown -= 1
        best = fitting(shown)
    while best is not None and shown < len(ranked):
        more = fitting(shown + 1)
        if more is None:
            break
        best, shown = more, shown + 1
    if count - 2 <= shown < count == len(ranked):  # without the words for the rest
        best = fitting(count) or best
    return best or _pieces(told, scales, ranked[:shown], count)


def _pieces(told: Sum, scales: Scales, shown: list[int], count: int) -> list[_Piece]:
    """Return the texts of a sum in which some of its terms are written, in the order they stand in."""
    pieces = [_Piece(" = ")]
    if told.before is not None:
        pieces += [_number(told.before, told.scale, scales), _Piece(" " + tr("so far"), ink=theme.current().muted)]
        if count:
            pieces.append(_Piece(" + "))
    if told.function and told.function != "difference":
        pieces.append(_Piece(f"{layer_function(told.function)}("))
    if told.chosen is not None:
        pieces.append(_Piece("max("))
    joint = {"difference": " − "}.get(told.function, ", " if told.chosen is not None else " + ")
    for number, term in enumerate(sorted(shown)):
        if number:
            pieces.append(_Piece(joint))
        if told.parts:
            pieces += _part(told, term, scales, first=not number)
        else:
            pieces += [replace(piece, term=term) for piece in _term(told, term, scales)]
    if told.function == "difference":
        pieces.insert(2, _Piece(joint))
        pieces.append(_number(told.operands[1].values[0], told.operands[1].scale, scales))
    if count == 0 and not told.operands and told.before is None:
        pieces.append(_Piece("0"))
    if count > len(shown):
        left = count - len(shown)
        pieces.append(_Piece(joint))
        more = ntr("{n} more", "{n} more", left).format(n=f"{left:,}")
        pieces.append(_Piece(more, strong=True))
    if (told.function and told.function != "difference") or told.chosen is not None:
        pieces.append(_Piece(")"))
    pieces += _rest(told, scales, empty=count == 0)
    return pieces


def _rest(told: Sum, scales: Scales, *, empty: bool) -> list[_Piece]:
    """Return the bias and the products that are zero."""
    pieces = []
    plus = "" if empty else " + "
    if told.zeros and told.chosen is None and not told.parts:
        pieces.append(_Piece(plus + tr("{n} × 0").format(n=f"{told.zeros:,}"), ink=theme.current().muted))
        plus = " + "
    elif empty and told.bias is None and told.before is None:
        pieces.append(_Piece("0"))
    if told.bias is not None:
        pieces.append(_Piece(plus + tr("bias") + " "))
        pieces.append(_number(told.bias, told.bias_scale or told.scale, scales))
    return pieces


def _ranked(told: Sum, count: int, most: int) -> list[int]:
    """Return at most so many of the terms, the one that was chosen and then the largest first."""
    sizes = np.abs(np.array([part for _, part in told.parts]) if told.parts else told.terms)
    if told.chosen is not None:
        sizes = np.where(np.arange(count) == told.chosen, np.inf, sizes)
    largest = np.argpartition(-sizes, most - 1)[:most] if most < count else np.arange(count)
    return [int(n) for n in largest[np.argsort(-sizes[largest], kind="stable")]]


def _part(told: Sum, number: int, scales: Scales, *, first: bool) -> list[_Piece]:
    """Return the share of a channel after its number; the first says that it is one of a channel."""
    channel, part = told.parts[number]
    name = tr("channel {n}:") if first else tr("{n}:")
    return [_Piece(name.format(n=channel + 1) + " ", ink=theme.current().muted), _number(part, told.scale, scales)]


def _term(told: Sum, term: int, scales: Scales) -> list[_Piece]:
    operands = told.operands[:1] if told.function == "difference" else told.operands
    pieces: list[_Piece] = []
    for operand in operands:
        if pieces:
            pieces.append(_Piece("·"))
        number = _number(operand.values[term], operand.scale, scales, strong=term == told.chosen)
        pieces.append(replace(number, role=operand.role))
    return pieces


def _number(value: float, scale: Scale, scales: Scales, strong: bool = False) -> _Piece:
    fill, ink = scales.colours(scale, float(value))
    return _Piece(format_number(float(value), 3), fill, ink, strong)
