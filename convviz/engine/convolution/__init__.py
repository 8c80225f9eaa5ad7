"""The mathematics of a convolution, once: forward pass, weight gradient and input gradient, bound to memory.

`bind` takes the sizes (`Geometry`) and the memory (`Operands`) of a convolution, chooses a strategy by the sizes, and
returns a `Correlation`: for each of the three passes, the calls that compute it. The functions of `convviz.engine.ops`,
the layers with kernels (a transposed convolution makes the same calls with input and output exchanged) and average
pooling all run these calls, so whatever is trained, shown or explained is computed here.

Words used in this package: a *window* is the receptive field of one output cell, a *tap* one position of the kernel.
*Down* and *across* are the two axes of a map, from row to row and from column to column. The *error* is the derivative
of the loss with respect to a layer's output.

Why it is fast
--------------
*Nothing is done during a step that can be done before it.* A call is a bound method or a ufunc, bound together with all
its operands, and these stay at one place in memory. So a step allocates nothing, computes no index and checks nothing.
In the demo, where a map has a few hundred cells, the convolutions of both layers take eight such calls, each of which
costs little more than the 0.2 µs of being made.

*The arithmetic is left to BLAS.* With im2col, a convolution is one matrix product: the cells of every window are copied
into a column of a matrix, and the output is the weights, one filter per row, times that matrix. The weight gradient is
the error times the transpose of the same matrix. A bias is one more weight, for a row of ones; a target that is to be
subtracted is one more row, with the weight −1. What remains for NumPy is to lay out the windows, and the best way to do
that depends on the size of the matrix and on the number of filters:

- small (`Unfolded`, up to `TABLE` numbers): one `take` with a precomputed table of indices gathers all windows. Padding
  costs nothing: the table points at a zero that is stored behind every map (`Buffer.extended`);
- medium (`Unfolded`): one `copyto` from a strided view of all windows, because copying whole rows is several times
  faster than gathering numbers one by one;
- large (`Strips`): the im2col matrix would be kernel-height × kernel-width times as large as the map and leave the
  cache, and every product would wait for memory. Only the columns are unfolded; the rows of a window then lie one
  behind the other in memory, so the matrix of each row of windows is a view, and `np.matmul` multiplies a stack of
  these overlapping views. What does not fit into the cache is done strip by strip, which bounds the memory as well;
- large, and one filter (`Banded`): a left matrix of one row makes the product wait for memory, too. Neighbouring rows
  of windows share most of the cells that they read, so several of them are computed by one product with a banded
  Toeplitz matrix of the weights;
- large, one filter and a stride across (`Phased`): where the columns of the map are sorted by their remainder modulo
  the stride (its polyphase components), nothing is unfolded. The taps are grouped by the shift at which they read; one
  product applies all groups to whole rows, and the results are added, each shifted;
- large, and few filters on many channels (`Shifted`): the columns are not unfolded, either. One product applies each
  tap across to whole rows, which gives BLAS as many times more rows in the left matrix, and the results are added, each
  shifted by its tap.

*Large products are cut into small ones* (`products`), for which BLAS has kernels that copy nothing before they
multiply. Networks with several channels gain up to twofold.

*A constant input is laid out once*, when it is bound. So its matrix may be larger before another strategy pays.

*The backward pass inserts no zeros.* The textbook computes the input gradient of a strided convolution by putting
zeros between the errors, only to multiply by them. Here the input gradient is split into its polyphase components
(`geometry`): each is a stride-1 correlation of the same error with some of the taps. So the error is unfolded as it is,
and one product with the weights, which one `put` arranges by component at every step, computes all components at
once. They are then interleaved by one `take` or a few strided copies, or not at all: a small map between two layers is
stored component by component, and a large one with its columns sorted that way, where the layer that writes it can do
so at no cost (`wished_order`, `takes_order`). The windows of the strided layer are then read from neighbouring columns,
too.

The limits below were found by measuring; they decide about time and memory, never about the numbers beyond rounding.
"""

from __future__ import annotations

from convviz.engine.convolution.banded import Banded
from convviz.engine.convolution.base import Calls, Correlation, Operands
from convviz.engine.convolution.geometry import Geometry
from convviz.engine.convolution.phased import Phased
from convviz.engine.convolution.shifted import Shifted
from convviz.engine.convolution.strips import Strips
from convviz.engine.convolution.unfolded import TABLE, Unfolded
from convviz.engine.memory import Array, Order, sorted_columns

