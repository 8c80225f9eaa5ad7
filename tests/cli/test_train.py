"""Training without a window: what is printed and what is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from convviz.cli import main
from convviz.engine import Conv2d, ConvTranspose2d, Trainer
from convviz.model.experiment import Experiment, Stage
from convviz.model.files import load_builtin, write_experiment
from convviz.model.sources import RandomMap
from tests.model.samples import dying

if TYPE_CHECKING:
    from pathlib import Path

#: A plot or a look at the fonts makes an application of its own, unless there is one that serves every test.
pytestmark = pytest.mark.usefixtures("qapp")


def test_training_prints_the_numbers_as_a_teaching_script_does(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(small), "--steps", "250"]) == 0
    printed = capsys.readouterr()
    for heading in ("input 9×8", "teacher's kernel 3×3, layers[0]", "target 3×3", "reconstruction 3×3"):
        assert f"\n{heading}\n[[" in printed.out
    assert "\nteacher's bias, layers[0]\n[" in printed.out
    assert "student's kernel 2×2, layers[2], after step 250" in printed.out
    assert "finished after step 250" in printed.out
    assert printed.err == "", "a progress bar belongs on a terminal only"


@pytest.mark.parametrize(
    ("steps", "rows"),
    [
        (1, [0, 1]),
        (7, [*range(8)]),
        (20, [*range(21)]),
        (45, [*range(0, 46, 5)]),
        (250, [*range(0, 241, 20), 250]),
        (2350, [*range(0, 2301, 100), 2350]),
    ],
)
def test_a_short_run_is_told_step_by_step(
    small: Path, capsys: pytest.CaptureFixture[str], steps: int, rows: list[int]
) -> None:
    assert main(["train", str(small), "--steps", str(steps)]) == 0
    printed = capsys.readouterr().out
    assert [int(step) for step in re.findall(r"^ +(\d+)  [\d.e+-]+$", printed, re.MULTILINE)] == rows


def test_the_printed_losses_are_the_run_s(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(small), "--output", str(tmp_path / "run.npz")]) == 0
    printed = dict(re.findall(r"^ +(\d+)  ([\d.e+-]+)$", capsys.readouterr().out, re.MULTILINE))
    losses = np.load(tmp_path / "run.npz")["losses"]
    assert len(printed) == len(losses) // 100 + 1
    for step, loss in list(printed.items())[:-1]:
        assert float(loss) == pytest.approx(losses[int(step)], rel=1e-9)


def test_that_nothing_is_learned_any_more_is_told_at_the_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "dead-relu"]) == 0
    assert capsys.readouterr().out.endswith(
        "\nNothing is learned any more: every output of layers[1] is 0, so no gradient passes it.\n"
    )
    write_experiment(tmp_path / "dying.json", dying())
    assert main(["train", str(tmp_path / "dying.json")]) == 0
    assert re.search(
        r"\nfinished after step 2000: .*\nNothing is learned any more: from step \d on, every output of layers\[1\] ",
        capsys.readouterr().out,
    )
    assert main(["train"]) == 0
    assert "any more" not in capsys.readouterr().out


@pytest.mark.parametrize("name", ["diverging", "demo"])
def test_a_loss_that_grew_is_told_with_what_may_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", name, "--steps", "30"]) == 0
    trainer = Trainer(load_builtin(name).build())
    trainer.run(30)
    *_, ending, last = capsys.readouterr().out.splitlines()
    if name != "diverging":
        assert trainer.loss <= trainer.initial_loss
        assert last.startswith("finished after step 30")
        return
    assert trainer.loss > 10 * trainer.initial_loss
    assert ending.startswith("finished after step 30")
    rate = load_builtin(name).optimizer.learning_rate
    told = re.fullmatch(
        r"The loss grew from (\S+) to (\S+)\. A smaller learning rate may help: try (\S+) instead of (\S+)\.", last
    )
    assert told is not None, last
    assert [float(number) for number in told.groups()] == pytest.approx(
        [trainer.initial_loss, trainer.loss, rate / 10, rate], rel=0.25
    )


def test_no_rate_is_told_to_help_with_which_the_network_dies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("convviz.engine.rates._SECONDS", 60)  # however slow the machine
    write_experiment(tmp_path / "diverging.json", dying(1e-2))
    assert main(["train", str(tmp_path / "diverging.json")]) == 3
    assert "try 0.0001 instead of 0.01." in capsys.readouterr().out


def test_a_diverged_run_is_told_what_may_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "diverging"]) == 3
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("A smaller learning rate may help: try ")


def test_quiet_is_quiet(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(small), "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_the_run_file_holds_the_run(small: Path, tmp_path: Path) -> None:
    output = tmp_path / "run.npz"
    assert main(["train", str(small), "--steps", "123", "--output", str(output), "--quiet"]) == 0
    run = np.load(output, allow_pickle=False)
    parts = {
        f"{role}.{part}" for role in ("initial", "final", "teacher") for part in ("0.weight", "0.bias", "2.weight")
    }
    assert {"input", "target", "output", "losses", *parts} == set(run.files)
    assert run["losses"].shape == (123,)
    assert run["input"].shape == (1, 9, 8)
    assert run["output"].shape == run["target"].shape == (1, 3, 3)
    assert run["final.2.weight"].shape == (1, 1, 2, 2)


def test_the_run_file_agrees_with_the_engine(small: Path, tmp_path: Path) -> None:
    from convviz.model.files import read_experiment

    main(["train", str(small), "--steps", "50", "--seed", "5", "--output", str(tmp_path / "run.npz"), "--quiet"])
    run = np.load(tmp_path / "run.npz")
    trainer = Trainer(read_experiment(small).replace(seed=5).build())
    initial = trainer.parameters()
    trainer.run(50)
    assert np.array_equal(run["losses"], trainer.losses)
    for index in (0, 2):
        assert np.array_equal(run[f"initial.{index}.weight"], initial[index]["weight"])
        assert np.array_equal(run[f"final.{index}.weight"], trainer.parameters()[index]["weight"])
    assert np.array_equal(run["output"], trainer.frame().output)


def test_another_seed_gives_another_student_and_the_same_problem(small: Path, tmp_path: Path) -> None:
    for seed in ("1", "2"):
        output = str(tmp_path / f"{seed}.npz")
        assert main(["train", str(small), "--steps", "1", "--seed", seed, "--output", output, "--quiet"]) == 0
    one, two = np.load(tmp_path / "1.npz"), np.load(tmp_path / "2.npz")
    assert np.array_equal(one["target"], two["target"])
    assert not np.array_equal(one["initial.0.weight"], two["initial.0.weight"])


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_the_plot_is_written(small: Path, tmp_path: Path, ending: str) -> None:
    plot = tmp_path / f"loss.{ending}"
    assert main(["train", str(small), "--plot", str(plot), "--quiet"]) == 0
    assert plot.read_bytes().startswith({"png": b"\x89PNG", "svg": b"<svg"}[ending])


def test_an_old_file_is_replaced(small: Path, tmp_path: Path) -> None:
    output = tmp_path / "run.npz"
    output.write_text("old")
    assert main(["train", str(small), "--steps", "1", "--output", str(output), "--quiet"]) == 0
    assert np.load(output)["losses"].shape == (1,)


def test_a_given_target_has_no_teacher(tmp_path: Path) -> None:
    experiment = Experiment(
        input=RandomMap(size=(4, 4)), stages=(Stage(layer=ConvTranspose2d(kernel=2)),), target=RandomMap(size=(5, 5))
    )
    write_experiment(tmp_path / "given.json", experiment)
    arguments = ["--steps", "3", "--output", str(tmp_path / "run.npz"), "--quiet"]
    assert main(["train", str(tmp_path / "given.json"), *arguments]) == 0
    assert not [name for name in np.load(tmp_path / "run.npz").files if name.startswith("teacher")]


def test_without_a_name_it_is_the_demo_whatever_files_there_are(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(small.parent)
    small.rename("demo")
    assert main(["train", "--steps", "1"]) == 0
    assert capsys.readouterr().out.startswith(load_builtin("demo").name)
    assert main(["train", "demo", "--steps", "1"]) == 0
    assert capsys.readouterr().out.startswith("Small")


def test_a_table_has_a_row_for_every_step(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = small.with_name("run.csv")
    assert main(["train", str(small), "--steps", "300", "--quiet", "--table", str(table)]) == 0
    heading, *rows = table.read_text("utf-8").splitlines()
    assert heading.startswith("step,loss,learning_rate,0.weight.0.0.0.0,")
    assert [int(row.split(",")[0]) for row in rows] == list(range(301))


def test_a_table_of_too_many_parameters_is_refused_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stages = (Stage(layer=Conv2d(kernel=11, out_channels=9)), Stage(layer=Conv2d(kernel=1)))
    write_experiment(tmp_path / "large.json", Experiment(stages=stages))
    assert main(["train", str(tmp_path / "large.json"), "--table", str(tmp_path / "run.csv")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "convviz: --table: expected at most 1,000 parameters in a table, received 1,108\n"
