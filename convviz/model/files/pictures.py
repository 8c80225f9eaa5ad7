"""Pictures as numbers: decoded by Qt, measured before memory is taken, and brought to the size that is wanted.

Not imported with the rest of this package, which is used where there is no Qt.
"""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PyQt6.QtCore import QBuffer, QIODevice, QSize, Qt, qInstallMessageHandler
from PyQt6.QtGui import QImage, QImageReader, QPainter

from convviz.engine.errors import ConfigError
from convviz.i18n import mark
from convviz.model.files.arrays import read_array
from convviz.model.files.endings import PICTURES
from convviz.model.files.opening import read_bytes
from convviz.model.sources import LARGEST_SIDE, MOST_CELLS, Map, check_cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

Size = tuple[int, int]

#: What Qt calls the formats that are read, whatever the file is called.
_FORMATS = (*PICTURES, "pbmraw", "pgmraw", "ppmraw", "jfif")

#: Cells and bytes of a picture's file: what Qt takes 256 MiB for, at 16 bits for each of four channels.
MOST_PIXELS = 2**25
LARGEST_FILE = 2**28

#: What the channels of a colour weigh in its brightness (ITU-R BT.601).
_BRIGHTNESS = np.array([0.299, 0.587, 0.114])


def _standardised(values: Map) -> Map:
    """Return the values with mean 0 and deviation 1; all of them 0 where they are all the same."""
    deviation = float(values.std())
    return (values - values.mean()) / deviation if deviation > 0 else np.zeros_like(values)


