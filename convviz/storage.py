"""Writing files so that nobody ever finds half of one."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import contextmanager
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
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    except OSError as error:  # which speaks of a file that nobody asked for
        raise OSError(error.errno, error.strerror, str(path)) from error
    os.close(handle)
    temporary = Path(name)
    try:
        temporary.chmod(_mode(target))
        yield temporary
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _mode(target: Path) -> int:
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
