"""Scripts of whole experiments."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from convviz.engine import SGD, Adam, Conv2d, Given, ReLU, RMSprop, StopConditions, Trainer, Zeros
from convviz.engine.errors import ConfigError
from convviz.export.code import FRAMEWORKS, MOST_NUMBERS, write_script
from convviz.export.code.writing import fitted
from convviz.model.experiment import Experiment, Stage
from convviz.model.files import builtin_experiments, load_builtin
from convviz.model.sources import GivenMap, PatternMap, RandomMap
from tests.export.code.running import losses_of, repeats, run_script, script

if TYPE_CHECKING:
    from pathlib import Path

    from convviz.engine import Optimizer

every_builtin = pytest.mark.parametrize("name", builtin_experiments())


def test_the_demo_gives_the_same_losses_to_its_end(framework: str) -> None:
    names, printed = run_script(script(load_builtin("demo"), framework))
    expected = losses_of(load_builtin("demo"))
    assert len(expected) == 2001
    np.testing.assert_allclose(names["losses"], expected, rtol=1e-9)
    rows = [line.split() for line in printed.splitlines()]
    assert [int(step) for step, _ in rows] == list(range(0, 2001, 100))
    assert float(rows[-1][1]) == pytest.approx(expected[-1], rel=1e-9)


@every_builtin
def test_every_experiment_gives_the_same_losses(framework: str, name: str) -> None:
    experiment = load_builtin(name)
    stop = experiment.stop.replace(steps=min(experiment.stop.steps, 60))
    repeats(experiment.replace(stop=stop), framework, 1e-8)


@pytest.mark.parametrize("written_in", FRAMEWORKS)
@every_builtin
def test_a_formatter_and_a_linter_have_nothing_to_say(written_in: str, name: str, tmp_path: Path) -> None:
    ruff = shutil.which("ruff")
    if ruff is None:
        pytest.skip("ruff, which would judge, is not installed")
    path = tmp_path / "script.py"
    write_script(path, script(load_builtin(name), written_in))
    for judge in (["format", "--check", "--diff"], ["check", "--select", "E,F,W,I,B", "--ignore", "B905"]):
        command = [ruff, *judge, "--no-cache", "--isolated", "--line-length", "100", str(path)]
        judged = subprocess.run(command, capture_output=True, text=True, check=False)
        assert judged.returncode == 0, judged.stdout + judged.stderr


def small(*stages: Stage, **settings: object) -> Experiment:
    made = stages or (Stage(layer=Conv2d(kernel=3)), Stage(layer=Conv2d(kernel=2, bias=None)))
    usual = {"input": RandomMap(size=(9, 8), seed=3), "optimizer": SGD(learning_rate=1e-4)}
    return Experiment(**{"stages": made, **usual, **settings})


def test_a_frozen_layer_stays_as_it_is(framework: str) -> None:
    stages = (Stage(layer=Conv2d(kernel=3, rate=0)), Stage(layer=Conv2d(kernel=2, rate=2.5)))
    experiment = small(*stages, stop=StopConditions(steps=30), optimizer=SGD(learning_rate=1e-4, clip=2.0))
    repeats(experiment, framework)


def test_a_teacher_may_have_a_bias_that_the_student_lacks(framework: str) -> None:
    stage = Stage(layer=Conv2d(kernel=3, bias=None), teacher_bias=Given([0.5]))
    repeats(small(stage, Stage(layer=Conv2d(kernel=2)), stop=StopConditions(steps=30)), framework)


def test_a_target_that_is_given_needs_no_teacher(framework: str) -> None:
    target = PatternMap(pattern="cross", size=(6, 6))
    experiment = small(Stage(layer=Conv2d(kernel=(4, 3))), target=target, stop=StopConditions(steps=30))
    assert "teacher" not in script(experiment, framework).text
    repeats(experiment, framework)


def test_a_network_without_parameters_has_its_loss(framework: str) -> None:
    experiment = small(Stage(layer=ReLU()), target=PatternMap(size=(9, 8)), stop=StopConditions(steps=3))
    repeats(experiment, framework)


@pytest.mark.parametrize(
    "optimizer",
    [
        Adam(learning_rate=0.2, beta1=0.99, beta2=0.0),
        Adam(learning_rate=0.2, beta1=0.9, beta2=0.5, epsilon=1e-15),
        RMSprop(learning_rate=0.2, decay=0.5, momentum=0.9, epsilon=1e-12),
        RMSprop(learning_rate=0.2, decay=0.9, momentum=0.9, weight_decay=0.1),
    ],
    ids=lambda optimizer: type(optimizer).__name__,
)
def test_a_script_differs_by_no_more_than_a_last_digit_makes(framework: str, optimizer: Optimizer) -> None:
    experiment = small(optimizer=optimizer, stop=StopConditions(steps=60), input=RandomMap(size=(9, 8), seed=3, std=20))
    problem, expected = experiment.build(), losses_of(experiment)

    def with_other_digits(seed: int) -> np.ndarray:
        rng = np.random.default_rng(seed)
        initial = tuple(
            {name: array * (1 + 2.0**-52 * rng.choice([-1, 0, 1], array.shape)) for name, array in layer.items()}
            for layer in problem.initial
        )
        trainer = Trainer(replace(problem, initial=initial))
        trainer.run(60)
        return np.append(trainer.losses, trainer.loss)

    def parted(losses: object) -> np.ndarray:
        return np.maximum.accumulate(np.abs(losses / expected - 1))

    own = np.max([parted(with_other_digits(seed)) for seed in range(6)], axis=0)
    apart = parted(np.array(run_script(script(experiment, framework))[0]["losses"]))
    assert apart[0] < 1e-14
    # Once nothing is left of the digits that agreed, how far two runs are apart says nothing any more.
    tell = own < 1e-6
    assert tell.sum() > 5
    assert (apart <= 1000 * np.maximum(own, 1e-15))[tell].all()


@pytest.mark.parametrize(
    "stop",
    [
        StopConditions(steps=200, loss_below=30.0),
        StopConditions(steps=200, patience=3, min_progress=0.02),
        StopConditions(steps=200, loss_below=10.0, patience=5, min_progress=0.01),
    ],
)
def test_it_stops_where_the_run_stops(framework: str, stop: StopConditions) -> None:
    experiment = small(stop=stop, optimizer=SGD(learning_rate=5e-4))
    assert 3 < len(losses_of(experiment)) < 200
    repeats(experiment, framework)


def test_it_ends_where_the_run_diverges(framework: str) -> None:
    experiment = small(optimizer=SGD(learning_rate=1.0))
    names, printed = run_script(script(experiment, framework))
    assert len(names["losses"]) == len(losses_of(experiment)) < 20
    assert re.search("inf|nan", printed.splitlines()[-1])


def test_single_precision_is_single_there_too(framework: str) -> None:
    experiment = small(dtype="float32", stop=StopConditions(steps=30))
    names, _ = run_script(script(experiment, framework))
    np.testing.assert_allclose(names["losses"], losses_of(experiment), rtol=1e-4)
    assert str(names["x0"].dtype).endswith("float32")
    assert str(names["weight_0"].dtype).endswith("float32")


def test_large_arrays_lie_beside_the_script(framework: str, tmp_path: Path) -> None:
    values = np.random.default_rng(5).normal(size=(2, 30, 20))
    assert values.size > MOST_NUMBERS
    experiment = small(Stage(layer=Conv2d(kernel=3)), input=GivenMap(values), stop=StopConditions(steps=5))
    made = script(experiment, framework)
    assert set(made.arrays) == {"input"}
    write_script(tmp_path / "script.py", script(experiment, framework))
    assert (tmp_path / "script.py").read_text("utf-8") == made.text
    (tmp_path / "script.npz").rename(tmp_path / "arrays.npz")
    names, _ = run_script(made, tmp_path)
    opened = [value for value in names.values() if isinstance(value, np.lib.npyio.NpzFile)]
    assert [file.zip for file in opened] == [None]  # one that is closed
    np.testing.assert_allclose(names["losses"], losses_of(experiment), rtol=1e-9)


def test_awkward_numbers_are_read_as_what_they_are(framework: str) -> None:
    values = np.array([[-0.0, 5e-324, 0.1, 1 / 3], [1e22, -1e16, 123456789.0, 2.0**53]])
    experiment = small(
        Stage(layer=Conv2d(kernel=1, weight=Zeros())), input=GivenMap(values), stop=StopConditions(steps=1)
    )
    names, _ = run_script(script(experiment, framework))
    assert np.asarray(names["x0"]).tobytes() == values.tobytes()


@pytest.mark.parametrize("name", ['Ends """ here\\', "two\nlines \\x41", '"', "", "卷积 \u2028 3×3"])
def test_a_name_cannot_break_the_script(framework: str, name: str) -> None:
    experiment = small(name=name, notes=name, stop=StopConditions(steps=1))
    names, _ = run_script(script(experiment, framework))
    assert len(names["losses"]) == 2
    assert "convviz" in names["__doc__"]


