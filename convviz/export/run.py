"""A run's numbers as a file that NumPy reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from convviz.storage import replacing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from convviz.engine.frames import Frame


def run_arrays(
    frame: Frame, initial: Sequence[Mapping[str, NDArray[Any]]], losses: NDArray[Any]
) -> dict[str, NDArray[Any]]:
    """Return the arrays of a run by name.

    Parameters
    ----------
    frame
        The last one: its parameters are the final ones, its output the reconstruction.
    initial
        The student's parameters before the first update, one mapping a layer.
    losses : (steps,)
        Before each update.

    Returns
    -------
    dict
        ``input``, ``target``, ``output``, ``losses``, and for each layer *i* with parameters ``initial.{i}.weight``,
        ``initial.{i}.bias``, the same with ``final`` and, unless the target was given, with ``teacher``.
    """
    arrays = {"input": frame.values[0], "target": frame.target, "output": frame.output, "losses": losses}
    for role, layers in (("initial", initial), ("final", frame.parameters), ("teacher", frame.teacher or ())):
        for index, parameters in enumerate(layers):
            arrays |= {f"{role}.{index}.{name}": np.asarray(values) for name, values in parameters.items()}
    return arrays


def step_arrays(frame: Frame) -> dict[str, NDArray[Any]]:
    """Return every number of one step by name.

    Returns
    -------
    dict
        ``input``, ``target``, ``output`` and ``residual``; for each layer *i* its output ``map.{i}`` and the loss's
        derivative by it ``map_gradient.{i}``; for each with parameters ``parameters.{i}.weight``,
        ``parameters.{i}.bias``, the same with ``gradients``, with ``teacher`` unless the target was given, and with
        what the optimizer remembers (``velocity``, …); ``input_gradient`` where the frame has it; and as single numbers
        ``step``, ``loss`` and ``learning_rate``.
    """
    arrays = {
        "input": frame.values[0],
        "target": frame.target,
        "output": frame.output,
        "residual": frame.residual,
        "step": np.asarray(frame.step),
        "loss": np.asarray(frame.loss),
        "learning_rate": np.asarray(frame.learning_rate),
    }
    input_gradient, *gradients = frame.value_grads
    if input_gradient is not None:
        arrays["input_gradient"] = input_gradient
    arrays |= {f"map.{index}": values for index, values in enumerate(frame.values[1:])}
    arrays |= {f"map_gradient.{index}": made for index, made in enumerate(gradients) if made is not None}
    remembered = {name: frame.problem.network.views(vector) for name, vector in frame.optimizer_state.items()}
    roles = {"parameters": frame.parameters, "gradients": frame.gradients, "teacher": frame.teacher or (), **remembered}
    for role, layers in roles.items():
        for index, parameters in enumerate(layers):
            arrays |= {f"{role}.{index}.{name}": np.asarray(values) for name, values in parameters.items()}
    return arrays


def write_run(path: Path, arrays: dict[str, Any]) -> None:
    """Write arrays to an ``.npz`` file, under exactly the name that was given, all of it or nothing."""
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, **arrays)
