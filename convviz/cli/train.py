"""``convviz train``: a run without a window."""

from __future__ import annotations

import math
import signal
import sys
import threading
import time
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from convviz.cli.arguments import add_experiment, output_file, run_file, step_count, table_file, whole_number
from convviz.cli.exits import BAD_INPUT, DIVERGED, DONE, INTERRUPTED, UNABLE
from convviz.cli.progress import ProgressBar
from convviz.cli.telling import complain, heard_or_not, one_line, system_error
from convviz.i18n import joined, mark, tr
from convviz.signals import ending_signals

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import FrameType

    from numpy.typing import NDArray

    from convviz.engine import Frame, Trainer
    from convviz.model.experiment import Experiment

SUMMARY = mark("train without a window and print the numbers")

#: The loss is printed whenever so many steps have been made: the least that makes no more than `_ROWS` rows after the
#: first, or the greatest.
_PRINT_EVERY = (1, 2, 5, 10, 20, 50, 100)
_ROWS = 20

#: Ctrl+C is heard, and the bar drawn, about this often, in seconds.
_BREATH = 0.05
#: How many rows of a table are made at a time.
_AT_ONCE = 256
#: From so many times the first loss on, a last one is said to have grown: not where only the last digits differ.
_GREW = 1.01


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    add_experiment(parser)
    parser.add_argument("--steps", type=step_count, metavar="N", help=tr("number of steps instead of the experiment's"))
    parser.add_argument("--seed", type=whole_number, metavar="N", help=tr("draw other initial kernels for the student"))
    parser.add_argument(
        "--output",
        type=run_file,
        metavar="RUN.npz",
        help=tr("write input, target, output, losses, and initial, final and teacher's parameters"),
    )
    parser.add_argument(
        "--plot", type=output_file, metavar="OUT.png|.svg", help=tr("write a plot of the loss, as PNG or SVG")
    )
    parser.add_argument(
        "--table",
        type=table_file,
        metavar="RUN.csv",
        help=tr("write a table with loss, learning rate and parameters of every step"),
    )
    parser.add_argument("--quiet", action="store_true", help=tr("print nothing but errors"))


def run(options: argparse.Namespace) -> int:
    """Train, print, write what was asked for."""
    from convviz.engine import Trainer
    from convviz.model.files import about_file, find_experiment, read_experiment

    if options.plot is not None and not _can_plot(options.plot):
        return UNABLE
    path = find_experiment(options.experiment)
    _check_apart(path, options)
    experiment = _changed(read_experiment(path), options)
    with about_file(path):
        trainer = Trainer(experiment.build())
    if options.table is not None:
        from convviz.export.table import check_parameters

        with _given_by("--table"):
            check_parameters(trainer.problem.network)
    is_kept = any(file is not None for file in _outputs(options).values())
    # Or what was computed would be lost with what is printed, and half of a file left behind by being told to end.
    with heard_or_not() if is_kept else nullcontext(), _told_to_end(signal.default_int_handler):
        return _run(options, experiment, trainer)


def _run(options: argparse.Namespace, experiment: Experiment, trainer: Trainer) -> int:
    from convviz.engine import State

    first = trainer.frame()
    if not options.quiet:
        _print_problem(experiment, first)
    started = time.perf_counter()
    interrupted = _train(trainer, experiment.stop.steps, quiet=options.quiet)
    seconds = time.perf_counter() - started
    last = trainer.frame()
    if not options.quiet:
        _print_result(last)
        print(_ending(trainer, seconds))
        if advice := _advice(trainer, experiment):
            print(advice)
        if told := _standstill(trainer, last):
            print(told)
    diverged = trainer.state is State.DIVERGED
    if diverged:
        complain(_reason(trainer))
    if not _write(options, experiment, trainer, first, last):
        return BAD_INPUT
    return DIVERGED if diverged else INTERRUPTED if interrupted else DONE


def _outputs(options: argparse.Namespace) -> dict[str, Path | None]:
    return {"--output": options.output, "--table": options.table, "--plot": options.plot}


def _check_apart(experiment: Path, options: argparse.Namespace) -> None:
    """Raise `ConfigError` if one file would be written over another, or over the experiment."""
    from convviz.engine.errors import ConfigError

    taken = {experiment.resolve()}
    for option, file in _outputs(options).items():
        if file is None:
            continue
        if file.resolve() in taken:
            raise ConfigError("expected a file for itself alone, received {file}", field=option, file=file)
        taken.add(file.resolve())


def _changed(experiment: Experiment, options: argparse.Namespace) -> Experiment:
    if options.steps is not None:
        with _given_by("--steps"):
            experiment = experiment.replace(stop=experiment.stop.replace(steps=options.steps))
    if options.seed is not None:
        with _given_by("--seed"):
            experiment = experiment.replace(seed=options.seed)
    return experiment


