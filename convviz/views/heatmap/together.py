"""Several heatmaps on one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convviz.views.colour import calm_levels, levels_between

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from convviz.views.heatmap.view import HeatmapView

    Array = NDArray[Any]


def show_together(*shown: tuple[HeatmapView, Array], signed: bool = False) -> None:
    """Show several arrays on one scale, each in its place: equal colours are equal numbers."""
    extents = [view.extent_of(values) for view, values in shown]
    levels = calm_levels(*levels_between(*extents, signed=signed), signed)
    for (view, values), extent in zip(shown, extents, strict=True):
        view.set_values(values, levels, signed, extent)
