"""The program's sentences in the language of the person who reads them.

Catalogues are gettext's, in ``resources/locale/<language>/LC_MESSAGES/convviz.mo``, and the English sentence is the
message id. A sentence is translated when it is *shown* (`tr`), never when it is defined: module constants and field
descriptions are only marked (`mark`), so that the language can change while the program runs.
"""

from __future__ import annotations

import gettext
import locale
import os
from functools import cache
from typing import TYPE_CHECKING

from convviz.resources import resource

if TYPE_CHECKING:
    from collections.abc import Iterable

DOMAIN = "convviz"

#: Language code of every language that has a catalogue (English needs none) -> its own name for itself.
LANGUAGES = {"en": "English", "zh_CN": "简体中文"}

#: Marks at the end of a sentence that bring their own room.
_FULL_WIDTH = "。！？；："

_translations: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def mark(text: str) -> str:
    """Mark ``text`` for translation without translating it, and return it as it is."""
    return text


def tr(text: str) -> str:
    """Return ``text`` in the current language, or unchanged where the catalogue has no entry."""
    return _translations.gettext(text) if text else text


def ntr(singular: str, plural: str, count: int) -> str:
    """Return the form of a counted sentence that the current language uses for ``count``."""
    return _translations.ngettext(singular, plural, count)


def joined(sentences: Iterable[str]) -> str:
    """Return sentences, in whatever language they are, one after the other: no space follows a full-width mark."""
    text = ""
    for sentence in filter(None, sentences):
        text += sentence if not text or text[-1] in _FULL_WIDTH else f" {sentence}"
    return text


def guessed(word: str, known: Iterable[str]) -> str | None:
    """Return the one of the ``known`` words that ``word`` is likely to be a slip of, or None."""
    import difflib  # not at the start of every program, where nobody has mistyped anything yet

    return next(iter(difflib.get_close_matches(word, known, 1)), None)


class Listed:
    """Words in a row, parted as the current language parts them: a part of a sentence, read when that is shown."""

    def __init__(self, words: Iterable[object]) -> None:
        self._words = tuple(str(word) for word in words)

    def __str__(self) -> str:
        return tr(", ").join(self._words)


def language() -> str:
    """Return the code of the current language, a key of `LANGUAGES`."""
    return _language


def set_language(code: str | None) -> str:
    """Switch every later `tr` to the language ``code`` (None: the system's) and return the code that took effect.

    A language without a catalogue falls back to English.
    """
    global _translations, _language
    wanted = _closest(code) if code is not None else system_language()
    _translations, _language = _load(wanted), wanted
    return wanted


def system_language() -> str:
    """Return the language that the environment asks for, by gettext's own variables first, then by the locale."""
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "").split(":")[0]
        if value:
            return _closest(value)
    return _closest(locale.getlocale()[0] or "en")


def _closest(code: str) -> str:
    name = code.split(".")[0].split("@")[0].replace("-", "_")
    if name in LANGUAGES:
        return name
    prefix = name.split("_")[0].lower()
    if name.startswith("Chinese"):  # what Windows calls it
        prefix = "zh"
    return next((known for known in LANGUAGES if known.split("_")[0] == prefix), "en")


@cache
def _load(code: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, localedir=resource("locale"), languages=[code], fallback=True)
