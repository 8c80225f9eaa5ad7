"""The parts of the benchmark: what counts as the same work, what a median is of, and what is printed and kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from convviz.bench import competitors, engine, naive
from convviz.bench.gate import REACHED, SHARE, shortfalls
from convviz.bench.report import Report
from convviz.bench.surroundings import SLOWING
from convviz.bench.timing import Figure, percentile, ratios, steps_per_second
from convviz.bench.work import DTYPES, KERNELS, SIZES, Work, chain, demo, several_channels, single_channel
from convviz.engine import SGD

if TYPE_CHECKING:
    from pathlib import Path

    from convviz.engine import Problem

SMALL = Work("small", (1, 12, 11), chain(3, 4), "float64")


def learning(work: Work, rate: float = 1e-5) -> Problem:
    """Return what is learned at a rate at which something is."""
    return replace(work.problem(), optimizer=SGD(learning_rate=rate))


def losses(make: object, work: Work, steps: int = 6, rate: float = 1e-5) -> np.ndarray:
    return make(learning(work, rate))(steps)


# the same work


@pytest.mark.parametrize("total", [naive.by_numpy, naive.by_loops])
def test_the_plain_loops_do_the_engine_s_work(total: naive.Sum) -> None:
    ours = losses(competitors.engine, SMALL)
    theirs = losses(partial(competitors.naive, total=total), SMALL)
    assert ours[-1] < 0.999 * ours[0], "nothing was learned, so nothing was compared"
    assert competitors.check_same_losses(ours, theirs, "float64") < 1e-12


@pytest.mark.parametrize("work", [SMALL, *several_channels()], ids=lambda work: f"{work.name} {work.dtype}")
def test_pytorch_does_the_engine_s_work(work: Work) -> None:
    pytest.importorskip("torch")
    small = replace(work, shape=(work.shape[0], 14, 13))
    theirs = competitors.torch(learning(small), 1)(6)
    competitors.check_same_losses(losses(competitors.engine, small), theirs, work.dtype)


def test_a_competitor_goes_on_from_where_it_stopped() -> None:
    whole = losses(competitors.naive, SMALL)
    for make in (competitors.engine, competitors.naive):
        run = make(learning(SMALL))
        np.testing.assert_allclose(np.concatenate([run(2), run(4)]), whole, rtol=1e-12)


@pytest.mark.parametrize(
    "theirs",
    [[3.0, 2.0, 1.1], [3.0, 2.0], [3.0, np.nan, 1.0], [0.0, 2.0, 1.0]],
    ids=["another loss", "fewer", "not a number", "zero"],
)
def test_other_work_is_refused(theirs: list[float]) -> None:
    ours = np.array([3.0, 2.0, 1.0])
    assert competitors.check_same_losses(ours, ours, "float64") == 0
    with np.errstate(all="ignore"), pytest.raises(competitors.OtherWorkError, match=r"float64.*not timed"):
        competitors.check_same_losses(ours, np.array(theirs), "float64")


def test_a_layer_that_a_competitor_leaves_out_is_noticed() -> None:
    """The plain loops know convolutions only: what they make of anything else is other work."""
    work = next(work for work in several_channels() if work.dtype == "float64")
    narrow = replace(work, layers=(chain(3, 4)[0], work.layers[1], chain(3, 4)[1]), shape=(1, 12, 12))
    with pytest.raises(competitors.OtherWorkError):
        competitors.check_same_losses(losses(competitors.engine, narrow), losses(competitors.naive, narrow), "float64")


# the work


def test_the_tables_have_every_cell_that_is_possible() -> None:
    names = [(work.name, work.dtype) for work in single_channel()]
    assert len(set(names)) == len(names)
    impossible = sum(first + second - 1 > size for size in SIZES for first, second in KERNELS)
    assert len(names) == (len(SIZES) * len(KERNELS) - impossible) * len(DTYPES)
    assert (demo().name, demo().dtype) in names


def test_a_work_is_always_the_same() -> None:
    for one, other in zip(demo().problem().initial, demo().problem().initial, strict=True):
        np.testing.assert_array_equal(one["weight"], other["weight"])


# measuring


def test_competitors_take_turns() -> None:
    """Each turn has a beginning that does not count, in which the threads of the one before come to rest."""
    turns: list[str] = []
    runners = {name: (lambda count, name=name: turns.append(name)) for name in "AB"}
    figures = steps_per_second(runners, seconds=1e-9, rounds=3)
    assert "".join(turns[-12:]) == "AABBAABBAABB"
    assert [len(figure.readings) for figure in figures.values()] == [3, 3]


def test_a_ratio_is_taken_round_by_round() -> None:
    ratio = ratios(Figure((8.0, 20.0, 30.0)), Figure((4.0, 5.0, 6.0)))
    assert ratio.readings == (2.0, 4.0, 5.0)
    assert (ratio.median, ratio.low, ratio.high) == (4.0, 2.0, 5.0)


@pytest.mark.parametrize(("percent", "expected"), [(0, 1), (50, 50), (99, 99), (100, 100)])
def test_percentiles_are_readings(percent: float, expected: int) -> None:
    assert percentile(range(100, 0, -1), percent) == expected


# the report


@pytest.fixture
def report() -> Report:
    """Return a report with one row."""
    report = Report()
    report.table("torch, one channel", "Title", [("work", 8), ("ratio", 10)])
    ratio = Figure((1.0, 2.0, 3.0))
    report.row(["64  3/4", "2.0 ×"], {"work": "64  3/4", "dtype": "float64", "ratio": ratio})
    return report


def test_tables_are_aligned(capsys: pytest.CaptureFixture[str], report: Report) -> None:
    _, title, heading, rule, row = capsys.readouterr().out.splitlines()
    assert title == "Title"
    assert heading == "work" + " " * 11 + "ratio"
    assert rule == "─" * 20
    assert row == "64  3/4" + " " * 8 + "2.0 ×"


def test_all_readings_are_written(report: Report, tmp_path: Path) -> None:
    report.write(tmp_path / "bench.json")
    written = json.loads((tmp_path / "bench.json").read_text("utf-8"))
    assert written["results"]["torch, one channel"] == [
        {"work": "64  3/4", "dtype": "float64", "ratio": [1.0, 2.0, 3.0]}
    ]
    assert written["numpy"] == np.__version__


def test_what_slows_numpy_down_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in SLOWING:
        monkeypatch.delenv(name, raising=False)
    Report().machine()
    assert "OPENBLAS" not in capsys.readouterr().out
    monkeypatch.setenv(SLOWING[0], "Haswell")
    Report().machine()
    printed = capsys.readouterr().out
    assert SLOWING[0] in printed
    assert SLOWING[1] not in printed


@pytest.mark.parametrize("imported", [False, True])
def test_what_slows_numpy_down_is_taken_away_in_time(imported: bool) -> None:
    """From the process and from those it starts, unless NumPy has read it."""
    program = f"""
