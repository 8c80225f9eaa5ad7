"""Problems to train on, for the tests of everything that trains."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from convviz.engine import (
    SGD,
    Adam,
    Conv2d,
    CosineRate,
    Huber,
    MaxPool2d,
    Network,
    Problem,
    ReLU,
    RMSprop,
    StepRate,
    StopConditions,
    Tanh,
)

REFERENCE = Path(__file__).parent / "data" / "seed_run_7.npz"


def reference():
    """Return the arrays of the reference run."""
    with np.load(REFERENCE, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def reference_problem(**changes):
    """Return the problem of the reference run: the demo, from its own numbers."""
    run = reference()
    initial = tuple({"weight": run[f"student_kernel{n}"][np.newaxis, np.newaxis], "bias": np.zeros(1)} for n in (1, 2))
    given = {
        "input": run["input"][np.newaxis],
        "target": run["target"][np.newaxis],
        "layers": (Conv2d((3, 3)), Conv2d((4, 4), stride=2)),
        "initial": initial,
    }
    return Problem(**{**given, **changes})


def dying_problem(**changes):
    """Return that problem with a ReLU after its first layer, and a rate at which all outputs of it are soon 0."""
    layers, initial = (problem := reference_problem()).layers, problem.initial
    given = {
        "layers": (layers[0], ReLU(), layers[1]),
        "initial": (initial[0], {}, initial[1]),
        "optimizer": SGD(learning_rate=1e-3),
        "stop": StopConditions(steps=10**6),
    }
    return reference_problem(**{**given, **changes})


#: Stacks that are unlike one another; each fits an input of (2, 9, 8).
STACKS = {
    "one": (Conv2d((3, 3), out_channels=2),),
    "channels": (Conv2d((3, 2), out_channels=3, padding=1), ReLU(), Conv2d((2, 2), out_channels=2, stride=2)),
    "pooled": (Conv2d((2, 2), out_channels=2), MaxPool2d((2, 2)), Tanh(), Conv2d((2, 2), bias=None)),
    "scaled": (Conv2d((3, 3), rate=0.5), Conv2d((2, 2), rate=0.0), Conv2d((2, 2), rate=2.0)),
    "constant first": (Tanh(), MaxPool2d((2, 2)), Conv2d((2, 2), out_channels=2), Tanh()),
    "nothing to learn": (ReLU(), MaxPool2d((2, 2))),
}


def small_problem(stack="channels", *, seed=0, steps=10**6, stop=None, **changes):
    """Return a problem whose target a network of the same layers makes."""
    rng = np.random.default_rng(seed)
    layers = STACKS[stack] if isinstance(stack, str) else stack
    dtype = changes.get("dtype", np.float64)
    network = Network(layers, (2, 9, 8), dtype)
    values = rng.normal(size=(2, 9, 8))
    teacher, initial = network.init(rng), network.init(rng)
    return Problem(
        input=values,
        target=network.forward(teacher, values.astype(dtype))[-1],
        layers=layers,
        initial=initial,
        teacher=teacher,
        stop=stop or StopConditions(steps=steps),
        **changes,
    )


def arrays_of(frame):
    """Return every array of a frame by name."""
    arrays = {"target": frame.target, "residual": frame.residual}
    for name, entries in (("value", frame.values), ("value_grad", frame.value_grads)):
        arrays.update({f"{name} {i}": entry for i, entry in enumerate(entries) if entry is not None})
    for name, layers in (("parameter", frame.parameters), ("gradient", frame.gradients), ("teacher", frame.teacher)):
        for i, layer in enumerate(layers or ()):
            arrays.update({f"{name} {i} {key}": array for key, array in layer.items()})
    return {**arrays, **frame.optimizer_state}


def assert_same_frame(actual, expected):
    """Assert that two frames hold the same numbers, bit for bit."""
    assert (actual.step, actual.loss, actual.learning_rate) == (expected.step, expected.loss, expected.learning_rate)
    ours, theirs = arrays_of(actual), arrays_of(expected)
    assert ours.keys() == theirs.keys()
    for name, array in ours.items():
        assert np.array_equal(array, theirs[name], equal_nan=True), name


#: Ways to train that keep different things from step to step.
WAYS = {
    "plain": {"optimizer": SGD(learning_rate=3e-4)},
    "momentum": {"optimizer": SGD(learning_rate=1e-4, momentum=0.9, nesterov=True, clip=50.0)},
    "adam and cosine": {"optimizer": Adam(learning_rate=1e-2), "schedule": CosineRate(period=60)},
    "rmsprop and steps": {
        "optimizer": RMSprop(learning_rate=1e-3, momentum=0.5),
        "schedule": StepRate(every=50, factor=0.5),
        "loss": Huber(),
    },
    "single precision": {"optimizer": Adam(learning_rate=1e-2), "dtype": np.float32},
}
