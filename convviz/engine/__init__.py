"""The engine: convolutional networks, their gradients and their training, in NumPy alone."""

from __future__ import annotations

from convviz.engine.check import Check
from convviz.engine.errors import ConfigError, ConvvizError, ShapeError
from convviz.engine.frames import Frame, Packet, State, Status
from convviz.engine.initializers import (
    INITIALIZERS,
    Constant,
    Given,
    Glorot,
    He,
    Initializer,
    Normal,
    Uniform,
    Zeros,
)
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
from convviz.engine.losses import LOSSES, Huber, Loss, MeanAbsoluteError, MeanSquaredError, SumSquaredError
from convviz.engine.network import Network
from convviz.engine.ops import conv2d, conv2d_input_grad, conv2d_weight_grad, insert_zeros, pad_zeros, rotate_180
from convviz.engine.optimizers import (
    OPTIMIZERS,
    SCHEDULES,
    SGD,
    Adam,
    ConstantRate,
    CosineRate,
    Optimizer,
    RMSprop,
    Schedule,
    StepRate,
)
from convviz.engine.problem import Problem
from convviz.engine.shapes import Window
from convviz.engine.stopping import StopConditions, StopReason
from convviz.engine.trainer import Trainer

__all__ = [
    "INITIALIZERS",
    "LAYERS",
    "LOSSES",
    "OPTIMIZERS",
    "SCHEDULES",
    "SGD",
    "Adam",
    "AvgPool2d",
    "Check",
    "ConfigError",
    "Constant",
    "ConstantRate",
    "Conv2d",
    "ConvTranspose2d",
    "ConvvizError",
    "CosineRate",
    "Frame",
    "Given",
    "Glorot",
    "He",
    "Huber",
    "Initializer",
    "Layer",
    "LeakyReLU",
    "Loss",
    "MaxPool2d",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "Network",
    "Normal",
    "Optimizer",
    "Packet",
    "Problem",
    "RMSprop",
    "ReLU",
    "Schedule",
    "ShapeError",
    "Sigmoid",
    "State",
    "Status",
    "StepRate",
    "StopConditions",
    "StopReason",
    "SumSquaredError",
    "Tanh",
    "Trainer",
    "Uniform",
    "Window",
    "Zeros",
    "conv2d",
    "conv2d_input_grad",
    "conv2d_weight_grad",
    "insert_zeros",
    "pad_zeros",
    "rotate_180",
]
