"""convviz: see a convolutional network learn."""

import os

# The engine shares the work on large maps among threads itself (convviz.engine.tiles): with more of its own for every
# product, OpenBLAS would only compete with them for the cores. It reads this once, when NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
