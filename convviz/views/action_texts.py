"""How actions and their shortcuts are written."""

from __future__ import annotations

import re
import sys

from PyQt6.QtGui import QKeySequence

from convviz.i18n import tr


def tooltip(sentence: str, shortcut: QKeySequence) -> str:
    """Return a tooltip that ends with the shortcut, where there is one."""
    if shortcut.isEmpty():
        return sentence
    return tr("{sentence} ({keys})").format(sentence=sentence, keys=keys_text(shortcut))


def keys_text(shortcut: QKeySequence) -> str:
    """Return a shortcut as the platform writes it."""
    return shortcut.toString(QKeySequence.SequenceFormat.NativeText)


def with_own_keys(text: str) -> str:
    """Return a text that names keys as the keyboard does: what Qt calls Ctrl is the command key of a Mac."""
    return text.replace("Ctrl", "Cmd") if sys.platform == "darwin" else text


def plain(text: str) -> str:
    """Return a menu's title without the mark of its access key: ``&File`` and ``文件(&F)`` become plain words."""
    return re.sub(r"\(&\w\)|&", "", text)
