"""``convviz bench``: what the program reaches on this machine, measured against others in one run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convviz.cli.arguments import add_choice, output_file
from convviz.cli.exits import DONE, TOO_SLOW
from convviz.cli.telling import complain
from convviz.i18n import mark, tr

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from convviz.bench.engine import Effort
    from convviz.bench.report import Report

SUMMARY = mark("measure engine and window on this machine, against plain loops, PyTorch and pyqtgraph")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    told = tr(
        "against plain loops, or PyTorch (autograd, optim.SGD); can be given twice"
        " (where no option says what to measure: both, and the memory)"
    )
    add_choice(parser, "--against", ("naive", "torch"), told, several=True)
    parser.add_argument("--memory", action="store_true", help=tr("the most memory that a process takes at 1024×1024"))
    parser.add_argument("--gui", action="store_true", help=tr("the complete window while it draws, and at rest"))
    parser.add_argument("--startup", action="store_true", help=tr("how soon the window is there"))
    parser.add_argument("--scrub", action="store_true", help=tr("how soon any step of a long run is shown"))
    parser.add_argument(
        "--quick",
        action="store_true",
        help=tr("a short form; exit code 1 if a ratio is less than half of what was reached"),
    )
    parser.add_argument("--json", type=output_file, metavar="FILE", help=tr("write all readings, as JSON"))


def run(options: argparse.Namespace) -> int:
    """Measure what is asked for; everything that needs no window, if nothing is."""
    from convviz.bench.surroundings import unslowed

    without = unslowed()  # before anything imports NumPy
    from convviz.bench.competitors import OtherWorkError
    from convviz.bench.engine import QUICK, THOROUGH
    from convviz.bench.gate import shortfalls
    from convviz.bench.report import Report

    report = Report()
    report.machine(without)
    try:
        for measure in _measurements(options):
            measure(report, QUICK if options.quick else THOROUGH)
    except OtherWorkError as error:
        complain(str(error))
        return TOO_SLOW
    if options.json is not None:
        report.write(options.json)
    lost = shortfalls(report.results) if options.quick else []
    for sentence in lost:
        complain(sentence)
    return TOO_SLOW if lost else DONE


def _measurements(options: argparse.Namespace) -> Iterator[Callable[[Report, Effort], None]]:
    """Yield what prints each of the tables asked for."""
    from convviz.bench import engine

    wanted = {"naive": "naive" in options.against, "torch": "torch" in options.against, "memory": options.memory}
    of_window = {name: getattr(options, name) for name in ("gui", "startup", "scrub")}
    everything = not any((*wanted.values(), *of_window.values()))
    measures = {"naive": engine.against_naive, "torch": engine.against_torch, "memory": engine.memory}
    for name, measure in measures.items():
        if wanted[name] or everything:
            yield measure
    if not any(of_window.values()):
        return
    from convviz.bench.startup import startup
    from convviz.bench.window import gui, scrub

    for name, measure in {"gui": gui, "startup": startup, "scrub": scrub}.items():
        if of_window[name]:
            yield measure
