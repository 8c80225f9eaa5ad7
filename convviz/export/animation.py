"""Pictures in a row as one moving picture: GIF, WebP, PNG or MP4."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from convviz.engine.errors import ConfigError
from convviz.export.endings import check_ending
from convviz.export.video import check_video, write_video
from convviz.storage import replacing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

#: The endings of the files that Pillow writes, and what it calls each of them with what it is told.
FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    ".gif": ("GIF", {}),
    ".webp": ("WEBP", {"lossless": True, "method": 2}),
    ".png": ("PNG", {}),
}

_FILM = ".mp4"
#: The endings of all the files that can be written.
ENDINGS = (*FORMATS, _FILM)

#: Pictures in a row, pictures a second, and pixels of all pictures together, which are in memory at once.
MOST_FRAMES = 2000
MOST_RATE = 50.0
_MOST_PIXELS = 2**28
#: Width and height of the smallest picture of a map alone and of the whole, and of the largest, in pixels.
LEAST_MAP, LEAST_WHOLE, MOST_SIZE = (120, 120), (660, 420), (3840, 2160)
#: How long the last picture stays before the first one comes again, in milliseconds.
_REST = 1500


def check_animation_path(path: Path) -> None:
    """Raise `ConfigError` unless the name of ``path`` ends in one of `ENDINGS`, and this machine can write it."""
    check_ending(path, ENDINGS)
    if path.suffix.lower() == _FILM:
        check_video()


def check_frames(frames: int, size: tuple[int, int]) -> None:
    """Raise `ConfigError` if so many pictures of this size (width, height) are too many."""
    most = max(2, min(MOST_FRAMES, _MOST_PIXELS // max(1, size[0] * size[1])))
    if not 2 <= frames <= most:
        raise ConfigError(
            "expected from 2 to {most:,} pictures of this size, received {received:,}", most=most, received=frames
        )


def steps_between(first: int, last: int, frames: int) -> list[int]:
    """Return so many steps from ``first`` to ``last``, evenly spread; fewer where there are not so many."""
    return [int(step) for step in np.unique(np.linspace(first, last, frames).round().astype(np.int64))]


def write_animation(path: Path, pictures: Iterable[NDArray[np.uint8]], count: int, rate: float) -> None:
    """Write an animation, all of it or nothing. It begins again at its end, if it is no film.

    Parameters
    ----------
    path
        The ending of its name says the format.
    pictures
        Each ``(height, width, 3)``, red, green and blue from 0 to 255. One is asked for when the one before has been
        taken.
    count
        How many they are.
    rate
        Pictures a second. The last one is shown longer.

    Raises
    ------
    ConfigError
        If the name ends in something else, or what writes it is not installed.
    OSError
        If the file cannot be written.
    """
    check_animation_path(path)
    if path.suffix.lower() == _FILM:
        with replacing(path) as temporary:
            write_video(temporary, pictures, rate, _REST / 1000)
        return
    from PIL import Image

    name, how = FORMATS[path.suffix.lower()]
    made = (_reduced(Image.fromarray(picture), name) for picture in pictures)
    (first,) = islice(made, 1)
    others = list(made) if name == "PNG" else made  # Pillow goes through those of a PNG twice
    each = round(1000 / rate)
    durations = [each] * (count - 1) + [max(each, _REST)]
    with replacing(path) as temporary, temporary.open("wb") as file:
        first.save(file, name, save_all=True, append_images=others, duration=durations, loop=0, **how)


def _reduced(image: Any, name: str) -> Any:
    """Return a picture as a GIF has it: 256 colours, the nearest ones, for a pattern of dots would be read as data."""
    if name != "GIF":
        return image
    from PIL import Image

    return image.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
