"""The commands beside training, and the languages they all speak."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

import pytest

from convviz import doctor
from convviz.cli import COMMANDS, main
from convviz.i18n import LANGUAGES
from convviz.model.files import builtin_experiments, load_builtin
from convviz.resources import lesson_files

if TYPE_CHECKING:
    from pathlib import Path

#: A plot or a look at the fonts makes an application of its own, unless there is one that serves every test.
pytestmark = pytest.mark.usefixtures("qapp")
CHINESE = re.compile("[一-鿿]")


def test_list_names_every_experiment_with_its_note(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Experiments (convviz NAME):\ndemo ")
    for name in builtin_experiments():
        assert re.search(rf"^{re.escape(name)} ", printed, re.MULTILINE)
        assert load_builtin(name).notes in printed


def test_list_names_every_lesson_with_what_it_shows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    printed = capsys.readouterr().out
    for name, path in lesson_files().items():
        assert re.search(rf"^{re.escape(name)} ", printed, re.MULTILINE)
        assert json.loads(path.read_text("utf-8"))["summary"] in printed


def test_a_lesson_that_there_is_not_is_refused_before_a_window_opens(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lesson", "strides"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("convviz: --lesson: expected a lesson's file or one of ")
    assert "received strides" in told
    for name in lesson_files():
        assert name in told


def test_steps_to_be_made_before_a_lesson_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lesson", "stride", "--after", "5"]) == 2
    assert capsys.readouterr().err.startswith("convviz: --after cannot be used with --lesson")


def test_no_built_in_experiment_is_hidden_by_a_command() -> None:
    assert not builtin_experiments().keys() & COMMANDS.keys()


def test_the_schema_of_a_lesson_names_what_can_be_ringed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--lesson"]) == 0
    definitions = json.loads(capsys.readouterr().out)["$defs"]
    controls = definitions["ringed.control"]["properties"]["control"]["anyOf"]
    assert {"const": "play", "description": "Let the student learn"} in controls
    assert "teacher_weight" in definitions["ringed.array"]["properties"]["array"]["enum"]
    assert "rotated kernel" in definitions["ringed.board"]["properties"]["board"]["enum"]


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
    printed = capsys.readouterr().out
    for paragraph in printed.split("\n\n")[1:]:
        assert CHINESE.search(paragraph), paragraph
    options = re.findall(r"^  -.*(?:\n {3,}.*)*", printed, re.MULTILINE)
    assert len(options) >= 2
    for option in options:
        assert CHINESE.search(option), option
    assert main([*([command] if command else []), "--nonsense", "--language", "zh_CN"]) == 2
    assert CHINESE.search(capsys.readouterr().err)


def test_help_is_as_wide_as_the_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    widest = []
    for columns in ("60", "150"):
        monkeypatch.setenv("COLUMNS", columns)
        assert main(["train", "--help"]) == 0
        widest.append(max(map(len, capsys.readouterr().out.splitlines())))
    assert widest[0] <= 60 < 100 < widest[1] <= 150


def test_training_speaks_every_language(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = {}
    for code in LANGUAGES:
        assert main(["train", str(small), "--steps", "5", "--language", code]) == 0
        printed[code] = re.sub(r"[-\d.e+\[\] ]", "", capsys.readouterr().out)
    assert len(set(printed.values())) == len(LANGUAGES)
    assert not re.search("kernel|target|loss|step", printed["zh_CN"])