@contextmanager
def _given_by(option: str) -> Iterator[None]:
    """Tell what is wrong as an error of the option, not of the setting that it is for."""
    from convviz.engine.errors import ConvvizError

    try:
        yield
    except ConvvizError as error:
        raise error.at(option) from error


def _can_plot(path: Path) -> bool:
    """Return whether the plot can be drawn at the end, having said why not: better known before the work is done."""
    from convviz import doctor
    from convviz.cli.qt import draw_unseen
    from convviz.export.plot import check_plot_path

    with _given_by("--plot"):
        check_plot_path(path)
    if path.suffix.lower() == ".svg":
        return True
    draw_unseen()
    problems = doctor.obstacles(doctor.examine(platform="offscreen", fonts=False))
    if problems:
        print(doctor.refusal(problems, picture=True), file=sys.stderr)
    return not problems


def _train(trainer: Trainer, goal: int, *, quiet: bool) -> bool:
    """Run until a stop condition is met; return whether Ctrl+C, or what else ends a program, came first."""
    from convviz.engine import State

    bar = ProgressBar(goal, sys.stderr, live=not quiet and sys.stderr.isatty())
    every = next((each for each in _PRINT_EVERY if goal <= _ROWS * each), _PRINT_EVERY[-1])
    chunk, told = 1, 0  # a step may take long; what it takes says how many come next
    with _asked_between_steps() as asked_to_stop:
        while trainer.state is State.PAUSED and not asked_to_stop():
            started = time.perf_counter()
            made = trainer.run(chunk)
            seconds = time.perf_counter() - started
            chunk = max(1, int(made * _BREATH / max(seconds, 1e-6)))
            if not quiet and trainer.current_step >= told:
                bar.clear()
                told = _print_losses(trainer, told, every)
            bar.show(trainer.current_step)
        bar.clear()
        if not quiet and trainer.current_step > max(told - every, 0):
            _print_losses(trainer, trainer.current_step, every)
        return asked_to_stop()


