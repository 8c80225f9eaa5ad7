"""The command line: what each command prints and writes, and how it leaves."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import convviz
from convviz import doctor
from convviz.cli import COMMANDS, main
from convviz.cli.progress import ProgressBar
from convviz.engine import SGD, Conv2d, ConvTranspose2d, ReLU, Trainer
from convviz.engine.initializers import Given
from convviz.i18n import LANGUAGES
from convviz.model.experiment import Experiment, Stage
from convviz.model.files import builtin_experiments, load_builtin, write_experiment
from convviz.model.sources import RandomMap

if TYPE_CHECKING:
    from convviz.engine.layers.base import BoundLayer, Slots

FROM_ANYWHERE = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PYTHONPATH": str(Path(convviz.__file__).parents[1])}
#: A plot or a look at the fonts makes an application of its own, unless there is one that serves every test.
pytestmark = pytest.mark.usefixtures("qapp")

CHINESE = re.compile("[一-鿿]")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return the file of an experiment of two convolutions with something between them."""
    stages = (Stage(layer=Conv2d(kernel=3)), Stage(layer=ReLU()), Stage(layer=Conv2d(kernel=2, stride=2, bias=None)))
    experiment = Experiment(name="Small", input=RandomMap(size=(9, 8)), stages=stages)
    write_experiment(tmp_path / "small.json", experiment)
    return tmp_path / "small.json"


@pytest.fixture
def diverging(tmp_path: Path) -> Path:
    """Return the file of an experiment whose steps are too long."""
    stages = (Stage(layer=Conv2d(kernel=3)), Stage(layer=Conv2d(kernel=3)))
    write_experiment(tmp_path / "diverging.json", Experiment(stages=stages, optimizer=SGD(learning_rate=1.0)))
    return tmp_path / "diverging.json"


