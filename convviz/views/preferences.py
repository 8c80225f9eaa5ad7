"""What the program remembers about the window between two days. An experiment is never among it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PyQt6.QtCore import QByteArray, QCoreApplication, QObject, QSettings, QTimer, pyqtSignal

from convviz.views.limits import LEAST_SCALE, MOST_SCALE

SYSTEM = "system"  #: follow the desktop's theme, or its language
DEFAULT_SPEED = 200.0  #: the demo's 2000 steps take ten seconds: slow enough to be seen happening
_RECENT = 8


class Preferences(QObject):
    """Typed access to the settings file.

    Parameters
    ----------
    path
        The file to keep them in; None: where the platform keeps a program's settings.

    Signals
    -------
    unkept(Path)
        Something should have been kept, and the file cannot be written. Sent once control is back in the event loop.
    """

    unkept = pyqtSignal(object)

    def __init__(self, path: Path | None = None) -> None:
        super().__init__()
        if path is None:
            self._settings = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "convviz", "convviz")
        else:
            self._settings = QSettings(str(path), QSettings.Format.IniFormat)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._look)

    @property
    def theme(self) -> str:
        """``light``, ``dark`` or ``system``."""
        return self._one_of("theme", ("light", "dark", SYSTEM), SYSTEM)

    @theme.setter
    def theme(self, name: str) -> None:
        self._keep("theme", name)

    @property
    def language(self) -> str:
        """A language code, or ``system``."""
        return str(self._settings.value("language", SYSTEM))

    @language.setter
    def language(self, code: str) -> None:
        self._keep("language", code)

    @property
    def scale(self) -> float:
        """How many times as large as usual everything is drawn."""
        return self._number("scale", 1.0, LEAST_SCALE, MOST_SCALE)

    @scale.setter
    def scale(self, factor: float) -> None:
        self._keep("scale", str(factor))

    @property
    def speed(self) -> float:
        """Wanted steps per second; infinity: as fast as it goes."""
        return self._number("speed", DEFAULT_SPEED, 1.0, float("inf"))

    @speed.setter
    def speed(self, steps_per_second: float) -> None:
        self._keep("speed", str(steps_per_second))

    @property
    def run_length(self) -> int:
        """How many steps *run N* makes."""
        return int(self._number("run_length", 100, 1, 1_000_000))

    @run_length.setter
    def run_length(self, steps: int) -> None:
        if steps != self.run_length:  # as with the next: what is only read at the start is not to be written then
            self._keep("run_length", steps)

    @property
    def log_loss(self) -> bool:
        """Whether the loss is drawn on a logarithmic axis, which shows progress long after the first steep fall."""
        return self._is_on("log_loss", True)

    @log_loss.setter
    def log_loss(self, on: bool) -> None:
        if on != self.log_loss:
            self._switch("log_loss", on)

    @property
    def input_gradient(self) -> bool:
        """Whether the input's gradient is shown."""
        return self._is_on("input_gradient", False)

    @input_gradient.setter
    def input_gradient(self, on: bool) -> None:
        if on != self.input_gradient:
            self._switch("input_gradient", on)

    @property
    def show_inspector(self) -> bool:
        """Whether the inspector is open."""
        return self._is_on("layout/inspector", True)

    @show_inspector.setter
    def show_inspector(self, on: bool) -> None:
        self._switch("layout/inspector", on)

    @property
    def folder(self) -> str:
        """The folder a file was last opened from or saved to."""
        return str(self._settings.value("folder", ""))

    @property
    def recent(self) -> list[Path]:
        """Files opened lately, the newest first; those that are gone are left out."""
        stored = self._settings.value("recent", [])
        names = [stored] if isinstance(stored, str) else list(stored or [])
        return [Path(name) for name in names if name and Path(name).is_file()]

    def remember_file(self, path: Path) -> None:
        """Put ``path`` at the head of the recent files."""
        path = path.absolute()
        names = [str(path), *(str(other) for other in self.recent if other != path)]
        self._keep("recent", names[:_RECENT])
        self.remember_folder(path.parent)

    def remember_folder(self, folder: Path) -> None:
        """Begin there when the next file is asked for."""
        self._keep("folder", str(folder.absolute()))

    def layout(self, name: str) -> QByteArray:
        """Return the remembered state of a part of the window (``geometry``, ``columns``, …); empty: none is."""
        value = self._settings.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_layout(self, name: str, state: QByteArray) -> None:
        """Remember the state of one part of the window."""
        self._keep(f"layout/{name}", state)

    def forget_layout(self) -> None:
        """Forget the state of every part of the window."""
        self._settings.remove("layout")
        self._look_later()

    def flush(self) -> None:
        """Write everything to the file now."""
        self._settings.sync()

    def _keep(self, name: str, value: object) -> None:
        self._settings.setValue(name, value)
        self._look_later()

    def _look_later(self) -> None:
        """See if what was changed is written when that is tried, once for all that is changed at a time."""
        if QCoreApplication.instance() is not None:
            self._later.start()

    def _look(self) -> None:
        self._settings.sync()
        if self._settings.status() is QSettings.Status.AccessError:
            self.unkept.emit(Path(self._settings.fileName()))

    def _is_on(self, name: str, default: bool) -> bool:
        return str(self._settings.value(name, "true" if default else "false")) == "true"

    def _switch(self, name: str, on: bool) -> None:
        self._keep(name, "true" if on else "false")

    def _one_of(self, name: str, known: tuple[str, ...], default: str) -> str:
        value = str(self._settings.value(name, default))
        return value if value in known else default

    def _number(self, name: str, default: float, low: float, high: float) -> float:
        value: Any = self._settings.value(name, default)
        try:
            number = float(value)
        except (TypeError, ValueError):
            return default  # the file was edited by hand
        return number if low <= number <= high else default
