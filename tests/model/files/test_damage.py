"""Whatever has become of a file, it is read, or refused with a sentence."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from convviz.engine.errors import ConvvizError
from convviz.engine.initializers import Given
from convviz.engine.layers import LAYERS, Conv2d
from convviz.model.experiment import Experiment, Stage
from convviz.model.files import (
    decode_experiment,
    encode_experiment,
    read_experiment,
    write_experiment,
)
from convviz.model.sources import GivenMap
from tests.model.samples import random_experiment

if TYPE_CHECKING:
    from pathlib import Path


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
