"""What the parts of the picture are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convviz.engine.shapes import pair_text, size_text
from convviz.i18n import mark, ntr, tr
from convviz.number_text import short_number, whole_text

if TYPE_CHECKING:
    from convviz.engine.layers import Layer
    from convviz.engine.shapes import Shape

#: Names short enough for the head of a column; a layer that is not listed is called by its label.
_SHORT = {
    "conv2d": mark("conv"),
    "conv_transpose2d": mark("transposed conv"),
    "max_pool2d": mark("max pool"),
    "avg_pool2d": mark("avg pool"),
    "leaky_relu": mark("leaky ReLU"),
    "sigmoid": mark("sigmoid"),
    "tanh": mark("tanh"),
}
#: Names for columns that are too narrow for the short ones.
_SHORTEST = {"conv_transpose2d": mark("convᵀ")}


def layer_texts(layer: Layer) -> list[str]:
    """Return a layer's operation in words: 'conv 3×3, stride 2', then ever shorter: 'conv 3×3, s2', '3×3, s2', 'conv'.

    Where a short name tells more than that it is a layer with a kernel, it stays longer than the stride: 'convᵀ 3×3'.
    """
    names, windows = layer_names(layer), window_texts(layer)
    texts = [tr("{name} {kernel}").format(name=name, kernel=window) for name in names for window in windows[:-1]]
    if len(names) > 1:
        texts += [tr("{name} {kernel}").format(name=names[-1], kernel=window) for window in windows[-1:]]
    else:
        texts += windows[-2:-1]
    return [*texts, names[-1]]


def layer_names(layer: Layer) -> list[str]:
    """Return what kind a layer is, without its numbers: 'transposed conv', then shorter: 'convᵀ'."""
    name = tr(_SHORT.get(layer.kind, layer.label))
    return [name, tr(_SHORTEST[layer.kind])] if layer.kind in _SHORTEST else [name]


def window_texts(layer: Layer) -> list[str]:
    """Return a layer's window: '3×3, stride 2', then shorter: '3×3, s2', '3×3'; nothing if it has none."""
    kernel, stride = (getattr(layer, field, None) for field in ("kernel", "stride"))
    if kernel is None:
        return []
    size = size_text(kernel)
    if stride is None:
        return [size]
    # s is short for the stride, as in the names that papers give to layers.
    templates = (tr("{kernel}, stride {stride}"), tr("{kernel}, s{stride}"))
    return [*(text.format(kernel=size, stride=pair_text(stride)) for text in templates), size]


def layer_lines(layer: Layer, weights: int, biases: int) -> list[str]:
    """Return what else there is to say about a layer, a phrase a line: what is unusual first, for not all may fit."""
    padding = getattr(layer, "padding", None)
    zeros = [] if padding is None else [tr("padding {padding}").format(padding=_padding_text(padding))]
    is_padded = padding not in (None, ((0, 0), (0, 0)))
    lines = [rate] if (rate := rate_text(layer)) else []
    for name, template in (("dilation", mark("dilation {value}")), ("output_padding", mark("output padding {value}"))):
        value = getattr(layer, name, None)
        if value is not None and set(value) != {1 if name == "dilation" else 0}:
            lines.append(tr(template).format(value=pair_text(value)))
    lines += zeros if is_padded else []
    if getattr(layer, "groups", 1) != 1:
        lines.append(tr("groups {value}").format(value=layer.groups))  # type: ignore[attr-defined]
    slope = getattr(layer, "slope", None)
    if slope is not None:
        lines.append(tr("slope {value}").format(value=short_number(slope)))
    if weights:
        lines.append(ntr("{n} weight", "{n} weights", weights).format(n=whole_text(weights)))
        few = ntr("{n} bias", "{n} biases", biases).format(n=whole_text(biases))
        lines.append(few if biases else tr("no bias"))
    return lines if is_padded else lines + zeros


def rate_text(layer: Layer) -> str:
    """Return how a layer learns where that is unlike the others: 'frozen'; nothing where it is not."""
    rate = getattr(layer, "rate", 1.0)
    if rate == 0:
        return tr("frozen")
    return "" if rate == 1 else tr("learning rate × {value}").format(value=short_number(rate))


def _padding_text(padding: Any) -> str:
    """Return a padding: 'same', '1', '1×2' (above and below, at both sides), or '1 2 0 3': top, bottom, left, right."""
    if isinstance(padding, str):
        return tr(padding)
    vertical, horizontal = padding
    if len({*vertical}) == len({*horizontal}) == 1:
        return pair_text((vertical[0], horizontal[0]))
    return " ".join(str(n) for n in (*vertical, *horizontal))


def map_text(shape: Shape) -> str:
    """Return what a map is, with its shape: 'map 18×18' or '8 maps 16×16'."""
    return tr("map {size}").format(size=size_text(shape[1:])) if shape[0] == 1 else maps_text(shape)


def maps_text(shape: Shape) -> str:
    """Return the shape of a map alone: '18×18' or '8 maps 16×16'."""
    size = size_text(shape[1:])
    if shape[0] == 1:
        return size
    return ntr("{count} map {size}", "{count} maps {size}", shape[0]).format(count=shape[0], size=size)


def kernel_text(shape: tuple[int, ...]) -> str:
    """Return the shape of a weight: '3×3' or '8 of 3×3'."""
    count = shape[0] * shape[1]
    size = size_text(shape[2:])
    return size if count == 1 else tr("{count} of {size}").format(count=count, size=size)
