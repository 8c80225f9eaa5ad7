"""An experiment as a script that gives the same losses without this program.

The script is short, needs nothing but its framework, and is English whatever language is spoken: it is code. What an
experiment has of numbers stands in it where they are few, is drawn where NumPy's generators make exactly the same ones,
and lies in an ``.npz`` file beside the script otherwise.

The same, but for rounding: a framework adds up in another order, so that the first step agrees to the last digits and
no further. Most runs make nothing of that. Two kinds do: one that is chaotic, as with a learning rate so large that the
loss jumps about, and one whose optimizer, Adam or RMSprop, divides a gradient by its own size, be it ever so small.
Where a unit is saturated or a weight has converged, all of a gradient is rounding, and still it makes a whole step, the
sooner the shorter beta 2 or the decay remembers and the smaller epsilon is. What differs then is no formula: the run
itself parts as far from one whose initial kernels differ in the last digit. In single precision a square that overflows
does so a step earlier or later for the same reason.

A new layer, loss or optimizer needs a piece of code in `numpy_pieces` and one in `torch_pieces`, a new schedule one in
`pieces`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from convviz.engine.errors import ConfigError
from convviz.export.code.numpy_script import NumpyWriter
from convviz.export.code.script import MOST_NUMBERS, Script, Writer
from convviz.export.code.torch_script import TorchWriter
from convviz.export.run import write_run
from convviz.storage import replacing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from convviz.engine.problem import Problem

__all__ = ["FRAMEWORKS", "MOST_NUMBERS", "Script", "arrays_path", "script_of", "write_script"]

#: What a script can be written in, by the word on the command line.
FRAMEWORKS: dict[str, type[Writer]] = {"torch": TorchWriter, "numpy": NumpyWriter}


def script_of(
    problem: Problem,
    framework: str,
    *,
    recipes: Mapping[str, str] | None = None,
    title: str = "",
    notes: str = "",
    stored_as: str = "arrays.npz",
) -> Script:
    """Return the script that makes the run of a problem from its first step on.

    Parameters
    ----------
    problem
        What is learned, and how.
    framework
        One of `FRAMEWORKS`.
    recipes
        For arrays that can be drawn, the expressions that draw them in float64: ``input``, ``target``, and for layer
        *i* ``initial.{i}.weight``, ``initial.{i}.bias`` and the same with ``teacher``. They may draw from ``rng``,
        which is what stands under ``initial.{i}`` or ``teacher.{i}``.
    title, notes
        What is said of it in the script's first lines.
    stored_as
        The name of the file beside it in which large arrays lie, if there are any.
    """
    return FRAMEWORKS[framework](problem, recipes or {}, stored_as).write(title, notes)


def write_script(path: Path, script: Script) -> None:
    """Write a script, and the arrays that are too large for it beside it, each file whole or not at all.

    Raises
    ------
    ConfigError
        If the script would be imported in place of what it needs itself.
    OSError
        If a file cannot be written.
    """
    if path.stem in {*FRAMEWORKS, *sys.stdlib_module_names}:
        raise ConfigError(
            "expected a name that no module has which the script may import, received {received}", received=path.name
        )
    if script.arrays:
        write_run(arrays_path(path), dict(script.arrays))
    with replacing(path) as temporary:
        temporary.write_text(script.text, encoding="utf-8")


def arrays_path(path: Path) -> Path:
    """Return where the arrays of the script at ``path`` lie."""
    return path.with_suffix(".npz")
