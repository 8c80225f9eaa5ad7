"""Every kind of layer with settings of every kind."""

from __future__ import annotations

from itertools import product

from convviz.engine import ConfigError
from convviz.engine.settings import settings_of

#: For every field that some layer has: values to try besides its default.
VARIATIONS = {
    "kernel": [(2, 3), (3, 1)],
    "out_channels": [4],
    "stride": [(2, 1), (1, 3)],
    "padding": [(1, 0), ((0, 1), (1, 0)), "same", "full"],
    "dilation": [(2, 1), (2, 2)],
    "groups": [2],
    "bias": [None, 0.5],
    "output_padding": [(1, 0)],
    "slope": [0.0, 0.3],
    "count_padding": [False],
}
SHAPES = [(2, 6, 7), (2, 5, 5)]


def variants(cls):
    """Every possible layer of a class whose fields have default or varied values; two fields differ at most."""
    fields = [name for name in settings_of(cls) if name in VARIATIONS]
    if "groups" in fields:
        fields.append("groups")  # grouped, it takes two output channels as well
    seen = []
    for first, second in product(fields or [None], repeat=2):
        for a, b in product(VARIATIONS.get(first, [None]), VARIATIONS.get(second, [None])):
            changes = {name: value for name, value in ((first, a), (second, b)) if name is not None}
            if "groups" in changes:
                changes.setdefault("out_channels", 2)
            try:
                layer = cls(**changes)
            except ConfigError:
                continue
            if layer not in seen:
                seen.append(layer)
    return seen
