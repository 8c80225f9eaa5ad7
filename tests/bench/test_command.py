"""``convviz bench``: what it measures when it is asked, what it writes, and how it leaves. Nothing is timed here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from convviz.bench import competitors, engine
from convviz.bench.gate import REACHED
from convviz.bench.timing import Figure
from convviz.cli import main

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RATIO = max(REACHED.values())


@pytest.fixture
def rates(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Return the steps per second that each competitor will be found to make, and that a test may change."""
    rates = {"convviz": 1e6 * RATIO, "loops": 1e6, "torch": 1e6}

    def found(runners: Mapping[str, object], *, seconds: float, rounds: int) -> dict[str, Figure]:
        return {name: Figure((rates[name.split()[0]],) * rounds) for name in runners}

    monkeypatch.setattr(engine, "steps_per_second", found)
    return rates


@pytest.fixture
def torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the engine into PyTorch's place, which does the same work."""
    monkeypatch.setattr(competitors, "has_torch", lambda: True)
    monkeypatch.setattr(competitors, "torch", lambda problem, threads: competitors.engine(problem))


def tables(path: Path) -> set[str]:
    return set(json.loads(path.read_text("utf-8"))["results"])


@pytest.mark.usefixtures("rates", "torch")
def test_only_what_is_asked_for_is_measured(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    assert main(["bench", "--quick", "--against", "naive", "--json", str(file)]) == 0
    assert tables(file) == {"naive"}
    assert main(["bench", "--quick", "--against", "torch", "--against", "naive", "--json", str(file)]) == 0
    assert tables(file) == {"naive", "torch, one channel", "torch, several channels"}


@pytest.mark.usefixtures("rates", "torch")
def test_without_a_wish_everything_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--quick", "--json", str(tmp_path / "bench.json")]) == 0
    written = json.loads((tmp_path / "bench.json").read_text("utf-8"))["results"]
    assert set(written) == {"naive", "torch, one channel", "torch, several channels", "memory"}
    assert written["naive"][0]["ratio"][0] == pytest.approx(RATIO)
    assert 20 < written["memory"][0]["mebibytes"] < 2000
    printed = capsys.readouterr()
    assert f"{RATIO:,.1f} ×" in printed.out
    assert printed.err == ""


@pytest.mark.usefixtures("torch")
def test_a_gross_loss_ends_the_short_form_with_1(rates: dict[str, float], capsys: pytest.CaptureFixture[str]) -> None:
    rates["loops"] = rates["convviz"] / 2
    assert main(["bench", "--quick", "--against", "naive"]) == 1
    assert "2.0 ×" in capsys.readouterr().err
    assert main(["bench", "--quick", "--against", "torch"]) == 0
    assert main(["bench", "--against", "naive"]) == 0, "only the short form judges"


@pytest.mark.usefixtures("rates")
def test_a_competitor_that_does_other_work_is_not_timed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(competitors, "naive", lambda problem, total: lambda count: np.ones(count))
    assert main(["bench", "--against", "naive"]) == 1
    printed = capsys.readouterr()
    assert "not the same work" in printed.err
    assert "×" not in printed.out


@pytest.mark.usefixtures("rates")
def test_without_pytorch_a_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(competitors, "has_torch", lambda: False)
    assert main(["bench", "--quick", "--against", "torch"]) == 0
    assert "PyTorch is not installed" in capsys.readouterr().out


def test_a_competitor_that_nobody_knows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--against", "nobody"]) == 2
    assert "nobody" in capsys.readouterr().err
