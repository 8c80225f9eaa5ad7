"""What a walk through a layer's work can show, by name: a lesson is read by these long before there is a walk."""

from __future__ import annotations

from enum import Enum


class Act(Enum):
    """What happens in a phase."""

    INPUT = "input"  #: the map that comes in
    PADDING = "padding"  #: zeros around it
    DILATION = "dilation"  #: gaps between the kernel's taps
    WINDOWS = "windows"  #: a window slides, forwards
    ERROR = "error"  #: what comes back
    INSERTION = "insertion"  #: zeros between the errors
    BORDER = "border"  #: zeros around them
    ROTATION = "rotation"  #: the kernel rotated by 180°
    MEETING = "meeting"  #: gathered by a sliding window, and spread: the same
    SPREADING = "spreading"  #: every cell spreads its share
    GATHERING = "gathering"  #: a window slides, backwards
    WEIGHTS = "weights"  #: the kernel's gradient, tap by tap
    FUNCTION = "function"  #: every number by itself
    DERIVATIVE = "derivative"  #: the error times the slope
    RESIDUAL = "residual"  #: what the reconstruction lacks
    CONTRIBUTION = "contribution"  #: what each cell adds to the loss
    SLOPE = "slope"  #: what each cell's error is


class Strip(Enum):
    """Which of the rows that go on side by side a row is."""

    GATHER = "gather"  #: a window slides over what comes back, and adds up
    SCATTER = "scatter"  #: what comes back spreads its shares
    CORRELATE = "correlate"  #: what comes back meets the input, and makes the kernel's gradient


class Role(Enum):
    """What a board shows."""

    INPUT = "input"
    PADDED_INPUT = "padded input"
    OUTPUT = "output"
    KERNEL = "kernel"
    DILATED = "dilated kernel"
    ROTATED = "rotated kernel"
    WINDOW = "cells under the window"
    SHARES = "slopes of the window's number"
    PRODUCTS = "products"
    ERROR = "error"
    SPREAD_ERROR = "error with zeros between"
    PADDED_ERROR = "error within its border"
    SPREAD_INPUT = "input with zeros between"
    SHARE = "share of one error"
    SHARE_INPUT = "share of one input"
    MET_ERROR = "errors that one input meets"
    PAIRED = "products of one input and the errors"
    INPUT_GRAD = "gradient of the input"
    GATHERED = "gradient of the input, gathered"
    SCATTERED = "gradient of the input, scattered"
    WEIGHT_GRAD = "gradient of the kernel"
    BIAS_GRAD = "gradient of the bias"
    RECONSTRUCTION = "reconstruction"
    TARGET = "target"
    RESIDUAL = "residual"
    CONTRIBUTION = "contribution"
