"""Tables of a run, and the arrays of a step, without a window."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest

from convviz.engine import LAYERS, ConfigError, Conv2d, MaxPool2d, Trainer
from convviz.engine.rows import rows_of
from convviz.export.run import step_arrays
from convviz.export.table import columns, write_table
from convviz.model.experiment import Experiment, Stage
from convviz.model.files import load_builtin
from convviz.model.sources import RandomMap

if TYPE_CHECKING:
    from pathlib import Path


def trained(steps: int = 20, dtype: str = "float64", name: str = "channels") -> Trainer:
    trainer = Trainer(load_builtin(name).replace(dtype=dtype).build())
    trainer.run(steps)
    return trainer


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_number_is_read_as_what_it_was(tmp_path: Path, dtype: str) -> None:
    trainer = trained(dtype=dtype)
    network = trainer.problem.network
    write_table(tmp_path / "run.csv", network, [rows_of(trainer, range(0, 12)), rows_of(trainer, range(12, 21))])
    with (tmp_path / "run.csv").open(newline="") as file:
        heading, *rows = csv.reader(file)
    assert heading == columns(network)
    assert len(set(heading)) == len(heading) == 3 + network.size
    table = np.array(rows, np.float64)
    assert table[:, 0].tolist() == list(range(21))
    assert table[:, 1].tolist() == [*trainer.losses, trainer.loss]
    for step in (0, 20):
        for index, layer in enumerate(trainer.parameters(step)):
            for name, values in layer.items():
                for place in np.ndindex(values.shape):
                    written = table[step, heading.index(".".join(map(str, (index, name, *place))))]
                    assert values.dtype.type(written) == values[place]


def test_learning_rates_are_those_that_were_used(tmp_path: Path) -> None:
    trainer = trained(10)
    trainer.learning_rate = 1e-6
    trainer.run(5)
    rows = rows_of(trainer, range(16))
    assert rows.rates.tolist() == [trainer.problem.optimizer.learning_rate] * 10 + [1e-6] * 6


def test_steps_that_are_not_stored_any_more_are_the_same(tmp_path: Path) -> None:
    problem = load_builtin("momentum").build()
    whole, thin = Trainer(problem), Trainer(problem, budget=4096)
    for trainer in (whole, thin):
        trainer.run(500)
    steps = range(0, 501, 7)
    np.testing.assert_array_equal(rows_of(whole, steps).parameters, rows_of(thin, steps).parameters)


def test_a_hurry_leaves_the_first_row(tmp_path: Path) -> None:
    assert rows_of(trained(), range(5, 15), 0.0).steps.tolist() == [5]


def test_a_step_that_was_not_made_is_refused() -> None:
    with pytest.raises(ConfigError, match="has not been made"):
        rows_of(trained(), [21])


def test_too_many_parameters_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    stages = (Stage(layer=Conv2d(kernel=11, out_channels=9)), Stage(layer=Conv2d(kernel=1)))
    trainer = Trainer(Experiment(stages=stages).build())
    with pytest.raises(ConfigError, match="at most 1,000 parameters in a table, received 1,108"):
        write_table(tmp_path / "run.csv", trainer.problem.network, [rows_of(trainer, [0])])
    assert list(tmp_path.iterdir()) == []
    write_table(tmp_path / "run.csv", trainer.problem.network, [rows_of(trainer, [0])], parameters=False)
    assert len((tmp_path / "run.csv").read_text().splitlines()) == 2


def test_rows_that_end_in_an_error_leave_no_table(tmp_path: Path) -> None:
    trainer = trained()

    def rows():
        yield rows_of(trainer, [0])
        raise ConfigError("enough")

    with pytest.raises(ConfigError, match="enough"):
        write_table(tmp_path / "run.csv", trainer.problem.network, rows())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", LAYERS)
def test_the_arrays_of_a_step_are_all_there_is(kind: str) -> None:
    layer = LAYERS[kind]()
    stages = (Stage(layer=Conv2d(kernel=3, out_channels=2)), Stage(layer=layer), Stage(layer=Conv2d(kernel=2)))
    trainer = Trainer(Experiment(input=RandomMap(size=(9, 9)), stages=stages).build())
    trainer.run(3)
    frame = trainer.frame(2, input_gradient=True)
    arrays = step_arrays(frame)
    shown = [*frame.values, *frame.value_grads, frame.residual, frame.target]
    shown += [
        values
        for layers in (frame.parameters, frame.gradients, frame.teacher)
        for each in layers
        for values in each.values()
    ]
    kept = [array.tobytes() for array in arrays.values()]
    assert all(array.tobytes() in kept for array in shown)
    assert arrays["map.1"].shape == frame.values[2].shape


@pytest.mark.parametrize(
    ("name", "remembered"), [("momentum", {"velocity"}), ("adam", {"mean", "square"}), ("demo", set())]
)
def test_what_the_optimizer_remembers_is_laid_out_like_the_parameters(name: str, remembered: set[str]) -> None:
    trainer = trained(7, name=name)
    arrays = step_arrays(trainer.frame())
    assert {key.split(".")[0] for key in arrays} & {"velocity", "mean", "square"} == remembered
    for role in remembered:
        for index, layer in enumerate(trainer.problem.network.views(trainer.frame().optimizer_state[role])):
            np.testing.assert_array_equal(arrays[f"{role}.{index}.weight"], layer["weight"])


def test_a_network_without_parameters_has_three_columns() -> None:
    stages = (Stage(layer=MaxPool2d()),)
    assert columns(Trainer(Experiment(stages=stages).build()).problem.network) == ["step", "loss", "learning_rate"]
