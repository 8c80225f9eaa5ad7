"""What is said where it can hardly be said, and names that nobody would give."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from convviz.cli import main
from convviz.cli.qt import draw_unseen
from convviz.cli.telling import one_line, shortened
from tests.cli.processes import FROM_ANYWHERE
from tests.patience import PATIENCE

TOO_LONG = "a" * 5000
CLOSED = pytest.mark.skipif(os.name == "nt", reason="the shell of that system closes no streams")


def run_shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of a shell, in which ``convviz`` is the program."""
    program = f'convviz() {{ "{sys.executable}" -m convviz "$@"; }}; {line}'
    return subprocess.run(
        ["/bin/sh", "-c", program],
        capture_output=True,
        text=True,
        cwd=folder,
        env=FROM_ANYWHERE,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.parametrize(
    "words",
    [
        [TOO_LONG],
        ["train", TOO_LONG],
        ["--lesson", TOO_LONG],
        ["train", "--output", f"{TOO_LONG}.npz"],
        ["--screenshot", f"{TOO_LONG}.png"],
        ["animate", "-o", f"{TOO_LONG}.gif"],
        ["code", "-o", f"{TOO_LONG}.py"],
        ["bench", "--json", f"{TOO_LONG}.json"],
    ],
    ids=lambda words: words[0][:8],
)
def test_a_name_beyond_all_limits_is_refused_in_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("convviz: ")
    assert printed.err.count("\n") == 1
    assert os.strerror(errno.ENAMETOOLONG) in printed.err or "expected a" in printed.err


@pytest.mark.parametrize(
    "words",
    [["train", "--steps"], ["train", "--seed"], ["--after"], ["--scale"], ["animate", "-o", "a.gif", "--fps"]],
    ids=lambda words: words[-1],
)
def test_digits_without_end_are_refused_in_a_short_line(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*words, "9" * 5000, *(["--part", "loss"] if "--after" in words else [])]) == 2
    told = capsys.readouterr().err
    assert len(told) < 150
    assert "invalid" not in told, "which is what argparse says of what nobody foresaw"


def test_no_name_is_no_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--output", ""]) == 2
    assert capsys.readouterr().err == "convviz: --output: expected a file's name, received none\n"


def test_a_folder_that_cannot_be_written_to_is_refused_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)
    assert main(["train", "--output", str(tmp_path / "run.npz")]) == 2
    expected = f"expected a file in a folder that can be written to, received {tmp_path / 'run.npz'}"
    assert capsys.readouterr() == ("", f"convviz: --output: {expected}\n")


def test_what_a_file_says_cannot_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "odd.json"
    path.write_text(json.dumps({"version": 1, "lay\x1b[2Jers\n": []}))
    assert main(["train", str(path)]) == 2
    told = capsys.readouterr().err
    assert told == "convviz: odd.json: lay\\x1b[2Jers\\n: unknown entry; did you mean layers?\n"
    layers = [{"type": "conv2d", "kernel": 3}]
    path.write_text(json.dumps({"version": 1, "name": "\x1b[2J\nodd", "layers": layers, "stop": {"steps": 1}}))
    assert main(["train", str(path)]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "\\x1b[2J\\nodd"


def test_a_line_keeps_what_stays_in_it() -> None:
    kept = "应为文件，收到的是\u3000“é”\u00a0×"
    assert one_line(kept) == kept
    assert one_line("\ud800\u202e\t\r") == "\\ud800\\u202e\\t\\r"
    assert shortened("9" * 60) == "9" * 60
    assert shortened("9" * 61) == "9" * 57 + "..."


def test_no_file_is_written_over_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["train", "--steps", "1", "--output", "run", "--table", "./run"]) == 2
    assert capsys.readouterr().err == "convviz: --table: expected a file for itself alone, received run\n"
    text = json.dumps({"version": 1, "layers": [{"type": "conv2d", "kernel": 3}], "stop": {"steps": 1}})
    Path("mine").write_text(text)
    assert main(["train", "mine", "--table", "mine"]) == 2
    assert Path("mine").read_text() == text


