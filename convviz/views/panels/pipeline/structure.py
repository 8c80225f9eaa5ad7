"""What there is to be shown of an experiment, before any number of it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convviz.views.panels.pipeline.items import KERNEL_CELL_LEAST, LayerItem, MapItem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from convviz.engine.frames import Frame
    from convviz.engine.layers import Layer
    from convviz.engine.shapes import Shape
    from convviz.model.experiment import Experiment


class LayerPart(NamedTuple):
    """One layer: what it is, what comes in and goes out, and the shapes of its parameters by name."""

    layer: Layer
    in_shape: Shape
    out_shape: Shape
    parameters: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def weight(self) -> tuple[int, ...]:
        """The shape of the weights, or () if there are none."""
        return dict(self.parameters).get("weight", ())

    @property
    def bias(self) -> tuple[int, ...]:
        """The shape of the bias, or () if there is none."""
        return dict(self.parameters).get("bias", ())

    def unreached(self) -> NDArray[np.bool_] | None:
        """Return the cells of the input of which nothing comes to the output, as `Layer.unreached` does."""
        return self.layer.unreached(self.in_shape)


class Structure(NamedTuple):
    """The columns of the picture.

    Attributes
    ----------
    layers
    teacher
        Whether kernels of a teacher are shown.
    input_gradient
        Whether the input's gradient is shown, too.
    """

    layers: tuple[LayerPart, ...]
    teacher: bool
    input_gradient: bool = False

    @classmethod
    def of(cls, experiment: Experiment, input_gradient: bool = False) -> Structure:
        """Return the structure of a valid experiment."""
        shapes = experiment.shapes()
        parts = tuple(
            LayerPart(layer, before, after, tuple(layer.parameter_shapes(before).items()))
            for layer, before, after in zip(experiment.layers, shapes, shapes[1:], strict=False)
        )
        return cls(parts, experiment.target is None, input_gradient)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shapes of the input and of every layer's output."""
        return (self.layers[0].in_shape, *(part.out_shape for part in self.layers))

    def looks_like(self, other: Structure | None) -> bool:
        """Return whether the same widgets in the same places show both."""
        return other is not None and self._form() == other._form()

    def fits(self, frame: Frame) -> bool:
        """Return whether a frame is one of this structure, and not of an experiment that has just been left."""
        return (
            tuple(values.shape for values in frame.values) == self.shapes
            and (frame.teacher is not None) == self.teacher
            and not (self.input_gradient and frame.value_grads[0] is None)
            and all(
                {name: values.shape for name, values in given.items()} == dict(part.parameters)
                for given, part in zip(frame.parameters, self.layers, strict=True)
            )
        )

    def items(self, numbered_cell: int = KERNEL_CELL_LEAST) -> tuple[MapItem | LayerItem, ...]:
        """Return the items of the upper row: input, layer, map, layer, …; the last map is in the lower row.

        ``numbered_cell``: how wide a cell of a kernel has to be, in pixels at the usual size, to have its number.
        """
        items: list[MapItem | LayerItem] = [MapItem(self.layers[0].in_shape, self.input_gradient)]
        for index, part in enumerate(self.layers):
            tiles = (3 if self.teacher else 2) if part.weight else 0
            items.append(LayerItem(part.weight, sum(part.bias), tiles, numbered_cell))
            if index + 1 < len(self.layers):
                items.append(MapItem(part.out_shape, gradient=True))
        return tuple(items)

    def _form(self) -> tuple[object, ...]:
        layers = ((p.layer.kind, p.in_shape, p.out_shape, p.parameters) for p in self.layers)
        return (self.teacher, self.input_gradient, *layers)
