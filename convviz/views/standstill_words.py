"""That nothing is learned any more, why, and what may help, in words. No widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convviz.engine.standstill import Obstacle, Standstill
from convviz.i18n import joined, mark, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convviz.engine.layers import Layer

#: What may keep a run learning that has learned at first, by what has ended that; and one that has never learned.
_KEEPING = {
    Obstacle.OUTPUTS: mark("A smaller rate, another seed or a leaky ReLU may keep it alive."),
    Obstacle.SLOPE: mark("A smaller rate or another seed may keep it alive."),
}
_BEGINNING = {
    Obstacle.OUTPUTS: mark("Other kernels and biases to start from, or a leaky ReLU, may let it learn."),
    Obstacle.GRADIENTS: mark("Another input, or other kernels to start from, may let it learn."),
}
_OTHER_START = mark("Other kernels and biases to start from may let it learn.")


def standstill_text(found: Standstill, layers: Sequence[Layer], last: int | None) -> str:
    """Return that nothing is learned any more, why, and what can be done.

    ``last`` is the last step at which a gradient still came through; None: there was none.
    """
    layer = ""
    if found.layer is not None:
        layer = tr("layer {number} ({layer})").format(number=found.layer + 1, layer=tr(layers[found.layer].label))
    reason = tr(found.obstacle.value).format(layer=layer)
    if last is None:
        told = tr("Nothing is learned any more: {reason}.").format(reason=reason)
    else:
        told = tr("Nothing is learned any more: from step {step} on, {reason}.").format(
            step=f"{last + 1:,}", reason=reason
        )
    remedies = _BEGINNING if last is None else _KEEPING
    return joined((told, tr(remedies.get(found.obstacle, _OTHER_START))))
