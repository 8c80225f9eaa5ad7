"""The built-in experiments: each does what its notes say, within its own steps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from convviz.engine.frames import State
from convviz.engine.layers import LeakyReLU
from convviz.engine.optimizers import SGD
from convviz.engine.standstill import Obstacle, Standstill, standstill
from convviz.engine.stopping import StopReason
from convviz.engine.trainer import Trainer
from convviz.model.files import (
    builtin_experiments,
    builtin_names,
    encode_experiment,
    load_builtin,
    own_notes,
    own_title,
    read_experiment,
    write_experiment,
)
from tests.engine.problems import reference
from tests.model.samples import with_student

if TYPE_CHECKING:
    from pathlib import Path

    from convviz.engine.frames import Frame
    from convviz.model.experiment import Experiment


def trained(experiment: Experiment) -> Trainer:
    """Return the trainer of an experiment after its own steps."""
    trainer = Trainer(experiment.build())
    trainer.run(experiment.stop.steps)
    return trainer


def likeness(frame: Frame, layer: int) -> float:
    """Return the cosine between the student's kernel and the teacher's."""
    assert frame.teacher is not None
    student, teacher = frame.parameters[layer]["weight"], frame.teacher[layer]["weight"]
    return float((student * teacher).sum() / np.linalg.norm(student) / np.linalg.norm(teacher))


@pytest.mark.parametrize("name", builtin_experiments())
def test_only_the_dead_relu_comes_to_a_standstill(name: str) -> None:
    found = standstill(trained(load_builtin(name)).frame())
    assert found == (Standstill(Obstacle.OUTPUTS, 1) if name == "dead-relu" else None)


@pytest.mark.parametrize("name", builtin_experiments())
def test_every_one_runs_all_its_steps_or_diverges_as_it_should(name: str) -> None:
    experiment = load_builtin(name)
    trainer = trained(experiment)
    assert experiment.name
    assert experiment.notes.endswith(".")
    if name == "diverging":
        assert trainer.state is State.DIVERGED
    else:
        assert trainer.reason is StopReason.STEPS
        assert trainer.current_step == experiment.stop.steps


@pytest.mark.parametrize("name", builtin_experiments())
def test_every_file_is_as_the_program_writes_it(name: str, tmp_path: Path) -> None:
    path = builtin_experiments()[name]
    write_experiment(tmp_path / path.name, load_builtin(name))
    assert (tmp_path / path.name).read_text("utf-8") == path.read_text("utf-8")


def test_names_are_told_apart_and_the_demo_comes_first() -> None:
    names = list(builtin_experiments())
    assert names[0] == "demo"
    assert names[1:] == sorted(names[1:])
    assert len({load_builtin(name).name for name in names}) == len(names) >= 8


def test_the_demo_turns_both_kernels_into_the_teachers() -> None:
    trainer = trained(load_builtin("demo"))
    losses = trainer.losses
    assert (np.diff(losses) < 0).all()
    assert trainer.loss < losses[0] / 10_000
    for first, second in [(0, 100), (100, 500), (500, 1000), (1000, 1999)]:
        assert losses[second] < losses[first] / 2.5  # it falls over the whole run
    frame = trainer.frame()
    assert np.abs(frame.residual).max() < 0.01 * np.abs(frame.target).max()
    assert min(likeness(frame, 0), likeness(frame, 1)) > 0.998
    assert [shape.shape for shape in frame.values] == [(1, 20, 20), (1, 18, 18), (1, 8, 8)]


def test_the_demo_has_the_reference_runs_input_and_target() -> None:
    problem = load_builtin("demo").build()
    run = reference()
    assert problem.input[0].tobytes() == run["input"].tobytes()
    assert np.allclose(problem.target[0], run["target"], rtol=1e-12, atol=0)


def test_the_reference_run_can_be_written_in_a_file_and_gives_its_losses(tmp_path: Path) -> None:
    run = reference()
    experiment = with_student(load_builtin("demo"), 0, weight=run["student_kernel1"])
    experiment = with_student(experiment, 1, weight=run["student_kernel2"])
    data = encode_experiment(experiment)
    data["input"] = run["input"].tolist()
    np.save(tmp_path / "kernel.npy", run["student_kernel2"])
    data["layers"][1]["weight"] = {"file": "kernel.npy"}
    (tmp_path / "reference.json").write_text(json.dumps(data))
    expected = run["losses"]
    kernels = [run["final_kernel1"], run["final_kernel2"]]
    trainer = trained(read_experiment(tmp_path / "reference.json"))
    assert np.allclose(trainer.losses, expected, rtol=1e-9, atol=0)
    for index, kernel in enumerate(kernels):
        assert np.allclose(trainer.parameters()[index]["weight"][0, 0], kernel, rtol=1e-9, atol=0)


def test_the_rate_that_is_too_large_diverges_and_the_smaller_one_learns() -> None:
    experiment = load_builtin("diverging")
    trainer = trained(experiment)
    assert 100 < trainer.current_step < experiment.stop.steps
    assert (np.diff(trainer.losses) > 0).all()
    learns = trained(experiment.replace(optimizer=SGD(learning_rate=0.008)))
    assert learns.state is State.FINISHED
    assert learns.loss < 1e-9 * learns.losses[0]


def test_the_dead_relu_gets_no_gradient_at_all_until_it_is_revived() -> None:
    experiment = load_builtin("dead-relu")
    trainer = trained(experiment)
    frame = trainer.frame(input_gradient=True)
    assert (frame.values[1] < 0).all()
    assert not frame.values[2].any()
    for layer in frame.gradients:
        for gradient in layer.values():
            assert not gradient.any()
    assert not frame.value_grads[0].any()
    assert (trainer.losses == trainer.losses[0]).all()
    for revived in (with_student(experiment, 0, bias=0.0), experiment.with_layer(1, LeakyReLU(slope=0.1))):
        again = trained(revived)
        assert again.loss < again.losses[0] / 5


def test_momentum_ends_far_below_plain_descent() -> None:
    plain, momentum = load_builtin("plain-descent"), load_builtin("momentum")
    assert momentum.optimizer == plain.optimizer.replace(momentum=0.8)
    assert momentum.replace(optimizer=plain.optimizer, name=plain.name, notes=plain.notes) == plain
    slow, fast = trained(plain), trained(momentum)
    assert slow.losses[0] == fast.losses[0]
    assert fast.loss < slow.loss / 50


def test_no_window_reaches_the_dead_border() -> None:
    trainer = trained(load_builtin("dead-border"))
    frame = trainer.frame(input_gradient=True)
    for grad in frame.value_grads[:2]:
        assert grad is not None
        reached, last_rows, last_columns = grad[0, :-2, :-2], grad[0, -2:], grad[0, :, -2:]
        assert not last_rows.any()
        assert not last_columns.any()
        assert reached.any(axis=0).all()
        assert reached.any(axis=1).all()
    assert trainer.loss < trainer.losses[0] / 1000


def test_several_channels_learn_with_filters_of_their_own() -> None:
    experiment = load_builtin("channels")
    trainer = trained(experiment)
    frame = trainer.frame()
    assert [value.shape[0] for value in frame.values] == [1, 3, 3, 1]
    assert sum(array.size for layer in frame.parameters for array in layer.values()) == 79
    assert frame.target.size == 36
    assert trainer.loss < 1e-5 * trainer.losses[0]
    assert abs(likeness(frame, 0)) < 0.9


def test_the_sigmoid_lets_at_most_a_quarter_of_the_gradient_through() -> None:
    trainer = trained(load_builtin("sigmoid"))
    for step in (0, 100, 2000):
        frame = trainer.frame(step)
        before, after = frame.value_grads[1], frame.value_grads[2]
        assert before is not None
        assert after is not None
        assert (np.abs(before) <= np.abs(after) / 4).all()
        assert (frame.values[2] > 0).all()
        assert (frame.values[2] < 1).all()
    first, second = (np.abs(layer["weight"]).max() for layer in (trainer.frame(0).gradients[i] for i in (0, 2)))
    assert first < second
    assert trainer.loss < trainer.losses[0] / 1000


def test_the_edges_are_found_by_the_sobel_filter() -> None:
    trainer = trained(load_builtin("edges"))
    frame = trainer.frame()
    assert frame.teacher is None
    assert np.allclose(frame.parameters[0]["weight"][0, 0], [[1, 0, -1], [2, 0, -2], [1, 0, -1]], atol=0.01)
    assert (np.diff(trainer.losses) < 0).all()


def test_adam_learns_the_weak_map_and_gradient_descent_does_not() -> None:
    experiment = load_builtin("adam")
    adam = trained(experiment)
    frame = adam.frame(0)
    assert frame.values[1][1].std() < frame.values[1][0].std() / 5
    assert np.linalg.norm(frame.gradients[1]["weight"][0, 1]) < np.linalg.norm(frame.gradients[1]["weight"][0, 0]) / 5
    assert adam.loss < 1e-6
    for rate in 10.0 ** np.arange(-6, 0.5, 0.5):
        plain = trained(experiment.replace(optimizer=SGD(learning_rate=rate)))
        assert plain.state is State.DIVERGED or plain.loss > 1


def test_three_in_four_cells_before_the_pooling_get_no_gradient() -> None:
    trainer = trained(load_builtin("pooling"))
    grad = trainer.frame(100).value_grads[1]
    assert grad is not None
    assert np.count_nonzero(grad == 0) == 3 * grad.size // 4
    assert trainer.loss < 1e-6 * trainer.losses[0]


def test_the_transposed_convolution_makes_the_picture_again() -> None:
    trainer = trained(load_builtin("transposed"))
    frame = trainer.frame()
    assert [value.shape for value in frame.values] == [(1, 20, 20), (4, 9, 9), (1, 20, 20)]
    assert frame.target.tobytes() == frame.values[0].tobytes()
    assert np.abs(frame.residual).max() < 0.05


def test_the_names_for_menus_are_those_in_the_files() -> None:
    assert builtin_names() == {name: load_builtin(name).name for name in builtin_experiments()}


@pytest.mark.parametrize("name", builtin_experiments())
def test_what_a_built_in_one_shows_is_told_of_it_under_any_name(name: str) -> None:
    experiment = load_builtin(name)
    assert own_notes(experiment) == experiment.notes
    assert own_notes(experiment.replace(name="Mine")) == experiment.notes


def test_what_a_built_in_one_shows_is_not_told_of_what_was_made_from_it() -> None:
    demo = load_builtin("demo")
    changed = demo.replace(stages=demo.stages[:1])
    assert own_notes(changed) == ""
    assert own_notes(changed.replace(notes="One convolution.")) == "One convolution."
    assert own_notes(demo.replace(notes="")) == ""


def test_what_was_made_from_a_built_in_one_is_called_so() -> None:
    demo = load_builtin("demo")
    assert own_title(demo) == "Two convolutions"
    changed = demo.replace(stages=demo.stages[:1])
    assert own_title(changed) == "Two convolutions, with changes"
    assert own_title(changed.replace(name="Mine")) == "Mine"
    assert own_title(changed.replace(notes="One convolution.")) == "Two convolutions"
