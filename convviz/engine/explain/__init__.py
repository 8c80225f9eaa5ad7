"""Where every number of a frame comes from, and what comes of it.

`explain` takes one number apart into the terms that make it; `fields` tells which cells of all other arrays it is
computed from and which are computed from it. Both read the frame alone, and ask the layers for their links.
"""

from convviz.engine.explain.explain import explain, loss_factors
from convviz.engine.explain.explanation import Explanation, Factor, Note, Part, Rule
from convviz.engine.explain.fields import Field, fields
from convviz.engine.explain.sharing import is_signed, sharing
from convviz.engine.explain.tensors import Kind, Tensor, array_of, check_index
from convviz.engine.explain.update import next_parameters

__all__ = [
    "Explanation",
    "Factor",
    "Field",
    "Kind",
    "Note",
    "Part",
    "Rule",
    "Tensor",
    "array_of",
    "check_index",
    "explain",
    "fields",
    "is_signed",
    "loss_factors",
    "next_parameters",
    "sharing",
]