def run_python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a Python of its own, from another folder."""
    environment = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(Path(convviz.__file__).parents[1]),
    }
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, cwd=cwd, env=environment, timeout=60, check=False
    )


# what is printed


def test_training_prints_the_numbers_as_a_teaching_script_does(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(small), "--steps", "250"]) == 0
    printed = capsys.readouterr()
    for heading in ("input 9×8", "teacher's kernel 3×3, layer 0", "target 3×3", "reconstruction 3×3"):
        assert f"\n{heading}\n[[" in printed.out
    assert "student's kernel 2×2, layer 2, after step 250" in printed.out
    steps = [int(line.split()[0]) for line in printed.out.splitlines() if re.fullmatch(r" +\d+  [\d.e+-]+", line)]
    assert steps == [0, 100, 200]
    assert "finished after step 250" in printed.out
    assert printed.err == "", "a progress bar belongs on a terminal only"


def test_the_printed_losses_are_the_run_s(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(small), "--output", str(tmp_path / "run.npz")]) == 0
    printed = dict(re.findall(r"^ +(\d+)  ([\d.e+-]+)$", capsys.readouterr().out, re.MULTILINE))
    losses = np.load(tmp_path / "run.npz")["losses"]
    assert len(printed) == len(losses) // 100 + 1
    for step, loss in list(printed.items())[:-1]:
        assert float(loss) == pytest.approx(losses[int(step)], rel=1e-9)


def test_quiet_is_quiet(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(small), "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


# what is written


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


# how it leaves


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
    assert re.match(r"loss \S+ at first, \S+ now; ", printed.out.splitlines()[-1])


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
        (["--scale", "large"], "--scale: expected a factor from 0.5 to 4.0, such as 1.5, received large"),
        (["--scale", "9"], "--scale: expected a factor from 0.5 to 4.0, such as 1.5, received 9"),
        (["--scale", "nan"], "--scale: expected a factor from 0.5 to 4.0, such as 1.5, received nan"),
        (["--after=-1"], "--after: expected a whole number of 0 or more, received -1"),
        (["--screenshot", "window.jpg"], "--screenshot: expected a file's name that ends in .png, received window.jpg"),
        (["--screenshot", "absent/window.png"], "--screenshot: expected a file in a folder that exists, received "),
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


def test_ctrl_c_ends_the_run_and_writes_what_there_is(small: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "convviz", "train", str(small), "--steps", "30000000", "--output", "run.npz"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=FROM_ANYWHERE
    ) as process:
        try:
            assert process.stdout is not None
            assert any(line.startswith("    1000") for line in process.stdout)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert err == ""
    assert "interrupted after step" in out
    assert 1000 <= np.load(tmp_path / "run.npz")["losses"].size < 30_000_000


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


# the other commands


def test_list_names_every_experiment_with_its_note(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("demo ")
    for name in builtin_experiments():
        assert re.search(rf"^{re.escape(name)} ", printed, re.MULTILINE)
        assert load_builtin(name).notes in printed


def test_no_built_in_experiment_is_hidden_by_a_command() -> None:
    assert not builtin_experiments().keys() & COMMANDS.keys()


def test_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["$schema"].startswith("https://json-schema.org/")


def test_doctor_s_exit_code_says_whether_the_window_can_open(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert main(["doctor"]) == 0
    assert "The window can open." in capsys.readouterr().out
    monkeypatch.setenv("QT_QPA_PLATFORM", "nonsense")
    assert main(["doctor"]) == 1
    assert "nonsense" in capsys.readouterr().out


def test_the_window_refuses_in_words_where_there_is_no_display(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(variable, raising=False)
    assert main([]) == 1
    printed = capsys.readouterr().err
    assert "DISPLAY" in printed
    assert "convviz train" in printed


@pytest.mark.parametrize("arguments", [["train", "--quiet"], ["list"], ["train", "--plot", "loss.png"]])
def test_a_missing_library_is_told_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str]
) -> None:
    def broken(*_: object, **__: object) -> list[doctor.Finding]:
        return [doctor.Finding(doctor.Grade.BAD, "libEGL.so.1 is missing", system=("libegl1",))]

    def unable(*_: object) -> Path:
        raise ImportError("libEGL.so.1: cannot open shared object file")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(doctor, "examine", broken)
    monkeypatch.setattr("convviz.model.files.find_experiment", unable)
    monkeypatch.setattr("convviz.model.files.builtin_experiments", unable)
    assert main(arguments) == 1
    assert "apt-get install libegl1" in capsys.readouterr().err


# languages


@pytest.mark.parametrize("words", [["--language", "zh_CN"], ["--language=zh_CN"]])
@pytest.mark.parametrize("first", [True, False])
def test_the_language_can_stand_before_the_command_or_after_it(
    capsys: pytest.CaptureFixture[str], words: list[str], first: bool
) -> None:
    assert main([*words, "list"] if first else ["list", *words]) == 0
    assert CHINESE.search(capsys.readouterr().out)


@pytest.mark.parametrize("command", ["", *COMMANDS])
@pytest.mark.skipif(sys.version_info >= (3, 14), reason="argparse's own sentences change from version to version")
def test_help_is_translated_throughout(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert main([*([command] if command else []), "--help", "--language", "zh_CN"]) == 0
    for paragraph in capsys.readouterr().out.split("\n\n")[1:]:
        assert CHINESE.search(paragraph), paragraph
    assert main([*([command] if command else []), "--nonsense", "--language", "zh_CN"]) == 2
    assert CHINESE.search(capsys.readouterr().err)


def test_training_speaks_every_language(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = {}
    for code in LANGUAGES:
        assert main(["train", str(small), "--steps", "5", "--language", code]) == 0
        printed[code] = re.sub(r"[-\d.e+\[\] ]", "", capsys.readouterr().out)
    assert len(set(printed.values())) == len(LANGUAGES)
    assert not re.search("kernel|target|loss|step", printed["zh_CN"])


# the progress bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_says_how_far_how_fast_and_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    now = [0.0]
    terminal = Terminal()
    bar = ProgressBar(2000, terminal, live=True, clock=lambda: now[0])
    bar.show(1)
    assert terminal.getvalue() == "", "not before a tenth of a second"
    now[0] = 10.0
    bar.show(500)
    assert terminal.getvalue().endswith("step 500 of 2,000, 50 steps/s, 0:30 left")
    assert terminal.getvalue().count("#") == 7
    bar.clear()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_the_bar_fits_a_narrow_terminal_and_long_times() -> None:
    bar = ProgressBar(10**6, Terminal(), live=True)
    assert len(bar.line(5, 10.0, 40)) < 40
    assert bar.line(10, 2.0, 100).endswith("55:33:18 left")
    assert bar.line(0, 0.0, 100).endswith("? left")
