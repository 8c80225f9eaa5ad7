"""How actions and their shortcuts are written."""

from __future__ import annotations

import re

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


def plain(text: str) -> str:
    """Return a menu's title without the mark of its access key: ``&File`` and ``文件(&F)`` become plain words."""
    return re.sub(r"\(&\w\)|&", "", text)
