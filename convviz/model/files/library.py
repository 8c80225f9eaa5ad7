"""The experiments that come with the program, in ``resources/experiments/``, one file each.

Their names and notes are English in the files, and these sentences are message ids: whoever shows them calls `tr`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from convviz.engine.errors import ConfigError
from convviz.i18n import Listed, guessed
from convviz.model.files.reading import read_experiment
from convviz.resources import builtin_files, is_builtin

if TYPE_CHECKING:
    from convviz.model.experiment import Experiment

#: The experiment that the program begins with.
FIRST = "demo"


def builtin_experiments() -> dict[str, Path]:
    """Return the file of every built-in experiment by its name on the command line, the first one first."""
    paths = builtin_files()
    return {FIRST: paths[FIRST], **paths}


def builtin_names() -> dict[str, str]:
    """Return what every built-in experiment is called on screen, before translation, by its name on the command line.

    Nothing else of the files is looked at, so that a menu can be filled at once.
    """
    return {name: _word(path, "name") for name, path in builtin_experiments().items()}


def own_notes(experiment: Experiment) -> str:
    """Return what an experiment is said to show, in its own words, before translation.

    Empty where the words are those of a built-in experiment from which it was made: what they say may not be true of it
    any more.
    """
    notes = experiment.notes
    for path in builtin_experiments().values() if notes else ():
        if _word(path, "notes") == notes:
            return notes if experiment.replace(name=_word(path, "name")) == read_experiment(path) else ""
    return notes


def own_title(experiment: Experiment) -> str:
    """Return what an experiment is called, in its own words, before translation.

    Where name and notes are those of a built-in experiment from which it was made, the title says that it was changed.
    """
    changed = own_notes(experiment) != experiment.notes and experiment.name in builtin_names().values()
    return f"{experiment.name}, with changes" if changed else experiment.name


def load_builtin(name: str = FIRST) -> Experiment:
    """Return a built-in experiment.

    Raises
    ------
    ConfigError
        If there is none of that name.
    """
    paths = builtin_experiments()
    if name not in paths:
        raise _not_found(name, paths)
    return read_experiment(paths[name])


def find_experiment(name_or_path: str | Path | None = None) -> Path:
    """Return the file of that name, or else that of the built-in experiment of that name; None: of the first one.

    Raises
    ------
    ConfigError
        If there is neither.
    """
    paths = builtin_experiments()
    if name_or_path is None:
        return paths[FIRST]
    name = str(name_or_path)
    if is_builtin(name):
        return paths[name]
    if Path(name).exists():
        return Path(name)  # be it a folder: `read_experiment` says so
    raise _not_found(name, paths)


def _word(path: Path, entry: str) -> str:
    return str(json.loads(path.read_bytes())[entry])


def _not_found(name: str, known: dict[str, Path]) -> ConfigError:
    if (guess := guessed(name, known)) is not None:
        return ConfigError(
            "{received}: expected a file or the name of a built-in experiment; did you mean {guess}?",
            received=name,
            guess=guess,
        )
    return ConfigError(
        "{received}: expected a file or a built-in experiment, which are {known}", received=name, known=Listed(known)
    )
