"""What tells the program to end, in the system's words."""

from __future__ import annotations

import signal

#: Besides Ctrl+C: ``kill`` and whoever shuts the machine down, and a terminal that is closed. Not all are everywhere.
_TOLD_TO_END = ("SIGTERM", "SIGHUP")


def ending_signals() -> tuple[signal.Signals, ...]:
    """Return the signals that are to end the program, Ctrl+C first; not what is ignored, as under ``nohup``."""
    others = [signal.Signals[name] for name in _TOLD_TO_END if name in signal.Signals.__members__]
    return signal.SIGINT, *(number for number in others if signal.getsignal(number) != signal.SIG_IGN)
