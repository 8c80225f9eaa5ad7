"""A script in plain NumPy that goes forward and backward by itself, to be read in a lecture."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from convviz.export.code.numpy_helpers import helpers_for
from convviz.export.code.numpy_pieces import LAYER_PIECES, LOSS_PIECES, OPTIMIZER_PIECES, LayerPiece
from convviz.export.code.script import Writer, function, indented
from convviz.export.code.writing import WIDTH, bracketed, fitted, numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from convviz.export.code.pieces import Place


class NumpyWriter(Writer):
    """Writes every layer's way back out, and the optimizer's arithmetic."""

    needs = "NumPy alone"

    def _before(self, body: str) -> list[str]:
        helpers = helpers_for(body)
        text = "\n".join([body, *helpers])
        lines = ["import math"]
        if "Path(" in text:
            lines.append("from pathlib import Path")
        lines += ["", "import numpy as np"]
        if "sliding_window_view(" in text:
            lines.append("from numpy.lib.stride_tricks import sliding_window_view")
        for helper in helpers:
            lines += ["", "", *helper.splitlines()]
        return [*lines, "", *([""] if helpers else [])]

    def _drawn(self, name: str, expression: str) -> list[str]:
        return fitted(f"{name} = {expression}")

    def _written(self, name: str, array: NDArray[Any]) -> list[str]:
        return numbers(name, array, "np.array", "" if self._dtype == "float64" else f"np.{self._dtype}")

    def _absent_bias(self, place: Place) -> str:
        return f"np.zeros({place.out_shape[0]})"

    @cached_property
    def _pieces(self) -> list[LayerPiece]:
        return [LAYER_PIECES[type(place.layer)](place) for place in self._places]

    def _forward(self) -> list[str]:
        settings = []
        body = []
        for place, piece in zip(self._places, self._pieces, strict=True):
            if piece.settings:
                items = [f'"{name}": {value}' for name, value in piece.settings.items()]
                settings += bracketed(f"how_{place.index} = {{", items, "}", one_each=True)
            body += fitted(f"    {place.y} = {piece.forward}")
        if settings:
            settings = ["", "# How windows walk over the maps", *settings]
        about = "Return the map behind each layer; the last is the reconstruction."
        maps = [place.y for place in self._places]
        return [*settings, *function("forward", [name for _, name in self._names()], about, body, maps)]

    def _maps(self, call: str) -> list[str]:
        """Return the lines that keep all maps."""
        maps = [place.y for place in self._places]
        names = f"{maps[0]}" if len(maps) == 1 else ", ".join(maps)
        if len(f"{names} = {call}") <= WIDTH:
            return [f"{names} = {call}"]
        return ["(", *(f"    {name}," for name in maps), f") = {call}"]

    def _teacher_call(self, names: Sequence[str]) -> list[str]:
        if len(self._places) == 1:
            return bracketed("target = forward(", names, ")")
        return bracketed("*_, target = forward(", names, ")")

    def _loop(self) -> list[str]:
        problem = self._problem
        value, slope = (text.format(**vars(problem.loss)) for text in LOSS_PIECES[type(problem.loss)])
        last = self._places[-1]
        body = [
            *self._maps(f"forward({', '.join(self._student_arguments())})"),
            f"r = {last.y} - target",
            f"losses.append(float({value}))",
            *self._ends(),
        ]
        if self._learned():
            body += ["", "# Backward: dn is the derivative of the loss by xn", f"{last.dy} = {slope}"]
            body += self._backward()
            body += ["", "# Against the gradient", *self._update()]
        state = []
        if self._learned():
            piece = OPTIMIZER_PIECES[type(problem.optimizer)](problem.optimizer)
            state = [f"{names} = [np.zeros_like(each) for each in parameters]" for names in piece.state.values()]
            if (factors := self._factors()) is not None:
                state += ["# On the learning rate, for each of the parameters"]
                state += bracketed("factors = [", list(map(repr, factors)), "]", one_each=True)
            if not self._rate_changes:
                state += [f"rate = {self._rate}"]
        return [*state, "for step in range(steps + 1):", *indented(body)]

    def _backward(self) -> list[str]:
        """Return the derivatives by all parameters; those by maps before the first of them are not needed."""
        first = next(place.index for place in self._places if place.layer.parametrised)
        lines = []
        for place, piece in reversed(list(zip(self._places, self._pieces, strict=True))):
            own = self._problem.initial[place.index]
            for name, expression in piece.grads.items():
                if name in own:
                    lines += fitted(f"    d{name}_{place.index} = {expression}")
            if place.index > first:
                lines += fitted(f"    {place.dx} = {piece.input_grad}")
        return [line[4:] for line in lines]

    def _update(self) -> list[str]:
        optimizer = self._problem.optimizer
        piece = OPTIMIZER_PIECES[type(optimizer)](optimizer)
        gradients = bracketed("gradients = [", [f"d{name}" for name in self._learned()], "]", one_each=True)
        lines = list(gradients)
        clip, decay = getattr(optimizer, "clip", 0.0), getattr(optimizer, "weight_decay", 0.0)
        if clip:
            lines += [
                "norm = math.sqrt(sum(np.sum(gradient**2) for gradient in gradients))",
                f"gradients = [min(1.0, {clip!r} / (norm + 1e-6)) * gradient for gradient in gradients]",
            ]
        if self._rate_changes:
            lines.append(f"rate = {self._rate}")
        pairs = {"parameter": "parameters", "gradient": "gradients", **piece.state}
        rate = "rate"
        if self._factors() is not None:
            pairs["factor"] = "factors"
            rate = "factor * rate"
        head = bracketed(f"for {', '.join(pairs)} in zip(", list(pairs.values()), "):")
        body = [f"gradient = gradient + {decay!r} * parameter"] if decay else []
        return [*lines, *head, *indented([*body, *piece.lines, f"parameter -= {rate} * {piece.direction}"])]
