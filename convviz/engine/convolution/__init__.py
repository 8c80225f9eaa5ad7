"""The mathematics of a convolution, once: forward, weight gradient and input gradient, bound to memory.

`bind` takes the sizes (`Geometry`) and the memory (`Operands`) of a convolution and returns it as lists of calls. The
functions of `convviz.engine.ops`, the layers with kernels (a transposed convolution is the same calls with the operands
crosswise) and average pooling all run these calls, so whatever is trained, shown or explained is computed here.

Why it is fast
--------------
*Nothing is done in a step that can be done before it.* A call is a bound method or a ufunc with all its operands, which
lie where they lie for good: no allocation, no index arithmetic, no checks. In the demo, where a map has a few hundred
cells, a step of both layers is eight such calls, and each costs little more than the 0.2 µs of being made.

*The work is left to matrix products.* A convolution is a product of the weights with a matrix of the windows, and so is
the weight gradient; a bias is one more weight on a row of ones, and a target that is to be subtracted a row of weight
−1. What is left to NumPy is to lay the windows out, and how that is done decides everything:

- small (`Unfolded`, up to `TABLE` numbers): one `take` by a table of indices gathers all windows. The border costs
  nothing: the table points at a zero that lies behind every map (`Buffer.extended`);
- medium (`Unfolded`): one `copyto` from a view of all windows, since copying whole rows is several times faster
  than gathering numbers one by one;
- large (`Strips`): the unfolded matrix would be kernel-height × kernel-width times the map and leave the cache, so
  that every product waits for memory. Only the columns are unfolded; the rows that a window spans already lie behind
  one another, and `np.matmul` multiplies a stack of overlapping views. What does not fit into the cache is done strip
  by strip, which bounds the memory as well;
- large, and one filter (`Banded`): a product of one row waits for memory too, so several rows of windows, which share
  most of what they read, are one product with a banded matrix;
- large, one filter and a stride (`Phased`): where the columns lie by phases, nothing is unfolded at all, and what a row
  of windows reads is multiplied once for all taps across;
- large, and few filters on many channels (`Shifted`): not even the columns are unfolded. The products of all taps
  across are made at once, which gives BLAS the rows that it needs, and are then added with shifts.

*A constant input is laid out once*, when it is bound; the sizes up to which a matrix is worth keeping are larger then.

*The way back inserts no zeros.* A stride's zeros would be multiplied for nothing. The error is unfolded as it is, and
its product with the weights, ordered by their phase, makes all phases of the input gradient at once (`geometry`). The
weights are brought into that order at every step by one `put`. The phases are brought to their cells by one `take` or a
few strided copies, or not at all: a small map between two layers lies in memory phase by phase, and the columns of a
large one by phases, where the layer that makes it can write it so at no cost (`wished_order`, `takes_order`). Then the
windows of a strided layer are laid out from neighbouring columns, too.

The limits below were found by measuring; they decide about time and memory, never about the numbers.
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

#: Numbers, and their bytes, in an unfolded input up to which unfolding all of it at every step pays; where many filters
#: read it, twice as many numbers, whatever their bytes. One that is unfolded only once may have so many bytes.
UNFOLDED, UNFOLDED_BYTES, MANY, UNFOLDED_CONSTANT = 3 << 14, 5 << 16, 8, 1 << 20
#: Bytes of an unfolded error, which is read only once, up to which that pays.
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
    """One strategy forward and for the weights, and one for the input gradient, whose matrices have other sizes."""

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
    """Return the order of memory in which an input and its gradient cost least; None: row by row, or no matter."""
    if geometry.stride == (1, 1):
        return None
    if _takes_any_order(geometry, itemsize, constant=False):
        return None if geometry.phase_order is None else Order(geometry.phase_order)
    copied = geometry.groups * geometry.taps * geometry.windows > TABLE
    if copied and geometry.stride[1] > 1 and geometry.before == (0, 0) and all(a.borderless for a in geometry.axes):
        return sorted_columns(*geometry.size, geometry.stride[1])
    return None


def takes_order(geometry: Geometry, itemsize: int, order: Order, constant: bool = False) -> bool:
    """Return whether the output and its gradient may lie in this order of memory, at no cost."""
    if order.modulus and constant:  # what the columns of an output are made of is sorted once
        return _ahead(geometry, constant, itemsize) is not Shifted
    return _takes_any_order(geometry, itemsize, constant)


def _takes_any_order(geometry: Geometry, itemsize: int, constant: bool) -> bool:
    if _ahead(geometry, constant, itemsize) is not Unfolded or _back(geometry, itemsize) is not Unfolded:
        return False
    numbers = geometry.groups * (geometry.taps + 1) * geometry.windows
    return constant or max(numbers, _errors(geometry)) <= TABLE


def _ahead(geometry: Geometry, constant: bool, itemsize: int) -> type[Correlation]:
    """Return the strategy for the output and the weights' gradient."""
    if _unfolds(geometry, constant, itemsize):
        return Unfolded
    if geometry.out_group == 1:
        return Banded
    return Shifted if _few_filters(geometry) else Strips


def _back(geometry: Geometry, itemsize: int) -> type[Correlation]:
    """Return the strategy for the input gradient."""
    return Unfolded if _errors(geometry) * itemsize <= UNFOLDED_ERROR else Strips


def _errors(geometry: Geometry) -> int:
    """Return how many numbers an unfolded error has."""
    down, across = geometry.back_axes
    return geometry.out_channels * down.taps * across.taps * down.count * across.count


def _unfolds(geometry: Geometry, constant: bool, itemsize: int) -> bool:
    """Return whether the whole unfolded input is small enough to stay in the cache, and to be made."""
    numbers = geometry.groups * geometry.taps * geometry.windows
    if constant:
        return numbers * itemsize <= UNFOLDED_CONSTANT
    if geometry.out_group >= MANY:
        return numbers <= 2 * UNFOLDED
    return numbers <= UNFOLDED and numbers * itemsize <= UNFOLDED_BYTES


def _few_filters(geometry: Geometry) -> bool:
    """Return whether shifting products pays: BLAS has few rows, and sums are long even without the taps across."""
    return geometry.out_group in (2, 3) and geometry.in_group * geometry.kernel[0] >= 16 and geometry.kernel[1] > 1
