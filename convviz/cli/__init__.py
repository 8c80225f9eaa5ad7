"""The command line. ``convviz`` alone opens the window; a first word that is a command does something else.

Each command is a module of this package with ``SUMMARY``, ``add_arguments(parser)`` and ``run(options) -> exit code``.
Qt and NumPy are imported inside ``run``, so that help and errors come at once, and come on a machine without them.
"""

from __future__ import annotations

import gettext
import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from convviz import i18n
from convviz.cli.arguments import ArgumentParser, window_parser
from convviz.cli.exits import BAD_INPUT, DONE, INTERRUPTED, UNABLE
from convviz.cli.telling import complain, is_unread, silence, system_error
from convviz.i18n import Listed, guessed, tr
from convviz.resources import builtin_files, is_builtin, resource

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Word on the command line -> module. The window is what there is without such a word.
COMMANDS = {
    "train": "convviz.cli.train",
    "code": "convviz.cli.code",
    "animate": "convviz.cli.animate",
    "list": "convviz.cli.listing",
    "schema": "convviz.cli.schema",
    "doctor": "convviz.cli.doctor",
    "bench": "convviz.cli.bench",
}
WINDOW = "convviz.cli.window"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line ``arguments`` (None: the process's) ask for, and return the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    _open_streams()
    _speak(_wanted_language(words))
    try:
        return _dispatch(words)
    except SystemExit as leaving:  # argparse, having said why
        return leaving.code if isinstance(leaving.code, int) else BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        if not is_unread(error):
            raise
        # The reader, `head` for instance, has seen enough.
        silence(sys.stdout)
        return DONE


def _open_streams() -> None:
    """Let everything be printed: into nothing, where the program was started without a place for it."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8", errors="replace"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # rather a question mark than a traceback on an old terminal


def _dispatch(words: list[str]) -> int:
    try:
        name = _command(words)
        if name is None:
            if (told := _unknown_word(words)) is not None:
                return _complain(told)
            module = importlib.import_module(WINDOW)
            parser = window_parser(_summaries)
        else:
            module = importlib.import_module(COMMANDS[name])
            parser = ArgumentParser(name, module.SUMMARY)
            words.remove(name)
        module.add_arguments(parser)
        code = int(module.run(parser.read(words)))
        sys.stdout.flush()
        return code
    except ImportError:
        return _say_what_is_missing()
    except OSError as error:
        if is_unread(error):
            raise
        return _complain(system_error(error))
    except MemoryError as error:
        return _complain(tr("the memory is not enough: {reason}").format(reason=str(error) or "MemoryError"))
    except (ValueError, RuntimeError) as error:
        from convviz.engine.errors import ConvvizError

        if not isinstance(error, ConvvizError):
            raise
        where = f"{error.field}: " if error.field and error.field not in str(error) else ""
        return _complain(f"{where}{error}")


def _summaries() -> dict[str, str]:
    return {word: importlib.import_module(path).SUMMARY for word, path in COMMANDS.items()}


def _complain(sentence: str) -> int:
    complain(sentence)
    return BAD_INPUT


def _say_what_is_missing() -> int:
    """Turn the `ImportError` being handled into the doctor's advice, unless the machine is not to blame for it."""
    from convviz import doctor

    missing = doctor.obstacles(doctor.examine(platform="offscreen", fonts=False))
    if not missing:
        raise
    print(doctor.refusal(missing), file=sys.stderr)
    return UNABLE


def _command(words: Sequence[str]) -> str | None:
    """Return the command that the words begin with."""
    word = _first_word(words)
    return word if word in COMMANDS else None


def _first_word(words: Sequence[str]) -> str:
    """Return what the words begin with; the language may stand before it."""
    rest = list(words)
    while rest and rest[0].startswith("--language"):
        rest = rest[1 if "=" in rest[0] else 2 :]
    return rest[0] if rest else ""


def _unknown_word(words: Sequence[str]) -> str | None:
    """Return what could be meant by a first word that is no command, no file and no experiment; None where it is one.

    The parser would take it for an experiment, and complain of the words behind it.
    """
    word = _first_word(words)
    if not word or word.startswith("-") or Path(word).exists() or is_builtin(word):
        return None
    known = [*COMMANDS, *builtin_files()]
    if (guess := guessed(word, known)) is not None:
        told = tr("{word}: expected a file, a built-in experiment or a command; did you mean {guess}?")
        return told.format(word=word, guess=guess)
    told = tr("{word}: expected a file, or a built-in experiment or command, which are {known}")
    return told.format(word=word, known=Listed(known))


def _wanted_language(words: Sequence[str]) -> str | None:
    """Find the language before the arguments are parsed, so that the parser's own errors are said in it."""
    for index, word in enumerate(words):
        if word == "--language" and index + 1 < len(words):
            return words[index + 1]
        if word.startswith("--language="):
            return word.partition("=")[2]
    return None


def _speak(language: str | None) -> None:
    """Use ``language`` (None: the system's), for argparse too, which asks gettext's default domain and environment."""
    os.environ["LANGUAGE"] = i18n.set_language(language)
    gettext.bindtextdomain(i18n.DOMAIN, str(resource("locale")))
    gettext.textdomain(i18n.DOMAIN)
