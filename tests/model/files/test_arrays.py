"""Arrays that lie in files of their own beside the experiment."""

from __future__ import annotations

import io
import json
import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from convviz.engine.errors import ConfigError
from convviz.model.files import (
    decode_experiment,
    read_experiment,
)
from convviz.model.sources import GivenMap
from tests.model.files.refusing import refusal

if TYPE_CHECKING:
    from pathlib import Path


def with_array(name: object) -> dict:
    return {"version": 1, "input": {"file": name}, "layers": ["relu"]}


def npy(array: Any, **options: Any) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.asanyarray(array), **options)
    return stream.getvalue()


def header(text: str) -> bytes:
    encoded = text.encode("latin1") + b"\n"
    return b"\x93NUMPY\x01\x00" + len(encoded).to_bytes(2, "little") + encoded


@pytest.mark.parametrize("dtype", ["<f8", ">f8", "<f4", "<f2", "<i4", ">u2", "i1"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
def test_arrays_of_every_real_type_are_read(dtype: str, order: str, version: tuple[int, int], tmp_path: Path) -> None:
    values = np.asarray(np.arange(24).reshape(2, 3, 4), dtype, order=order)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "input.npy").write_bytes(npy(values, version=version))
    (tmp_path / "demo.json").write_text(json.dumps(with_array("sub/input.npy")))
    experiment = read_experiment(tmp_path / "demo.json")
    assert experiment.input == GivenMap(np.arange(24).reshape(2, 3, 4))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (npy([[1.5, float("inf")]]), "input: expected finite numbers, received inf at (0, 1)"),
        (npy([[1j]]), "input.file: input.npy: expected real numbers, received complex128"),
        (npy([["a"]]), "input.file: input.npy: expected real numbers, received <U1"),
        (npy([[True]]), "input.file: input.npy: expected real numbers, received bool"),
        (npy(np.array([[{}]], object), allow_pickle=True),
         "input.file: input.npy: expected real numbers, received object"),
        (npy(np.zeros((2, 2), [("a", "f8")])), "input.file: input.npy: expected real numbers, received [('a', '<f8')]"),
        (npy(np.zeros((1,) * 5)),
         "input.file: input.npy: expected an array of 1 to 4 axes, none empty, received the shape"),
        (npy(np.zeros((0, 3))), "input.file: input.npy: expected an array of 1 to 4 axes"),
        (npy(np.ones((4, 4)))[:-1],
         "input.file: input.npy: expected 128 bytes of numbers, found 127: the file is damaged"),
        (npy(np.ones((4, 4))) + b"x",
         "input.file: input.npy: expected 128 bytes of numbers, found 129: the file is damaged"),
        (b"", "input.file: input.npy is not a .npy file of numbers"),
        (b"PK\x03\x04 something else", "input.file: input.npy is not a .npy file of numbers"),
        (b"\x93NUMPY\x03\x00", "input.file: input.npy is not a .npy file of numbers"),
        (header("{'descr': '<f8', 'fortran_order': False, 'shape': (9000000000, 9000000000)}"),
         "input.file: input.npy: expected at most 4,194,304 numbers, received 81,000,000,000,000,000,000"),
        (header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 4)}"),
         "input.file: input.npy: expected an array"),
        (header("{'descr': '<f8', 'fortran_order': False}"), "input.file: input.npy is not a .npy file"),
        (header("__import__('os').system('false')"), "input.file: input.npy is not a .npy file"),
        (header("{[]: 1}"), "input.file: input.npy is not a .npy file"),
        (header("((((((" * 50), "input.file: input.npy is not a .npy file"),
        (header("{'descr': 'nonsense', 'fortran_order': False, 'shape': (1, 1)}"),
         "input.file: input.npy is not a .npy file"),
    ],
)  # fmt: skip
def test_arrays_that_are_none(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "input.npy").write_bytes(content)
    assert refusal(tmp_path, with_array("input.npy")).startswith(f"demo.json: {message}")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("absent.npy", "there is no file absent.npy beside the experiment"),
        ("sub", "expected a file that ends in one of npy, png, jpg"),
        ("demo.json", "expected a file that ends in one of npy, png, jpg"),
        ("../outside.npy", "expected a file beside or below the experiment, received ../outside.npy"),
        ("sub/../../outside.npy", "expected a file beside or below the experiment"),
        ("link.npy", "expected a file beside or below the experiment, received link.npy"),
        ("/etc/passwd", "expected a file beside or below the experiment, received /etc/passwd"),
        ("folder.npy", "there is no file folder.npy beside the experiment"),
        ("pipe.npy", "there is no file pipe.npy beside the experiment"),
        ("loop.npy", ""),
        ("a\0b.npy", "'a\\x00b.npy' is not the name of a file"),
        ("x" * 5000 + ".npy", ""),
        ("", "expected a file that ends in one of npy, png, jpg"),
        (5, "expected the name of a file, received 5"),
        (None, "expected the name of a file, received None"),
    ],
)
def test_only_files_beside_or_below_are_read(name: object, message: str, tmp_path: Path) -> None:
    folder = tmp_path / "home"
    (folder / "sub").mkdir(parents=True)
    (folder / "folder.npy").mkdir()
    np.save(tmp_path / "outside.npy", np.ones((2, 2)))
    (folder / "link.npy").symlink_to(tmp_path / "outside.npy")
    (folder / "loop.npy").symlink_to("loop.npy")
    os.mkfifo(folder / "pipe.npy")
    assert refusal(folder, with_array(name)).startswith(f"demo.json: input.file: {message}")


def test_an_absolute_path_is_refused_even_below_the_experiment(tmp_path: Path) -> None:
    np.save(tmp_path / "input.npy", np.ones((2, 2)))
    said = refusal(tmp_path, with_array(str(tmp_path / "input.npy")))
    assert "expected a file beside or below the experiment" in said


def test_a_file_entry_has_nothing_else_in_it(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.ones((2, 2)))
    data = {"version": 1, "input": {"file": "a.npy", "order": "C"}, "layers": ["relu"]}
    assert refusal(tmp_path, data) == "demo.json: input.order: unknown entry, expected some of file, size"


def test_plain_data_without_a_folder_have_no_files() -> None:
    with pytest.raises(ConfigError, match="there is no folder to find it in") as caught:
        decode_experiment(with_array("a.npy"))
    assert caught.value.field == "input.file"
