"""The doctor, on machines that lack one thing or another."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest

from convviz import doctor
from convviz.doctor import Grade, Machine, examine, obstacles, refusal, remedies, report
from convviz.i18n import LANGUAGES, set_language

#: A plot or a look at the fonts makes an application of its own, unless there is one that serves every test.
pytestmark = pytest.mark.usefixtures("qapp")


@dataclass(frozen=True)
class FakeMachine(Machine):
    """A machine with a screen that lacks what it is told to lack."""

    environment: dict[str, str] = field(default_factory=lambda: {"DISPLAY": ":0"})
    platform: str = "linux"
    python: tuple[int, ...] = (3, 11, 0)
    lacks_modules: tuple[str, ...] = ()
    lacks_libraries: tuple[str, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    answers: bool = True
    font_count: tuple[int, int] = (40, 3)

    def has_module(self, name: str) -> bool:
        return name not in self.lacks_modules

    def import_module(self, name: str) -> ModuleType:
        library = next((lib for lib in self.lacks_libraries if lib in doctor.QT_LIBRARIES), None)
        if name.startswith("PyQt6") and library:
            raise ImportError(f"{library}: cannot open shared object file: No such file or directory")
        return ModuleType(name)

    def version(self, distribution: str) -> str:
        return self.versions.get(distribution, "99.0.0")

    def missing_library(self, path: str) -> str | None:
        names = [path] if path.startswith("lib") else doctor.PLUGIN_LIBRARIES.get(path.removeprefix("/plugin/"), {})
        lacking = next((name for name in names if name in self.lacks_libraries), None)
        return f"{lacking}: cannot open shared object file: No such file or directory" if lacking else None

    def plugin(self, name: str) -> Path | None:
        return Path("/plugin", name) if name in ("xcb", "wayland", "offscreen") else None

    def x_server_answers(self) -> bool:
        return self.answers

    def wayland_answers(self) -> bool:
        return self.answers

    def fonts(self) -> tuple[int, int]:
        return self.font_count


def test_a_window_does_not_wait_for_what_it_can_load_later() -> None:
    loaded: list[str] = []

    class Noting(FakeMachine):
        def import_module(self, name: str) -> ModuleType:
            loaded.append(name)
            return super().import_module(name)

        def version(self, distribution: str) -> str:
            raise AssertionError("reading a version takes as long as drawing the window's frame")

    assert obstacles(examine(Noting(), fonts=False, load=False)) == []
    assert {name.split(".")[0] for name in loaded} == {"PyQt6"}
    (problem,) = obstacles(examine(Noting(lacks_modules=("numpy",)), fonts=False, load=False))
    assert problem.python == ("numpy",)


def test_a_complete_machine_has_nothing_in_the_way() -> None:
    findings = examine(FakeMachine())
    assert {finding.grade for finding in findings} == {Grade.GOOD}
    assert remedies(findings) == []
    assert "The window can open." in report(findings)


def test_this_machine_can_open_the_window_unseen() -> None:
    assert obstacles(examine(platform="offscreen")) == []


@pytest.mark.parametrize(("library", "package"), doctor.QT_LIBRARIES.items())
def test_a_library_that_qt_needs_is_named_with_its_package(library: str, package: str) -> None:
    findings = examine(FakeMachine(lacks_libraries=(library,)))
    (problem,) = obstacles(findings)
    assert library in problem.text
    assert problem.system == (package,)
    assert remedies(findings)[0].endswith(f"apt-get install {package}")


@pytest.mark.parametrize(
    ("plugin", "library", "package"),
    [(plugin, *pair) for plugin, libraries in doctor.PLUGIN_LIBRARIES.items() for pair in libraries.items()],
)
def test_a_library_that_the_window_needs_is_named_with_its_package(plugin: str, library: str, package: str) -> None:
    machine = FakeMachine({"DISPLAY": ":0", "QT_QPA_PLATFORM": plugin}, lacks_libraries=(library,))
    (problem,) = obstacles(examine(machine))
    assert library in problem.text
    assert problem.system == (package,)


def test_all_missing_libraries_make_one_line() -> None:
    findings = examine(FakeMachine(lacks_libraries=("libxcb-cursor.so.0", "libxcb-shape.so.0")))
    assert remedies(findings)[0].endswith("apt-get install libxcb-cursor0 libxcb-shape0")
    assert "To install what is missing (on Debian and Ubuntu):\n" in report(findings)


def test_what_pip_cannot_install_is_told_apart() -> None:
    told = report(examine(FakeMachine(lacks_modules=("numpy",), lacks_libraries=("libxcb-cursor.so.0",))))
    heading, first, second = told.split("\n\n")[1].splitlines()
    assert heading == "To install what is missing (the first on Debian and Ubuntu):"
    assert "apt-get" in first
    assert "pip" in second


def test_one_platform_that_works_is_enough() -> None:
    machine = FakeMachine({"DISPLAY": ":0", "WAYLAND_DISPLAY": "w"}, lacks_libraries=("libwayland-client.so.0",))
    assert obstacles(examine(machine)) == []


@pytest.mark.parametrize(
    ("environment", "answers", "said"),
    [
        ({}, True, "neither DISPLAY nor WAYLAND_DISPLAY is set"),
        ({"DISPLAY": ":7"}, False, "DISPLAY=:7 does not answer"),
        ({"WAYLAND_DISPLAY": "wayland-3"}, False, "WAYLAND_DISPLAY=wayland-3"),
        ({"QT_QPA_PLATFORM": "xcb"}, True, "neither DISPLAY nor WAYLAND_DISPLAY is set"),
        ({"QT_QPA_PLATFORM": "cocoa"}, True, "Qt has no platform “cocoa”"),
    ],
)
def test_a_display_that_is_missing_is_said_to_be(environment: dict[str, str], answers: bool, said: str) -> None:
    findings = examine(FakeMachine(environment, answers=answers))
    assert any(said in finding.text for finding in obstacles(findings))
    assert said in refusal(findings)
    assert "convviz train" in refusal(findings)


def test_what_works_all_the_same_is_said() -> None:
    no_display = refusal(examine(FakeMachine({})))
    no_plugin = refusal(examine(FakeMachine(lacks_libraries=("libxcb-cursor.so.0",))))
    no_qt = refusal(examine(FakeMachine(lacks_libraries=("libEGL.so.1",))), picture=True)
    assert "--screenshot" in no_display
    assert "--screenshot" in no_plugin
    assert "--screenshot" not in no_qt
    assert "convviz train" in no_qt


def test_the_report_ends_with_whether_the_window_can_open_and_what_works_otherwise() -> None:
    *_, cannot, picture, training = report(examine(FakeMachine({}))).splitlines()
    assert cannot == "The window cannot open."
    assert "--screenshot" in picture
    assert "convviz train" in training
    assert report(examine(FakeMachine())).splitlines()[-1] == "The window can open."


@pytest.mark.parametrize("platform", ["offscreen", "offscreen:enable_fonts", "xcb;offscreen"])
def test_no_display_is_needed_offscreen(platform: str) -> None:
    assert obstacles(examine(FakeMachine({"QT_QPA_PLATFORM": platform}))) == []
    assert obstacles(examine(FakeMachine({}), platform=platform)) == []


def test_without_a_display_the_missing_libraries_are_told_all_the_same() -> None:
    findings = examine(FakeMachine({}, lacks_libraries=("libxcb-cursor.so.0",)))
    assert any(finding.grade is Grade.HINT and "libxcb-cursor.so.0" in finding.text for finding in findings)


@pytest.mark.parametrize("name", doctor.REQUIREMENTS)
def test_a_missing_distribution_comes_with_pip(name: str) -> None:
    findings = examine(FakeMachine(lacks_modules=(name,)))
    told = report(findings)
    assert f"{name} is not installed" in told
    assert "To install what is missing:\n" in told, "pip is not of Debian alone"
    assert ("convviz train" in told) == ("convviz train" in refusal(findings)) == (name != "numpy")
    assert remedies(findings)[-1].endswith(f"-m pip install --upgrade {name}")


def test_an_old_distribution_is_told_with_what_is_needed() -> None:
    (problem,) = obstacles(examine(FakeMachine(versions={"PyQt6": "6.5.3"})))
    assert problem.text == "PyQt6 6.5.3 is too old: 6.7 or later is needed"


def test_an_old_python_is_told() -> None:
    (problem,) = obstacles(examine(FakeMachine(python=(3, 10, 4))))
    assert "3.10.4" in problem.text
    assert "3.11" in problem.text


def test_fonts_are_missed_for_the_language_that_needs_them() -> None:
    assert obstacles(examine(FakeMachine(font_count=(0, 0))))[0].system == ("fonts-dejavu-core",)
    latin = FakeMachine(font_count=(12, 0))
    (hint,) = (finding for finding in examine(latin) if finding.grade is Grade.HINT)
    assert hint.system == ("fonts-noto-cjk",)
    assert LANGUAGES["zh_CN"] in hint.text
    set_language("zh_CN")
    assert obstacles(examine(latin))[0].system == ("fonts-noto-cjk",)


def test_elsewhere_than_on_linux_only_python_matters() -> None:
    findings = examine(FakeMachine({}, platform="darwin"))
    assert obstacles(findings) == []
    assert len(findings) == 1 + len(doctor.REQUIREMENTS)


def test_every_library_that_qt_wants_of_the_system_is_known() -> None:
    """What the window's plugin links to beyond the wheel is in the tables, or nobody could name its package."""
    file = Machine().plugin("xcb")
    assert file is not None
    if shutil.which("ldd") is None:
        pytest.skip("only where ldd tells what a library links to")
    listed = subprocess.run(["ldd", str(file)], capture_output=True, text=True, check=True).stdout
    wanted = set(re.findall(r"^\s*(lib(?:xcb-|xkbcommon|X11-xcb|GL\.|EGL|fontconfig|glib|gthread)\S*)", listed, re.M))
    assert len(wanted) > 10
    assert wanted <= {*doctor.QT_LIBRARIES, *doctor.PLUGIN_LIBRARIES["xcb"]}
