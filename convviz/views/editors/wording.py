"""What a control says about itself, made from the description of its setting."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from convviz.i18n import joined, tr
from convviz.number_text import short_number, whole_text
from convviz.views.editors.numbers import DIGITS
from convviz.views.tooltips import paragraphs

if TYPE_CHECKING:
    from convviz.engine.errors import ConvvizError
    from convviz.engine.settings import Setting, Spec


_LAYER = re.compile(r"layers\[(\d+)\]")
#: Whole limits from here on are written as a power of ten, if they are one.
_LONG = 1e7


def _range_text(described: Setting) -> str:
    """Return a sentence that says what is possible, or ``""`` where everything is."""
    low = None if described.minimum is None else _limit_text(described.minimum)
    high = None if described.maximum is None else _limit_text(described.maximum)
    if low is not None and high is not None:
        return tr("Possible: {minimum} to {maximum}.").format(minimum=low, maximum=high)
    if low is not None:
        return tr("Possible: at least {minimum}.").format(minimum=low)
    if high is not None:
        return tr("Possible: at most {maximum}.").format(maximum=high)
    return ""


def _limit_text(value: float) -> str:
    """Return a limit without rounding it: the largest seed is 4,294,967,295."""
    is_round = float(f"{value:.{DIGITS}g}") == value
    return whole_text(int(value)) if value == int(value) and (abs(value) < _LONG or not is_round) else _told(value)


def _told(value: float) -> str:
    return short_number(value, DIGITS)


def help_lines(described: Setting) -> tuple[str, ...]:
    """Return what the setting does, what is possible, and when it takes effect; a sentence each."""
    live = tr("Takes effect while running.") if described.live else ""
    return tuple(line for line in (tr(described.help), _range_text(described), live) if line)


def summary_text(cls: type[Spec]) -> str:
    """Return what a kind of layer, loss, … is, as a tooltip."""
    return paragraphs(tr(cls.summary))


def error_text(error: ConvvizError, name: str, described: Setting) -> str:
    """Return an error as a sentence beside a control, which calls its setting what the control is called.

    Parameters
    ----------
    name, described
        The field that the control is for. An error about another one is told as it is.
    """
    label, possible = tr(described.label), _range_text(described)
    if error.values.get("name") != name:
        names_none = "name" not in error.values and (error.field or "").isidentifier()  # as those of a map's size
        return tr("{setting}: {sentence}").format(setting=label, sentence=error) if names_none else str(error)
    if "value" in error.values and possible:
        value = tr("{setting} cannot be {value}.").format(setting=label, value=_value_text(error.values["value"]))
        return joined((value, possible))
    return tr(error.template).format(**{**error.values, "name": label})


def layer_of(error: ConvvizError) -> int | None:
    """Return the index of the layer that an error is about, or None if it is about something else."""
    layer = _LAYER.match(error.field or "")
    return None if layer is None else int(layer[1])


def _value_text(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return whole_text(value)
    if isinstance(value, float):
        return _told(value)
    if isinstance(value, (tuple, list)):
        texts = [_value_text(one) for one in value]
        return texts[0] if len(set(texts)) == 1 else "×".join(texts)
    return str(value)


def capitalised(sentence: str) -> str:
    """Return a sentence with a capital letter at its beginning."""
    return sentence[:1].upper() + sentence[1:]


def reason_text(error: ConvvizError) -> str:
    """Return an error as a sentence of its own behind another; the name that one begins with stays as it is."""
    return str(error) if error.template.startswith(("{", "'")) else capitalised(str(error))


def inside_sentence(label: str) -> str:
    """Return a label as it stands within a sentence: 'weight decay', but 'ReLU'."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label
