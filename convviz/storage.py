"""Writing files so that nobody ever finds half of one."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from convviz.i18n import tr

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary file beside ``path`` to write to, and let it take the place of ``path`` at the end.

    If the body raises, ``path`` stays as it was and the temporary file is removed. A link is followed, and a file that
    is replaced keeps its permissions.

    Raises
    ------
    OSError
        If nothing can be written there, or what is there is no regular file: a folder, a pipe or a device is not
        replaced.
    """
    target = Path(path).resolve()
    if target.exists() and not target.is_file():
        raise OSError(errno.EEXIST, tr("this is not a regular file, and only those can be replaced"), str(path))
    try:
        temporary = _create_beside(target)
    except OSError as error:  # which speaks of a file that nobody asked for
        raise OSError(error.errno, error.strerror, str(path)) from error
    try:
        yield temporary
        temporary.replace(target)
    except OSError as error:
        if error.filename in (None, str(temporary)):  # nobody asked for that one
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise
    finally:
        _remove(temporary)


def _remove(path: Path) -> None:
    """Remove a file if it is there, also where a system, as Windows does, removes none that may not be written."""
    with suppress(FileNotFoundError):
        path.chmod(0o600)
        path.unlink()


def _create_beside(target: Path) -> Path:
    """Return a new, empty file; a system that knows permissions gives it those of the target, or those of any file.

    Its name has nothing of the target's, which may be as long as names can be.
    """
    temporary = target.with_name(f".convviz-{os.urandom(8).hex()}.part")
    mode = target.stat().st_mode & 0o777 if target.exists() else None
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else mode))
    if mode is not None:
        temporary.chmod(mode)
    return temporary
