"""The house stands as it was drawn: who may import whom, what lies where, and what a wheel carries."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

#: What lies at the top of the checkout, beside files whose names begin with a dot.
TOP = {"LICENSE", "README.md", "convviz", "pyproject.toml", "resources", "tests"}

#: No file of the program is longer, or it is more than one room.
LONGEST = 440


@pytest.fixture(scope="module")
def root() -> Path:
    """Return the root of the checkout."""
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tracked(root: Path) -> list[Path]:
    """Return what belongs to the project: what git knows, or would add."""
    if not (root / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", "-c", f"safe.directory={root}", "-C", str(root), "ls-files", "-coz", "--exclude-standard"]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
    return [Path(name) for name in names if name and (root / name).is_file()]


def modules(root: Path, package: str) -> list[Path]:
    return sorted((root / "convviz" / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Return the dotted names that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def loaded_by(root: Path, statements: str) -> set[str]:
    """Return the modules that a new Python has loaded after ``statements``."""
    program = f"{statements}\nimport sys\nprint('\\n'.join(sys.modules))"
    command = [sys.executable, "-c", program]
    return set(subprocess.run(command, capture_output=True, text=True, check=True, cwd=root).stdout.split())


def test_imports_follow_the_contracts(root: Path) -> None:
    program = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=root, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_the_engine_loads_no_qt(root: Path) -> None:
    names = [
        ".".join(path.relative_to(root).with_suffix("").parts)
        for path in modules(root, "engine")
        if path.name not in ("worker.py", "__init__.py")
    ]
    loaded = loaded_by(root, f"import convviz.engine, {', '.join(names)}")
    assert not [name for name in loaded if name.split(".")[0] in ("PyQt6", "pyqtgraph")]


def test_the_model_loads_no_widgets(root: Path) -> None:
    names = [".".join(path.relative_to(root).with_suffix("").parts) for path in modules(root, "model")]
    loaded = loaded_by(root, f"import {', '.join(name.removesuffix('.__init__') for name in names)}")
    assert "PyQt6.QtCore" in loaded
    assert "PyQt6.QtWidgets" not in loaded


def test_the_engine_needs_numpy_and_the_standard_library_only(root: Path) -> None:
    allowed = {*sys.stdlib_module_names, "numpy", "convviz"}
    for path in modules(root, "engine"):
        foreign = {name for name in imported(path) if name.split(".")[0] not in allowed}
        expected = {name for name in foreign if name.startswith("PyQt6.QtCore")} if path.name == "worker.py" else set()
        assert foreign == expected, path


@pytest.mark.parametrize("package", ["engine", "model", "export", "cli"])
def test_only_views_and_the_application_know_widgets(root: Path, package: str) -> None:
    for path in modules(root, package):
        assert not [name for name in imported(path) if name.startswith(("PyQt6.QtWidgets", "pyqtgraph"))], path


def test_no_file_can_hide_code_in_data(root: Path) -> None:
    """Files are data: nothing that runs what it reads."""
    for path in modules(root, ""):
        assert not imported(path) & {"pickle", "marshal", "shelve", "dill"}, path


def test_nothing_else_lies_at_the_top(tracked: list[Path]) -> None:
    assert {path.parts[0] for path in tracked if not path.parts[0].startswith(".")} <= TOP


def test_no_path_of_one_machine_and_nothing_left_to_do(root: Path, tracked: list[Path]) -> None:
    machine = re.compile(r"(?<![\w.}])/(?:opt|work|home|root|Users|tmp)/\w")
    later = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX")))
    for path in tracked:
        if path.suffix in (".py", ".md", ".toml", ".json", ".svg", ".po", "") and path.name != "LICENSE":
            text = (root / path).read_text("utf-8")
            found = machine.search(text) or later.search(text)
            assert found is None, f"{path}: {found and found.group()}"


def test_no_file_is_too_long_to_read(root: Path, tracked: list[Path]) -> None:
    code = [path for path in tracked if path.suffix == ".py" and path.parts[0] == "convviz"]
    long = {str(path): (root / path).read_text("utf-8").count("\n") for path in code}
    assert {name: lines for name, lines in long.items() if lines > LONGEST} == {}


def test_every_folder_of_code_is_a_package(root: Path, tracked: list[Path]) -> None:
    folders = {path.parent for path in tracked if path.suffix == ".py"}
    assert [folder for folder in sorted(folders) if not (root / folder / "__init__.py").exists()] == []


def test_the_project_says_the_same_everywhere(root: Path) -> None:
    from convviz import doctor

    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    needed = {name: ".".join(map(str, oldest)) for name, (_, oldest) in doctor.REQUIREMENTS.items()}
    assert dict(requirement.split(">=") for requirement in project["dependencies"]) == needed
    assert project["requires-python"] == ">=" + ".".join(map(str, doctor.PYTHON))


def test_a_wheel_holds_the_program_and_its_resources(root: Path, tracked: list[Path], tmp_path: Path) -> None:
    from hatchling.builders.wheel import WheelBuilder

    (wheel,) = WheelBuilder(str(root)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        licences = [name for name in archive.namelist() if name.endswith("/LICENSE")]
    code = {str(path) for path in tracked if path.parts[0] == "convviz"}
    resources = {f"convviz/_resources/{Path(*path.parts[1:])}" for path in tracked if path.parts[0] == "resources"}
    assert names == code | resources
    assert len(licences) == 1
