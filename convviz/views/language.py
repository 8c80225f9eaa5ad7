"""The language of the window: the program's own sentences, and those of Qt's dialogs."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication, QLibraryInfo, QTranslator

from convviz import i18n
from convviz.views.preferences import SYSTEM

_qt_sentences: QTranslator | None = None


def speak(wanted: str) -> str:
    """Use the language ``wanted`` (a code, or ``system``) from now on and return the code that took effect.

    What is on the screen already has to be written again: see the widgets' ``retranslate``.
    """
    code = i18n.set_language(None if wanted == SYSTEM else wanted)
    _translate_qt(code)
    return code


def _translate_qt(code: str) -> None:
    global _qt_sentences
    app = QCoreApplication.instance()
    if app is None:
        return
    if _qt_sentences is not None:
        app.removeTranslator(_qt_sentences)
        _qt_sentences = None
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(f"qtbase_{code}", folder):  # by name, since QLocale's long lists delay the start
        app.installTranslator(translator)
        _qt_sentences = translator
