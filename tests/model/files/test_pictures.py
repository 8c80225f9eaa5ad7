"""Pictures as numbers: exact where nothing is scaled, and every file that is none refused in a sentence."""

from __future__ import annotations

import errno
import os
import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PyQt6.QtCore import QBuffer, QIODevice
from PyQt6.QtGui import QColor, QImage, QImageWriter

from convviz.engine.errors import ConfigError
from convviz.model.files import pictures
from convviz.model.files.pictures import (
    MOST_PIXELS,
    RANGES,
    Picture,
    picture_of,
    read_array_or_picture,
    read_picture,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

#: What Qt says of damage, and of too little memory, goes to the terminal.
damaged = pytest.mark.qt_log_ignore(".*", extend=True)


def pixels(rows: int = 6, columns: int = 8, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (rows, columns, 3), dtype=np.uint8)


def image(colours: NDArray[np.uint8]) -> QImage:
    rows, columns, _ = colours.shape
    return QImage(colours.tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()


def written(picture: QImage, form: str) -> bytes:
    if form.encode() not in [known.data() for known in QImageWriter.supportedImageFormats()]:
        pytest.skip(f"Qt was installed without {form}")
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert picture.save(buffer, form)
    return bytes(buffer.data().data())


def read(folder: Path, raw: bytes, name: str = "cat.png") -> Picture:
    (folder / name).write_bytes(raw)
    return read_picture(folder / name)


def refusal(folder: Path, raw: bytes, name: str = "cat.png") -> str:
    with pytest.raises(ConfigError) as caught:
        read(folder, raw, name)
    return str(caught.value)


@pytest.mark.parametrize("form", ["png", "bmp", "ppm", "tiff"])
def test_colours_are_exact(tmp_path: Path, form: str) -> None:
    colours = pixels()
    picture = read(tmp_path, written(image(colours), form), f"cat.{form}")
    assert (picture.name, picture.original, picture.coloured) == (f"cat.{form}", (6, 8), True)
    np.testing.assert_array_equal(picture.make(3, (6, 8)), np.moveaxis(colours / 255, 2, 0))


def test_the_content_says_what_a_file_is(tmp_path: Path) -> None:
    assert read(tmp_path, written(image(pixels()), "bmp"), "cat.jpg").size == (6, 8)


def test_grey_is_how_bright_a_cell_is(tmp_path: Path) -> None:
    colours = pixels()
    picture = read(tmp_path, written(image(colours), "png"))
    expected = (colours / 255) @ [0.299, 0.587, 0.114]
    np.testing.assert_allclose(picture.make(1, (6, 8)), expected[np.newaxis], rtol=1e-14)


def test_a_picture_without_colours_keeps_its_very_numbers(tmp_path: Path) -> None:
    grey = np.repeat(pixels()[..., :1], 3, axis=2)
    picture = read(tmp_path, written(image(grey), "png"))
    assert not picture.coloured
    np.testing.assert_array_equal(picture.make(1, (6, 8)), grey[np.newaxis, ..., 0] / 255)


def test_sixteen_bits_are_kept(tmp_path: Path) -> None:
    words = np.arange(48, dtype=np.uint16).reshape(6, 8) * 1357
    deep = QImage(words.tobytes(), 8, 6, 16, QImage.Format.Format_Grayscale16).copy()
    picture = read(tmp_path, written(deep, "png"))
    np.testing.assert_array_equal(picture.make(1, (6, 8))[0], words / 65535)
    half = picture.make(1, (3, 4))[0]
    np.testing.assert_allclose(half, (words / 65535).reshape(3, 2, 4, 2).mean((1, 3)), atol=1 / 65535)


def test_what_can_be_seen_through_lies_on_white(tmp_path: Path) -> None:
    glass = QImage(4, 3, QImage.Format.Format_ARGB32)
    glass.fill(QColor(255, 0, 0, 0))
    glass.setPixelColor(1, 2, QColor(0, 0, 0, 255))
    values = read(tmp_path, written(glass, "png")).make(3, (3, 4))
    assert (values[:, 2, 1] == 0).all()
    values[:, 2, 1] = 1
    assert (values == 1).all()


def test_what_can_be_seen_through_lies_on_white_with_sixteen_bits_too(tmp_path: Path) -> None:
    deep = QImage(2, 1, QImage.Format.Format_RGBA64)
    deep.setPixelColor(0, 0, QColor.fromRgba64(0x1234, 0x1234, 0x1234, 0xFFFF))
    deep.setPixelColor(1, 0, QColor.fromRgba64(0, 0, 0, 0))
    picture = read(tmp_path, written(deep, "png"))
    np.testing.assert_allclose(picture.make(1, (1, 2)), [[[0x1234 / 65535, 1.0]]], atol=1e-4)


def test_scaling_keeps_the_proportions_and_the_mean(tmp_path: Path) -> None:
    colours = np.kron(pixels(), np.ones((10, 10, 1), np.uint8))
    picture = read(tmp_path, written(image(colours), "png"))
    assert picture.within(64) == (48, 64)
    assert picture.within(500) == picture.size == (60, 80)
    assert picture.with_rows(30) == (30, 40) == picture.with_columns(40)
    assert picture.covering((30, 30)) == (30, 40)
    small = picture.make(3, (6, 8))
    np.testing.assert_allclose(small, np.moveaxis(pixels() / 255, 2, 0), atol=0.005)


def test_the_middle_of_a_scaled_picture(tmp_path: Path) -> None:
    colours = pixels()
    picture = read(tmp_path, written(image(colours), "png"))
    np.testing.assert_array_equal(picture.make(3, (4, 6), (6, 8)), picture.make(3, (6, 8))[:, 1:5, 1:7])


@pytest.mark.parametrize(("rows", "columns"), [(1, 2048), (2048, 1), (3, 999)])
def test_of_a_thin_picture_the_middle_alone_is_scaled(tmp_path: Path, rows: int, columns: int) -> None:
    numbers = np.linspace(0, 255, rows * columns).reshape(rows, columns, 1)
    ramp = np.repeat(numbers.astype(np.uint8), 3, axis=2)
    picture = read(tmp_path, written(image(ramp), "png"))
    for size in ((1024, 1024), (1024, 700)):
        values = picture.make(1, size, picture.covering(size))[0]
        assert values.shape == size
        assert abs(np.median(values) - 0.5) < 0.01
    # Whether the whole is scaled or the middle of it, the same cells lie in the same places.
    large, small = (picture.make(1, size, picture.covering(size))[0] for size in ((640, 640), (64, 64)))
    np.testing.assert_allclose(large.reshape(64, 10, 64, 10).mean((1, 3)), small, atol=0.01)


@damaged
def test_a_size_for_which_there_is_no_memory(tmp_path: Path) -> None:
    picture = read(tmp_path, written(image(pixels()), "png"))
    with pytest.raises(ConfigError, match="expected a size for which there is memory, received 1,048,576 × 1,048,576"):
        picture.make(1, (2**20, 2**20))


def test_a_larger_picture_than_a_map_may_be_is_scaled_down(tmp_path: Path) -> None:
    wide = QImage(3000, 30, QImage.Format.Format_RGB32)
    wide.fill(QColor(51, 102, 204))
    picture = read(tmp_path, written(wide, "png"))
    assert (picture.original, picture.size) == ((30, 3000), (10, 1024))
    np.testing.assert_array_equal(picture.make(3, (10, 1024))[:, 5, 500], [0.2, 0.4, 0.8])


def test_the_range_of_a_picture_can_be_chosen(tmp_path: Path) -> None:
    picture = read(tmp_path, written(image(pixels()), "png"))
    unit, octets, standard = (picture.make(3, (6, 8), kind=kind) for kind in RANGES)
    np.testing.assert_allclose(octets, unit * 255)
    assert abs(standard.mean()) < 1e-12
    assert standard.std() == pytest.approx(1)
    plain = read(tmp_path, written(image(np.full((4, 4, 3), 7, np.uint8)), "png"))
    assert (plain.make(1, (4, 4), kind="standard") == 0).all()


def test_a_picture_in_an_array(tmp_path: Path) -> None:
    np.save(tmp_path / "cat.npy", pixels())
    found = read_array_or_picture(tmp_path / "cat.npy")
    assert isinstance(found, Picture)
    np.testing.assert_array_equal(found.make(3, (6, 8)), np.moveaxis(pixels() / 255, 2, 0))
    clear = np.concatenate([pixels(), np.zeros((6, 8, 1), np.uint8)], axis=2)
    assert (picture_of(clear, "clear").make(3, (6, 8)) == 1).all()


@pytest.mark.parametrize(
    "array", [np.zeros((3, 6, 8), np.uint8), np.zeros((6, 8), np.uint8), np.zeros((6, 8, 3))], ids=str
)
def test_other_arrays_are_arrays(tmp_path: Path, array: NDArray[Any]) -> None:
    np.save(tmp_path / "cat.npy", array)
    found = read_array_or_picture(tmp_path / "cat.npy")
    assert isinstance(found, np.ndarray)
    assert (found.shape, found.dtype) == (array.shape, array.dtype)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_an_enormous_picture_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 100_000, 50_000, 8, 2, 0, 0, 0))
    said = refusal(tmp_path, b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b""))
    assert said == f"expected a picture of at most {MOST_PIXELS:,} pixels, received 50,000 × 100,000"
    lines = b"{'descr': '|u1', 'fortran_order': False, 'shape': (100000, 50000, 3), }"
    (tmp_path / "cat.npy").write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(lines) + 1) + lines + b"\n")
    with pytest.raises(ConfigError, match="received 100,000 × 50,000"):
        read_array_or_picture(tmp_path / "cat.npy")


