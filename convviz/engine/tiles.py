"""A large network cut into bands of rows, its *tiles*, which are computed by several threads at once.

A tile is a network of its own, with the same layers: it computes some rows of the output from those rows of the input
that lie in their receptive fields. The tiles' inputs overlap, by about the heights of the kernels. The backward pass is
linear in the error, so each tile propagates the errors of its own rows, and the sum over all tiles is the whole
gradient, both where maps overlap and for the parameters, which the tiles share.

So the threads wait for each other only at the end of a step, whatever the layers are, and a tile is small enough to
stay in the cache of one core. How a network is cut depends on its sizes alone, not on the machine, so that every
machine computes the same numbers.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from convviz.engine.memory import aligned
from convviz.engine.network import BoundNetwork, Network
from convviz.engine.team import Team, cores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convviz.engine.memory import Array, Buffer, Call

#: From how many multiplications of one forward pass on a network is cut, and into how many tiles.
TILES = ((3_000_000, 2), (60_000_000, 4))


class Tile(NamedTuple):
    """Some rows of a network's maps.

    Attributes
    ----------
    network
        The layers, for the tile's rows of the input.
    rows : tuple of slices, one more than layers
        The tile's rows of the input and of each layer's output. The tiles cover all rows of the output once.
    """

    network: Network
    rows: tuple[slice, ...]


def cut(network: Network) -> tuple[Tile, ...]:
    """Return the tiles of a network from top to bottom; one for all of it if it is small or cannot be cut."""
    height = network.shapes[-1][1]
    count = min(height, max((tiles for least, tiles in TILES if _products(network) >= least), default=1))
    ends = [round(height * number / count) for number in range(count + 1)]
    tiles = [_tile(network, slice(start, stop)) for start, stop in pairwise(ends)] if count > 1 else [None]
    found = tuple(tile for tile in tiles if tile is not None)
    if len(found) == count:
        return found
    return (Tile(network, tuple(slice(0, shape[1]) for shape in network.shapes)),)


class BoundTiles:
    """The tiles of a network in memory.

    Attributes
    ----------
    parts : tuple of BoundNetwork
        One for each tile. All read the same parameters; each has gradients of its own.
    sum_gradients
        The calls that add the gradients of all tiles.
    """

    def __init__(self, network: Network, x: Array, parameters: Array, gradients: Array) -> None:
        self._shapes, self._dtype = network.shapes, network.dtype
        self._tiles = cut(network)
        own = [gradients]
        self.sum_gradients: tuple[Call, ...] = ()
        self._team: Team | None = None
        if len(self._tiles) > 1:
            each = aligned((len(self._tiles), network.size), network.dtype)
            own = list(each)
            self.sum_gradients = (partial(np.add.reduce, each, 0, None, gradients),)
            self._team = Team(min(len(self._tiles), cores()))
        self.parts = tuple(
            BoundNetwork(tile.network, x[:, tile.rows[0]], parameters, gradient)
            for tile, gradient in zip(self._tiles, own, strict=True)
        )

    def together(self, jobs: Sequence[Sequence[Call]]) -> tuple[Call, ...]:
        """Return the calls that do one job for each tile, all at once."""
        if self._team is None:
            return tuple(jobs[0])
        return (partial(self._team.share, jobs),)

    def split(self, output: Array) -> tuple[Array, ...]:
        """Return each tile's rows of ``output``, a map of the last shape, as new flat arrays."""
        parts = []
        for tile in self._tiles:
            part = output[:, tile.rows[-1]]
            parts.append(aligned(part.size, self._dtype))
            parts[-1].reshape(part.shape)[...] = part
        return tuple(parts)

    def join(self, parts: Sequence[Array]) -> Array:
        """Return a new map of the last shape that is put together of ``parts``, as `split` returns them."""
        channels, _, width = self._shapes[-1]
        maps = [part.reshape(channels, -1, width) for part in parts]
        if len(maps) == 1:
            return maps[0].copy()
        whole = np.zeros(self._shapes[-1], self._dtype)
        for tile, part in zip(self._tiles, maps, strict=True):
            whole[:, tile.rows[-1]] = part
        return whole

    def values(self) -> tuple[Array, ...]:
        """Return a copy of every layer's output, whole."""
        return self._copies([part.values for part in self.parts], 1, add=False)

    def grads(self, first: int) -> tuple[Array, ...]:
        """Return a copy of the derivatives by each map, whole, from the ``first`` on; 0 is the input."""
        return self._copies([part.grads for part in self.parts], first, add=True)

    def _copies(self, buffers: Sequence[tuple[Buffer, ...]], first: int, *, add: bool) -> tuple[Array, ...]:
        """Return the maps from the first on, each put together of those of all tiles."""
        if len(buffers) == 1:
            return tuple(buffer.copy() for buffer in buffers[0][first:])
        return tuple(
            self._assemble(index, [own[index] for own in buffers], add=add) for index in range(first, len(self._shapes))
        )

    def _assemble(self, index: int, parts: Sequence[Buffer], *, add: bool) -> Array:
        """Return a new map that is put together of its tiles.

        Where tiles overlap, their derivatives are added (``add``) and their values are equal. Everything else is
        written once only, because every further pass over a large map takes noticeable time.
        """
        whole = np.zeros(self._shapes[index], self._dtype)
        written = 0
        for tile, part in zip(self._tiles, parts, strict=True):
            rows = tile.rows[index]
            part.copy_to(whole[:, rows], max(0, written - rows.start) if add else 0)
            written = rows.stop
        return whole


def _products(network: Network) -> int:
    """Return the number of multiplications of a forward pass, counting one for each bias."""
    sizes = zip(network.layers, network.shapes, network.shapes[1:], strict=False)
    return sum(layer.parameter_size(before) * after[1] * after[2] for layer, before, after in sizes)


def _tile(network: Network, rows: slice) -> Tile | None:
    """Return the tile that computes some rows of the output; None if a layer cannot compute a part of its output."""
    layers, read = [], [rows]
    for layer, shape in zip(reversed(network.layers), reversed(network.shapes[:-1]), strict=True):
        part = layer.part(shape, read[-1])
        if part is None:
            return None
        layers.append(part[0])
        read.append(part[1])
    channels, _, width = network.shapes[0]
    rows_of_input = read[-1].stop - read[-1].start
    own = Network(layers[::-1], (channels, rows_of_input, width), network.dtype)
    return Tile(own, tuple(reversed(read)))
