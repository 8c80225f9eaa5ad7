"""``convviz code``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from convviz.cli import main
from convviz.cli.code import FRAMEWORKS
from convviz.engine import Conv2d, Trainer
from convviz.export import code
from convviz.model.experiment import Experiment, Stage
from convviz.model.files import load_builtin, write_experiment
from convviz.model.sources import GivenMap
from tests.cli.processes import run_python

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Return the file of an experiment whose input is too large to be written out."""
    values = np.random.default_rng(1).normal(size=(40, 40))
    experiment = Experiment(name="Large", input=GivenMap(values), stages=(Stage(layer=Conv2d(kernel=3)),))
    write_experiment(tmp_path / "large.json", experiment)
    return tmp_path / "large.json"


def test_every_framework_can_be_asked_for() -> None:
    assert set(FRAMEWORKS) == set(code.FRAMEWORKS)


def test_what_is_printed_prints_the_losses_of_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["code", "momentum", "--framework", "numpy"]) == 0
    (tmp_path / "momentum.py").write_text(capsys.readouterr().out, encoding="utf-8")
    done = run_python("momentum.py", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    trainer = Trainer(load_builtin("momentum").build())
    trainer.run(10**6)
    rows = [line.split() for line in done.stdout.splitlines()]
    assert len(rows) > 10
    assert int(rows[-1][0]) == trainer.current_step
    assert float(rows[-1][1]) == pytest.approx(trainer.loss, rel=1e-8)
    for step, loss in rows[:-1]:
        assert float(loss) == pytest.approx(trainer.losses[int(step)], rel=1e-8)


def test_pytorch_is_what_is_written_if_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["code"]) == 0
    assert "import torch\n" in capsys.readouterr().out


def test_large_arrays_go_to_a_file_beside_the_script(large: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["code", str(large), "--framework", "numpy", "-o", str(large.with_name("made.py"))]) == 0
    assert capsys.readouterr() == ("", "")
    with np.load(large.with_name("made.npz")) as arrays:
        assert arrays["input"].shape == (1, 40, 40)
    large.with_name("made.py").write_text(
        large.with_name("made.py").read_text("utf-8").replace("= 2000", "= 3"), "utf-8"
    )
    done = run_python(str(large.with_name("made.py")), cwd=large.parent)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2


def test_large_arrays_cannot_be_printed(large: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["code", str(large)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("convviz: --output: expected the name of a file")
    assert "input" in printed.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--framework", "jax"], "--framework: expected one of torch, numpy, received jax"),
        (["-o", "script.txt"], "expected a file's name that ends in .py, received script.txt"),
        (["-o", "nowhere/script.py"], "expected a file in a folder that exists"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["code", *words]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1


def test_neither_qt_nor_pytorch_is_loaded_to_write_a_script(tmp_path: Path) -> None:
    program = (
        "from convviz.cli import main; main(['code']); import sys;"
        "assert not [name for name in sys.modules if name.split('.')[0] in ('PyQt6', 'torch')]"
    )
    assert run_python("-c", program, cwd=tmp_path).returncode == 0


def test_a_script_does_not_say_of_a_changed_experiment_what_the_built_in_one_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = load_builtin("demo")
    write_experiment(tmp_path / "mine.json", demo.replace(stages=demo.stages[:1]))
    assert main(["code", "demo"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith('"""Two convolutions\n\nA 3×3 and a 4×4 kernel learn')
    assert main(["code", str(tmp_path / "mine.json")]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith('"""Two convolutions, with changes\n')
    assert "A 3×3 and a 4×4 kernel learn" not in printed
