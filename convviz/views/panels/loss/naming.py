"""What a run that is kept is called beside the present one: by what it has otherwise. No widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convviz.engine.settings import Setting, Spec, settings_of
from convviz.engine.shapes import pair_text
from convviz.i18n import Listed, mark, tr
from convviz.number_text import short_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from convviz.model.experiment import Experiment

#: Settings that are told often, more briefly than by their labels.
_BRIEF = {
    "learning_rate": mark("rate {value}"),
    "momentum": mark("momentum {value}"),
    "weight_decay": mark("weight decay {value}"),
    "clip": mark("clipped at {value}"),
    "seed": mark("seed {value}"),
}
#: Settings of an experiment that decide what is to be learned.
_TASK = {
    "input": mark("another input"),
    "stages": mark("other layers"),
    "target": mark("another target"),
    "loss": "",
    "teacher_seed": "",
    "dtype": "",
}
#: How values are written that are not written as they are.
_WRITTEN: dict[str, Callable[[Any], str]] = {"float": lambda value: short_number(value, 3), "pair": pair_text}
#: Settings that make no other curve.
_IDLE = ("name", "notes", "stop")


def run_name(kept: Experiment, present: Experiment) -> str:
    """Return what tells the run of ``kept`` from one of ``present``.

    That is its name where it has another and learns something else; else each setting that differs, as it has it.
    """
    differing = [name for name in settings_of(type(kept)) if getattr(kept, name) != getattr(present, name)]
    differing = [name for name in differing if name not in _IDLE]
    if not differing:
        return tr("same settings")
    if kept.name and kept.name != present.name and any(name in _TASK for name in differing):
        return tr(kept.name)
    return str(Listed(text for name in differing for text in _setting_texts(kept, present, name)))


def _setting_texts(kept: Experiment, present: Experiment, name: str) -> list[str]:
    described, value, other = settings_of(type(kept))[name], getattr(kept, name), getattr(present, name)
    if name == "optimizer":
        rate = tr(_BRIEF["learning_rate"]).format(value=_WRITTEN["float"](value.learning_rate))
        return [tr(value.label), rate] if type(value) is not type(other) else _differences(value, other) or []
    if name == "stages":
        return _layer_texts(kept, present) or [tr(_TASK[name])]
    if described.kind == "spec":
        return [tr(_TASK[name]) if _TASK.get(name) else _labelled(described, tr(value.label))]
    return [_text(described, name, value)]


def _layer_texts(kept: Experiment, present: Experiment) -> list[str] | None:
    """Return how the layers differ; None where that would be a long tale."""
    if len(kept.stages) != len(present.stages):
        return None
    texts: list[str] = []
    for number, (stage, other) in enumerate(zip(kept.stages, present.stages, strict=True), start=1):
        found = _differences(stage.layer, other.layer)
        if found is None or stage.replace(layer=other.layer) != other:
            return None
        texts += [tr("layer {number}: {text}").format(number=number, text=text) for text in found]
    return texts


def _differences(spec: Spec, other: Spec) -> list[str] | None:
    """Return every setting that differs, as ``spec`` has it; None where one of them cannot be told in a word."""
    if type(spec) is not type(other):
        return None
    settings = settings_of(type(spec))
    differing = {name: getattr(spec, name) for name in settings if getattr(spec, name) != getattr(other, name)}
    if any(settings[name].kind not in ("int", "seed", "float", "bool", "pair") for name in differing):
        return None
    return [_text(settings[name], name, value) for name, value in differing.items()]


def _text(described: Setting, name: str, value: Any) -> str:
    if described.kind == "bool":
        return tr(described.label) if value else tr("without {setting}").format(setting=tr(described.label))
    told = str(value)
    if described.kind in _WRITTEN:
        told = _WRITTEN[described.kind](value)
    return tr(_BRIEF[name]).format(value=told) if name in _BRIEF else _labelled(described, told)


def _labelled(described: Setting, value: str) -> str:
    return tr("{setting}: {value}").format(setting=tr(described.label), value=value)