def test_what_has_a_place_is_written_although_another_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(path: Path, arrays: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr("convviz.export.run.write_run", full)
    run, table, plot = tmp_path / "run.npz", tmp_path / "run.csv", tmp_path / "loss.svg"
    outputs = ["--output", str(run), "--table", str(table), "--plot", str(plot)]
    assert main(["train", "--quiet", "--steps", "3", *outputs]) == 2
    assert capsys.readouterr().err == f"convviz: {run}: No space left on device\n"
    assert len(table.read_text().splitlines()) == 5
    assert plot.exists()


@CLOSED
def test_a_reader_that_has_seen_enough_does_not_cost_the_files(tmp_path: Path) -> None:
    line = "{ convviz train --steps 20000 --output run.npz; echo $? > code; } | head -n 1"
    finished = run_shell(line, tmp_path)
    assert (finished.stdout, finished.stderr) == ("Two convolutions\n", "")
    assert (tmp_path / "code").read_text() == "0\n"
    assert np.load(tmp_path / "run.npz")["losses"].size == 20000


def test_a_reader_that_has_seen_enough_is_no_error_on_windows_either(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Unread(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(sys, "stdout", Unread())
    assert main(["list"]) == 2, "where that is another error"
    assert "Invalid argument" in capsys.readouterr().err
    monkeypatch.setattr(sys, "platform", "win32")
    assert main(["list"]) == 0
    assert main(["train", "--steps", "2"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("words", [["code"], ["code", "--framework", "numpy"], ["schema"]], ids=" ".join)
def test_what_would_be_a_file_is_printed_in_the_encoding_of_files(words: list[str], tmp_path: Path) -> None:
    """As into a file on Windows, where the encoding of what is printed is an old one."""
    done = subprocess.run(
        [sys.executable, "-m", "convviz", *words],
        capture_output=True,
        cwd=tmp_path,
        env={**FROM_ANYWHERE, "PYTHONIOENCODING": "cp1252"},
        timeout=PATIENCE,
        check=True,
    )
    assert not done.stdout.isascii()
    text = done.stdout.decode("utf-8")
    if words[0] == "schema":
        json.loads(text)
    else:
        compile(text, "script.py", "exec")


def test_what_is_drawn_unseen_on_windows_has_the_fonts_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_QPA_FONTDIR", "QT_QPA_PLATFORM", "QT_LOGGING_RULES"):
        monkeypatch.setenv(name, "to be set back")
        monkeypatch.delenv(name)
    draw_unseen()
    assert "QT_QPA_FONTDIR" not in os.environ
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("WINDIR", "somewhere")
    draw_unseen()
    assert os.environ["QT_QPA_FONTDIR"] == os.path.join("somewhere", "Fonts")
    monkeypatch.setenv("QT_QPA_FONTDIR", "mine")
    draw_unseen()
    assert os.environ["QT_QPA_FONTDIR"] == "mine"


@CLOSED
def test_a_run_that_diverged_unheard_says_so_by_its_code(tmp_path: Path) -> None:
    finished = run_shell("{ convviz train diverging --output run.npz; echo $? > code; } | head -n 1", tmp_path)
    assert finished.stderr.startswith("convviz: diverged at step ")
    assert (tmp_path / "code").read_text() == "3\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device")
def test_a_place_that_is_full_does_not_cost_the_files(tmp_path: Path) -> None:
    finished = run_shell("convviz train --steps 20 --output run.npz > /dev/full", tmp_path)
    assert (finished.returncode, finished.stderr) == (2, f"convviz: {os.strerror(errno.ENOSPC)}\n")
    assert np.load(tmp_path / "run.npz")["losses"].size == 20
    assert run_shell("convviz nonsense 2> /dev/full", tmp_path).returncode == 2


@CLOSED
@pytest.mark.parametrize("words", ["list", "schema", "train --steps 2 --output run.npz"])
def test_nothing_is_missed_where_there_is_no_place_to_print_to(words: str, tmp_path: Path) -> None:
    assert run_shell(f"convviz {words} <&- >&- 2>&-", tmp_path).returncode == 0
