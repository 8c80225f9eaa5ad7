"""Files that are not what they should be: every one is refused, and the sentence says where and why."""

from __future__ import annotations

import errno
import os
import re
from typing import TYPE_CHECKING

import pytest

from convviz.engine.errors import ConfigError
from convviz.engine.layers import LAYERS, Conv2d
from convviz.model.experiment import Experiment, Stage
from convviz.model.files import (
    builtin_experiments,
    find_experiment,
    load_builtin,
    read_experiment,
    write_experiment,
)
from convviz.model.files.text import Entries
from tests.model.files.refusing import GOOD, refusal

if TYPE_CHECKING:
    from pathlib import Path


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
        ([{"type": "conv2d", "weight": [[[1]], [[2]]]}],
         "layers[0].weight: the given values are 2×1×1, expected 1×1×1×1"),
        ([{"type": "conv2d", "out_channels": 2, "bias": [1, 2, 3]}],
         "layers[0].bias: the given values are 3, expected 2"),
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
        ('{"version": 1}'.encode("utf-16"), "expected text in UTF-8, received UTF-16: save it as UTF-8"),
        ('{"version": 1}'.encode("utf-16-be"), "expected text in UTF-8, received UTF-16: save it as UTF-8"),
        ('{"version": 1}'.encode("utf-32"), "expected text in UTF-8, received UTF-32: save it as UTF-8"),
        (b'{"version": 1, "title": "A lesson", "scenes": []}', "expected an experiment, received a lesson"),
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


@pytest.mark.parametrize(
    ("content", "column", "told"),
    [
        ('{"version": 1,}', 15, "there is a comma too many before a bracket"),
        ('{"layers": ["relu", ]}', 21, "there is a comma too many before a bracket"),
        ("{'version': 1}", 2, "expected double quotes"),
        ("{version: 1}", 2, "expected a name in double quotes"),
        ('{"seed" 1}', 9, "expected a colon"),
        ('{"seed": 1 "version": 1}', 12, "expected a comma, or the bracket that closes"),
        ('{"version": 1} {}', 16, "expected the end of the file"),
        ('{"seed": }', 10, "expected a value"),
        ('{"seed": 0,5}', 12, "expected a decimal point, received a comma"),
        ('{"target": None}', 12, "expected null, true or false, in small letters"),
        ('// mine {"seed": 1}', 1, "JSON has no comments"),
        ('{"seed": 1 /* mine */}', 12, "JSON has no comments"),
        ('{"seed": 1 # mine }', 12, "JSON has no comments"),
        ('{"name": "a\nb"}', 12, "expected a text without line breaks and tabs; they are written \\n and \\t"),
        ('{"name": "a\\q"}', 12, "expected an escape such as \\n; a backslash itself is written twice"),
    ],
)
def test_what_is_no_json_is_told_with_its_place_and_what_is_wrong_there(
    content: str, column: int, told: str, tmp_path: Path
) -> None:
    said = refusal(tmp_path, content.encode())
    if told.startswith("there is a comma"):  # at the comma itself or at the bracket, as Python's decoder finds it
        assert said.startswith("demo.json: not valid JSON at line 1, column ")
    else:
        assert said.startswith(f"demo.json: not valid JSON at line 1, column {column}, near ")
    assert said.endswith(f": {told}")
