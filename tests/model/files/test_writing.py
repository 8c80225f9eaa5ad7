"""Experiments in files: what is written comes back, exactly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from convviz.engine.errors import ConfigError, ConvvizError, ShapeError
from convviz.engine.initializers import INITIALIZERS, Given, Normal, Zeros
from convviz.engine.layers import LAYERS, Conv2d, MaxPool2d, ReLU
from convviz.engine.losses import LOSSES, Huber
from convviz.engine.optimizers import OPTIMIZERS, SCHEDULES
from convviz.engine.settings import Spec, settings_of
from convviz.engine.stopping import StopConditions
from convviz.model.experiment import Experiment, Stage
from convviz.model.files import decode_experiment, encode_experiment, read_experiment, write_experiment
from convviz.model.files.reading import migrate
from convviz.model.files.text import render
from convviz.model.sources import SOURCES, GivenMap, RandomMap
from tests.model.samples import (
    AWKWARD,
    awkward_array,
    random_experiment,
    random_source,
    random_spec,
    with_student,
    with_teacher,
)

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = Experiment(stages=(Stage(Conv2d()),))


def bits(value: object) -> Any:
    """Return a value as something that is equal only if every number in it is, to the sign of zero."""
    if isinstance(value, Spec):
        return type(value), [bits(getattr(value, name)) for name in settings_of(type(value))]
    if isinstance(value, tuple):
        return [bits(item) for item in value]
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    return repr(value)


def round_trip(path: Path, experiment: Experiment) -> None:
    write_experiment(path, experiment)
    again = read_experiment(path)
    assert again == experiment
    assert bits(again) == bits(experiment)


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("seed", range(12))
def test_experiments_with_every_layer_come_back_exactly(kind: str, seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng([seed, list(LAYERS).index(kind)])
    round_trip(tmp_path / "experiment.json", random_experiment(LAYERS[kind], rng))


@pytest.mark.parametrize(
    ("field", "kind", "registry"),
    [
        (field, kind, registry)
        for field, registry in [("loss", LOSSES), ("optimizer", OPTIMIZERS), ("schedule", SCHEDULES)]
        for kind in registry
    ],
)
@pytest.mark.parametrize("seed", range(5))
def test_every_part_of_the_training_comes_back_exactly(
    field: str, kind: str, registry: dict, seed: int, tmp_path: Path
) -> None:
    spec = random_spec(registry[kind], np.random.default_rng(seed))
    round_trip(tmp_path / "experiment.json", PLAIN.replace(**{field: spec}))


@pytest.mark.parametrize("kind", SOURCES)
@pytest.mark.parametrize("seed", range(5))
def test_every_source_comes_back_exactly(kind: str, seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    source = SOURCES[kind].like(random_source((1, 9, 8), rng))
    target = SOURCES[kind].like(random_source((1, 7, 6), rng))
    round_trip(tmp_path / "experiment.json", PLAIN.replace(input=source, target=target))


@pytest.mark.parametrize("kind", INITIALIZERS)
@pytest.mark.parametrize("seed", range(5))
def test_every_initialiser_comes_back_exactly(kind: str, seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    first = random_spec(INITIALIZERS[kind], rng)
    if kind == "given":
        first = Given(awkward_array(rng, (3, 3)))
    round_trip(tmp_path / "experiment.json", with_teacher(with_student(PLAIN, 0, weight=first), 0, weight=first))


def test_awkward_numbers_come_back_exactly(tmp_path: Path) -> None:
    numbers = np.resize(AWKWARD, (1, 4, 4))
    round_trip(tmp_path / "experiment.json", PLAIN.replace(input=GivenMap(numbers)))


@pytest.mark.parametrize("shape", [(1, 64, 64), (1, 64, 65), (2, 100, 90)])
def test_large_arrays_lie_in_files_of_their_own(shape: tuple[int, int, int], tmp_path: Path) -> None:
    source = random_source(shape, np.random.default_rng(0)).make()
    kernel = awkward_array(np.random.default_rng(1), (64, 64)) if shape[1] == 64 else np.ones((90, 90))[:64, :64]
    experiment = Experiment(input=GivenMap(source), stages=(Stage(Conv2d(kernel=kernel.tolist())),))
    experiment = experiment if shape[0] == 1 else experiment.with_layer(0, Conv2d())
    round_trip(tmp_path / "experiment.json", experiment)
    files = sorted(path.name for path in tmp_path.iterdir())
    large = source.size > 4096
    assert len(files) == 1 + large
    assert (tmp_path / "experiment.json").stat().st_size < 200_000
    if large:
        assert files[0].startswith("experiment.input.")
        assert np.load(tmp_path / files[0], allow_pickle=False).tobytes() == source.tobytes()


def test_writing_again_changes_no_array_of_the_older_file(tmp_path: Path) -> None:
    path = tmp_path / "experiment.json"
    first, second = (PLAIN.replace(input=GivenMap(np.full((70, 70), value))) for value in (1.0, 2.0))
    write_experiment(path, first)
    older = tmp_path / "older.json"
    older.write_bytes(path.read_bytes())
    write_experiment(path, second)
    assert read_experiment(older) == first
    assert read_experiment(path) == second


def test_the_file_is_laid_out_for_people(tmp_path: Path) -> None:
    path = tmp_path / "experiment.json"
    experiment = Experiment(
        name="看",
        notes="Two\nlines.",
        input=RandomMap(seed=7),
        stages=(
            Stage(
                Conv2d(padding=((1, 1), (2, 2)), bias=None),
                teacher_weight=Given([[0, 0, 1], [0, 2, 0], [1, 0, 1]]),
                teacher_bias=Given([-0.5]),
            ),
            Stage(ReLU()),
        ),
    )
    write_experiment(path, experiment)
    assert path.read_text("utf-8") == TEXT


def test_a_row_of_numbers_stays_on_one_line() -> None:
    assert render({"values": [1.0, 2.0, 3.0, 0.5]}) == '{"values": [1, 2, 3, 0.5]}\n'


TEXT = """{
  "version": 1,
  "name": "看",
  "notes": "Two\\nlines.",
  "input": {"type": "random", "mean": 1, "std": 1, "size": [20, 20], "channels": 1, "seed": 7},
  "layers": [
    {
      "type": "conv2d",
      "kernel": [3, 3],
      "out_channels": 1,
      "stride": [1, 1],
      "padding": [1, 2],
      "dilation": [1, 1],
      "groups": 1,
      "weight": {"type": "normal", "mean": 0, "std": 1},
      "bias": null,
      "rate": 1,
      "teacher": {
        "weight": [
          [0, 0, 1],
          [0, 2, 0],
          [1, 0, 1]
        ],
        "bias": [-0.5]
      }
    },
    {"type": "relu"}
  ],
  "loss": {"type": "sse"},
  "optimizer": {
    "type": "sgd",
    "learning_rate": 3e-05,
    "momentum": 0,
    "nesterov": false,
    "weight_decay": 0,
    "clip": 0
  },
  "schedule": {"type": "constant"},
  "stop": {"steps": 2000, "min_progress": 0.0001},
  "seed": 0,
  "teacher_seed": 0,
  "dtype": "float64"
}
"""


def read(text: str | dict, folder: Path) -> Experiment:
    path = folder / "demo.json"
    path.write_text(text if isinstance(text, str) else json.dumps(text), "utf-8")
    return read_experiment(path)


def test_short_forms_stand_for_the_long_ones(tmp_path: Path) -> None:
    np.save(tmp_path / "kernel.npy", np.array([[1, 2], [3, 4]], np.int16))
    text = {
        "$schema": "https://example.invalid/schema.json",
        "version": 1,
        "input": [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10], [1, 1, 1, 1, 1], [1, 1, 1, 1, 1]],
        "layers": [
            {"type": "conv2d", "kernel": [[0, 1], [1, 0]], "bias": 0.5, "teacher": {"weight": {"file": "kernel.npy"}}},
            {"type": "conv2d", "weight": [[1, 2]], "stride": 2, "bias": None, "padding": 1},
            {"type": "conv2d", "weight": [[1, 2]], "teacher": {"weight": "normal", "bias": None}},
            "relu",
            {"type": "max_pool2d", "kernel": 2, "stride": 1},
        ],
        "loss": "huber",
        "optimizer": "adam",
        "stop": {"steps": 5},
    }
    assert read(text, tmp_path) == Experiment(
        input=GivenMap(text["input"]),
        stages=(
            Stage(Conv2d(kernel=[[0, 1], [1, 0]], bias=Given(0.5)), teacher_weight=Given([[1, 2], [3, 4]])),
            Stage(Conv2d(kernel=(1, 2), weight=Given([[1, 2]]), stride=2, bias=None, padding=1)),
            Stage(Conv2d(kernel=(1, 2), weight=Given([[1, 2]])), teacher_bias=None),
            Stage(ReLU()),
            Stage(MaxPool2d(stride=1)),
        ),
        loss=Huber(),
        optimizer=OPTIMIZERS["adam"](),
        stop=StopConditions(steps=5),
    )


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    assert read({"version": 1, "layers": ["conv2d"]}, tmp_path) == PLAIN
    assert PLAIN.stages[0] == Stage(Conv2d(), Normal(), Zeros())


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert read("\ufeff" + json.dumps({"version": 1, "layers": ["conv2d"]}), tmp_path) == PLAIN


def test_plain_data_need_no_file() -> None:
    assert decode_experiment(encode_experiment(PLAIN)) == PLAIN
    large = PLAIN.replace(input=GivenMap(np.ones((100, 100))))
    assert decode_experiment(encode_experiment(large)) == large


def test_an_impossible_experiment_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "experiment.json"
    with pytest.raises(ShapeError, match="kernel 3×3 does not fit input 2×2"):
        write_experiment(path, PLAIN.replace(input=RandomMap(size=2)))
    with pytest.raises(ConfigError, match="an incomplete character"):
        write_experiment(path, PLAIN.replace(name="\ud800"))
    with pytest.raises(ConfigError, match=r"too large for a file: 9,\d{3},\d{3} bytes, expected at most 8,388,608"):
        write_experiment(path, PLAIN.replace(notes="x" * 9_000_000))
    assert not path.exists()


def test_a_file_that_cannot_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigError, match=r"folder cannot be written: "):
        write_experiment(tmp_path / "folder", PLAIN)
    with pytest.raises(ConfigError, match=r"new\.json cannot be written: "):
        write_experiment(tmp_path / "nowhere" / "new.json", PLAIN)
    with pytest.raises(ConvvizError, match="is not the name of a file"):
        write_experiment(tmp_path / "a\0b", PLAIN)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_older_versions_are_brought_up_to_date_one_by_one() -> None:
    migrations = {1: lambda data: {**data, "second": True}, 2: lambda data: {**data, "third": data["second"]}}
    assert migrate({"version": 1}, migrations, 3) == {"version": 1, "second": True, "third": True}
    assert migrate({"version": 2, "second": 5}, migrations, 3) == {"version": 2, "second": 5, "third": 5}
    assert migrate({"version": 3}, migrations, 3) == {"version": 3}


def test_kernels_of_one_channel_and_a_bias_are_given_as_lists() -> None:
    kernels = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]
    layer = {"type": "conv2d", "out_channels": 2, "weight": kernels, "bias": [1, 2], "teacher": {"weight": kernels}}
    experiment = decode_experiment({"version": 1, "layers": [layer]})
    (student,), taught = experiment.student_parameters(), experiment.teacher_parameters()
    assert student["weight"].shape == (2, 1, 2, 2)
    assert student["weight"][:, 0].tolist() == kernels
    assert student["bias"].tolist() == [1, 2]
    assert taught is not None
    assert taught[0]["weight"][:, 0].tolist() == kernels
    colour = experiment.replace(input=RandomMap(size=20, channels=2)).fitted()
    assert colour.student_parameters()[0]["weight"][:, 0].tolist() == kernels
