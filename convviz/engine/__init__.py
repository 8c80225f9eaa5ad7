"""The engine: convolution networks, their gradients and their training, in NumPy alone."""

from __future__ import annotations

from convviz.engine.errors import ConfigError, ConvvizError, ShapeError
from convviz.engine.frames import Frame, Packet, State, Status, StopReason
from convviz.engine.layers import (
    LAYERS,
    AvgPool2d,
    Conv2d,
    ConvTranspose2d,
    Layer,
    LeakyReLU,
    MaxPool2d,
    ReLU,
    Sigmoid,
    Tanh,
)
from convviz.engine.ops import conv2d, conv2d_input_grad, conv2d_weight_grad, insert_zeros, pad_zeros, rotate_180
from convviz.engine.shapes import Window

__all__ = [
    "LAYERS",
    "AvgPool2d",
    "ConfigError",
    "Conv2d",
    "ConvTranspose2d",
    "ConvvizError",
    "Frame",
    "Layer",
    "LeakyReLU",
    "MaxPool2d",
    "Packet",
    "ReLU",
    "ShapeError",
    "Sigmoid",
    "State",
    "Status",
    "StopReason",
    "Tanh",
    "Window",
    "conv2d",
    "conv2d_input_grad",
    "conv2d_weight_grad",
    "insert_zeros",
    "pad_zeros",
    "rotate_180",
]
