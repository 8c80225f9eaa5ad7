"""A run's numbers as a file and as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from convviz.engine import Trainer
from convviz.export.run import run_arrays, write_run
from convviz.export.text import matrix_text
from convviz.model.files import builtin_experiments, load_builtin

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", builtin_experiments())
def test_every_experiment_comes_back_from_its_run_file(name: str, tmp_path: Path) -> None:
    trainer = Trainer(load_builtin(name).build())
    initial = trainer.parameters()
    trainer.run(20)
    frame = trainer.frame()
    write_run(tmp_path / "run.npz", run_arrays(frame, initial, trainer.losses))
    with np.load(tmp_path / "run.npz", allow_pickle=False) as run:
        assert np.array_equal(run["losses"], trainer.losses)
        assert np.array_equal(run["input"], frame.values[0])
        assert np.array_equal(run["target"], frame.target)
        assert np.array_equal(run["output"], frame.output)
        for role, layers in (("initial", initial), ("final", frame.parameters), ("teacher", frame.teacher or ())):
            named = {f"{role}.{i}.{part}": array for i, layer in enumerate(layers) for part, array in layer.items()}
            assert {key for key in run.files if key.startswith(role)} == named.keys()
            assert all(np.array_equal(run[key], array) for key, array in named.items())


def test_one_channel_is_printed_as_its_matrix() -> None:
    matrix = np.array([[1.0, -2.5], [0.0, 12.25]])
    expected = "[[ 1.0000 -2.5000]\n [ 0.0000 12.2500]]"
    assert matrix_text(matrix) == matrix_text(matrix[None]) == matrix_text(matrix[None, None]) == expected


def test_several_channels_are_printed_under_their_numbers() -> None:
    text = matrix_text(np.arange(8.0).reshape(2, 2, 2), digits=0)
    assert text == "channel 0\n[[0. 1.]\n [2. 3.]]\nchannel 1\n[[4. 5.]\n [6. 7.]]"
    weight = matrix_text(np.zeros((2, 3, 1, 1)))
    assert [line for line in weight.splitlines() if line[0] != "["][-1] == "filter and channel 1, 2"


def test_a_bias_is_printed_as_a_row() -> None:
    assert matrix_text(np.array([0.5, 1.0]), digits=1) == "[0.5 1.0]"


def test_each_row_keeps_its_line_and_a_large_map_is_shortened() -> None:
    assert matrix_text(np.zeros((20, 20))).count("\n") == 19
    assert "..." in matrix_text(np.zeros((100, 100)))


def test_numbers_that_are_not_finite_are_printed_too() -> None:
    assert "inf" in matrix_text(np.array([[np.inf, 1.0]]))
    assert "nan" in matrix_text(np.array([[np.nan, 1.0]]))


def test_no_number_looks_like_zero_that_is_none() -> None:
    small = np.array([[1e-5, -2e-5], [3e-300, 0.0]])
    assert matrix_text(small) == "[[ 1.0000e-05 -2.0000e-05]\n [ 3.0000e-300  0.0000e+00]]"
    assert matrix_text(np.array([0.5, -4e-5])) == "[ 5.0000e-01 -4.0000e-05]"
    assert matrix_text(np.array([0.5, -9e-5])) == "[ 0.5000 -0.0001]"
    assert matrix_text(np.array([0.5, 1e-4, 0.0])) == "[0.5000 0.0001 0.0000]"
    assert matrix_text(np.array([0.3, np.inf]), digits=0) == "[ 3e-01  inf]"
    channels = matrix_text(np.stack([small[:1], np.ones((1, 2))]))
    assert channels == "channel 0\n[[ 1.0000e-05 -2.0000e-05]]\nchannel 1\n[[1.0000 1.0000]]"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("digits", range(7))
def test_powers_of_ten_are_there_exactly_where_a_number_would_look_like_zero(digits: int, dtype: type) -> None:
    half = dtype(0.5 * 10.0**-digits)
    for number in (np.nextafter(half, dtype(0)), half, np.nextafter(half, dtype(1)), dtype(0.9 * 10.0**-digits)):
        rounded = float(f"{float(number):.{digits}f}")
        text = matrix_text(np.array([number]), digits=digits)
        assert ("e" in text) == (rounded == 0)
        if rounded:
            assert float(text.strip("[ ]")) == rounded


def test_numbers_that_are_not_printed_do_not_change_how_the_others_are() -> None:
    matrix = np.ones((40, 40))
    matrix[20, 1] = 1e-9
    assert "e" not in matrix_text(matrix)
    matrix[1, 20] = matrix[20, 20] = 1e-9
    assert "e" not in matrix_text(matrix)
    matrix[-3, 2] = 1e-9
    assert "1.0000e-09" in matrix_text(matrix)
    few_rows = np.ones((5, 300))
    few_rows[2, 1] = 1e-9
    assert "1.0000e-09" in matrix_text(few_rows)
