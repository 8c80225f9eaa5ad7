"""What is selected in the picture: the thing whose controls the inspector shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: ``training`` stands for everything that is not a map or a layer: loss, optimizer, stop conditions.
SelectionKind = Literal["input", "layer", "target", "training"]


@dataclass(frozen=True)
class Selection:
    """One selected part of the experiment; ``index`` is the layer's position and 0 for everything else."""

    kind: SelectionKind
    index: int = 0
