"""Training steps laid out in memory: why a step costs so little.

Everything that a step needs is allocated and looked up when it is laid out, none of it while it runs:

- The parameters of all layers are one vector, and their gradients, which the optimizer turns into the direction of the
  step, are another. The two lie behind one another, as the rows of a matrix. So the update of all layers is one
  product, (−length, 1) · (direction, parameters), and as it goes to a row of a table, it is recorded in the same go.
  Behind the parameters lies a −1: the weight of the target, where the product of the last layer can take that in.
- The calls of the forward pass, the loss, the backward pass and the update take no arguments: each was given the
  memory that it reads and writes. Many steps are laid out behind one another as one flat tuple, and running them is
  one loop over it.
- Where the loss's derivative is a number times the residual, and the step goes against the gradient itself, the way
  back is gone with the residual, and the number lengthens the step.
- What differs from step to step is a row of a table, one row for each of the steps: the residual and the new state are
  written to it, the learning rate is read from it. So the losses of all steps are one reduction at the end, and nothing
  is looked up, checked or converted in between. The loss of a large residual is found at once instead, while that is in
  the cache.
- A large network is cut into tiles, which are gone through forth and back at the same time (`convviz.engine.tiles`).

How many steps are laid out is a matter of the cache that the tables should stay in, never of the results: each step
computes the same from the same state, whichever row it uses.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from convviz.engine.memory import aligned, run
from convviz.engine.optimizers import OptimizerSlots
from convviz.engine.tiles import BoundTiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from convviz.engine.losses import Loss
    from convviz.engine.memory import Array, Call
    from convviz.engine.network import Network
    from convviz.engine.optimizers import Direction, Optimizer

#: The tables together take about this many bytes, and hold at most so many steps.
_TABLES = 1 << 18
_MOST = 128
#: A residual of more bytes is not recorded.
_RECORDED = 1 << 13


class Evaluation(NamedTuple):
    """What a state makes of the input, and what the loss says to it. The arrays belong to whoever asked.

    Attributes
    ----------
    loss
    values : tuple of (C, H, W), one per layer
    value_grads : tuple of (C, H, W) or None, one more than layers
        The derivatives by the input, if that was wanted, and by each of `values`.
    residual : (C, H, W)
    """

    loss: float
    values: tuple[Array, ...]
    value_grads: tuple[Array | None, ...]
    residual: Array


class Steps:
    """Steps of one network on one input and target.

    Attributes
    ----------
    parameters, gradients : (P,)
        The present parameters, which whoever trains may set, and what `evaluate` finds.
    states : (rows + 1, S)
        The state before each of the steps that were made last, and after the last of them.
    rows
        How many steps can be made at once.
    """

    def __init__(self, network: Network, x: Array, target: Array, loss: Loss, optimizer: Optimizer) -> None:
        size, dtype = network.size, network.dtype
        # the optimizer's own vectors, the direction (which is the gradients' memory), the parameters and their −1
        vectors = len(optimizer.state_names) + 2
        memory = aligned(vectors * size + 1, dtype)
        memory[-1] = -1
        self._memory: Array = memory[:-1].reshape(vectors, size)
        self._own, self.gradients, self.parameters = self._memory[:-2], self._memory[-2], self._memory[-1]
        self._tiles = BoundTiles(network, x, memory[-size - 1 :], self.gradients)
        self._loss = loss
        self._targets = self._tiles.split(target)
        self._residuals = tuple(aligned(part.size, dtype) for part in self._targets)
        self._differences = self._bind_differences(self._residuals)
        self._shares = [loss.share(part.size, target.size) for part in self._targets]
        self._loss_gradients = tuple(loss.bind(part.grads[-1].flat, target.size) for part in self._tiles.parts)
        self._recorded = len(self._targets) == 1 and self._residuals[0].nbytes <= _RECORDED
        width, recorded = size * (1 + len(optimizer.state_names)), target.size if self._recorded else 0
        self.rows = max(1, min(_MOST, _TABLES // max(1, (recorded + width) * dtype.itemsize)))
        self.states: Array = np.zeros((self.rows + 1, width), dtype)
        self._table: Array = np.zeros((self.rows, recorded), dtype)
        self._losses = np.zeros((self.rows, len(self._targets)))
        self._coefficients: Array = np.zeros((self.rows, optimizer.coefficient_count), dtype)
        self._factors: Array = np.ones((self.rows, 2), dtype)
        self._direction = self._bind_optimizer(network, optimizer)
        factor = loss.factor(target.size)
        self._goes_with_residual = factor is not None and not self._direction(self._coefficients_of(0))
        self._lengthening = factor if factor is not None and self._goes_with_residual else 1.0
        if self._goes_with_residual:
            flows = self._bind_differences([part.grads[-1].flat for part in self._tiles.parts])
        else:
            flows = self._differences
        steps = [self._calls_of(row, [calls for calls, _ in flows]) for row in range(self.rows)]
        self._calls_per_step = len(steps[0])
        self._calls = tuple(call for step in steps for call in step)

    @property
    def state(self) -> Array:
        """A copy of the state (S,): the parameters, then each of the optimizer's vectors. Whoever trains may set it."""
        return np.concatenate((self.parameters, self._own.reshape(-1)))

    @state.setter
    def state(self, state: Array) -> None:
        size = self.parameters.size
        self.parameters[:] = state[:size]
        self._own[:] = state[size:].reshape(self._own.shape)

    def run(self, coefficients: Array) -> NDArray[np.float64]:
        """Make as many steps as ``coefficients`` (K, …) has rows, at most `rows`; return their losses (K,).

        If anything is raised in between, no step was made.
        """
        count = len(coefficients)
        self._coefficients[:count] = coefficients
        self._factors[:count, 0] = -self._lengthening * self._coefficients[:count, 0]
        self.states[0] = self.state
        try:
            run(self._calls[: count * self._calls_per_step])
        except BaseException:
            self.state = self.states[0]
            raise
        if self._recorded:
            return self._loss.of_residuals(self._table[:count])
        losses: NDArray[np.float64] = self._losses[:count].sum(axis=1)
        return losses

    def loss(self) -> float:
        """Return the loss at the present state; only the network's buffers change."""
        run(self._tiles.together([calls for calls, _ in self._differences]))
        return self._loss_of_residuals()

    def _loss_of_residuals(self) -> float:
        return float(
            sum(_loss_of(self._loss, part, share) for part, share in zip(self._residuals, self._shares, strict=True))
        )

    def evaluate(self, input_grad: bool) -> Evaluation:
        """Compute every value and every derivative at the present state, those by the parameters into `gradients`.

        Parameters
        ----------
        input_grad
            Whether the derivative by the input is wanted too.
        """
        tiles = zip(self._tiles.parts, self._loss_gradients, self._residuals, self._differences, strict=True)
        jobs = [
            (
                *forth,
                *left,
                *gradient(residual),
                *part.backward,
                *part.hidden_backward,
                *(part.input_backward if input_grad else ()),
            )
            for part, gradient, residual, (forth, left) in tiles
        ]
        run((*self._tiles.together(jobs), *self._tiles.sum_gradients))
        grads = self._tiles.grads(0 if input_grad else 1)
        return Evaluation(
            loss=self._loss_of_residuals(),
            values=self._tiles.values(),
            value_grads=grads if input_grad else (None, *grads),
            residual=self._tiles.join(self._residuals),
        )

    def _bind_optimizer(self, network: Network, optimizer: Optimizer) -> Direction:
        """Return what makes the calls of a step that turn the gradients into the direction."""
        parameters, gradients = self.parameters, self.gradients
        slots = OptimizerSlots(parameters, gradients, tuple(self._own), work=np.zeros_like(parameters))
        direction = optimizer.bind(slots)
        scales = network.rate_scales()
        if np.all(scales == 1):
            return direction
        return lambda coefficients: (*direction(coefficients), partial(np.multiply, gradients, scales, gradients))

    def _coefficients_of(self, row: int) -> tuple[Array, ...]:
        """Return each of the optimizer's coefficients for the step of a row, as an array like the parameters."""
        size = self.parameters.size
        return tuple(
            np.broadcast_to(self._coefficients[row, c : c + 1], size) for c in range(self._coefficients.shape[1])
        )

    def _bind_differences(self, residuals: Sequence[Array]) -> list[tuple[tuple[Call, ...], tuple[Call, ...]]]:
        """Return for each tile the calls that go forth to its residual, and those that fill what these leave out."""
        tiles = zip(self._tiles.parts, self._targets, residuals, strict=True)
        return [part.difference(target, residual) for part, target, residual in tiles]

    def _calls_of(self, row: int, forth: Sequence[tuple[Call, ...]]) -> tuple[Call, ...]:
        """Return the calls of the step of a row, which goes ``forth`` through each tile by these."""
        size = self.parameters.size
        after = self.states[row + 1]
        jobs = [(*calls, *self._back(row, tile)) for tile, calls in enumerate(forth)]
        calls: list[Call] = [
            *self._tiles.together(jobs),
            *self._tiles.sum_gradients,
            *self._direction(self._coefficients_of(row)),
            partial(self._factors[row].dot, self._memory[-2:], after[:size]),
            partial(self.parameters.__setitem__, ..., after[:size]),
        ]
        if after.size > size:
            calls.append(partial(after[size:].__setitem__, ..., self._own.reshape(-1)))
        return tuple(calls)

    def _back(self, row: int, tile: int) -> tuple[Call, ...]:
        """Return the calls that record a tile's residual, or its share of the loss, and go back through it."""
        part, residual = self._tiles.parts[tile], self._residuals[tile]
        gradient = self._loss_gradients[tile](residual)
        if self._goes_with_residual:
            residual, gradient = part.grads[-1].flat, ()
        record = partial(_record, self._losses[row, tile : tile + 1], self._loss, residual, self._shares[tile])
        if self._recorded:
            record = partial(self._table[row].__setitem__, ..., residual)
        return record, *gradient, *part.backward


# plain functions: a call that held on to its `Steps`, which hold on to it, would outlive it


def _loss_of(loss: Loss, residual: Array, share: float) -> float:
    """Return what the residual of a tile adds to the loss."""
    return float(loss.of_residuals(residual[None])[0]) * share


def _record(cell: Array, loss: Loss, residual: Array, share: float) -> None:
    cell[0] = _loss_of(loss, residual, share)
