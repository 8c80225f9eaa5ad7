"""The demo against the reference run: 2000 steps of plain loops, recorded once."""

from __future__ import annotations

import numpy as np
import pytest

from convviz.engine import SGD, Trainer, insert_zeros, pad_zeros
from tests.engine.problems import reference, reference_problem


@pytest.fixture(scope="module")
def run():
    return reference()


@pytest.fixture(scope="module")
def trained():
    trainer = Trainer(reference_problem())
    trainer.run(2000)
    return trainer


def close(actual, expected):
    return np.testing.assert_allclose(np.squeeze(actual), expected, rtol=1e-9, atol=1e-9)


def test_the_default_rate_is_the_reference_runs(run):
    assert SGD().learning_rate == run["learning_rate"]


def test_all_losses_are_the_reference_runs(run, trained):
    assert trained.losses.shape == (2000,)
    np.testing.assert_allclose(trained.losses, run["losses"], rtol=1e-9, atol=0)


def test_it_ends_where_the_reference_run_does(run, trained):
    last = trained.frame()
    assert last.step == 2000
    for layer in (1, 2):
        close(last.parameters[layer - 1]["weight"], run[f"final_kernel{layer}"])
        close(last.parameters[layer - 1]["bias"], run[f"final_bias{layer}"])
        assert last.parameters[layer - 1]["bias"] != 0
    close(last.output, run["final_output"])


def test_every_intermediate_of_the_first_step(run, trained):
    first = trained.frame(0, input_gradient=True)
    assert first.loss == trained.losses[0]
    close(first.values[1], run["step0_hidden"])
    close(first.output, run["step0_output"])
    close(first.residual, run["step0_output"] - run["target"])
    error = first.value_grads[2]
    close(error, run["step0_output_error"])
    inserted = insert_zeros(error, 1)
    close(inserted, run["step0_conv2_error_inserted"])
    close(pad_zeros(inserted, 3, 3), run["step0_conv2_error_padded"])
    for layer in (1, 2):
        close(first.value_grads[layer - 1], run[f"step0_conv{layer}_input_error"])
        close(first.gradients[layer - 1]["weight"], run[f"step0_conv{layer}_kernel_gradient"])
        close(first.gradients[layer - 1]["bias"], run[f"step0_conv{layer}_bias_gradient"])


def test_parameters_of_every_step_follow_from_the_gradients(trained):
    for step in (0, 1, 700, 1999):
        frame = trained.frame(step)
        for before, gradient, after in zip(
            frame.parameters, frame.gradients, trained.parameters(step + 1), strict=True
        ):
            for name in before:
                np.testing.assert_allclose(
                    after[name], before[name] - frame.learning_rate * gradient[name], rtol=1e-14, atol=1e-17
                )


def test_single_precision_stays_near_at_first(run):
    trainer = Trainer(reference_problem(dtype=np.float32))
    trainer.run(500)
    assert trainer.losses.dtype == np.float64
    assert all(array.dtype == np.float32 for layer in trainer.parameters() for array in layer.values())
    np.testing.assert_allclose(trainer.losses, run["losses"][:500], rtol=1e-3)