def test_a_script_begins_with_what_it_is_of(framework: str) -> None:
    named = script(small(name="Which kernel?", notes="See what finds edges."), framework).text
    assert named.startswith('"""Which kernel?\n\nSee what finds edges.\n\n')
    assert script(small(), framework).text.startswith('"""An experiment\n\nWritten by convviz.')


def test_a_line_that_is_too_long_is_broken_between_its_arguments_alone() -> None:
    argument = "make((3, 3), [1, 2])"
    assert fitted(f"x = call({argument}, {argument})") == [f"x = call({argument}, {argument})"]
    lines = fitted(f"x = call({', '.join([argument] * 6)})")
    assert lines == ["x = call(", *[f"    {argument},"] * 6, ")"]


def test_a_network_of_many_layers_can_be_written(framework: str) -> None:
    stages = tuple(Stage(layer=layer) for _ in range(14) for layer in (Conv2d(kernel=1), ReLU()))
    repeats(small(*stages, stop=StopConditions(steps=3)), framework)


@pytest.mark.parametrize("name", ["numpy.py", "torch.py", "random.py"])
def test_a_script_does_not_stand_in_the_way_of_what_it_imports(framework: str, tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match=f"expected a name that no module has.*received {name}"):
        write_script(tmp_path / name, script(load_builtin("demo"), framework))
    assert not list(tmp_path.iterdir())
