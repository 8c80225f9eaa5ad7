"""How the files end that numbers are read from, by themselves: what reads the pictures loads Qt."""

from __future__ import annotations

#: Pictures. Drawings made of lines, such as SVG, have no cells of their own.
PICTURES = ("png", "jpg", "jpeg", "bmp", "gif", "webp", "tif", "tiff", "pbm", "pgm", "ppm")
#: NumPy's arrays, and tables.
ARRAYS = ("npy",)
TABLES = ("csv", "tsv", "txt")


def ending_of(name: str) -> str:
    """Return how a file's name ends, in small letters and without the point; empty where it does not."""
    stem, point, ending = name.rpartition(".")
    return ending.lower() if stem and point else ""
