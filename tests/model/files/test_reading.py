"""Files that are not what they should be: every one is refused, and the sentence says where and why."""

from __future__ import annotations

import errno
import io
import json
import os
import random
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from convviz.engine.errors import ConfigError, ConvvizError, ShapeError
from convviz.engine.initializers import Given
from convviz.engine.layers import LAYERS, Conv2d
from convviz.model.experiment import Experiment, Stage
from convviz.model.files import (
    builtin_experiments,
    decode_experiment,
    encode_experiment,
    find_experiment,
    load_builtin,
    read_experiment,
    write_experiment,
)
from convviz.model.files.text import Entries
from convviz.model.sources import GivenMap
from tests.model.samples import random_experiment

if TYPE_CHECKING:
    from pathlib import Path

GOOD = {"version": 1, "layers": ["conv2d"]}


def refusal(folder: Path, data: Any) -> str:
    """Return what is said when a file of this content is read."""
    path = folder / "demo.json"
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    with pytest.raises((ConfigError, ShapeError)) as caught:
        read_experiment(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (["relu", {"type": "conv2d", "stride": 0}], "layers[1].stride: expected a whole number 1 … 64, received 0"),
        ([{"type": "conv2d", "strid": 2}], "layers[0].strid: unknown entry; did you mean stride?"),
        ([{"type": "relu", "xyz": 2}], "layers[0].xyz: unknown entry, expected some of type, teacher"),
        (["conv3d"], f"layers[0].type: expected one of {', '.join(LAYERS)}, received 'conv3d'; did you mean conv2d?"),
        ([{"kernel": 3}], f"layers[0].type: expected one of {', '.join(LAYERS)}, received None"),
        ([{"type": ["relu"]}], "layers[0].type: expected one of"),
        ([5], "layers[0]: expected an object, received 5"),
        ("relu", "layers: expected a list of layers, received 'relu'"),
        (None, "layers: expected a list of layers, received None"),
        ([], "layers: expected from 1 to 64 layers, received 0"),
        ([{"type": "conv2d", "rate": float("nan")}], "layers[0].rate: expected a number 0 … 1000, received nan"),
        ([{"type": "conv2d", "rate": 10**400}], "layers[0].rate: expected a number 0 … 1000, received inf"),
        ([{"type": "conv2d", "kernel": True}], "layers[0].kernel: expected a whole number, or two, received True"),
        ([{"type": "conv2d", "kernel": [[1, 2], [3]]}], "layers[0].kernel: the rows have different lengths"),
        ([{"type": "conv2d", "kernel": [1, 2, 3]}], "layers[0].kernel: expected an array of shape"),
        ([{"type": "conv2d", "kernel": [[1]], "weight": "normal"}],
         "layers[0].weight: the numbers are already given as the kernel"),
        ([{"type": "conv2d", "weight": [[1, 2], [3]]}], "layers[0].weight: the rows have different lengths"),
        ([{"type": "conv2d", "weight": [[1, "2"]]}], "layers[0].weight: expected a number, received '2'"),
        ([{"type": "conv2d", "weight": [[1, True]]}], "layers[0].weight: expected a number, received True"),
        ([{"type": "conv2d", "weight": [[1, None]]}], "layers[0].weight: expected a number, received None"),
        ([{"type": "conv2d", "weight": [[[[[1]]]]]}],
         "layers[0].weight: expected lists of numbers nested at most 4 deep"),
        ([{"type": "conv2d", "weight": [[1e999]]}], "layers[0].weight: expected finite numbers"),
        ([{"type": "conv2d", "weight": []}], "layers[0].weight: expected at least one number, received an empty array"),
        ([{"type": "conv2d", "weight": None}], "layers[0].weight: expected a value, received none"),
        ([{"type": "conv2d", "weight": {"type": "norml"}}], "layers[0].weight.type: expected one of"),
        ([{"type": "conv2d", "weight": {"type": "normal", "std": -1}}],
         "layers[0].weight.std: expected a number 0 … 1000000, received -1"),
        ([{"type": "conv2d", "teacher": {"weights": 1}}],
         "layers[0].teacher.weights: unknown entry; did you mean weight?"),
        ([{"type": "conv2d", "teacher": 1}], "layers[0].teacher: expected an object, received 1"),
        ([{"type": "conv2d", "teacher": {"weight": None}}],
         "layers[0].teacher.weight: expected a value, received none"),
        ([{"type": "conv2d", "teacher": {"weight": [[1]]}}],
         "layers[0].teacher.weight: the given values are 1×1, expected 1×1×3×3"),
        ([{"type": "relu", "teacher": {}}], "layers[0].teacher: a layer of type relu has no parameters"),
        ([{"type": "conv2d", "kernel": 21}], "layers[0].kernel: kernel 21×21 does not fit input 20×20 (padding 0)"),
        ([{"type": "conv2d", "kernel": 64}] * 70, "layers: expected from 1 to 64 layers, received 70"),
    ],
)  # fmt: skip
def test_layers_that_cannot_be(layers: object, message: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, {"version": 1, "layers": layers}).startswith(f"demo.json: {message}")


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"inptu": 1}, "inptu: unknown entry; did you mean input?"),
        ({"qqqq": 1}, "qqqq: unknown entry, expected some of $schema, version, name, notes, input, layers, target"),
        ({"stages": []}, "stages: unknown entry"),
        ({"name": 5}, "name: expected text, received 5"),
        ({"seed": -1}, "seed: expected a whole number 0 … 4294967295, received -1"),
        ({"seed": 1.5}, "seed: expected a whole number 0 … 4294967295, received 1.5"),
        ({"seed": True}, "seed: expected a whole number 0 … 4294967295, received True"),
        ({"seed": 10**30}, "seed: expected a whole number 0 … 4294967295, received 1e+30"),
        ({"dtype": "float16"}, "dtype: expected one of float64, float32, received 'float16'"),
        ({"input": None}, "input: expected a value, received none"),
        ({"input": {"type": "given"}}, "input: expected a value, received none"),
        ({"input": "given"}, "input: expected a value, received none"),
        ({"input": {"type": "random", "size": [1, 5000]}},
         "input.size: expected a whole number 1 … 1024, received [1, 5000]"),
        ({"input": {"type": "random", "size": 1024, "channels": 64}},
         "input.size: expected at most 4,194,304 numbers, received 67,108,864"),
        ({"input": [1, 2, 3]}, "input: expected rows and columns, or channels of them; received an array of 1 dim"),
        ({"input": 7}, "input: expected rows and columns"),
        ({"target": {"type": "pattern", "size": 5}}, "target: the target is 5×5, but the network makes 18×18"),
        ({"target": {"type": "pattern", "pattern": "star"}}, "target.pattern: expected one of ramp, stripes"),
        ({"loss": 5}, "loss: expected an object, received 5"),
        ({"loss": {"type": "huber", "delta": 0}}, "loss.delta: expected a number"),
        ({"optimizer": {"type": "sgd", "learning_rate": 0}}, "optimizer.learning_rate: expected a number "),
        ({"optimizer": {"type": "sgd", "nesterov": True}}, "optimizer.nesterov: Nesterov needs momentum"),
        ({"stop": {"type": "stop", "steps": 0}}, "stop.steps: expected a whole number 1 … 1000000000, received 0"),
        ({"stop": {"type": "go"}}, "stop.type: expected one of stop, received 'go'"),
        ({"stop": None}, "stop: expected a value, received none"),
        ({"version": 2},
         "version: this file needs a newer convviz: it has version 2, and this one reads versions up to 1"),
        ({"version": 0}, "version: expected a whole number ≥ 1, received 0"),
        ({"version": "1"}, "version: expected a whole number ≥ 1, received '1'"),
        ({"version": True}, "version: expected a whole number ≥ 1, received True"),
    ],
)  # fmt: skip
def test_entries_that_cannot_be(entries: dict, message: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, {**GOOD, **entries}).startswith(f"demo.json: {message}")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "expected text, received an empty file"),
        (b"\xef\xbb\xbf \n", "expected text, received an empty file"),
        (b'{"version": 1,\n "layers": [', "the file ends too early, at line 2"),
        (b'{"version": 1,\n "name": "a na\n', "the file ends too early, at line 2"),
        (b'{"version": 1,\n "layers" ["relu"]}', "not valid JSON at line 2, column 11, near '[\"relu\"]}'"),
        (b"[1, 2]", "expected an object, received [1, 2]"),
        (b"{}", "version: expected the file's version, received none"),
        (b'{"version": 1}', "layers: expected from 1 to 64 layers, received 0"),
        (b'{"version": 1, "layers": ["relu"], "version": 1}', "version: the entry is there twice"),
        (b'{"version": 1, "layers": [{"type": "relu", "type": "relu"}]}', "layers[0].type: the entry is there twice"),
        (b'{"version": 1, "name": "\xff"}', "expected text in UTF-8, received other bytes at 24"),
        (b'{"version": 1, "layers": ["relu"], "name": "\\ud800"}', "a text of the file holds an incomplete character"),
        (b'{"version": 1, "name": ' + b"[" * 17 + b"]" * 17 + b"}", "the file is nested more than 16 deep"),
        (b"[" * 100_000, "the file is nested more than 16 deep"),
        (b'{"version": ' + b"1" * 5000 + b"}", "version: expected a whole number ≥ 1, received inf"),
        (b" " * (8 * 2**20 + 1), "the file has more than 8,388,608 bytes; keep large arrays in .npy files beside it"),
    ],
)  # fmt: skip
def test_files_that_are_no_experiment(content: bytes, message: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, content).startswith(f"demo.json: {message}")


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=rf"absent\.json: cannot be read: {os.strerror(errno.ENOENT)}"):
        read_experiment(tmp_path / "absent.json")
    with pytest.raises(ConfigError, match="expected a file, received a folder or a device"):
        read_experiment(tmp_path)
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(ConfigError, match="expected a file, received a folder or a device"):
        read_experiment(tmp_path / "pipe.json")
    with pytest.raises(ConfigError, match="not a name that a file can have"):
        read_experiment(tmp_path / "a\0b")


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
        ("sub", "expected a file that ends in .npy, received sub"),
        ("demo.json", "expected a file that ends in .npy, received demo.json"),
        ("../outside.npy", "expected a file beside or below the experiment, received ../outside.npy"),
        ("sub/../../outside.npy", "expected a file beside or below the experiment"),
        ("link.npy", "expected a file beside or below the experiment, received link.npy"),
        ("/etc/passwd", "expected a file beside or below the experiment, received /etc/passwd"),
        ("folder.npy", "there is no file folder.npy beside the experiment"),
        ("pipe.npy", "there is no file pipe.npy beside the experiment"),
        ("loop.npy", ""),
        ("a\0b.npy", "'a\\x00b.npy' is not the name of a file"),
        ("x" * 5000 + ".npy", ""),
        ("", "expected a file that ends in .npy, received "),
        (5, "expected the name of a .npy file, received 5"),
        (None, "expected the name of a .npy file, received None"),
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
    assert refusal(tmp_path, data) == "demo.json: input.order: unknown entry, expected some of file"