@contextmanager
def _told_to_end(heard: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Call ``heard`` at Ctrl+C, and where ``kill``, a shutdown or a closed terminal tells the program to end."""
    if threading.current_thread() is not threading.main_thread():  # where no signal is ever heard
        yield
        return
    before = {number: signal.signal(number, heard) for number in ending_signals()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _asked_between_steps() -> Iterator[Callable[[], bool]]:
    """Make being told to end a question that is asked between steps; a second time interrupts at once."""
    heard = threading.Event()

    def hear(number: int, frame: FrameType | None) -> None:
        heard.set()
        signal.signal(number, signal.default_int_handler)

    with _told_to_end(hear):
        yield heard.is_set


def _print_problem(experiment: Experiment, first: Frame) -> None:
    print(one_line(tr(experiment.name)))
    _print_array(tr("input {shape}"), first.values[0])
    for index, parameters in enumerate(first.teacher or ()):
        _print_array(tr("teacher's kernel {shape}, {layer}"), parameters.get("weight"), layer=_place(index))
        _print_array(tr("teacher's bias, {layer}"), parameters.get("bias"), layer=_place(index))
    _print_array(tr("target {shape}"), first.target)
    _print_student(first)
    print("\n" + tr("    step  loss"))


def _print_losses(trainer: Trainer, first: int, every: int) -> int:
    """Print the loss of step ``first`` and of those after it at a fixed distance; return which step comes next."""
    losses, now = trainer.losses, trainer.current_step
    steps = range(first, now + 1, every)
    lines = (f"{step:>8}  {losses[step] if step < now else trainer.loss:.10g}" for step in steps)
    print("\n".join(lines), flush=True)
    return first + len(steps) * every


def _print_result(last: Frame) -> None:
    _print_student(last)
    _print_array(tr("reconstruction {shape}"), last.output)
    print()


def _print_student(frame: Frame) -> None:
    kernel = tr("student's kernel {shape}, {layer}, after step {step}")
    bias = tr("student's bias, {layer}, after step {step}")
    for index, parameters in enumerate(frame.parameters):
        _print_array(kernel, parameters.get("weight"), layer=_place(index), step=frame.step)
        _print_array(bias, parameters.get("bias"), layer=_place(index), step=frame.step)


def _place(index: int) -> str:
    """Return a layer as the experiment's file and its errors call it: from 0, unlike the window."""
    return f"layers[{index}]"


def _print_array(heading: str, array: NDArray[Any] | None, **places: object) -> None:
    from convviz.export.text import matrix_text
    from convviz.model.experiment import shape_text

    if array is not None:
        shape = array.shape[1:] if array.ndim == 4 and array.shape[0] == 1 else array.shape
        print("\n" + heading.format(shape=shape_text(shape), **places))
        print(matrix_text(array))


def _ending(trainer: Trainer, seconds: float) -> str:
    """Return how the run ended, but for a divergence, which is told as an error."""
    from convviz.engine import State

    sentence = tr("{reason}: loss {first_loss} at first, {loss} now; {seconds} s, {rate} steps/s")
    if trainer.state is State.DIVERGED:
        sentence = tr("loss {first_loss} at first, {loss} now; {seconds} s, {rate} steps/s")
    return sentence.format(
        reason=_reason(trainer),
        first_loss=f"{trainer.initial_loss:.10g}",
        loss=f"{trainer.loss:.10g}",
        seconds=f"{seconds:.3g}",
        rate=f"{trainer.current_step / max(seconds, 1e-9):,.0f}",
    )


def _standstill(trainer: Trainer, last: Frame) -> str:
    """Return why nothing was learned any more at the end, and since when; nothing where that is not so."""
    from convviz.engine.standstill import last_open, standstill

    found = standstill(last)
    if found is None:
        return ""
    reason = tr(found.obstacle.value).format(layer="" if found.layer is None else _place(found.layer))
    came = last_open(trainer.frame, last.step)
    if came is None:
        return tr("Nothing is learned any more: {reason}.").format(reason=reason)
    return tr("Nothing is learned any more: from step {step} on, {reason}.").format(step=f"{came + 1:,}", reason=reason)


def _advice(trainer: Trainer, experiment: Experiment) -> str:
    """Return that the loss grew, and what could be tried then; nothing where it did not, or no step was made."""
    from convviz.engine.rates import rate_worth_trying

    first, last = trainer.initial_loss, trainer.loss
    if trainer.current_step == 0 or last <= _GREW * first:  # one that is not finite any more is not
        return ""
    told = []
    if math.isfinite(last):
        told.append(tr("The loss grew from {first} to {last}.").format(first=f"{first:.4g}", last=f"{last:.4g}"))
    received = experiment.optimizer.learning_rate
    rate = rate_worth_trying(trainer.problem, received)
    if rate is not None:
        sentence = tr("A smaller learning rate may help: try {rate} instead of {received}.")
        told.append(sentence.format(rate=f"{rate:g}", received=f"{received:g}"))
    return joined(told)


def _reason(trainer: Trainer) -> str:
    from convviz.engine import StopReason

    sentences = {
        StopReason.NONE: tr("interrupted after step {step}"),
        StopReason.STEPS: tr("finished after step {step}"),
        StopReason.LOSS_BELOW: tr("finished after step {step}, the loss is low enough"),
        StopReason.NO_PROGRESS: tr("finished after step {step}, the loss falls no further"),
        StopReason.DIVERGED: tr("diverged at step {step}: the loss is no longer a finite number"),
        StopReason.MEMORY: tr("stopped after step {step}: no more losses can be kept"),
    }
    return sentences[trainer.reason].format(step=trainer.current_step)


def _write(options: argparse.Namespace, experiment: Experiment, trainer: Trainer, first: Frame, last: Frame) -> bool:
    """Write what was asked for, as much of it as can be written, and return whether that was all."""
    writers = {"output": _write_run, "table": _write_table, "plot": _write_plot}
    written = True
    for name, write in writers.items():
        path = getattr(options, name)
        if path is None:
            continue
        try:
            write(path, experiment, trainer, first, last)
        except OSError as error:  # the others may have a place
            complain(system_error(error))
            written = False
    return written


def _write_run(path: Path, experiment: Experiment, trainer: Trainer, first: Frame, last: Frame) -> None:
    from convviz.export.run import run_arrays, write_run

    write_run(path, run_arrays(last, first.parameters, trainer.losses))


def _write_table(path: Path, experiment: Experiment, trainer: Trainer, first: Frame, last: Frame) -> None:
    from convviz.engine.rows import rows_of
    from convviz.export.table import write_table

    steps = range(trainer.current_step + 1)
    parts = (steps[start : start + _AT_ONCE] for start in range(0, len(steps), _AT_ONCE))
    write_table(path, trainer.problem.network, (rows_of(trainer, part) for part in parts))


def _write_plot(path: Path, experiment: Experiment, trainer: Trainer, first: Frame, last: Frame) -> None:
    import numpy as np

    from convviz.export.plot import loss_plot

    losses = np.append(trainer.losses, last.loss)
    if np.isfinite(losses[0]):
        loss_plot(losses, path, title=tr(experiment.name))
    else:
        complain(tr("{file}: not written, for there is no finite loss to be drawn").format(file=path))
