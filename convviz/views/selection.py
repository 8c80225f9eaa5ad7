"""What is selected in the picture: the thing whose controls the inspector shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

#: ``training`` stands for everything that is not a map or a layer: loss, optimizer, stop conditions.
SelectionKind = Literal["input", "layer", "target", "training"]


@dataclass(frozen=True)
class Selection:
    """One selected part of the experiment.

    Attributes
    ----------
    kind
    index
        The layer's position; 0 for everything else.
    part
        Of the training, what is looked at: the loss, which the residual shows; nothing: all of it.
    """

    kind: SelectionKind
    index: int = 0
    part: Literal["", "loss"] = ""

    @property
    def whole(self) -> Selection:
        """The same without its part: what has a page of controls."""
        return replace(self, part="")
