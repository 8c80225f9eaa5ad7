"""A large network cut into bands of rows, its tiles, which are computed apart and at once.

Some rows of the output are made of some rows of the input, by the same layers. So a tile is a network of its own: the
layers of the whole, on those rows of the input that its rows of the output are made of. Tiles overlap in what they
read, by the kernels' heights. The way back is linear in the error: each tile takes back the errors of its own rows, and
where tiles overlap, and for the parameters, which they share, what they find adds up to the whole.

So nobody has to wait for anybody between the beginning of a step and its end, whatever the layers are, and what a tile
works on is small enough to stay in the cache that one core has. How a network is cut depends on its sizes alone, not
on the machine: the numbers are the same, whoever computes them.
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

#: Products of one forward pass from which on a network is cut, and into how many tiles.
TILES = ((3_000_000, 2), (60_000_000, 4))


class Tile(NamedTuple):
    """Some rows of a network's maps.

    Attributes
    ----------
    network
        What makes the tile's rows of the output from its rows of the input.
    rows : tuple of slices, one more than layers
        Which rows of the input and of each layer's output these are. Those of all tiles together are all rows.
    """

    network: Network
    rows: tuple[slice, ...]


def cut(network: Network) -> tuple[Tile, ...]:
    """Return the tiles of a network from top to bottom; a single one where the network is small or cannot be cut."""
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
        """Return what of a map like the output belongs to each tile, as flat arrays."""
        parts = []
        for tile in self._tiles:
            part = output[:, tile.rows[-1]]
            parts.append(aligned(part.size, self._dtype))
            parts[-1].reshape(part.shape)[...] = part
        return tuple(parts)

    def join(self, parts: Sequence[Array]) -> Array:
        """Return a new map, of which `split` would make ``parts``."""
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
        """Return a copy of the derivatives by the outputs of all layers, whole; before them (0) that by the input."""
        return self._copies([part.grads for part in self.parts], first, add=True)

    def _copies(self, buffers: Sequence[tuple[Buffer, ...]], first: int, *, add: bool) -> tuple[Array, ...]:
        """Return the maps from the first on, each put together of those of all tiles."""
        if len(buffers) == 1:
            return tuple(buffer.copy() for buffer in buffers[0][first:])
        return tuple(
            self._assemble(index, [own[index] for own in buffers], add=add) for index in range(first, len(self._shapes))
        )

    def _assemble(self, index: int, parts: Sequence[Buffer], *, add: bool) -> Array:
        """Return a new map that is put together of its tiles; those that overlap are alike, or add up.

        What tiles have in common is added, and all else is written once: of a large map every pass is felt.
        """
        whole = np.zeros(self._shapes[index], self._dtype)
        written = 0
        for tile, part in zip(self._tiles, parts, strict=True):
            rows = tile.rows[index]
            part.copy_to(whole[:, rows], max(0, written - rows.start) if add else 0)
            written = rows.stop
        return whole


def _products(network: Network) -> int:
    """Return how many products the forward pass sums up, biases among them."""
    sizes = zip(network.layers, network.shapes, network.shapes[1:], strict=False)
    return sum(layer.parameter_size(before) * after[1] * after[2] for layer, before, after in sizes)


def _tile(network: Network, rows: slice) -> Tile | None:
    """Return the tile that makes some rows of the output; None where some layer cannot make a part of its output."""
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
