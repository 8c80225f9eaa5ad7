"""Every number that the built-in lessons tell is so, by plain loops that know nothing of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from convviz.engine.trainer import Trainer
from convviz.model.lessons.library import find_lesson
from convviz.model.lessons.reading import read_lesson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from convviz.engine.frames import Frame
    from convviz.model.experiment import Experiment

    Array = NDArray[np.float64]


def begins_with(lesson: str, scene: int) -> Experiment:
    """Return the experiment that a scene, counted from 1, begins with."""
    start = read_lesson(find_lesson(lesson)).scenes[scene - 1].start
    assert start is not None
    return start.experiment


def told(lesson: str, scene: int) -> str:
    """Return all that a scene, counted from 1, tells and asks for."""
    found = read_lesson(find_lesson(lesson)).scenes[scene - 1]
    return found.text + (" " + found.task.text if found.task else "")


def frame_of(experiment: Experiment, steps: int = 0) -> Frame:
    trainer = Trainer(experiment.build())
    if steps:
        trainer.run(steps)
    return trainer.frame()


def correlated(big: Array, kernel: Array, stride: int = 1) -> Array:
    """Return the sums under every place of the kernel, window by window."""
    rows, columns = ((size - taps) // stride + 1 for size, taps in zip(big.shape, kernel.shape, strict=True))
    out = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            for a in range(kernel.shape[0]):
                for b in range(kernel.shape[1]):
                    out[i, j] += big[stride * i + a, stride * j + b] * kernel[a, b]
    return out


def test_the_kernel_finds_the_edges_that_are_told_of() -> None:
    frame = frame_of(begins_with("convolution", 1))
    expected = correlated(frame.values[0][0], np.array([[-1.0, 0, 1]] * 3))
    assert expected.tolist() == [[0, 9, 9, 0], [0, 6, 6, 0], [0, 3, 3, 0], [0, 0, 0, 0]]
    assert frame.values[1][0].tolist() == expected.tolist()
    window = frame.values[0][0][:3, 1:4]
    assert window[:, 2].tolist() == [3, 3, 3]
    assert not window[:, :2].any()
    assert "3 + 3 + 3 = 9" in told("convolution", 2)
    assert (frame.values[0][0][3:, 3:] == 3).all()
    assert "row 4, column 4: its nine products add up to 0" in told("convolution", 3)
    assert not frame.values[0][0][:3, :3].any()
    assert "Under it every cell is 0" in told("convolution", 5)


def test_the_student_learns_the_other_edges() -> None:
    experiment = begins_with("convolution", 7)
    trainer = Trainer(experiment.build())
    while trainer.loss >= 0.01:
        trainer.run(1)
    assert 100 < trainer.current_step < 600  # some seconds at the speed of the scene
    frame = trainer.frame()
    assert frame.teacher is not None
    assert np.abs(frame.parameters[0]["weight"] - frame.teacher[0]["weight"]).max() < 0.05
    start = frame_of(experiment).parameters[0]["weight"][0, 0]
    assert start.tolist() == frame.teacher[0]["weight"][0, 0].T.tolist()


def test_the_way_back_is_made_as_it_is_told() -> None:
    frame = frame_of(begins_with("backward", 1))
    error = 2 * frame.residual[0]
    assert frame.value_grads[2] is not None
    np.testing.assert_allclose(frame.value_grads[2][0], error)
    spread = np.zeros((5, 5))
    spread[::2, ::2] = error
    padded = np.pad(spread, 2)
    assert padded.shape == (9, 9)
    kernel = frame.parameters[1]["weight"][0, 0]
    turned = kernel[::-1, ::-1]
    assert (kernel[0, 0], kernel[2, 2], turned[0, 0], turned[2, 2]) == (0.1, 0.9, 0.9, 0.1)
    gathered = correlated(padded, turned)
    assert gathered.shape == (7, 7)
    assert frame.value_grads[1] is not None
    np.testing.assert_allclose(frame.value_grads[1][0], gathered)
    assert np.count_nonzero(padded[2:5, 2:5]) == 4  # row 3, column 3
    assert np.count_nonzero(padded[:3, :3]) == 1  # row 1, column 1
    by_weight = np.array(
        [[(frame.values[1][0][a : a + 5 : 2, b : b + 5 : 2] * error).sum() for b in range(3)] for a in range(3)]
    )
    np.testing.assert_allclose(frame.gradients[1]["weight"][0, 0], by_weight)
    assert frame_of(begins_with("backward", 8), 1).loss < frame.loss


@pytest.mark.parametrize(("scene", "stride", "places", "left"), [(1, 1, 9, 0), (2, 2, 5, 0), (3, 3, 3, 2)])
def test_sizes_are_as_they_are_told(scene: int, stride: int, places: int, left: int) -> None:
    experiment = begins_with("stride", scene)
    assert experiment.shapes()[1:] == ((1, 12, 12), (1, places, places))
    assert experiment.layers[1].stride == (stride, stride)
    starts = range(0, 12 - 4 + 1, stride)
    assert len(starts) == places
    assert 12 - (starts[-1] + 4) == left
    assert f"= {places} places" in told("stride", scene)


def test_the_dead_border_has_as_many_cells_as_are_told() -> None:
    frame = frame_of(begins_with("stride", 4))
    used = np.zeros((12, 12), bool)
    for i in (0, 3, 6):
        for j in (0, 3, 6):
            used[i : i + 4, j : j + 4] = True
    assert used[:10, :10].all()
    assert (used.sum(), (~used).sum()) == (100, 44)
    assert "100" in told("stride", 4)
    assert "44" in told("stride", 4)
    assert frame.value_grads[1] is not None
    assert ((frame.value_grads[1][0] == 0) == ~used).all()
    assert (3 + 2 * 2, 7 + 2 * 3 + 2) == (7, 15)  # zeros between, and around with the rest of the stride
    assert 15 - 4 + 1 == 12
    assert (12 - 3) // 3 + 1 == 4
    assert (12 - 3) % 3 == 0
    trainer = Trainer(begins_with("stride", 6).build())
    trainer.run(400)
    assert 50 < int(np.argmax(trainer.losses < 10)) < 400


def descent(rate: float, steps: int) -> list[float]:
    """Return the losses of plain gradient descent on the one kernel, the loss before each step first."""
    frame = frame_of(begins_with("learning-rate", 5))
    x, target, kernel = frame.values[0][0], frame.target[0], frame.parameters[0]["weight"][0, 0].copy()
    losses = []
    for _ in range(steps + 1):
        residual = correlated(x, kernel) - target
        losses.append(float((residual**2).sum()))
        gradient = np.array([[2 * (residual * x[a : a + 10, b : b + 10]).sum() for b in range(3)] for a in range(3)])
        kernel -= rate * gradient
    return losses


def test_a_small_rate_takes_as_long_as_is_told() -> None:
    losses = descent(0.0002, 120)
    assert [round(loss) for loss in losses[:2]] == [2733, 2530]
    assert "from 2,733 to 2,530" in told("learning-rate", 1)
    assert f"{losses[50]:.1f}" == "70.8"
    assert next(step for step, loss in enumerate(losses) if loss < 1) == 118
    assert "still 70.8. It takes 118 steps" in told("learning-rate", 2)
    assert begins_with("learning-rate", 1).optimizer.learning_rate == 0.0002


def test_a_good_rate_takes_five_steps() -> None:
    losses = descent(0.004, 6)
    assert begins_with("learning-rate", 4).optimizer.learning_rate == 0.004 == 20 * 0.0002
    assert [round(loss) for loss in losses[:2]] == [2733, 201]
    assert losses[4] > 1 > losses[5]
    assert "from 2,733 to 201, and after the fifth" in told("learning-rate", 4)


def test_a_large_rate_diverges_at_the_step_that_is_told() -> None:
    losses = descent(0.012, 20)
    assert begins_with("learning-rate", 5).optimizer.learning_rate == 0.012
    assert [round(loss) for loss in losses[:2]] == [2733, 4777]
    assert "from 2,733 to 4,777" in told("learning-rate", 5)
    assert (np.diff(losses) > 0).all()
    assert 4e12 < losses[20] < 4.5e12
    trainer = Trainer(begins_with("learning-rate", 6).build())
    trainer.run(2000)
    assert trainer.current_step == 614
    assert "at step 614" in told("learning-rate", 6)