def test_plain_data_without_a_folder_have_no_files() -> None:
    with pytest.raises(ConfigError, match="there is no folder to find it in") as caught:
        decode_experiment(with_array("a.npy"))
    assert caught.value.field == "input.file"


@pytest.mark.parametrize("seed", range(40))
def test_damaged_files_are_refused_and_nothing_else_happens(seed: int, tmp_path: Path) -> None:
    """Cut, flip and double pieces of good files: they are read, or refused with a sentence, never anything else."""
    rng = random.Random(seed)
    path = tmp_path / "demo.json"
    kinds = list(LAYERS)
    experiment = random_experiment(LAYERS[kinds[seed % len(kinds)]], np.random.default_rng(seed))
    write_experiment(path, experiment)
    good = path.read_bytes()
    for _ in range(40):
        path.write_bytes(_damaged(good, rng))
        _read_or_refuse(path)
    path.write_bytes(good)
    assert read_experiment(path) == experiment


@pytest.mark.parametrize("seed", range(40))
def test_wrong_values_anywhere_are_refused_and_nothing_else_happens(seed: int) -> None:
    rng = random.Random(seed)
    kinds = list(LAYERS)
    experiment = random_experiment(LAYERS[kinds[seed % len(kinds)]], np.random.default_rng(seed))
    for _ in range(40):
        data = json.loads(json.dumps(encode_experiment(experiment)))
        _spoil(data, rng)
        try:
            decode_experiment(data)
        except ConvvizError as error:
            _is_a_sentence(error)


