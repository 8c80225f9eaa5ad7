"""Where the files that are not code lie.

In a checkout they are in ``resources/`` beside the package; a wheel carries the same folder inside the package as
``_resources``. Nothing else in the program knows the difference.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _resource_root() -> Path:
    """Return the folder that holds ``experiments/``, ``fonts/``, ``icons/``, ``images/``, ``lessons/`` and ``locale/``.

    Raises
    ------
    FileNotFoundError
        If neither the wheel's nor the checkout's folder exists.
    """
    for candidate in (_PACKAGE / "_resources", _PACKAGE.parent / "resources"):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"convviz's resources are missing: expected a folder beside {_PACKAGE}")


def resource(*parts: str) -> Path:
    """Return the path of one resource, e.g. ``resource("icons", "play.svg")``; it need not exist."""
    return _resource_root().joinpath(*parts)


def builtin_files() -> dict[str, Path]:
    """Return the file of every built-in experiment by its name on the command line."""
    return {path.stem: path for path in sorted(resource("experiments").glob("*.json"))}


def lesson_files() -> dict[str, Path]:
    """Return the file of every built-in lesson by its name on the command line."""
    return {path.stem: path for path in sorted(resource("lessons").glob("*.json"))}


def is_builtin(name: str) -> bool:
    """Return whether ``name`` means a built-in experiment: there is one, and no file of that name, which is preferred.

    The one place where this is decided, here because the window asks before NumPy is loaded.
    """
    return not Path(name).is_file() and name in builtin_files()
