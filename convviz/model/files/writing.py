"""From an experiment to a file: every setting, also those that have their default, exactly to the last bit.

A file is written beside its final place and renamed, so that nobody ever finds half of one, and what was there before
stays whole if anything fails.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from convviz.engine.errors import ConfigError
from convviz.engine.initializers import Given, Normal, Zeros
from convviz.engine.settings import Setting, Spec, default_of, settings_of
from convviz.model.experiment import TEACHER_SETTINGS
from convviz.model.files.arrays import MOST_INLINE, ArrayStore
from convviz.model.files.reading import LAYERS_ENTRY, TEACHER_ENTRY, VERSION
from convviz.model.files.text import LARGEST_FILE, render
from convviz.model.sources import GivenMap
from convviz.storage import replacing

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from convviz.model.experiment import Experiment, Stage


def write_experiment(path: str | Path, experiment: Experiment) -> None:
    """Write an experiment so that `read_experiment` gives back an equal one.

    Arrays of more than 4,096 numbers go into ``.npy`` files beside it, which are written first. No other file is
    changed, and none is deleted.

    Raises
    ------
    ShapeError, ConfigError
        If the experiment is not valid, or the file cannot be written; what was there before is unchanged.
    """
    experiment.validate()
    path = Path(path)
    store = ArrayStore(path.stem)
    try:
        raw = render(encode_experiment(experiment, store)).encode()
    except UnicodeEncodeError as error:
        raise ConfigError("a text of the experiment holds an incomplete character") from error
    if len(raw) > LARGEST_FILE:
        raise ConfigError(
            "{file}: the experiment is too large for a file: {received:,} bytes, expected at most {expected:,}",
            file=path.name,
            received=len(raw),
            expected=LARGEST_FILE,
        )
    for name, content in store.files.items():
        _write_whole(path.with_name(name), content)
    _write_whole(path, raw)


def encode_experiment(experiment: Experiment, store: ArrayStore | None = None) -> dict[str, Any]:
    """Return an experiment as plain data, as `decode_experiment` takes them.

    Parameters
    ----------
    experiment
        What to write.
    store
        Takes the large arrays; None: they are written as nested lists like the others.
    """
    writer = _Writer(store)
    data: dict[str, Any] = {"version": VERSION}
    for name, described in settings_of(type(experiment)).items():
        if name == "stages":
            data[LAYERS_ENTRY] = [writer.stage(stage, f"layer-{i}") for i, stage in enumerate(experiment.stages)]
        else:
            writer.setting(data, experiment, name, described, name)
    return data


def encode_value(value: Any, described: Setting) -> Any:
    """Return one setting's value as plain data."""
    return _Writer(None).value(value, described, "")


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    try:
        with replacing(path) as fresh, fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise ConfigError(
            "{file} cannot be written: {reason}", file=path.name, reason=error.strerror or error
        ) from error
    except ValueError as error:  # a null byte
        raise ConfigError("{file} is not the name of a file", file=repr(path.name)) from error


class _Writer:
    """Turns values into plain data by the description of their setting."""

    def __init__(self, store: ArrayStore | None) -> None:
        self._store = store

    def setting(self, data: dict[str, Any], spec: Spec, name: str, described: Setting, where: str) -> None:
        """Put one setting of ``spec`` into ``data``, unless it is empty by default and empty now."""
        value = getattr(spec, name)
        if (value is None or isinstance(value, str)) and not value and value == default_of(type(spec), name):
            return
        data[name] = self.value(value, described, where)

    def value(self, value: Any, described: Setting, where: str) -> Any:
        """Return one value as plain data."""
        if value is None:
            return None
        if described.kind == "spec":
            single = described.registry is not None and len(described.registry()) == 1
            return self.spec(value, where, named=not single)
        if described.kind == "padding":
            return _padding(value)
        return list(value) if described.kind == "pair" else value

    def spec(self, spec: Spec, where: str, named: bool = True) -> Any:
        """Return a spec as plain data: given numbers as they are, anything else as an object with its type."""
        if isinstance(spec, Given):
            return self.numbers(spec.values, where)
        if isinstance(spec, GivenMap):
            return self.numbers(spec.values[0] if spec.shape[0] == 1 else spec.values, where)
        data: dict[str, Any] = {"type": spec.kind} if named else {}
        for name, described in settings_of(type(spec)).items():
            self.setting(data, spec, name, described, f"{where}-{name}")
        return data

    def stage(self, stage: Stage, where: str) -> dict[str, Any]:
        """Return a layer as plain data, with its teacher where it has one of its own."""
        data: dict[str, Any] = self.spec(stage.layer, where)
        if (stage.teacher_weight, stage.teacher_bias) != (Normal(), Zeros()):
            known = settings_of(type(stage))
            data[TEACHER_ENTRY] = {
                entry: self.value(getattr(stage, name), known[name], f"{where}-teacher-{entry}")
                for entry, name in TEACHER_SETTINGS.items()
            }
        return data

    def numbers(self, values: ArrayLike, where: str) -> Any:
        """Return an array as nested lists, or as the name of its file if it is large."""
        array = np.asarray(values, np.float64)
        if self._store is not None and array.size > MOST_INLINE:
            return {"file": self._store.put(where, array)}
        return array.tolist()


def _padding(value: Any) -> Any:
    """Return a padding as briefly as it can be written."""
    if isinstance(value, str):
        return value
    (top, bottom), (left, right) = value
    if (top, left) != (bottom, right):
        return [[top, bottom], [left, right]]
    return top if top == left else [top, left]
