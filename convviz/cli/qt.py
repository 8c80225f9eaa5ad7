"""What Qt is told, and the machine asked, before Qt is loaded: it ends the process where it cannot open a window."""

from __future__ import annotations

import os
import sys

from convviz import doctor


def draw_unseen() -> None:
    """Have Qt draw what it draws for nobody's display."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")  # it complains of having no window manager
    if sys.platform == "win32":  # where it looks for fonts beside Qt, which brings none, and not among the system's
        os.environ.setdefault("QT_QPA_FONTDIR", os.path.join(os.environ.get("WINDIR", r"C:\Windows"), "Fonts"))


def is_refused(*, picture: bool) -> bool:
    """Return whether Qt cannot open a window here, or make a picture of one, having said what is missing."""
    problems = doctor.obstacles(doctor.examine(fonts=False, load=False))
    if problems:
        print(doctor.refusal(problems, picture=picture), file=sys.stderr)
    return bool(problems)