@damaged
@pytest.mark.parametrize("part", [0.3, 0.6, 0.97])
@pytest.mark.parametrize("form", ["png", "jpg", "bmp", "tiff", "webp", "ppm"])
def test_half_a_picture_is_none(tmp_path: Path, form: str, part: float) -> None:
    raw = written(image(pixels(40, 50)), form)
    assert read(tmp_path, raw, f"cat.{form}").size == (40, 50)
    assert "received a" in refusal(tmp_path, raw[: int(len(raw) * part)], f"cat.{form}")


def test_the_end_of_a_small_picture_within_is_not_that_of_the_whole(tmp_path: Path) -> None:
    raw = written(image(pixels(40, 50)), "jpg")
    small = b"\xff\xe1" + struct.pack(">H", 12) + b"Exif\xff\xd8\xff\xda\xff\xd9"
    whole = raw[:2] + small + raw[2:]
    assert read(tmp_path, whole, "cat.jpg").size == (40, 50)
    assert refusal(tmp_path, whole[:-40], "cat.jpg") == "expected a whole picture, received a damaged one"


def test_the_first_picture_of_one_that_moves(tmp_path: Path) -> None:
    head = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"
    cells = b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02L\x01\x00"
    assert read(tmp_path, head + cells + cells + b";", "cat.gif").make(1, (1, 1)) == 1
    for early in (head + cells, head + cells[:-1], head, head + cells + b"\0\0"):
        assert refusal(tmp_path, early, "cat.gif") == "expected a whole picture, received a damaged one"


