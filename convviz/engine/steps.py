"""Training steps laid out in memory: why a step costs so little.

Everything that a step needs is allocated and looked up when it is laid out, none of it while it runs:

- The state of a run, the parameters of all layers and behind them what the optimizer remembers, is one vector, and the
  gradients, which the optimizer turns into the direction of the step, are another that lies behind the parameters as
  the second row of a matrix. So the update of all layers is one product, (1, −length) · (parameters, direction), and
  as it goes to a row of a table, it is recorded in the same go.
- The calls of the forward pass, the loss, the backward pass and the update take no arguments: each was given the
  memory that it reads and writes. Many steps are laid out behind one another as one flat tuple, and running them is
  one loop over it.
- Where the loss's derivative is a number times the residual, and the step goes against the gradient itself, the way
  back is gone with the residual, and the number lengthens the step.
- What differs from step to step is a row of a table, one row for each of the steps: the residual and the new state are
  written to it, the learning rate is read from it. So the losses of all steps are one reduction at the end, and nothing
  is looked up, checked or converted in between.

How many steps are laid out is a matter of the cache that the tables should stay in, never of the results: each step
computes the same from the same state, whichever row it uses.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from convviz.engine.memory import run
from convviz.engine.optimizers import OptimizerSlots

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from convviz.engine.losses import Loss
    from convviz.engine.memory import Array, Call
    from convviz.engine.network import Network
    from convviz.engine.optimizers import Direction, Optimizer

#: The tables together take about this many bytes, and hold at most so many steps.
_TABLES = 1 << 18
_MOST = 128


class Steps:
    """Steps of one network on one input and target.

    Attributes
    ----------
    states : (rows + 1, S)
        The state before each of the steps that were made last, and after the last of them.
    rows
        How many steps can be made at once.
    bound
        The network in memory.
    """

    def __init__(self, network: Network, x: Array, target: Array, loss: Loss, optimizer: Optimizer) -> None:
        size, dtype = network.size, network.dtype
        # parameters, direction (the gradients' memory), then the optimizer's own
        self._memory: Array = np.zeros((2 + len(optimizer.state_names), size), dtype)
        self.bound = network.bind(x, self._memory[0], self._memory[1])
        self._loss = loss
        self._target = np.ascontiguousarray(target, dtype).reshape(-1)
        width = size * (1 + len(optimizer.state_names))
        self.rows = max(1, min(_MOST, _TABLES // ((self._target.size + width) * dtype.itemsize)))
        self.states: Array = np.zeros((self.rows + 1, width), dtype)
        self._residuals: Array = np.zeros((self.rows, self._target.size), dtype)
        self._coefficients: Array = np.zeros((self.rows, optimizer.coefficient_count), dtype)
        self._factors: Array = np.ones((self.rows, 2), dtype)
        self._loss_gradient = loss.bind(self.bound.grads[-1].flat)
        self._direction = self._bind_optimizer(optimizer)
        factor = loss.factor(self._target.size)
        self._goes_with_residual = factor is not None and not self._direction(self._coefficients_of(0))
        self._lengthening = factor if factor is not None and self._goes_with_residual else 1.0
        steps = [self._calls_of(row) for row in range(self.rows)]
        self._calls_per_step = len(steps[0])
        self._calls = tuple(call for step in steps for call in step)

    @property
    def state(self) -> Array:
        """A copy of the state (S,): the parameters, then each of the optimizer's vectors. Whoever trains may set it."""
        return np.concatenate((self._memory[0], self._memory[2:].reshape(-1)))

    @state.setter
    def state(self, state: Array) -> None:
        size = self._memory.shape[1]
        self._memory[0] = state[:size]
        self._memory[2:] = state[size:].reshape(-1, size) if size else 0

    def run(self, coefficients: Array) -> NDArray[np.float64]:
        """Make as many steps as ``coefficients`` (K, …) has rows, at most `rows`; return their losses (K,).

        If anything is raised in between, no step was made.
        """
        count = len(coefficients)
        self._coefficients[:count] = coefficients
        self._factors[:count, 1] = -self._lengthening * self._coefficients[:count, 0]
        self.states[0] = self.state
        try:
            run(self._calls[: count * self._calls_per_step])
        except BaseException:
            self.state = self.states[0]
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

    def _bind_optimizer(self, optimizer: Optimizer) -> Direction:
        """Return what makes the calls of a step that turn the gradients into the direction."""
        parameters, gradients, *state = self._memory
        slots = OptimizerSlots(parameters, gradients, tuple(state), work=np.zeros_like(parameters))
        direction = optimizer.bind(slots)
        scales = self.bound.network.rate_scales()
        if np.all(scales == 1):
            return direction
        return lambda coefficients: (*direction(coefficients), partial(np.multiply, gradients, scales, gradients))

    def _coefficients_of(self, row: int) -> tuple[Array, ...]:
        """Return each of the optimizer's coefficients for the step of a row, as an array like the parameters."""
        size = self._memory.shape[1]
        return tuple(
            np.broadcast_to(self._coefficients[row, c : c + 1], size) for c in range(self._coefficients.shape[1])
        )

    def _error_calls(self, residual: Array) -> tuple[Call, ...]:
        """Return the calls that record the residual and leave what is propagated back."""
        made, error = self.bound.values[-1].flat, self.bound.grads[-1].flat
        if self._goes_with_residual:
            return partial(np.subtract, made, self._target, error), partial(residual.__setitem__, ..., error)
        return partial(np.subtract, made, self._target, residual), *self._loss_gradient(residual)

    def _calls_of(self, row: int) -> tuple[Call, ...]:
        size = self._memory.shape[1]
        after = self.states[row + 1]
        calls: list[Call] = [
            *self.bound.forward,
            *self._error_calls(self._residuals[row]),
            *self.bound.backward,
            *self._direction(self._coefficients_of(row)),
            partial(self._factors[row].dot, self._memory[:2], after[:size]),
            partial(self._memory[0].__setitem__, ..., after[:size]),
        ]
        if after.size > size:
            calls.append(partial(after[size:].__setitem__, ..., self._memory[2:].reshape(-1)))
        return tuple(calls)
