"""The controls and parts of the window that a lesson can ring, by the names that its file calls them.

They are the names of objects in the window, of which this knows nothing: a test looks for each of them there. The parts
of the window that are made anew with each selection are families: ``field.`` and the place of a setting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from convviz.engine.errors import ConfigError
from convviz.engine.layers import LAYERS
from convviz.engine.settings import Spec, settings_of
from convviz.i18n import Listed, guessed, mark
from convviz.model.experiment import TEACHER_SETTINGS, Experiment, Stage
from convviz.model.files.entries import shown, unknown
from convviz.model.lessons.conditions import index_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: What each of them is.
CONTROLS: dict[str, str] = {
    "play": mark("Let the student learn"),
    "step": mark("Make one training step"),
    "run_n": mark("Make as many steps as the number beside it says, then pause"),
    "run_length": mark("How many steps 'Run N' makes, 1 … 1,000,000"),
    "reset": mark("Go back to step 0 with the same initial kernels; undoing that brings the run back"),
    "new_seed": mark("Draw other random initial kernels for the student, with a new seed"),
    "speed": mark("How many steps a second"),
    "free": mark("Train as fast as the machine can, or at the speed of the slider again"),
    "undo": mark("Undo the last change of the experiment"),
    "redo": mark("Make the change again that was undone"),
    "experiment": mark("The choice of the experiment"),
    "transport": mark("The row of buttons at the top"),
    "pipeline": mark("The picture of the network"),
    "microscope": mark("The button of the microscope, or the microscope itself"),
    "microscope.layer": mark("The layer under the microscope"),
    "microscope.forwards": mark("The forward pass under the microscope"),
    "microscope.backwards": mark("The way back under the microscope"),
    **{f"microscope.phase{n}": mark("A phase under the microscope, counted from 1") for n in range(1, 7)},
    "microscope.stage": mark("All boards under the microscope"),
    "microscope.play": mark("Let the microscope go on by itself"),
    "microscope.scrub": mark("The slider through the cells under the microscope"),
    "landscape": mark("The button of the landscape"),
    "landscape_panel": mark("The landscape"),
    "loss": mark("The loss and its controls"),
    "loss_plot": mark("The curve of the loss"),
    "log_loss": mark("Draw the loss on a logarithmic axis"),
    "keep_curve": mark(
        "Keep the loss curve of this run in the plot, to compare other runs with it; the last three are kept"
    ),
    "history": mark("The row of controls through the recorded steps"),
    "history_slider": mark("The slider through the recorded steps"),
    "earlier": mark("Show the step before"),
    "later": mark("Show the step after"),
    "replay": mark("Let the recorded steps pass again, from the one that is shown or from step 0; nothing is trained"),
    "live": mark("Leave the past and show the newest step again"),
    "continue": mark(
        "Train on from the step that is shown, as a new branch; the steps after it are kept as another one"
    ),
    "branches": mark("The list of branches"),
    "side": mark("Everything at the right"),
    "outline": mark("The list of input, layers, target and training"),
    "inspector": mark("The controls of what is selected"),
    "layers.add": mark("Add a layer"),
    "layers.remove": mark("Remove the selected layer"),
    "check_badge": mark("The sign of the gradient check"),
    "status": mark("The line at the bottom"),
}

#: What stands before the place of a setting, and an example of one.
FIELD, FIELD_EXAMPLE = "field.", "field.layers.1.stride"


def check_control(name: str, experiment: Experiment) -> None:
    """Raise `ConfigError` unless ``name`` is a control, or the field of a setting.

    The layers are those of ``experiment``, with which a scene begins; what else can be set may be chosen while the
    lesson goes on.
    """
    if name in CONTROLS:
        return
    if not name.startswith(FIELD):
        raise unknown(_ONE_OF, _WITH_GUESS, "control", name, (*CONTROLS, FIELD_EXAMPLE))
    place = name.removeprefix(FIELD)
    if _is_setting(place, len(experiment.stages)):
        return
    part = f"{_part(place)}."  # it is more likely that what stands behind it is mistyped
    own = [each.removeprefix(part) for each in settings_in(experiment) if each.startswith(part)]
    if not own:
        raise unknown(_ONE_OF, _WITH_GUESS, "control", name, [FIELD + each for each in settings_in(experiment)])
    guess = guessed(place.removeprefix(part), own)
    raise ConfigError(
        _ONE_OF if guess is None else _WITH_GUESS,
        field="control",
        name="control",
        known=Listed(FIELD + part + each for each in own),
        received=shown(name),
        guess=None if guess is None else FIELD + part + guess,
    )


_ONE_OF = mark("{name}: expected one of {known}, received {received}")
_WITH_GUESS = mark("{name}: no control is called {received}; did you mean {guess}?")


def _part(place: str) -> str:
    """Return the part of an experiment that a setting is of: a layer, or the first word."""
    names = place.split(".")
    return ".".join(names[: 2 if names[0] == "layers" else 1])


def settings_in(spec: Spec, prefix: str = "") -> Iterator[str]:
    """Return the places of the settings of an experiment, or of a part of one at ``prefix``, that have a field."""
    for name, described in settings_of(type(spec)).items():
        if isinstance(spec, Stage) and name == "layer":
            yield from settings_in(spec.layer, prefix)
            continue
        if name == "stages":
            for index, stage in enumerate(getattr(spec, name)):
                yield f"layers.{index}"
                yield from settings_in(stage, f"layers.{index}.")
            continue
        if name in TEACHER_SETTINGS.values():  # whose fields are there only once somebody has chosen the teacher
            continue
        if described.kind != "array":
            yield prefix + name
        if isinstance(inner := getattr(spec, name), Spec):
            yield from settings_in(inner, f"{prefix}{name}.")


def _is_setting(place: str, layers: int) -> bool:
    """Return whether some experiment of so many layers has a setting at a place."""
    names = place.split(".")
    classes: list[type[Spec]] = [Experiment]
    if names[0] == "layers":
        if len(names) < 2 or index_of(names[1]) not in range(layers):
            return False
        classes, names = [Stage, *LAYERS.values()], names[2:]
    for name in names:
        found = [settings_of(cls)[name] for cls in classes if name in settings_of(cls)]
        if not found or found[0].kind in ("array", "specs") or name == "layer":
            return False
        registries: list[Mapping[str, type[Spec]]] = [each.registry() for each in found if each.registry is not None]
        classes = [cls for registry in registries for cls in registry.values()]
    return True
