"""The engine's figures: steps per second against the plain loops and against PyTorch, and its memory."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from convviz.bench import competitors
from convviz.bench.naive import by_loops, by_numpy
from convviz.bench.report import Report, figure_text, ratio_text
from convviz.bench.timing import Figure, ratios, steps_per_second
from convviz.bench.work import Work, chain, demo, several_channels, single_channel
from convviz.i18n import mark, tr

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Steps whose losses are compared before anything is timed.
_CHECKED = 4


#: How the plain loops sum up a window: as results call it, as it is printed, and what does it.
SUMS = {"by numpy": (mark("by NumPy"), by_numpy), "by loops": (mark("number by number"), by_loops)}


@dataclass(frozen=True)
class Effort:
    """How long to measure.

    Attributes
    ----------
    seconds, rounds
        How long one turn of one competitor takes, and how many turns each gets.
    whole
        Every cell of the tables, or only one of each kind.
    """

    seconds: float = 0.3
    rounds: int = 5
    whole: bool = True


#: Long enough to quote, and long enough to see a gross loss.
THOROUGH, QUICK = Effort(), Effort(seconds=0.15, rounds=3, whole=False)


def against_naive(report: Report, effort: Effort) -> None:
    """Print the demo against the plain loops."""
    work = demo()
    report.table(
        "naive",
        tr("The demo against plain loops, steps per second"),
        [(tr("sum over a window"), 24), ("convviz", 30), (tr("plain loops"), 20), (tr("ratio"), 28)],
    )
    for how, (told, total) in SUMS.items():
        _check(competitors.engine(work.problem()), competitors.naive(work.problem(), total), work)
        runners = {
            "convviz": competitors.engine(work.problem()),
            "loops": competitors.naive(work.problem(), total),
        }
        figures = steps_per_second(runners, seconds=effort.seconds, rounds=effort.rounds)
        ratio = ratios(figures["convviz"], figures["loops"])
        report.row(
            [tr(told), figure_text(figures["convviz"]), figure_text(figures["loops"]), ratio_text(ratio)],
            {"work": f"{work.name} {how}", "dtype": work.dtype, **figures, "ratio": ratio},
        )


def against_torch(report: Report, effort: Effort) -> None:
    """Print the cells of the tables against PyTorch."""
    if not competitors.has_torch():
        report.say("\n" + tr("PyTorch is not installed: nothing to compare with (pip install torch)"))
        return
    single = single_channel() if effort.whole else [demo(), *single_channel((64, 256, 512), ((3, 4),))]
    title = tr("One channel: kernel 1 (stride 1) / kernel 2 (stride 2), steps per second")
    _torch_table(report, effort, "torch, one channel", title, single)
    several = list(several_channels())
    title = tr("Several channels, steps per second")
    _torch_table(report, effort, "torch, several channels", title, several if effort.whole else several[:1])


def memory(report: Report, effort: Effort) -> None:
    """Print the peak memory of a whole process without the window that trains at 1024×1024."""
    title = tr("Peak memory of a whole process, 1024×1024, MiB")
    report.table("memory", title, [(tr("work"), 14), ("convviz", 12)])
    for first, second in ((3, 4), (11, 12)) if effort.whole else ((11, 12),):
        peak = _peak_of_process(first, second)
        name = f"1024  {first}/{second}"
        report.row([name, f"{peak:,.0f}"], {"work": name, "mebibytes": peak})


def train_for_memory(first: int, second: int) -> float:
    """Train at 1024×1024 in this process and return the process's own peak, in MiB."""
    Work("", (1, 1024, 1024), chain(first, second), "float64").trainer().run(3)
    return _own_peak()


def _torch_table(report: Report, effort: Effort, name: str, title: str, works: Iterable[Work]) -> None:
    columns = [(tr("work"), 34), (tr("numbers"), 8), ("convviz", 28), ("PyTorch", 26), (tr("ratio"), 24)]
    report.table(name, title, columns)
    for work in works:
        runners = {"convviz": competitors.engine(work.problem())}
        for threads in competitors.torch_threads():
            _check(competitors.engine(work.problem()), competitors.torch(work.problem(), threads), work)
            runners[f"torch {threads}"] = competitors.torch(work.problem(), threads)
        figures = steps_per_second(runners, seconds=effort.seconds, rounds=effort.rounds)
        best = max((f for key, f in figures.items() if key != "convviz"), key=lambda figure: figure.median)
        ratio = ratios(figures["convviz"], best)
        report.row(
            [work.name, work.dtype, _short(figures["convviz"]), _short(best), ratio_text(ratio)],
            {"work": work.name, "dtype": work.dtype, **figures, "ratio": ratio},
        )


def _short(figure: Figure) -> str:
    return figure_text(figure, 0 if figure.median >= 100 else 1)


def _check(ours: competitors.Competitor, theirs: competitors.Competitor, work: Work) -> None:
    competitors.check_same_losses(ours(_CHECKED), theirs(_CHECKED), work.dtype)


def _peak_of_process(first: int, second: int) -> float:
    code = f"from convviz.bench.engine import train_for_memory; print(train_for_memory({first}, {second}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def _own_peak() -> float:
    """Return this process's peak resident memory in MiB, of its own and not of what it was started from."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            line = next(line for line in status if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << (20 if sys.platform == "darwin" else 10))
