"""Where numbers are in a heatmap: checked against NumPy's own reshaping of the array to (channels, rows, columns)."""

from __future__ import annotations

import numpy as np
import pytest

from convviz.views.heatmap.places import index_of, lead_of, place_of, places_of

SHAPES = [(4, 5), (3, 4, 5), (2, 3, 4, 5), (1, 1, 1, 1)]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_number_is_shown_once_and_found_again(shape: tuple[int, ...]) -> None:
    values = np.arange(np.prod(shape)).reshape(shape)
    shown = values.reshape(-1, *shape[-2:])
    seen = []
    for index in np.ndindex(*shape):
        place = place_of(index, shape)
        assert place is not None
        assert shown[place] == values[index]
        assert index_of(place, shape) == index
        assert lead_of(place[0], shape) == index[:-2]
        seen.append(place)
    assert len(set(seen)) == values.size


@pytest.mark.parametrize("shape", SHAPES)
def test_many_at_once_are_where_each_is(shape: tuple[int, ...]) -> None:
    indices = list(np.ndindex(*shape))
    assert [tuple(place) for place in places_of(np.array(indices), shape).tolist()] == [
        place_of(index, shape) for index in indices
    ]


def test_a_bias_is_a_row_of_cells() -> None:
    assert place_of((2,), (1, 3)) == (0, 0, 2)
    assert places_of(np.array([[0], [2]]), (1, 3)).tolist() == [[0, 0, 0], [0, 0, 2]]


@pytest.mark.parametrize("index", [(4, 0), (0, 5), (-1, 0), (0, 0, 0)])
def test_what_is_not_in_the_array_has_no_place(index: tuple[int, ...]) -> None:
    assert place_of(index, (4, 5)) is None


@pytest.mark.parametrize("cells", [[[4, 0]], [[0, 5]], [[0, 0, 0]]])
def test_many_at_once_must_be_in_the_array(cells: list[list[int]]) -> None:
    with pytest.raises(ValueError, match=r"expected cells of an array of shape \(4, 5\)"):
        places_of(np.array(cells), (4, 5))


def test_no_cells_have_no_places() -> None:
    assert places_of(np.empty((0, 3), int), (2, 4, 5)).shape == (0, 3)
