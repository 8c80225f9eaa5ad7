"""How soon the window is there, beside the plainest window that shows as much: pyqtgraph, four images and a plot.

Every start is a process of its own, with settings of its own, in turn with the other's. The clock starts before the
process does and is the same in all of them, so that the interpreter's own start counts on both sides.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING

from convviz.bench.goals import Goal, Rows
from convviz.bench.timing import Figure, ratios
from convviz.i18n import tr

if TYPE_CHECKING:
    from convviz.bench.engine import Effort
    from convviz.bench.report import Report

#: The plainest window: prints when it has painted.
_PLAIN = """
import sys, time
import numpy as np, pyqtgraph as pg
app = pg.mkQApp()

class Window(pg.GraphicsLayoutWidget):
    def paintEvent(self, event):
        super().paintEvent(event)
        print(time.perf_counter())
        pg.QtCore.QTimer.singleShot(0, app.quit)

window = Window()
window.resize(1280, 800)
rng = np.random.default_rng(7)
for column in range(4):
    box = window.addViewBox(row=0, col=column)
    box.addItem(pg.ImageItem(rng.normal(size=(20, 20))))
window.addPlot(row=1, col=0, colspan=4).plot(rng.normal(size=2000))
window.show()
app.exec()
"""

#: The program itself: prints when its frame has been painted, and when everything is and can be used.
_CONVVIZ = """
import sys, time
from PyQt6.QtCore import QCoreApplication, QEvent, QTimer
from PyQt6.QtWidgets import QAbstractButton, QApplication
from convviz import app
from convviz.views.main_window import MainWindow

class Window(MainWindow):
    def __init__(self, *parts):
        super().__init__(*parts)
        self.painted.connect(lambda: print(time.perf_counter()))
        self.completed.connect(self.look)

    def look(self):
        if not self.findChild(QAbstractButton, "play").isEnabled():
            QTimer.singleShot(1, self.look)
            return
        QCoreApplication.sendPostedEvents(self, QEvent.Type.UpdateRequest)
        print(time.perf_counter())
        QTimer.singleShot(0, QApplication.quit)

app.MainWindow = Window
from convviz.cli import main
sys.exit(main(["--size", "1280x800"]))
"""


def startup(report: Report, effort: Effort) -> None:
    """Print how soon the window's frame is painted, and how soon everything is, against the plain window."""
    frame, everything, plain = _starts(2 * effort.rounds)
    rows = Rows(report, "startup", tr("From the start of the process, against a window of pyqtgraph alone"))
    name = tr("pyqtgraph {seconds} s").format(seconds=f"{plain.median:.2f}")
    for figure, taken, goal in (
        (tr("the window's frame is painted, ratio"), frame, 0.5),
        (tr("everything is painted and usable, ratio"), everything, 1.4),
    ):
        rows.share(name, figure, ratios(taken, plain), Goal(goal, "×"), digits=2)


def _starts(rounds: int) -> tuple[Figure, Figure, Figure]:
    """Return the seconds to the frame, to the complete window and to the plain window, of several starts of each."""
    frame, everything, plain = [], [], []
    for number in range(rounds + 1):
        first, last = _start(_CONVVIZ)
        (other,) = _start(_PLAIN)
        if number:  # the first start finds nothing in the disk's cache, and perhaps no bytecode
            frame.append(first)
            everything.append(last)
            plain.append(other)
    return Figure(tuple(frame)), Figure(tuple(everything)), Figure(tuple(plain))


def _start(program: str) -> tuple[float, ...]:
    """Run a program that prints times, and return how many seconds after its start they were."""
    with tempfile.TemporaryDirectory(prefix="convviz-") as folder:
        own = {"HOME": folder, "XDG_CONFIG_HOME": folder, "APPDATA": folder}
        environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, **own}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # installed programs have theirs
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
        )
    return tuple(float(line) - began for line in done.stdout.split())