@pytest.mark.parametrize("seed", range(10))
def test_damaged_arrays_are_refused_and_nothing_else_happens(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    experiment = Experiment(
        input=GivenMap(np.random.default_rng(seed).normal(size=(65, 65))),
        stages=(Stage(Conv2d(weight=Given(np.ones((3, 3))))),),
    )
    path = tmp_path / "demo.json"
    write_experiment(path, experiment)
    (array,) = tmp_path.glob("*.npy")
    good = array.read_bytes()
    for _ in range(60):
        array.write_bytes(_damaged(good[:128], rng) + good[128:] if rng.random() < 0.8 else _damaged(good, rng))
        _read_or_refuse(path)


def _read_or_refuse(path: Path) -> None:
    try:
        read_experiment(path)
    except ConvvizError as error:
        _is_a_sentence(error, f"{path.name}: ")


def _is_a_sentence(error: ConvvizError, start: str = "") -> None:
    said = str(error)
    assert said.startswith(start)
    assert len(said) > len(start)


def _damaged(good: bytes, rng: random.Random) -> bytes:
    data = bytearray(good)
    for _ in range(rng.randint(1, 4)):
        place, end = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
        piece = bytes(data[place : min(end, place + 20)])
        match rng.randrange(5):
            case 0:
                del data[place:]
            case 1:
                data[place : place + 1] = bytes([rng.randrange(256)])
            case 2:
                data[place:place] = piece
            case 3:
                del data[place : place + len(piece)]
            case _:
                data[place:place] = rng.choice(
                    [b'"', b"{", b"]", b"null", b"-", b"1e999", b"NaN", b"\\u0000", b"9" * 30]
                )
    return bytes(data)


WRONG = [
    None,
    True,
    -1,
    0,
    1.5,
    10**30,
    float("nan"),
    float("inf"),
    "",
    "relu",
    "\0",
    [],
    [[]],
    [1, [2]],
    {},
    {"type": 1},
    {"file": "x.npy"},
    {"file": 1},
    ["same", 2],
    [[1, 2], [3, 4]],
    {"type": "given", "values": [[1]]},
]


def _spoil(data: Any, rng: random.Random) -> None:
    """Replace, add or remove one entry somewhere in plain data."""
    places = list(_places(data))
    holder, key = rng.choice(places)
    match rng.randrange(4):
        case 0 if isinstance(holder, dict):
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[f"{key}_"] = rng.choice(WRONG)
        case 2 if isinstance(holder, list):
            holder.append(rng.choice(WRONG))
        case _:
            holder[key] = rng.choice(WRONG)


def _places(data: Any) -> Any:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield data, key
        yield from _places(value)


def test_experiments_are_found_by_name_or_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_experiment("demo") == builtin_experiments()["demo"]
    write_experiment("mine.json", Experiment(stages=(Stage(Conv2d()),)))
    assert find_experiment("mine.json").resolve() == tmp_path / "mine.json"
    assert find_experiment(tmp_path / "mine.json") == tmp_path / "mine.json"
    with pytest.raises(ConfigError, match=r"demmo: expected a file or the name .*; did you mean demo\?"):
        find_experiment("demmo")
    with pytest.raises(ConfigError, match="qqq: expected a file or a built-in experiment, which are demo, adam, "):
        find_experiment("qqq")
    with pytest.raises(ConfigError, match=r"did you mean momentum\?"):
        load_builtin("momentun")


def test_a_file_is_preferred_and_no_name_is_the_first_one_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_experiment("demo", Experiment(stages=(Stage(Conv2d()),)))
    (tmp_path / "pooling").mkdir()
    assert find_experiment("demo").resolve() == tmp_path / "demo"
    assert find_experiment() == builtin_experiments()["demo"]
    assert find_experiment("pooling") == builtin_experiments()["pooling"]


@pytest.mark.parametrize("name", [".", "..", "folder", os.devnull])
def test_what_exists_and_is_no_file_is_said_to_be_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigError, match=f"^{re.escape(os.path.basename(name))}: expected a file, received a folder"):
        read_experiment(find_experiment(name))


class ComparedName(str):
    """A name that counts how often names are compared."""

    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        ComparedName.compared += 1
        return str.__eq__(self, other)


def test_many_names_of_which_one_is_there_twice_are_not_each_compared_with_all() -> None:
    names = [f"name {number}" for number in range(2000)]
    entries = Entries([(ComparedName(name), 0) for name in [*names, "name 7"]])
    assert entries.repeated == ["name 7"]
    assert ComparedName.compared < 20 * len(names)