import os
{"import numpy" if imported else ""}
from convviz.bench.surroundings import slowing, unslowed
print(*unslowed(), "/", *slowing(), "/", "{SLOWING[1]}" in os.environ)
"""
    environment = {**os.environ, SLOWING[1]: "512"}
    environment.pop(SLOWING[0], None)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.split() == (["/", SLOWING[1], "/", "True"] if imported else [SLOWING[1], "/", "/", "False"])


# the gate


def test_a_gross_loss_is_named_and_noise_is_not() -> None:
    (table, work, dtype), reached = next(iter(REACHED.items()))

    def rows(ratio: float) -> dict[str, list[dict[str, object]]]:
        return {table: [{"work": work, "dtype": dtype, "ratio": [0.0, ratio, 1e9]}], "memory": [{"work": "any"}]}

    assert shortfalls(rows(SHARE * reached * 1.01)) == []
    (sentence,) = shortfalls(rows(SHARE * reached * 0.99))
    assert work in sentence
    assert dtype in sentence


def test_what_was_not_measured_is_not_missed() -> None:
    assert shortfalls({}) == []


def test_every_limit_is_of_a_row_that_is_printed() -> None:
    printed = {("naive", f"{demo().name} {how}", demo().dtype) for how in engine.SUMS}
    printed |= {("torch, one channel", work.name, work.dtype) for work in single_channel()}
    printed |= {("torch, several channels", work.name, work.dtype) for work in several_channels()}
    assert REACHED.keys() <= printed