def test_what_stands_behind_the_end_of_a_gif_is_none_of_it(tmp_path: Path) -> None:
    plain = b"GIF89a\x01\x00\x01\x00\x00\x00\x00"
    note = b"!\xfe\x03a;b\x00"
    cells = b",\x00\x00\x00\x00\x01\x00\x01\x00\x80\x00\x00\x00\xff\xff\xff\x02\x02L\x01\x00"
    whole = plain + note + cells + b";"
    for behind in (b"", b"\0\0", b"\r\nhello"):
        assert read(tmp_path, whole + behind, "cat.gif").make(1, (1, 1)) == 1
    assert refusal(tmp_path, whole[:-1], "cat.gif") == "expected a whole picture, received a damaged one"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "expected a picture, received an empty file"),
        (b"not a picture", "expected a picture such as PNG or JPEG, received a file that is none"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='5' height='5'/>", "expected a picture such as PNG or JPEG"),
        (b"\x89PNG\r\n\x1a\n", "expected a whole picture, received a damaged one"),
    ],
)
@damaged
def test_what_is_no_picture_is_refused(tmp_path: Path, raw: bytes, message: str) -> None:
    assert refusal(tmp_path, raw).startswith(message)


def test_a_file_larger_than_any_picture_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = written(image(pixels()), "bmp")
    monkeypatch.setattr(pictures, "LARGEST_FILE", len(raw))
    assert read(tmp_path, raw).size == (6, 8)
    monkeypatch.setattr(pictures, "LARGEST_FILE", len(raw) - 1)
    assert refusal(tmp_path, raw) == f"expected a picture of at most {len(raw) - 1} bytes, received more"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    for name, message in (
        ("folder.png", "expected a file, received a folder or a device"),
        ("absent.png", f"cannot be read: {os.strerror(errno.ENOENT)}"),
        ("a\0b.png", "not a name that a file can have"),
    ):
        with pytest.raises(ConfigError) as caught:
            read_picture(tmp_path / name)
        assert str(caught.value) == message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such files")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(ConfigError, match="a folder or a device"):
        read_picture(tmp_path / "pipe.png")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="everything may be read")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "cat.png"
    path.write_bytes(written(image(pixels()), "png"))
    path.chmod(0)
    with pytest.raises(ConfigError, match="cannot be read: Permission denied"):
        read_picture(path)
