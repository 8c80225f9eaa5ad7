"""What a control says about itself, made from the description of its setting."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from convviz.i18n import tr
from convviz.views.editors.numbers import number_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convviz.engine.errors import ConvvizError
    from convviz.engine.settings import Setting, Spec


def range_text(described: Setting) -> str:
    """Return a sentence that says what is possible, or ``""`` where everything is."""
    low = None if described.minimum is None else number_text(float(described.minimum))
    high = None if described.maximum is None else number_text(float(described.maximum))
    if described.positive and (described.minimum is None or described.minimum <= 0):
        if high is None:
            return tr("Possible: above 0.")
        return tr("Possible: above 0, at most {maximum}.").format(maximum=high)
    if low is not None and high is not None:
        return tr("Possible: {minimum} to {maximum}.").format(minimum=low, maximum=high)
    if low is not None:
        return tr("Possible: at least {minimum}.").format(minimum=low)
    if high is not None:
        return tr("Possible: at most {maximum}.").format(maximum=high)
    return ""


def help_lines(described: Setting) -> tuple[str, ...]:
    """Return what the setting does, what is possible, and when it takes effect; a sentence each."""
    live = tr("Takes effect while running.") if described.live else ""
    return tuple(line for line in (tr(described.help), range_text(described), live) if line)


def summary_text(cls: type[Spec]) -> str:
    """Return what a kind of layer, loss, … is, as a tooltip."""
    return paragraphs(tr(cls.summary))


def paragraphs(*lines: str) -> str:
    """Return lines as rich text, which tooltips wrap where they are long; empty ones are left out."""
    return "".join(f"<p style='margin:2px 0'>{html.escape(line)}</p>" for line in lines if line)


def error_text(error: ConvvizError, labels: Mapping[str, str]) -> str:
    """Return an error's sentence with the setting called what its control is called.

    Parameters
    ----------
    labels
        From the name of a field to its label on screen.
    """
    name = error.values.get("name")
    if isinstance(name, str) and name in labels:
        return tr(error.template).format(**{**error.values, "name": labels[name]})
    return str(error)
