"""Experiments in files: JSON of a documented form, with large arrays in ``.npy`` files beside it.

Files are data, never code. What is read is measured before memory is taken for it, checked as a whole before it is
used, and refused by name where it is not understood; what is written is exact to the last bit and replaces the old file
in one move.
"""

from convviz.model.files.library import (
    builtin_experiments,
    builtin_names,
    find_experiment,
    load_builtin,
    own_notes,
    own_title,
)
from convviz.model.files.reading import about_file, decode_experiment, read_experiment
from convviz.model.files.schema import experiment_schema
from convviz.model.files.writing import encode_experiment, write_experiment

__all__ = [
    "about_file",
    "builtin_experiments",
    "builtin_names",
    "decode_experiment",
    "encode_experiment",
    "experiment_schema",
    "find_experiment",
    "load_builtin",
    "own_notes",
    "own_title",
    "read_experiment",
    "write_experiment",
]
