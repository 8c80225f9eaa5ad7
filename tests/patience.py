"""How long the tests wait for what has to come. What does not come fails; what is merely slow never does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytestqt.qtbot import QtBot

if TYPE_CHECKING:
    from collections.abc import Callable

#: In seconds: far more than anything takes, also where a machine is slow and busy with other things.
PATIENCE = 100.0

_MILLISECONDS = round(1000 * PATIENCE)


class PatientBot(QtBot):
    """A `QtBot` that waits as long as that, unless it is told otherwise."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = _MILLISECONDS) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = _MILLISECONDS, **how: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **how)

    def waitExposed(self, widget: Any, *, timeout: int = _MILLISECONDS) -> Any:
        return super().waitExposed(widget, timeout=timeout)

    def waitActive(self, widget: Any, *, timeout: int = _MILLISECONDS) -> Any:
        return super().waitActive(widget, timeout=timeout)
