"""A script in PyTorch, which finds the derivatives by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convviz.export.code.pieces import arguments
from convviz.export.code.script import Writer, function, indented
from convviz.export.code.torch_pieces import LAYER_PIECES, LOSS_PIECES, OPTIMIZER_PIECES
from convviz.export.code.writing import bracketed, fitted, numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from convviz.export.code.pieces import Place


class TorchWriter(Writer):
    """Writes the layers as functions of PyTorch, and takes its optimizers."""

    needs = "NumPy and PyTorch"

    def _before(self, body: str) -> list[str]:
        lines = ["import math"]
        if "Path(" in body:
            lines.append("from pathlib import Path")
        lines.append("")
        if "np." in body:
            lines.append("import numpy as np")
        return [*lines, "import torch", "import torch.nn.functional as F", ""]

    def _drawn(self, name: str, expression: str) -> list[str]:
        return fitted(f"{name} = torch.from_numpy({expression})")

    def _written(self, name: str, array: NDArray[Any]) -> list[str]:
        return numbers(name, array, "torch.tensor", f"torch.{self._dtype}")

    def _absent_bias(self, place: Place) -> str:
        return "None"

    def _forward(self) -> list[str]:
        body = []
        for place in self._places:
            body += fitted(f"    {place.y} = {LAYER_PIECES[type(place.layer)](place)}")
        about = "Return the reconstruction: what the layers make of the input."
        result = [self._places[-1].y]
        return function("forward", [name for _, name in self._names()], about, body, result)

    def _teacher_call(self, names: Sequence[str]) -> list[str]:
        return bracketed("target = forward(", names, ")")

    def _loop(self) -> list[str]:
        problem = self._problem
        loss = LOSS_PIECES[type(problem.loss)].format(**vars(problem.loss))
        body = [
            f"y = forward({', '.join(self._student_arguments())})",
            f"loss = {loss}",
            "losses.append(loss.item())",
            *self._ends(),
        ]
        if not self._learned():
            return ["for step in range(steps + 1):", *indented(body)]
        clip = getattr(problem.optimizer, "clip", 0.0)
        return [
            *self._optimizer(),
            "for step in range(steps + 1):",
            *indented(
                [
                    *body,
                    "",
                    "optimizer.zero_grad()",
                    "loss.backward()",
                    *([f"torch.nn.utils.clip_grad_norm_(parameters, {clip!r})"] if clip else []),
                    *self._set_rate(),
                    "optimizer.step()",
                ]
            ),
        ]

    def _optimizer(self) -> list[str]:
        optimizer = self._problem.optimizer
        name, settings_of = OPTIMIZER_PIECES[type(optimizer)]
        settings = {"lr": optimizer.learning_rate, **settings_of(optimizer)}
        if decay := getattr(optimizer, "weight_decay", 0.0):
            settings["weight_decay"] = decay
        told = arguments(settings)
        lines = ["for parameter in parameters:", "    parameter.requires_grad_()"]
        factors = self._factors()
        if factors is None:
            return [*lines, *fitted(f"optimizer = torch.optim.{name}(parameters{told})")]
        lines += ["# On the learning rate, for each of the parameters"]
        lines += bracketed("factors = [", list(map(repr, factors)), "]", one_each=True)
        lines.append('groups = [{"params": [parameter]} for parameter in parameters]')
        lines += fitted(f"optimizer = torch.optim.{name}(groups{told})")
        return lines if self._rate_changes else [*lines, *self._set_groups(repr(optimizer.learning_rate))]

    def _set_rate(self) -> list[str]:
        """Return what gives a step the rate that is its own."""
        return self._set_groups(self._rate) if self._rate_changes else []

    def _set_groups(self, rate: str) -> list[str]:
        if self._factors() is None:
            return ["for group in optimizer.param_groups:", f'    group["lr"] = {rate}']
        return [
            "for group, factor in zip(optimizer.param_groups, factors):",
            f'    group["lr"] = factor * ({rate})' if " " in rate else f'    group["lr"] = factor * {rate}',
        ]
