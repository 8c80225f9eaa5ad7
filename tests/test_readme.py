"""What the README says is so."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from convviz.cli import COMMANDS, WINDOW, main
from convviz.engine import Trainer
from convviz.model.files import builtin_experiments, decode_experiment, experiment_schema

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """Return the code in the README that is written in ``language``."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def spans() -> list[str]:
    """Return what the README's text sets in code."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", README, flags=re.MULTILINE | re.DOTALL))


def test_the_experiment_is_one_that_learns() -> None:
    (example,) = blocks("json")
    trainer = Trainer(decode_experiment(json.loads(example)).build())
    trainer.run(2000)
    assert trainer.loss < trainer.initial_loss / 2


def test_the_program_for_python_runs_without_qt() -> None:
    (program,) = blocks("python")
    program += "\nimport sys\nassert not [name for name in sys.modules if name.startswith(('PyQt6', 'pyqtgraph'))]"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    first, *rest = done.stdout.splitlines()
    one, other = re.findall(r"-?\d+\.\d+", first)
    assert one == other
    assert len(rest) == 3


def test_the_program_and_the_tests_are_one_line_each() -> None:
    lines = [block.strip() for block in blocks("sh")]
    assert lines[0].endswith("convviz")
    assert lines[1].endswith("-m pytest")
    assert all("\n" not in line for line in lines)


def test_every_file_and_folder_that_is_named_is_there() -> None:
    named = [text for text in spans() if re.fullmatch(r"(convviz|resources|tests|\.ci)/[\w./]*", text)]
    named += [target for target in re.findall(r"\]\(([^)]+)\)", README) if ":" not in target]
    assert len(named) > 10
    for path in named:
        if "CODE" not in path:
            assert (ROOT / path).exists(), path


@pytest.mark.parametrize("command", sorted({text for text in spans() if re.match(r"convviz( |$)", text)}))
def test_every_command_is_one_that_the_program_takes(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The options are parsed; nothing is run."""
    ran = []
    for module in (WINDOW, *COMMANDS.values()):
        monkeypatch.setattr(f"{module}.run", lambda options, module=module: ran.append(module) or 0)
    monkeypatch.chdir(tmp_path)
    for name in ("EXPERIMENT", "NAME", "train"):
        (tmp_path / name).touch()
    first, *words = shlex.split(command)
    assert first == "convviz"
    assert main(words) == 0
    assert capsys.readouterr().err == ""
    assert ran == ([] if words == ["--version"] else [COMMANDS.get(words[0] if words else "", WINDOW)])
    assert main([*words, "--nonsense"]) == (0 if words == ["--version"] else 2)


def test_every_command_is_described(capsys: pytest.CaptureFixture[str]) -> None:
    for word in COMMANDS:
        assert f"`convviz {word}" in README
    assert main(["--help"]) == 0
    for option in re.findall(r"--[a-z]+", capsys.readouterr().out):
        assert option in README or option == "--help", option
    assert main(["train", "--help"]) == 0
    for option in re.findall(r"--[a-z]+", capsys.readouterr().out):
        assert option in README or option == "--help", option


def test_every_room_of_the_package_is_on_the_map() -> None:
    entrance = ("__init__.py", "__main__.py", "__pycache__")
    rooms = {path.name + "/" * path.is_dir() for path in (ROOT / "convviz").iterdir() if path.name not in entrance}
    assert {
        room for room in rooms if f"| `convviz/{room}`" not in README and f", `convviz/{room}`" not in README
    } == set()


def test_imports_go_down_as_the_contract_says() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["name"] == "Imports go down only")
    told = [re.sub(r" \| ", ", ", layer).strip("()") for layer in layers if layer != "__main__"]
    assert f"`{' → '.join(told)}`" in README


def test_what_an_experiment_needs_is_said() -> None:
    for entry in experiment_schema()["required"]:
        assert re.search(rf"`{entry}`[^.]* are\s+required", README), entry


def test_there_are_as_many_experiments_as_promised() -> None:
    assert len(builtin_experiments()) >= 7
