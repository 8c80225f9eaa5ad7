"""convviz: see a convolution network learn."""

__version__ = "0.1.0"
