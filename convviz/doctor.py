"""What the machine lacks for a window, by name, and the line that brings it.

Qt does not say it well: a missing system library is an `ImportError` about a file, and a missing display ends the whole
process. So everything is asked before Qt is: nothing here imports PyQt6 or NumPy but to see whether it can be done, and
the command line asks `obstacles` before it starts the application.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from convviz.i18n import LANGUAGES, language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import ModuleType

PYTHON = (3, 11)

#: Distribution -> (the modules of it that the program imports, the oldest version that will do).
REQUIREMENTS: Mapping[str, tuple[tuple[str, ...], tuple[int, ...]]] = {
    "numpy": (("numpy",), (2, 0)),
    "PyQt6": (("PyQt6.QtCore", "PyQt6.QtGui", "PyQt6.QtWidgets", "PyQt6.QtSvg"), (6, 7)),
    "pyqtgraph": ((), (0, 13, 7)),  # takes a while to import, and needs nothing that PyQt6 does not
    "pillow": (("PIL.Image",), (11, 0)),
}
#: What a distribution's package is called where it is not called alike.
_PACKAGES: Mapping[str, str] = {"pillow": "PIL"}

#: System libraries that Qt links to and its wheel does not carry -> the package of Debian 12 and later.
QT_LIBRARIES: Mapping[str, str] = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
}

#: The same for the plugin that opens a window, by the name of the plugin.
PLUGIN_LIBRARIES: Mapping[str, Mapping[str, str]] = {
    "xcb": {
        "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
        "libxcb-cursor.so.0": "libxcb-cursor0",
        "libxcb-icccm.so.4": "libxcb-icccm4",
        "libxcb-keysyms.so.1": "libxcb-keysyms1",
        "libxcb-shape.so.0": "libxcb-shape0",
        "libxcb-util.so.1": "libxcb-util1",
        "libxcb-image.so.0": "libxcb-image0",
        "libxcb-render.so.0": "libxcb-render0",
        "libxcb-render-util.so.0": "libxcb-render-util0",
        "libxcb-shm.so.0": "libxcb-shm0",
        "libxcb-randr.so.0": "libxcb-randr0",
        "libxcb-sync.so.1": "libxcb-sync1",
        "libxcb-xfixes.so.0": "libxcb-xfixes0",
        "libxcb-xkb.so.1": "libxcb-xkb1",
        "libX11-xcb.so.1": "libx11-xcb1",
    },
    "wayland": {
        "libwayland-client.so.0": "libwayland-client0",
        "libwayland-cursor.so.0": "libwayland-cursor0",
        "libwayland-egl.so.1": "libwayland-egl1",
    },
}

_CHINESE_FONT = "fonts-noto-cjk"
_ANY_FONT = "fonts-dejavu-core"
_LIBRARY_NAME = re.compile(r"lib[\w.+-]+?\.so[\w.]*")


class Grade(Enum):
    """How much a finding matters."""

    GOOD = "✓"
    HINT = "–"  #: the window opens without it
    BAD = "✗"


class Finding(NamedTuple):
    """One thing that was looked at.

    Attributes
    ----------
    grade
        Whether it stands in the way of a window.
    text
        The sentence, in the current language.
    system, python
        The Debian packages, and the Python distributions, that mend it.
    only_window
        It stands in the way of a window, but not of pictures, which need no display.
    """

    grade: Grade
    text: str
    system: tuple[str, ...] = ()
    python: tuple[str, ...] = ()
    only_window: bool = False


class Machine:
    """What is asked of the machine. Only here is anything outside the program touched."""

    environment: Mapping[str, str] = os.environ
    platform: str = sys.platform
    python: tuple[int, ...] = sys.version_info[:3]

    def import_module(self, name: str) -> ModuleType:
        """Import a module; `ImportError` where that is impossible."""
        return importlib.import_module(name)

    def has_module(self, name: str) -> bool:
        """Return whether a module is installed, without importing it."""
        return importlib.util.find_spec(_PACKAGES.get(name, name)) is not None

    def version(self, distribution: str) -> str:
        """Return the version of an installed distribution; ``""`` where it does not say."""
        from importlib import metadata  # takes longer to import than the whole of this module

        try:
            return metadata.version(distribution)
        except metadata.PackageNotFoundError:
            return ""

    def missing_library(self, path: str) -> str | None:
        """Return what the loader says if the shared library ``path``, or one that it needs, cannot be loaded."""
        import ctypes  # not before there is a library to be asked about

        try:
            ctypes.CDLL(path)
        except OSError as error:
            return str(error)
        return None

    def plugin(self, name: str) -> Path | None:
        """Return the file of one of Qt's platform plugins, or None where Qt has no such plugin."""
        core = self.import_module("PyQt6.QtCore")
        folders = [Path(core.QLibraryInfo.path(core.QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"]
        if extra := self.environment.get("QT_QPA_PLATFORM_PLUGIN_PATH"):
            folders.append(Path(extra))
        return next((file for folder in folders for file in folder.glob(f"libq{name}.so")), None)

    def x_server_answers(self) -> bool:
        """Return whether the X server that DISPLAY names accepts a connection."""
        import ctypes

        try:
            xcb = ctypes.CDLL("libxcb.so.1")
        except OSError:
            return True  # its absence is reported by name
        xcb.xcb_connect.restype = ctypes.c_void_p
        connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
        refused = bool(xcb.xcb_connection_has_error(connection))
        xcb.xcb_disconnect(connection)
        return not refused

    def wayland_answers(self) -> bool:
        """Return whether the socket that WAYLAND_DISPLAY names exists."""
        folder = self.environment.get("XDG_RUNTIME_DIR", "")
        return Path(folder, self.environment.get("WAYLAND_DISPLAY") or "wayland-0").exists()

    def fonts(self) -> tuple[int, int]:
        """Return how many font families Qt finds, and how many of them have Chinese characters."""
        gui = self.import_module("PyQt6.QtGui")
        application = gui.QGuiApplication.instance() or gui.QGuiApplication(["convviz", "-platform", "offscreen"])
        system = gui.QFontDatabase.WritingSystem
        count = len(gui.QFontDatabase.families()), len(gui.QFontDatabase.families(system.SimplifiedChinese))
        del application
        return count


def examine(
    machine: Machine | None = None, *, platform: str | None = None, fonts: bool = True, load: bool = True
) -> list[Finding]:
    """Look at everything that a window needs.

    Parameters
    ----------
    machine
        The one to look at; None: this one.
    platform
        Qt's platform plugins to be used, separated by ``;`` as in QT_QPA_PLATFORM; None: as Qt would choose.
    fonts
        Look for fonts too, which starts Qt, without a window.
    load
        Load what is needed besides Qt, and look at all versions. Whoever waits for the window has no time for that.
    """
    machine = machine or Machine()
    distributions = {name: _distribution(machine, name, load=load) for name in REQUIREMENTS}
    findings = [_python(machine), *distributions.values()]
    if machine.platform != "linux" or obstacles([distributions["PyQt6"]]):
        return findings
    findings += _platform(machine, platform)
    if fonts and not obstacles(_plugin(machine, "offscreen")):
        findings += _fonts(machine)
    return findings


def obstacles(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that stand in the way of a window."""
    return [finding for finding in findings if finding.grade is Grade.BAD]


def remedies(findings: Iterable[Finding]) -> list[str]:
    """Return the lines to be typed: one for the system's packages, one for Python's, where there is need of them."""
    findings = list(findings)
    system = dict.fromkeys(package for finding in findings for package in finding.system)
    python = dict.fromkeys(package for finding in findings for package in finding.python)
    sudo = "" if hasattr(os, "geteuid") and os.geteuid() == 0 else "sudo "
    lines = [f"{sudo}apt-get install {' '.join(system)}"] if system else []
    return [*lines, f"{sys.executable} -m pip install --upgrade {' '.join(python)}"] if python else lines


def report(findings: Iterable[Finding]) -> str:
    """Return the findings line by line, then what to do about them."""
    findings = list(findings)
    lines = [f"{finding.grade.value} {finding.text}" for finding in findings]
    if commands := remedies(findings):
        lines += ["", _how_to_install(findings), *(f"  {command}" for command in commands)]
    if bad := obstacles(findings):
        lines += ["", tr("The window cannot open."), *_what_works(bad)]
    else:
        lines += ["", tr("The window can open.")]
    return "\n".join(lines)


def refusal(findings: Iterable[Finding], *, picture: bool = False) -> str:
    """Return what to say instead of opening a window or drawing a picture: why not, what to do, what works instead."""
    bad = obstacles(findings)
    lines = [tr("convviz cannot draw a picture:") if picture else tr("convviz cannot open its window:")]
    lines += [f"  {finding.text}" for finding in bad]
    if commands := remedies(bad):
        lines += [tr("This installs what is missing:"), *(f"  {command}" for command in commands)]
    return "\n".join(lines + _what_works(bad))


def _how_to_install(findings: Iterable[Finding]) -> str:
    """Return what is said above the lines of `remedies`."""
    findings = list(findings)
    if not any(finding.system for finding in findings):
        return tr("To install what is missing:")
    if not any(finding.python for finding in findings):
        return tr("To install what is missing (on Debian and Ubuntu):")
    return tr("To install what is missing (the first on Debian and Ubuntu):")


def _what_works(bad: Iterable[Finding]) -> list[str]:
    """Return what can be done although the window cannot open."""
    bad, lines = list(bad), []
    if all(finding.only_window for finding in bad):
        lines.append(tr("Without a window, “convviz --screenshot OUT.png” makes a picture of it."))
    if not any("numpy" in finding.python for finding in bad):
        lines.append(tr("Without Qt, “convviz train” trains in the terminal and draws the loss with --plot OUT.svg."))
    return lines


def _python(machine: Machine) -> Finding:
    version = ".".join(map(str, machine.python))
    if machine.python[:2] >= PYTHON:
        return Finding(Grade.GOOD, f"Python {version}")
    needed = ".".join(map(str, PYTHON))
    text = tr("Python {version} is too old: {needed} or later is needed").format(version=version, needed=needed)
    return Finding(Grade.BAD, text)


def _distribution(machine: Machine, name: str, *, load: bool) -> Finding:
    modules, oldest = REQUIREMENTS[name]
    if not machine.has_module(name):
        return Finding(Grade.BAD, tr("{name} is not installed").format(name=name), python=(name,))
    if not load and name != "PyQt6":
        return Finding(Grade.GOOD, name)
    try:
        for module in modules:
            machine.import_module(module)
    except ImportError as error:
        return _import_problem(machine, name, error)
    version = machine.version(name) if load else ""
    numbers = tuple(int(n) for n in re.findall(r"\d+", version)[: len(oldest)])
    if numbers and numbers < oldest:
        needed = ".".join(map(str, oldest))
        text = tr("{name} {version} is too old: {needed} or later is needed")
        return Finding(Grade.BAD, text.format(name=name, version=version, needed=needed), python=(name,))
    return Finding(Grade.GOOD, f"{name} {version}".strip())


def _import_problem(machine: Machine, name: str, error: ImportError) -> Finding:
    if _LIBRARY_NAME.search(str(error)):
        return _missing(machine, name, str(error), QT_LIBRARIES)
    return Finding(Grade.BAD, tr("{name} cannot be loaded: {reason}").format(name=name, reason=error), python=(name,))


def _missing(machine: Machine, name: str, message: str, known: Mapping[str, str]) -> Finding:
    """Name every missing library at once: the loader tells only the first."""
    found = _LIBRARY_NAME.search(message)
    if found is None or "No such file" not in message:
        return Finding(Grade.BAD, tr("{name} cannot be loaded: {reason}").format(name=name, reason=message))
    every = {**QT_LIBRARIES, **known}
    missing = [library for library in every if machine.missing_library(library)]
    missing += [found.group()] if found.group() not in missing else []
    packages = dict.fromkeys(every[library] for library in missing if library in every)
    text = tr("{name} cannot be loaded, these system libraries are missing: {libraries}")
    return Finding(Grade.BAD, text.format(name=name, libraries=", ".join(missing)), system=tuple(packages))


def _platform(machine: Machine, wanted: str | None) -> list[Finding]:
    """Return what stands in the way of every platform that Qt would try; nothing does if one of them will do."""
    environment = machine.environment
    names = (wanted if wanted is not None else environment.get("QT_QPA_PLATFORM", "")).split(";")
    names = [name.split(":")[0] for name in names if name]
    if not names:
        if not environment.get("DISPLAY") and not environment.get("WAYLAND_DISPLAY"):
            return [Finding(Grade.BAD, tr(_NO_DISPLAY), only_window=True), *_without_screen(machine)]
        names = ["wayland", "xcb"] if environment.get("WAYLAND_DISPLAY") else ["xcb"]
    tried = {name: _plugin(machine, name) + _display(machine, name) for name in names}
    for findings in tried.values():
        if not obstacles(findings):
            return findings
    bad = [finding for findings in tried.values() for finding in obstacles(findings)]
    return [finding._replace(only_window="offscreen" not in names) for finding in bad]


_NO_DISPLAY = mark(
    "There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set"
    " (over SSH, try “ssh -X”; QT_QPA_PLATFORM=offscreen runs the program unseen)"
)


def _without_screen(machine: Machine) -> list[Finding]:
    """Look at X11's libraries although nothing can use them yet: whoever brings a screen will want them."""
    return [Finding(Grade.HINT, f.text, f.system) for f in obstacles(_plugin(machine, "xcb"))]


def _plugin(machine: Machine, name: str) -> list[Finding]:
    label = tr("Qt's platform “{name}”").format(name=name)
    file = machine.plugin(name)
    if file is None:
        return [Finding(Grade.BAD, tr("Qt has no platform “{name}”: see QT_QPA_PLATFORM").format(name=name))]
    if message := machine.missing_library(str(file)):
        return [_missing(machine, label, message, PLUGIN_LIBRARIES.get(name, {}))]
    return [Finding(Grade.GOOD, label)]


def _display(machine: Machine, name: str) -> list[Finding]:
    display = machine.environment.get("DISPLAY", "")
    if name == "xcb" and not display:
        return [Finding(Grade.BAD, tr(_NO_DISPLAY))]
    if name == "xcb" and not machine.x_server_answers():
        return [Finding(Grade.BAD, tr("The X server of DISPLAY={name} does not answer").format(name=display))]
    if name.startswith("wayland") and not machine.wayland_answers():
        display = machine.environment.get("WAYLAND_DISPLAY", "")
        return [Finding(Grade.BAD, tr("There is no Wayland compositor at WAYLAND_DISPLAY={name}").format(name=display))]
    return []


def _fonts(machine: Machine) -> list[Finding]:
    every, chinese = machine.fonts()
    if not every:
        return [Finding(Grade.BAD, tr("There is no font: all text would be boxes"), system=(_ANY_FONT,))]
    if not chinese:
        needed = language() == "zh_CN"
        text = tr("There is no font with Chinese characters: {language} would be boxes")
        grade = Grade.BAD if needed else Grade.HINT
        return [Finding(grade, text.format(language=LANGUAGES["zh_CN"]), system=(_CHINESE_FONT,))]
    return [Finding(Grade.GOOD, tr("Fonts for every language of the program"))]