#: The im2col matrix of an input is made whole at every step if it has at most ``UNFOLDED`` numbers and
#: ``UNFOLDED_BYTES`` bytes; where ``_MANY`` or more filters read it, twice ``UNFOLDED`` numbers, whatever their bytes.
#: That of a constant input, which is made only once, may have ``UNFOLDED_CONSTANT`` bytes; where many filters read it,
#: three times as many.
UNFOLDED, UNFOLDED_BYTES, _MANY, UNFOLDED_CONSTANT = 3 << 14, 5 << 16, 8, 1 << 20
#: The same for the matrix of an error, which is read by one product instead of two: the most bytes.
UNFOLDED_ERROR = 1 << 16

__all__ = [
    "Banded",
    "Calls",
    "Correlation",
    "Geometry",
    "Operands",
    "Phased",
    "Shifted",
    "Strips",
    "Unfolded",
    "bind",
    "takes_order",
    "wished_order",
]


class _Pair(Correlation):
    """One strategy for output and weight gradient, another for the input gradient, whose matrix has another size."""

    def __init__(self, ahead: Correlation, back: Correlation) -> None:
        super().__init__(ahead.geometry, ahead.operands)
        self._ahead, self._back = ahead, back

    def unfold(self) -> Calls:
        return self._ahead.unfold()

    def product(self) -> Calls:
        return self._ahead.product()

    def difference(self, target: Array, out: Array) -> Calls | None:
        return self._ahead.difference(target, out)

    def weight_grad(self) -> Calls:
        return self._ahead.weight_grad()

    def input_grad(self) -> Calls:
        return self._back.input_grad()


def bind(geometry: Geometry, operands: Operands) -> Correlation:
    """Return the convolution bound to its memory by the strategies that suit its size."""
    itemsize = operands.x.flat.itemsize
    ahead, back = _ahead(geometry, operands.constant, itemsize), _back(geometry, itemsize)
    if ahead is Banded and Phased.fits(geometry, operands):
        ahead = Phased
    return _Pair(ahead(geometry, operands), back(geometry, operands))


def wished_order(geometry: Geometry, itemsize: int) -> Order | None:
    """Return the order in memory of an input and its gradient that costs least; None: row by row, or it is all one."""
    if geometry.stride == (1, 1):
        return None
    if _takes_any_order(geometry, itemsize, constant=False):
        return None if geometry.phase_order is None else Order(geometry.phase_order)
    copied = geometry.groups * geometry.taps * geometry.windows > TABLE
    if copied and geometry.stride[1] > 1 and geometry.before == (0, 0) and all(a.borderless for a in geometry.axes):
        return sorted_columns(*geometry.size, geometry.stride[1])
    return None


def takes_order(geometry: Geometry, itemsize: int, order: Order, constant: bool) -> bool:
    """Return whether the output and its gradient can be kept in this order at no cost."""
    if order.modulus and constant:  # the windows of a constant input are sorted only once
        return _ahead(geometry, constant, itemsize) is not Shifted
    return _takes_any_order(geometry, itemsize, constant)


def _takes_any_order(geometry: Geometry, itemsize: int, constant: bool) -> bool:
    """Return whether output and input are addressed through tables of indices alone, which can hold any order."""
    if _ahead(geometry, constant, itemsize) is not Unfolded or _back(geometry, itemsize) is not Unfolded:
        return False
    numbers = geometry.groups * (geometry.taps + 1) * geometry.windows
    return constant or max(numbers, _errors(geometry)) <= TABLE


def _ahead(geometry: Geometry, constant: bool, itemsize: int) -> type[Correlation]:
    """Return the strategy for the output and the weight gradient."""
    if _unfolds(geometry, constant, itemsize):
        return Unfolded
    if geometry.out_group == 1:
        return Banded
    return Shifted if _few_filters(geometry) else Strips


def _back(geometry: Geometry, itemsize: int) -> type[Correlation]:
    """Return the strategy for the input gradient."""
    return Unfolded if _errors(geometry) * itemsize <= UNFOLDED_ERROR else Strips


def _errors(geometry: Geometry) -> int:
    """Return how many numbers the matrix of an unfolded error has."""
    down, across = geometry.back_axes
    return geometry.out_channels * down.taps * across.taps * down.count * across.count


def _unfolds(geometry: Geometry, constant: bool, itemsize: int) -> bool:
    """Return whether the im2col matrix of the input is small enough to be made whole."""
    numbers = geometry.groups * geometry.taps * geometry.windows
    if constant:
        return numbers * itemsize <= UNFOLDED_CONSTANT * (3 if geometry.out_group >= _MANY else 1)
    if geometry.out_group >= _MANY:
        return numbers <= 2 * UNFOLDED
    return numbers <= UNFOLDED and numbers * itemsize <= UNFOLDED_BYTES


def _few_filters(geometry: Geometry) -> bool:
    """Return whether `Shifted` pays: filters too few for BLAS, and long sums even without the taps across."""
    return geometry.out_group in (2, 3) and geometry.in_group * geometry.kernel[0] >= 16 and geometry.kernel[1] > 1
