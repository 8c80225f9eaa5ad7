"""What is put under the microscope, and what is seen of it."""

from __future__ import annotations

import numpy as np

from convviz.engine import Problem, Trainer


def picture(viewer):
    return viewer.stage.grab().toImage()


def frame_of(*layers, size=(12, 13), channels=1):
    """A frame of a network on random numbers."""
    rng = np.random.default_rng(5)
    shapes = [(channels, *size)]
    for layer in layers:
        shapes.append(layer.output_shape(shapes[-1]))
    problem = Problem(
        input=rng.normal(size=shapes[0]),
        target=rng.normal(size=shapes[-1]),
        layers=layers,
        initial=[layer.init(rng, shape) for layer, shape in zip(layers, shapes, strict=False)],
    )
    return Trainer(problem).frame(input_gradient=True)


def phase_of(viewer, act):
    for number in range(len(viewer.chips())):
        viewer.microscope.show_phase(number)
        if viewer.moment.phase.act is act:
            return number
    raise AssertionError(act)


def seen_on_its_way(viewer, qtbot, start=None):
    """Return a picture of each moment after ``start`` (None: after that which is seen) until one is seen that moves.

    However rarely this process is run, there is one.
    """
    start = viewer.microscope.position if start is None else start
    begun = {}

    def moves():
        at = viewer.microscope.position
        return at != start and begun.setdefault(at, picture(viewer)) != picture(viewer)

    qtbot.waitUntil(moves)
    return begun
