"""Training steps laid out in memory: why a step costs so little.

Everything that a step needs is allocated and looked up when it is laid out, none of it while it runs:

- The parameters of all layers are one vector, and their gradients, which the optimizer turns into the direction of the
  step, are another. The two are neighbouring rows of a matrix. So the update of all layers is one product,
  (−learning rate, 1) · (direction, parameters), and because it is written to a row of a table, it is also recorded.
  Behind the parameters a −1 is stored: the weight of the target, if the product of the last layer can subtract that.
- The calls of the forward pass, the loss, the backward pass and the update take no arguments: each was given the
  memory that it reads and writes. The calls of many steps are one flat tuple, and running them is one loop over it.
- If the derivative of the loss is a factor times the residual, and the optimizer steps along the gradient itself, the
  residual is propagated back instead of the derivative, and the learning rate is multiplied by the factor.
- What differs from step to step is in tables with a row for each step: the residual and the new state are written to
  them, the learning rate is read from them. So the losses of all steps are one reduction at the end, and nothing is
  looked up, checked or converted in between. A large residual is not recorded; its loss is computed at once, while it
  is still in the cache.
- A large network is cut into tiles, whose forward and backward passes run at the same time (`convviz.engine.tiles`).

How many steps are laid out depends on the size of the tables, which should stay in the cache, and has no influence on
the results: each step computes the same from the same state, whichever row it uses.
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

#: About how many bytes the tables take together, and how many steps they hold at most.
_TABLES = 1 << 18
_MOST = 128
#: The most bytes of a residual that is recorded.
_RECORDED = 1 << 13


class Evaluation(NamedTuple):
    """One forward and backward pass at one state. The arrays are new, and belong to whoever asked.

    Attributes
    ----------
    loss
    values : tuple of (C, H, W), one per layer
        The output of each layer.
    value_grads : tuple of (C, H, W) or None, one more than layers
        The derivatives of the loss by the input (None if that was not wanted) and by each of `values`.
    residual : (C, H, W)
        The last output minus the target.
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
        The current parameters, which may be written to, and their gradients as `evaluate` leaves them.
    states : (rows + 1, S)
        The state (see `state`) before each of the steps of the last `run`, and after the last of them.
    rows
        The most steps that one `run` can make.
    """

    def __init__(self, network: Network, x: Array, target: Array, loss: Loss, optimizer: Optimizer) -> None:
        size, dtype = network.size, network.dtype
        # the optimizer's own vectors, the gradients, which become the direction in place, the parameters, and the −1
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
        """A copy of the state (S,), which can be set: the parameters, then each of the optimizer's own vectors."""
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

    def evaluate(self, input_gradient: bool) -> Evaluation:
        """Compute every value and every derivative at the present state, those by the parameters into `gradients`.

        Parameters
        ----------
        input_gradient
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
                *(part.input_backward if input_gradient else ()),
            )
            for part, gradient, residual, (forth, left) in tiles
        ]
        run((*self._tiles.together(jobs), *self._tiles.sum_gradients))
        grads = self._tiles.grads(0 if input_gradient else 1)
        return Evaluation(
            loss=self._loss_of_residuals(),
            values=self._tiles.values(),
            value_grads=grads if input_gradient else (None, *grads),
            residual=self._tiles.join(self._residuals),
        )

    def _bind_optimizer(self, network: Network, optimizer: Optimizer) -> Direction:
        """Return the function that makes the calls which turn the gradients into the direction of a step, in place."""
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
        """Return for each tile the calls that compute its residual, and those that fill the outputs these leave out."""
        tiles = zip(self._tiles.parts, self._targets, residuals, strict=True)
        return [part.difference(target, residual) for part, target, residual in tiles]

    def _calls_of(self, row: int, forth: Sequence[tuple[Call, ...]]) -> tuple[Call, ...]:
        """Return the calls of the step of a row; ``forth`` are those of each tile's forward pass."""
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
        """Return the calls that record a tile's residual, or its share of the loss, and then its backward pass."""
        part, residual = self._tiles.parts[tile], self._residuals[tile]
        gradient = self._loss_gradients[tile](residual)
        if self._goes_with_residual:
            residual, gradient = part.grads[-1].flat, ()
        record = partial(_record, self._losses[row, tile : tile + 1], self._loss, residual, self._shares[tile])
        if self._recorded:
            record = partial(self._table[row].__setitem__, ..., residual)
        return record, *gradient, *part.backward


# functions rather than methods: a call that refers to its `Steps`, which refer to the call, would be a cycle


def _loss_of(loss: Loss, residual: Array, share: float) -> float:
    """Return what the residual of a tile adds to the loss."""
    return float(loss.of_residuals(residual[None])[0]) * share


def _record(cell: Array, loss: Loss, residual: Array, share: float) -> None:
    cell[0] = _loss_of(loss, residual, share)
