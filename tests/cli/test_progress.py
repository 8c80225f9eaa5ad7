"""The bar that tells how far training has come."""

from __future__ import annotations

import io

import pytest

from convviz.cli.progress import ProgressBar

#: A plot or a look at the fonts makes an application of its own, unless there is one that serves every test.
pytestmark = pytest.mark.usefixtures("qapp")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_says_how_far_how_fast_and_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    now = [0.0]
    terminal = Terminal()
    bar = ProgressBar(2000, terminal, live=True, clock=lambda: now[0])
    bar.show(1)
    assert terminal.getvalue() == "", "not before a tenth of a second"
    now[0] = 10.0
    bar.show(500)
    assert terminal.getvalue().endswith("step 500 of 2,000, 50 steps/s, 0:30 left")
    assert terminal.getvalue().count("#") == 7
    bar.clear()
    assert terminal.getvalue().endswith("\r" + " " * 99 + "\r")
    assert "\x1b" not in terminal.getvalue(), "which an old terminal of Windows prints"


def test_the_bar_fits_a_narrow_terminal_and_long_times() -> None:
    bar = ProgressBar(10**6, Terminal(), live=True)
    assert len(bar.line(5, 10.0, 40)) < 40
    assert bar.line(10, 2.0, 100).endswith("55:33:18 left")
    assert bar.line(0, 0.0, 100).endswith("? left")