#: What becomes of numbers from 0 (black) to 1 (white), by its name; and what a person reads.
RANGES: dict[str, tuple[str, Callable[[Map], Map]]] = {
    "unit": (mark("From 0 to 1"), lambda values: values),
    "bytes": (mark("From 0 to 255"), lambda values: values * 255),
    "standard": (mark("Mean 0, standard deviation 1"), _standardised),
}


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture of which a map can be made.

    Attributes
    ----------
    name
        What its file is called.
    original
        Its rows and columns as they are in the file.
    image
        16 bits for each channel and nothing to be seen through; never larger than a map may be.
    coloured
        Whether any of its cells is not grey.
    """

    name: str
    original: Size
    image: QImage
    coloured: bool

    @property
    def size(self) -> Size:
        """Rows and columns at which there is most to see."""
        return self.image.height(), self.image.width()

    def within(self, longest: int) -> Size:
        """Return rows and columns of the picture in its proportions, with a longer side of at most ``longest``."""
        factor = min(1.0, longest / max(self.size))
        return self._times(factor)

    def with_rows(self, rows: int) -> Size:
        """Return rows and columns of the picture in its proportions, by the rows."""
        return rows, self._times(rows / self.size[0])[1]

    def with_columns(self, columns: int) -> Size:
        """Return rows and columns of the picture in its proportions, by the columns."""
        return self._times(columns / self.size[1])[0], columns

    def covering(self, size: Size) -> Size:
        """Return rows and columns of the picture, in its proportions, that go as little beyond ``size`` as can be."""
        rows, columns = self._times(max(size[0] / self.size[0], size[1] / self.size[1]))
        return max(rows, size[0]), max(columns, size[1])

    def make(self, channels: int, size: Size, scaled: Size | None = None, kind: str = "unit") -> Map:
        """Return the picture as a map.

        Parameters
        ----------
        channels
            3: red, green and blue; 1: how bright it is.
        size
            Rows and columns of the map.
        scaled
            To what size the picture is brought first, of which the map is the middle; None: to that of the map.
        kind
            The name of one of `RANGES`.

        Raises
        ------
        ConfigError
            If there is no memory for it.
        """
        image, (rows, columns) = self._scaled(size, scaled or size)
        top, left = (rows - size[0]) // 2, (columns - size[1]) // 2
        colours = _numbers(image)[top : top + size[0], left : left + size[1]] / 65535
        if channels == 3:
            values = np.moveaxis(colours, 2, 0)
        else:
            values = (colours @ _BRIGHTNESS if self.coloured else colours[..., 0])[np.newaxis]
        _, ranged = RANGES[kind]
        return np.ascontiguousarray(ranged(values))

    def _scaled(self, size: Size, scaled: Size) -> tuple[QImage, Size]:
        """Return the image brought to the size ``scaled``, or its middle with at least ``size``; and how large it is.

        The whole is scaled wherever that is possible, for then no cell is moved by rounding.
        """
        image = self.image
        if math.prod(scaled) > MOST_CELLS:
            rows, columns = (_middle(*sides) for sides in zip(self.size, size, scaled, strict=True))
            scaled = rows[1], columns[1]
            top, left = (self.size[0] - rows[0]) // 2, (self.size[1] - columns[0]) // 2
            image = image.copy(left, top, columns[0], rows[0])
        if scaled != (image.height(), image.width()):
            smooth = Qt.TransformationMode.SmoothTransformation
            image = image.scaled(QSize(scaled[1], scaled[0]), Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        if image.isNull():
            raise ConfigError(
                "expected a size for which there is memory, received {rows:,} × {columns:,}",
                rows=size[0],
                columns=size[1],
            )
        return image, scaled

    def _times(self, factor: float) -> Size:
        rows, columns = (max(1, round(side * factor)) for side in self.size)
        return rows, columns


def _middle(side: int, wanted: int, scaled: int) -> tuple[int, int]:
    """Return how many cells in the middle of a side hold ``wanted`` ones once they are scaled, and to how many then.

    On each side there is one more, into which the outer ones are smoothed.
    """
    cells = math.ceil(wanted * side / scaled) + 2
    cells = min(side, cells + (side - cells) % 2)
    return cells, max(wanted, round(cells * scaled / side))


def read_picture(path: Path) -> Picture:
    """Return the picture in a file; the first one, where it moves.

    Raises
    ------
    ConfigError
        If the file cannot be read, is no picture, is damaged, or has too many cells.
    """
    raw = read_bytes(path, LARGEST_FILE)
    if not raw:
        raise ConfigError("expected a picture, received an empty file")
    if len(raw) > LARGEST_FILE:
        raise ConfigError("expected a picture of at most {expected:,} bytes, received more", expected=LARGEST_FILE)
    return _picture(path.name, _decoded(raw))


@contextmanager
def quietly() -> Iterator[None]:
    """Let Qt print nothing of a damaged picture: what is wrong with it is told in a sentence of this program."""
    before = qInstallMessageHandler(lambda kind, context, message: None)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def read_array_or_picture(path: Path) -> NDArray[Any] | Picture:
    """Return the array in a ``.npy`` file; as a picture, if it is one: bytes, ``(rows, columns, 3 or 4)``.

    Raises
    ------
    ConfigError
        As `read_array`.
    """
    array = read_array(path, _check_array)
    return picture_of(array, path.name) if _is_picture(array.shape, array.dtype) else array


def picture_of(pixels: NDArray[np.uint8], name: str) -> Picture:
    """Return bytes ``(rows, columns, 3)``, or with a fourth channel that says how opaque each cell is, as a picture."""
    rows, columns, channels = pixels.shape
    form = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_RGBA8888
    # A copy, for an image that was made of bytes does not keep them.
    return _picture(name, QImage(pixels.tobytes(), columns, rows, columns * channels, form).copy())


def _is_picture(shape: tuple[int, ...], dtype: np.dtype[Any]) -> bool:
    return dtype == np.uint8 and len(shape) == 3 and shape[2] in (3, 4)


def _check_array(shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    if _is_picture(shape, dtype):
        _check_size(shape[0], shape[1])
    else:
        check_cells(shape)


def _check_size(rows: int, columns: int) -> None:
    if rows * columns > MOST_PIXELS:
        raise ConfigError(
            "expected a picture of at most {expected:,} pixels, received {rows:,} × {columns:,}",
            expected=MOST_PIXELS,
            rows=rows,
            columns=columns,
        )


def _decoded(raw: bytes) -> QImage:
    buffer = QBuffer()
    buffer.setData(raw)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    try:
        kind = reader.format().data().decode()
        if kind not in _FORMATS:
            raise ConfigError("expected a picture such as PNG or JPEG, received a file that is none")
        size = reader.size()
        if size.isValid():
            _check_size(size.height(), size.width())
        image = QImage() if _ends_early(raw) else reader.read()
    finally:
        del reader  # before the buffer, which it still uses as it goes
    if image.isNull():
        raise ConfigError("expected a whole picture, received a damaged one")
    return image


def _ends_early(raw: bytes) -> bool:
    """Return whether a file lacks its end, where Qt would make a picture of what is there."""
    if raw.startswith(b"BM"):
        return int.from_bytes(raw[2:6], "little") > len(raw)
    if raw.startswith(b"\xff\xd8"):
        return raw.find(b"\xff\xd9", _start_of_scan(raw)) < 0
    if raw.startswith(b"\x89PNG"):
        return _png_ends_early(raw)
    return raw.startswith(b"GIF8") and _gif_ends_early(raw)


def _png_ends_early(raw: bytes) -> bool:
    """Return whether the chunks of a PNG stop before its end, of which its decoder would complain to the terminal."""
    at = 8
    while at + 12 <= len(raw) and raw[at + 4 : at + 8] != b"IEND":
        at += 12 + int.from_bytes(raw[at : at + 4], "big")
    return at + 12 > len(raw)


def _gif_ends_early(raw: bytes) -> bool:
    """Return whether the blocks of a GIF stop before its trailer, behind which other bytes may follow."""
    at = 13 + _gif_table(raw[10:11])
    while (kind := raw[at : at + 1]) in (b"!", b","):
        at += 2 if kind == b"!" else 11 + _gif_table(raw[at + 9 : at + 10])
        while at < len(raw) and raw[at] > 0:
            at += 1 + raw[at]
        at += 1
    return kind in (b"", b"\0")  # what else is wrong with it is for Qt to see


def _gif_table(flags: bytes) -> int:
    """Return the bytes of the table of colours that flags announce."""
    return 3 << (flags[0] % 8 + 1) if flags and flags[0] & 0x80 else 0


def _start_of_scan(raw: bytes) -> int:
    """Return where the cells of a JPEG begin, behind segments that may hold a small picture with an end of its own."""
    at = 2
    while at + 4 <= len(raw) and raw[at] == 0xFF and raw[at + 1] != 0xDA:
        is_filling = raw[at + 1] == 0xFF
        at += 1 if is_filling else 2 + int.from_bytes(raw[at + 2 : at + 4], "big")
    return at


def _picture(name: str, image: QImage) -> Picture:
    original = image.height(), image.width()
    if image.depth() > 32 or image.format() == QImage.Format.Format_Grayscale16:  # of which scaling would take half
        deep = QImage.Format.Format_RGBA64_Premultiplied if image.hasAlphaChannel() else QImage.Format.Format_RGBX64
        image = image.convertToFormat(deep)
    if max(original) > LARGEST_SIDE:
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        image = image.scaled(QSize(LARGEST_SIDE, LARGEST_SIDE), keep, smooth)
    image = _on_white(image).convertToFormat(QImage.Format.Format_RGBX64)
    colours = _numbers(image)
    coloured = bool((colours != colours[..., :1]).any())
    return Picture(name, original, image, coloured)


def _on_white(image: QImage) -> QImage:
    if not image.hasAlphaChannel():
        return image
    ground = QImage(image.size(), QImage.Format.Format_RGBA64_Premultiplied)
    ground.fill(Qt.GlobalColor.white)
    painter = QPainter(ground)
    painter.drawImage(0, 0, image)
    painter.end()
    return ground


def _numbers(image: QImage) -> NDArray[np.uint16]:
    """Return red, green and blue of an image of 16 bits a channel, ``(rows, columns, 3)``."""
    bits = image.constBits()
    assert bits is not None  # no image here is empty
    words = np.frombuffer(bits.asstring(image.sizeInBytes()), np.uint16).reshape(image.height(), -1, 4)
    return words[:, : image.width(), :3]
