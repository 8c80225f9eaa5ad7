"""The lessons that come with the program, in ``resources/lessons/``, one file each."""

from __future__ import annotations

import json
from pathlib import Path

from convviz.engine.errors import ConfigError
from convviz.i18n import Listed, guessed
from convviz.resources import lesson_files


def lesson_titles() -> dict[str, str]:
    """Return the title of every built-in lesson, before translation, by its name, in the order to be taken in.

    Nothing else of the files is looked at, so that a menu can be filled at once.
    """
    read = {name: json.loads(path.read_bytes()) for name, path in lesson_files().items()}
    return {name: str(data["title"]) for name, data in sorted(read.items(), key=lambda item: item[1].get("order", 0))}


def find_lesson(name_or_path: str | Path) -> Path:
    """Return the file of that name, or else that of the built-in lesson of that name.

    Raises
    ------
    ConfigError
        If there is neither.
    """
    paths, name = lesson_files(), str(name_or_path)
    if Path(name).is_file() or (name not in paths and Path(name).exists()):
        return Path(name)
    if name in paths:
        return paths[name]
    if (guess := guessed(name, paths)) is not None:
        raise ConfigError(
            "{received}: expected a file or the name of a built-in lesson; did you mean {guess}?",
            received=name,
            guess=guess,
        )
    raise ConfigError(
        "{received}: expected a file or a built-in lesson, which are {known}", received=name, known=Listed(paths)
    )
