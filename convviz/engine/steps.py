"""Training steps laid out in memory: why a step costs so little.

Everything that a step needs is allocated and looked up when it is laid out, none of it while it runs:

- The state of a run, the parameters of all layers and behind them what the optimizer remembers, is one vector. One
  assignment records it, one subtraction updates it.
- The calls of the forward pass, the loss, the backward pass and the update take no arguments: each was given the
  memory that it reads and writes. Many steps are laid out behind one another as one flat tuple, and running them is
  one loop over it.
- What differs from step to step is a row of a table, one row for each of the steps: the residual and the recorded state
  are written to it, the learning rate is read from it. So the losses of all steps are one reduction at the end, and
  nothing is looked up, checked or converted in between.

How many steps are laid out is a matter of the cache that the tables should stay in, never of the results: each step
computes the same from the same state, whichever row it uses.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.network import Network, run
from convviz.engine.optimizers import OptimizerSlots

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from convviz.engine.losses import Loss
    from convviz.engine.memory import Array, Call
    from convviz.engine.optimizers import Optimizer

#: The tables together take about this many bytes, and hold at most so many steps.
_TABLES = 1 << 18
_MOST = 128


class Steps:
    """Steps of one network on one input and target.

    Attributes
    ----------
    state : (S,)
        The parameters, then each of the optimizer's vectors. Whoever trains may write to it between two steps.
    states : (rows, S)
        The state before each of the steps that were made last.
    rows
        How many steps can be made at once.
    bound
        The network in memory, whose parameters are the first part of `state`.
    """

    def __init__(self, network: Network, x: Array, target: Array, loss: Loss, optimizer: Optimizer) -> None:
        size, dtype = network.size, network.dtype
        self.state: Array = np.zeros(size * (1 + len(optimizer.state_names)), dtype)
        self.bound = network.bind(x, self.state[:size])
        self._loss = loss
        self._target = np.ascontiguousarray(target, dtype).reshape(-1)
        row_bytes = (self._target.size + self.state.size) * dtype.itemsize
        self.rows = max(1, min(_MOST, _TABLES // row_bytes))
        self.states: Array = np.zeros((self.rows, self.state.size), dtype)
        self._residuals: Array = np.zeros((self.rows, self._target.size), dtype)
        self._coefficients: Array = np.zeros((self.rows, optimizer.coefficient_count), dtype)
        self._loss_gradient = loss.bind(self.bound.grads[-1].flat)
        self._new_update = self._bind_optimizer(optimizer)
        steps = [self._calls_of(row) for row in range(self.rows)]
        self._calls_per_step = len(steps[0])
        self._calls = tuple(call for step in steps for call in step)

    def run(self, coefficients: Array) -> NDArray[np.float64]:
        """Make as many steps as ``coefficients`` (K, …) has rows, at most `rows`; return their losses (K,).

        If anything is raised in between, no step was made.
        """
        count = len(coefficients)
        self._coefficients[:count] = coefficients
        before = self.state.copy()
        try:
            for call in self._calls[: count * self._calls_per_step]:
                call()
        except BaseException:
            self.state[...] = before
            raise
        return self._loss.of_residuals(self._residuals[:count])

    def loss(self) -> float:
        """Return the loss at the present state; only the network's buffers change."""
        run(self.bound.forward)
        np.subtract(self.bound.values[-1].flat, self._target, self._residuals[0])
        return float(self._loss.of_residuals(self._residuals[:1])[0])

    def evaluate(self, input_grad: bool) -> tuple[float, Array]:
        """Compute every value and every derivative at the present state into `bound`; make no update.

        Returns
        -------
        loss : float
        residual : (N,) view, valid until the next call
        """
        loss = self.loss()
        run((*self._loss_gradient(self._residuals[0]), *self.bound.backward, *self.bound.hidden_backward))
        if input_grad:
            run(self.bound.input_backward)
        return loss, self._residuals[0]

    def _bind_optimizer(self, optimizer: Optimizer) -> Callable[[int], tuple[Call, ...]]:
        """Return what makes the calls of a row that take the state from one step to the next."""
        parameters, update = self.bound.parameters, np.zeros_like(self.bound.parameters)
        slots = OptimizerSlots(
            parameters=parameters,
            gradients=self.bound.gradients,
            state=tuple(self.state.reshape(1 + len(optimizer.state_names), -1)[1:]),
            update=update,
            work=np.zeros_like(parameters),
        )
        make = optimizer.bind(slots)
        scales = self.bound.network.rate_scales()
        scaled = () if np.all(scales == 1) else (partial(np.multiply, update, scales, update),)
        apply = partial(np.subtract, parameters, update, parameters)

        def calls(row: int) -> tuple[Call, ...]:
            columns = [self._coefficients[row, c : c + 1] for c in range(optimizer.coefficient_count)]
            spread = tuple(np.broadcast_to(column, parameters.shape) for column in columns)
            return (*make(spread), *scaled, apply)

        return calls

    def _calls_of(self, row: int) -> tuple[Call, ...]:
        residual = self._residuals[row]
        return (
            partial(self.states[row].__setitem__, ..., self.state),
            *self.bound.forward,
            partial(np.subtract, self.bound.values[-1].flat, self._target, residual),
            *self._loss_gradient(residual),
            *self.bound.backward,
            *self._new_update(row),
        )
