"""Pictures in a row as a film (MP4), where the library is installed that writes one."""

from __future__ import annotations

from fractions import Fraction
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from convviz.engine.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

#: The codes of BT.709, which players take for granted in large films, and of its range.
_COLOURS, _RANGE = 1, 1
#: How much is left out to make the file smaller, from 0 (nothing): so little that thin lines and numbers stay clear.
_QUALITY = "12"


def check_video() -> None:
    """Raise `ConfigError` unless a film can be written on this machine."""
    found = find_spec("av")
    if found is None or found.origin is None:  # a folder of this name is no library
        raise ConfigError("expected PyAV to be installed, which writes MP4 (pip install av), received no such library")


def write_video(path: Path, pictures: Iterable[NDArray[np.uint8]], rate: float, rest: float) -> None:
    """Write a film in H.264, which players and slides take.

    Parameters
    ----------
    path
        What is there is written over.
    pictures
        Each ``(height, width, 3)``, red, green and blue from 0 to 255; of an odd height or width, the last line is
        left out, for such a film has none.
    rate
        Pictures a second.
    rest
        How long the last one is seen at least, in seconds.

    Raises
    ------
    ConfigError
        If the library is not installed.
    OSError
        If the file cannot be written.
    """
    check_video()
    import av

    with av.open(str(path), "w", format="mp4") as film:
        stream = film.add_stream("libx264", rate=Fraction(rate).limit_denominator(1000), options={"crf": _QUALITY})
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = _COLOURS
        context.color_range = _RANGE
        number, picture = 0, None
        for number, picture in enumerate(pictures):
            if number == 0:
                stream.height, stream.width = (length // 2 * 2 for length in picture.shape[:2])
            film.mux(stream.encode(_frame(picture, number)))
        if picture is not None:
            for again in range(1, max(1, round(rest * rate))):
                film.mux(stream.encode(_frame(picture, number + again)))
        film.mux(stream.encode(None))


def _frame(picture: NDArray[np.uint8], number: int) -> Any:
    import av

    height, width = (length // 2 * 2 for length in picture.shape[:2])
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture[:height, :width]), "rgb24")
    made = frame.reformat(format="yuv420p", dst_colorspace="ITU709")
    made.pts = number
    return made
