"""How the command line leaves: its exit codes, and what it says to bad input."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

import convviz
from convviz.cli import main
from convviz.engine import Conv2d
from convviz.engine.initializers import Given
from convviz.model.experiment import Experiment, Stage
from convviz.model.files import write_experiment
from tests.cli.processes import FROM_ANYWHERE, run_python
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

    from convviz.engine.layers.base import BoundLayer, Slots

#: A plot or a look at the fonts makes an application of its own, unless there is one that serves every test.
pytestmark = pytest.mark.usefixtures("qapp")


def test_a_diverged_run_is_code_3_and_written_all_the_same(
    diverging: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output, plot = tmp_path / "run.npz", tmp_path / "loss.svg"
    assert main(["train", str(diverging), "--output", str(output), "--plot", str(plot)]) == 3
    losses = np.load(output)["losses"]
    assert 0 < losses.size < 2000
    assert np.isfinite(losses).all()
    assert plot.exists()
    printed = capsys.readouterr()
    assert re.fullmatch(r"convviz: diverged at step \d+: the loss is no longer a finite number\n", printed.err)
    assert "diverged" not in printed.out, "it is told once"
    assert re.match(r"loss \S+ at first, \S+ now; ", printed.out.splitlines()[-2])


@pytest.mark.parametrize("quiet", [True, False])
def test_a_run_that_diverges_at_once_is_code_3_and_has_no_plot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], quiet: bool
) -> None:
    weight = Given(np.full((1, 1, 3, 3), 1e200))
    path, plot = tmp_path / "beyond.json", tmp_path / "loss.svg"
    write_experiment(path, Experiment(stages=(Stage(layer=Conv2d(kernel=3, weight=weight)),)))
    words = ["--plot", str(plot), "--output", str(tmp_path / "run.npz"), *(["--quiet"] if quiet else [])]
    assert main(["train", str(path), *words]) == 3
    assert capsys.readouterr().err.splitlines() == [
        "convviz: diverged at step 0: the loss is no longer a finite number",
        f"convviz: {plot}: not written, for there is no finite loss to be drawn",
    ]
    assert not plot.exists()
    assert np.load(tmp_path / "run.npz")["losses"].size == 0


def test_a_divergence_is_told_although_nothing_can_be_written(
    diverging: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "run.npz"

    def full(path: Path, arrays: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr("convviz.export.run.write_run", full)
    assert main(["train", str(diverging), "--output", str(output)]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("convviz: diverged at step ")
    assert second == f"convviz: {output}: No space left on device"


def test_an_experiment_that_cannot_be_built_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stage = Stage(layer=Conv2d(kernel=1), teacher_weight=Given(np.full((1, 1, 1, 1), 1e30)))
    write_experiment(tmp_path / "beyond.json", Experiment(stages=(stage, stage), dtype="float32"))
    assert main(["train", str(tmp_path / "beyond.json")]) == 2
    said = "convviz: beyond.json: target: expected finite numbers, received "
    assert capsys.readouterr().err.startswith(said)
    assert main(["--screenshot", str(tmp_path / "window.png"), str(tmp_path / "beyond.json")]) == 2
    said = "convviz: beyond.json: the run was stopped by an error: target: expected finite numbers, received "
    assert capsys.readouterr().err.splitlines()[-1].startswith(said)


def test_too_little_memory_is_code_2_and_one_line(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def build(self: Experiment) -> None:
        raise MemoryError("Unable to allocate 429. GiB")

    monkeypatch.setattr(Experiment, "build", build)
    assert main(["train", str(small)]) == 2
    assert capsys.readouterr() == ("", "convviz: the memory is not enough: Unable to allocate 429. GiB\n")


BAD_FILES = {
    '{"version": 1, "layers": [{"type": "conv2d", "stride": 0}]}': "layers[0].stride",
    '{"version": 1, "layers": [{"type": "conv2d", "strid": 1}]}': "layers[0].strid",
    '{"version": 1, "layers": []}': "layers",
    '{"version": 1, "layers": [{"type": "conv3d"}]}': "layers[0].type",
    '{"layers": []}': "version",
    '{"version": 1, "input": {"type": "random", "size": [2, 2]}, "layers": [{"type": "conv2d"}]}': "layers[0]",
    "{": "line 1",
}


@pytest.mark.parametrize("text", BAD_FILES)
def test_a_bad_file_is_code_2_and_one_line_with_file_and_field(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (tmp_path / "bad.json").write_text(text)
    assert main(["train", str(tmp_path / "bad.json")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("convviz: bad.json: ")
    assert BAD_FILES[text] in printed.err
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train", "dem"], "dem: expected a file or the name of a built-in experiment; did you mean demo?"),
        (["train", "nothing-like-it"], "nothing-like-it: expected a file or a built-in experiment, which are demo, "),
        (["trane"], "trane: expected a file, a built-in experiment or a command; did you mean train?"),
        (["trane", "demo"], "trane: expected a file, a built-in experiment or a command; did you mean train?"),
        (
            ["--language", "en", "dem", "--after", "3"],
            "dem: expected a file, a built-in experiment or a command; did you",
        ),
        (
            ["qqq", "demo"],
            "qqq: expected a file, or a built-in experiment or command, which are train, code, animate, list, ",
        ),
        (["train", "/"], "/: expected a file, received a folder"),
        (["train", "--steps", "-1"], "--steps: expected a whole number of 1 or more, received -1"),
        (["train", "--steps", "0"], "--steps: expected a whole number of 1 or more, received 0"),
        (["train", "--steps=-5"], "--steps: expected a whole number of 1 or more, received -5"),
        (["train", "--steps", "9" * 20], f"--steps: expected a whole number 1 … 1000000000, received {'9' * 20}"),
        (["train", "--seed=-1"], "--seed: expected a whole number of 0 or more, received -1"),
        (["train", "--seed", "9" * 20], f"--seed: expected a whole number 0 … 4294967295, received {'9' * 20}"),
        (["train", "--steps", "many"], "--steps: expected a whole number of 1 or more, received many"),
        (["train", "--seed", "1.5"], "--seed: expected a whole number of 0 or more, received 1.5"),
        (
            ["train", "--output", "absent/run.npz"],
            "--output: expected a file in a folder that exists, received ",
        ),
        (["train", "--output", "."], "--output: expected a file's name, received the folder ."),
        (["train", "--output", "run.txt"], "--output: expected a file's name that ends in .npz, received run.txt"),
        (["train", "--plot", "loss.gif"], "--plot: expected a file's name that ends in .png|.svg, received loss.gif"),
        (["train", "demo", "demo"], "unrecognized arguments: demo"),
        (["train", "--unknown"], "unrecognized arguments: --unknown"),
        (["train", "--step", "7"], "unrecognized arguments: --step"),
        (["--lang", "zh_CN", "train", "demo"], "unrecognized arguments: --lang train demo"),
        (["list", "all"], "unrecognized arguments: all"),
        (["bench", "--against", "jax"], "--against: expected one of naive, torch, received jax"),
        (["bench", "--json", "."], "--json: expected a file's name, received the folder ."),
        (["--size", "1280"], "--size: expected WIDTHxHEIGHT such as 1280x800, received 1280"),
        (["--size", "0x600"], "--size: expected a size from 800x480 to 16384x16384, received 0x600"),
        (["--size", "1280x20"], "--size: expected a size from 800x480 to 16384x16384, received 1280x20"),
        (["--size", "500x300"], "--size: expected a size from 800x480 to 16384x16384, received 500x300"),
        (["--size", "799x480"], "--size: expected a size from 800x480 to 16384x16384, received 799x480"),
        (["--size", "99999x99999"], "--size: expected a size from 800x480 to 16384x16384, received 99999x99999"),
        (["--size", "1280x800x3"], "--size: expected WIDTHxHEIGHT such as 1280x800, received 1280x800x3"),
        (
            ["--size", "1280x800", "--scale", "2"],
            "--size: expected a size from 1600x960 where everything is drawn at 200%, received 1280x800",
        ),
        (["--scale", "large"], "--scale: expected a factor from 0.5 to 4.0, such as 1.5, received large"),
        (["--scale", "9"], "--scale: expected a factor from 0.5 to 4.0, such as 1.5, received 9"),
        (["--scale", "nan"], "--scale: expected a factor from 0.5 to 4.0, such as 1.5, received nan"),
        (["--after=-1"], "--after: expected a whole number of 0 or more, received -1"),
        (
            ["--screenshot", "window.jpg"],
            "--screenshot: expected a file's name that ends in .svg|.pdf|.png, received window.jpg",
        ),
        (["--screenshot", "absent/window.png"], "--screenshot: expected a file in a folder that exists, received "),
        (["--part", "loss"], "--part needs --screenshot, the picture that is to show it"),
        (["--screenshot", "window.svg", "--part", "moon"], "--part: expected one of network, loss, input, map1, "),
        (["--theme", "pink"], "--theme: expected one of light, dark, system, received pink"),
        (["--language", "tlh"], "--language: expected one of en, zh_CN, received tlh"),
        (["--language", "tlh", "train"], "--language: expected one of en, zh_CN, received tlh"),
    ],
)
def test_bad_arguments_are_code_2_and_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith(f"convviz: {said}")
    assert printed.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such files")
@pytest.mark.parametrize(
    ("words", "name"), [(["train", "--steps=1", "--output"], "run.npz"), (["train", "--plot"], "loss.svg")]
)
def test_what_is_no_regular_file_is_not_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], name: str
) -> None:
    os.mkfifo(tmp_path / name)
    assert main([*words, str(tmp_path / name)]) == 2
    expected = f"convviz: {words[-1]}: expected a regular file, received {tmp_path / name}\n"
    assert capsys.readouterr().err == expected
    assert (tmp_path / name).is_fifo()


@pytest.mark.skipif(os.name == "nt", reason="there are no such signals")
@pytest.mark.parametrize("told", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_run_that_is_told_to_end_writes_what_there_is(small: Path, tmp_path: Path, told: str) -> None:
    command = [sys.executable, "-m", "convviz", "train", str(small), "--steps", "30000000", "--output", "run.npz"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=FROM_ANYWHERE
    ) as process:
        try:
            assert process.stdout is not None
            assert any(line.startswith("    1000") for line in process.stdout)
            process.send_signal(getattr(signal, told))
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    assert process.returncode == 130
    assert err == ""
    assert "interrupted after step" in out
    assert 1000 <= np.load(tmp_path / "run.npz")["losses"].size < 30_000_000


@pytest.mark.skipif(os.name == "nt", reason="there are no such signals")
@pytest.mark.parametrize("told", ["SIGINT", "SIGTERM"])
def test_no_half_of_a_file_is_left_where_the_end_comes_while_it_is_written(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    def interrupted(file: object, **arrays: object) -> None:
        signal.raise_signal(getattr(signal, told))

    def unheard(number: int, frame: object) -> None:
        pytest.fail("the signal came through to whoever called")

    monkeypatch.setattr(np, "savez", interrupted)
    number = getattr(signal, told)
    before = signal.signal(number, unheard)
    try:
        assert main(["train", str(small), "--steps", "3", "--quiet", "--output", str(tmp_path / "run.npz")]) == 130
        assert signal.getsignal(number) is unheard
    finally:
        signal.signal(number, before)
    assert list(tmp_path.iterdir()) == [small]


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there is no such signal")
def test_a_run_that_was_started_to_outlive_its_terminal_does_so(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    write = np.savez

    def closed(*places: object, **arrays: object) -> None:
        signal.raise_signal(signal.SIGHUP)
        write(*places, **arrays)

    monkeypatch.setattr(np, "savez", closed)
    try:
        assert main(["train", str(small), "--steps", "3", "--quiet", "--output", str(tmp_path / "run.npz")]) == 0
    finally:
        signal.signal(signal.SIGHUP, before)
    assert np.load(tmp_path / "run.npz")["losses"].size == 3


@pytest.mark.parametrize(
    "words",
    [
        ["--screenshot", "made.png", "--after", "30000000"],
        ["animate", "-o", "made.gif", "--frames", "2", "--steps", "30000000"],
        ["animate", "-o", "made.gif", "--frames", "240", "--steps", "300"],
    ],
    ids=["window", "training", "drawing"],
)
@pytest.mark.parametrize("told", ["SIGINT", "SIGTERM"])
def test_ctrl_c_ends_what_is_drawn_for_nobody_and_leaves_nothing(tmp_path: Path, words: list[str], told: str) -> None:
    program = (
        "import os, signal, sys, threading\n"
        "from convviz.cli import main\n"
        f"threading.Timer(2.5, os.kill, (os.getpid(), signal.{told})).start()\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    finished = run_python("-c", program, *words, cwd=tmp_path)
    assert (finished.returncode, finished.stderr) == (130, "")
    assert list(tmp_path.iterdir()) == []


@dataclass(frozen=True)
class InterruptedConv(Conv2d):
    """A convolution during whose first step Ctrl+C is pressed."""

    def bind(self, slots: Slots) -> BoundLayer:
        bound = super().bind(slots)

        def press() -> None:
            if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
                signal.raise_signal(signal.SIGINT)

        return replace(bound, parameter_backward=(press, *bound.parameter_backward))


def test_ctrl_c_is_heard_from_the_first_step_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = Experiment(stages=(Stage(layer=InterruptedConv()),))
    monkeypatch.setattr("convviz.model.files.read_experiment", lambda path: experiment)
    assert main(["train", "--steps", "1000", "--output", str(tmp_path / "run.npz"), "--quiet"]) == 130
    assert np.load(tmp_path / "run.npz")["losses"].size == 1


def test_training_loads_no_qt(small: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from convviz.cli import main\n"
        f"assert main(['train', {str(small)!r}, '--quiet', '--output', 'run.npz', '--plot', 'loss.svg']) == 0\n"
        "assert main(['list']) == main(['schema']) == 0\n"
        "print([name for name in sys.modules if name.startswith('PyQt6')])"
    )
    finished = run_python("-c", program, cwd=tmp_path)
    assert finished.stderr == ""
    assert finished.stdout.splitlines()[-1] == "[]"


def test_help_and_version_load_neither_qt_nor_numpy(tmp_path: Path) -> None:
    program = (
        "import sys; from convviz.cli import main\n"
        "assert main(['--version']) == main(['--help']) == main(['train', '--help']) == 0\n"
        "print([name for name in sys.modules if name in ('PyQt6', 'numpy')])"
    )
    finished = run_python("-c", program, cwd=tmp_path)
    assert finished.stderr == ""
    assert finished.stdout.startswith(f"convviz {convviz.__version__}\n")
    assert finished.stdout.splitlines()[-1] == "[]"


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    finished = subprocess.run(
        f"{sys.executable} -m convviz schema | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=FROM_ANYWHERE,
        check=True,
    )
    assert finished.stdout == "{\n"
    assert finished.stderr == ""
