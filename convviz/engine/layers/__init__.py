"""The layers. A new one is a file of its own and its class in `LAYERS`."""

from __future__ import annotations

from convviz.engine.layers.avg_pool2d import AvgPool2d
from convviz.engine.layers.base import BoundLayer, Buffer, Layer, Slots
from convviz.engine.layers.conv2d import Conv2d
from convviz.engine.layers.conv_transpose2d import ConvTranspose2d
from convviz.engine.layers.leaky_relu import LeakyReLU
from convviz.engine.layers.max_pool2d import MaxPool2d
from convviz.engine.layers.relu import ReLU
from convviz.engine.layers.sigmoid import Sigmoid
from convviz.engine.layers.tanh import Tanh

#: Every layer by the name it has in files.
LAYERS: dict[str, type[Layer]] = {
    cls.kind: cls for cls in (Conv2d, ReLU, LeakyReLU, Sigmoid, Tanh, MaxPool2d, AvgPool2d, ConvTranspose2d)
}

__all__ = [
    "LAYERS",
    "AvgPool2d",
    "BoundLayer",
    "Buffer",
    "Conv2d",
    "ConvTranspose2d",
    "Layer",
    "LeakyReLU",
    "MaxPool2d",
    "ReLU",
    "Sigmoid",
    "Slots",
    "Tanh",
]
