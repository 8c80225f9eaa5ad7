"""Files with numbers: what is read of each kind, and what is said of those that hold something else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from convviz.engine.errors import ConvvizError
from convviz.model.files.numbers import read_map, read_numbers
from convviz.model.files.pictures import Picture

if TYPE_CHECKING:
    from pathlib import Path


def saved(folder: Path, array: Any, name: str = "a.npy") -> Path:
    np.save(folder / name, array)
    return folder / name


def told(folder: Path, content: str | bytes, name: str) -> Path:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder / name


@pytest.mark.parametrize("dtype", ["u1", "i8", "f2", "f4", ">f8"])
def test_arrays_of_every_format(tmp_path: Path, dtype: str) -> None:
    array = np.arange(12).reshape(3, 4).astype(dtype)
    np.testing.assert_array_equal(read_map(saved(tmp_path, array)), array[np.newaxis])
    np.testing.assert_array_equal(read_map(saved(tmp_path, array.reshape(2, 3, 2))), array.reshape(2, 3, 2))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("1,2.5\n3,4\n", "t.csv"),
        ("\ufeff1;2,5\r\n3;4\r\n", "t.CSV"),
        ("1\t2.5\n3\t4", "t.tsv"),
        ("array([[1, 2.5], [3, 4]])", "t.txt"),
    ],
)
def test_tables_are_read_as_they_are_pasted(tmp_path: Path, text: str, name: str) -> None:
    np.testing.assert_array_equal(read_map(told(tmp_path, text, name)), [[[1, 2.5], [3, 4]]])


def test_a_map_may_have_more_rows_than_channels(tmp_path: Path) -> None:
    array = np.arange(400.0).reshape(200, 2)
    np.testing.assert_array_equal(read_map(saved(tmp_path, array)), array[np.newaxis])


def test_numbers_for_a_kernel_keep_their_axes(tmp_path: Path) -> None:
    for shape in ((4,), (2, 3), (2, 1, 3, 3)):
        assert read_numbers(saved(tmp_path, np.ones(shape, np.float32))).shape == shape


def test_a_single_number_is_one_for_a_bias(tmp_path: Path) -> None:
    np.testing.assert_array_equal(read_numbers(saved(tmp_path, np.array(3.5))), [3.5])


def test_truth_values_are_no_shape(tmp_path: Path) -> None:
    path = saved(tmp_path, np.ones((1, 1)))
    path.write_bytes(path.read_bytes().replace(b"(1, 1), }  ", b"(True,), } "))
    for read in (read_map, read_numbers):
        with pytest.raises(
            ConvvizError, match=r"a\.npy: expected an array of 1 to 4 axes.*received the shape \(True,\)"
        ):
            read(path)


def test_a_file_that_loses_its_numbers_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path, np.ones((30, 30)))
    measured = os.fstat

    def measured_and_cut(descriptor: int) -> os.stat_result:
        size = measured(descriptor)
        os.truncate(path, 200)
        return size

    monkeypatch.setattr(os, "fstat", measured_and_cut)
    with pytest.raises(ConvvizError, match=r"a\.npy: expected a file that stays as it is, received"):
        read_map(path)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros(5), "expected rows and columns, or channels of them; received an array of 1 dimensions"),
        (np.zeros((1, 2, 3, 4)), "expected rows and columns, or channels of them; received an array of 4 dimensions"),
        (np.zeros((480, 640, 3)),
         "expected at most 64 channels, (channels, rows, columns); received the shape (480, 640, 3)"),
        (np.array([[1, np.nan]]), "expected finite numbers, received nan at (0, 1)"),
        (np.array([[[-np.inf]]]), "expected finite numbers, received -inf at (0, 0, 0)"),
        (np.zeros((0, 3)), "expected an array of 1 to 4 axes, none empty, received the shape (0, 3)"),
        (np.array([[1j]]), "expected real numbers, received complex128"),
        (np.array([[{}]], object), "expected real numbers, received object"),
        (np.zeros((1, 2049, 2048), np.uint8), "expected at most 4,194,304 numbers, received 4,196,352"),
    ],
)  # fmt: skip
def test_arrays_that_are_no_maps(tmp_path: Path, array: Any, message: str) -> None:
    with pytest.raises(ConvvizError) as caught:
        read_map(saved(tmp_path, array))
    assert str(caught.value) == f"a.npy: {message}"


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        ("", "t.csv", "t.csv: expected text, received an empty file"),
        (" \n", "t.csv", "t.csv: expected text, received an empty file"),
        ("1,2\n3", "t.csv", "t.csv: the rows have different lengths: 2 in row 1, 1 in row 2"),
        ("1,nan\n3,4", "t.csv", "t.csv: row 1, column 2: 'nan' is not a finite number"),
        (b"1\xff2", "t.txt", "t.txt: expected text in UTF-8, received other bytes at 1"),
        (b"0 " * 2_000_001, "t.txt", "t.txt: expected a table of at most 4,000,000 bytes, received more"),
        ("[[[[1]]]]", "t.txt", "t.txt: expected rows and columns, or channels of them"),
        ("", "a.npy", "a.npy is not a .npy file of numbers"),
        ("", "cat.png", "cat.png: expected a picture, received an empty file"),
        ("", "cat.doc", "expected a file that ends in one of png, jpg, jpeg,"),
        ("", "cat", "expected a file that ends in one of png, jpg, jpeg,"),
    ],
)
def test_files_that_hold_no_map(tmp_path: Path, content: str | bytes, name: str, message: str) -> None:
    with pytest.raises(ConvvizError) as caught:
        read_map(told(tmp_path, content, name))
    assert str(caught.value).startswith(message)


def test_half_an_array_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, np.ones((4, 4)))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ConvvizError, match=r"^a\.npy: expected 128 bytes of numbers, found 127: the file is damaged$"):
        read_map(path)


@pytest.mark.parametrize("name", ["folder.npy", "folder.csv", "folder.png"])
def test_a_folder_is_no_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(ConvvizError) as caught:
        read_map(tmp_path / name)
    assert str(caught.value) == f"{name}: expected a file, received a folder or a device"


def test_a_picture_is_no_kernel(tmp_path: Path) -> None:
    with pytest.raises(ConvvizError) as caught:
        read_numbers(told(tmp_path, "", "cat.png"))
    assert str(caught.value) == "expected a file that ends in one of npy, csv, tsv, txt, received cat.png"


def test_a_picture_in_an_array_is_one(tmp_path: Path) -> None:
    read = read_map(saved(tmp_path, np.zeros((4, 5, 3), np.uint8)))
    assert isinstance(read, Picture)
    assert read.original == (4, 5)


def test_an_array_of_an_old_python_is_read_without_a_word(tmp_path: Path) -> None:
    saved(tmp_path, np.arange(6.0).reshape(2, 3))
    raw = (tmp_path / "a.npy").read_bytes()
    old = raw.replace(b"(2, 3), }  ", b"(2L, 3L), }", 1)
    assert old != raw
    np.testing.assert_array_equal(read_map(told(tmp_path, old, "old.npy")), [[[0, 1, 2], [3, 4, 5]]])
