"""From the plain data of a file to an experiment. Nothing is guessed: what is not known is refused by its name.

The settings of each class (`convviz.engine.settings`) say which entries it has; there is no second list of them here.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import MISSING
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from convviz.engine.errors import ConfigError, ConvvizError, inside
from convviz.engine.initializers import Given
from convviz.engine.layers import LAYERS, Layer
from convviz.engine.settings import Setting, Spec, check_value, default_of, settings_of
from convviz.i18n import mark
from convviz.model.experiment import TEACHER_SETTINGS, Experiment, Stage
from convviz.model.files.arrays import MOST_AXES
from convviz.model.files.beside import load_numbers
from convviz.model.files.endings import ARRAYS, PICTURES, ending_of
from convviz.model.files.entries import mapping, refuse_unknown, shown, unknown
from convviz.model.files.opening import read_bytes
from convviz.model.files.text import LARGEST_FILE, parse
from convviz.model.sources import GivenMap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SpecT = TypeVar("SpecT", bound=Spec)

#: The version that is written, and the newest that is read.
VERSION = 1

#: What brings the data of an older version to the next one, by the older version's number. Version 1 is the first.
MIGRATIONS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}

#: Entries of an experiment file that are not settings of an experiment.
_EXTRA_ENTRIES = ("$schema", "version")

#: What a file calls the stages: each of its layers has the teacher's parameters as one more entry.
LAYERS_ENTRY = "layers"
TEACHER_ENTRY = "teacher"


def read_experiment(path: str | Path) -> Experiment:
    """Return the experiment that a file holds, validated as a whole.

    Raises
    ------
    ShapeError, ConfigError
        'demo.json: layers[1].stride: expected a whole number 1 … 64, received 0': the file, the field, and what is
        wrong there.
    """
    path = Path(path)
    with about_file(path):
        return decode_experiment(parse(read_bytes(path, LARGEST_FILE)), path.parent)


@contextmanager
def about_file(path: Path) -> Iterator[None]:
    """Tell every `ConvvizError` that leaves the block as one of the experiment in a file, which it names first."""
    try:
        yield
    except ConvvizError as error:
        says_where = not error.field or "name" in error.values
        raise type(error)(
            mark("{file}: {error}") if says_where else mark("{file}: {place}: {error}"),
            field=error.field,
            file=path.name or path,
            place=error.field,
            error=error,
        ) from error


def decode_experiment(data: Any, folder: Path | None = None) -> Experiment:
    """Return the experiment that plain data describe, validated as a whole.

    Parameters
    ----------
    data
        What `encode_experiment` returns, or what JSON text of that form holds.
    folder
        Where the files of ``{"file": …}`` entries lie; None: such entries are refused.

    Raises
    ------
    ShapeError, ConfigError
        Where something is unknown, missing, of the wrong type or size; ``field`` says where.
    """
    try:
        experiment = _Reader(folder).experiment(migrate(mapping(data)))
        experiment.validate()
        experiment = experiment.fitted()  # kernels without their axis of one channel have it from here on
    except ConvvizError as error:
        # Plain numbers stand for a given kernel or map without its entry ``values``, which need not be named then.
        if error.field is None or ".values" not in error.field:
            raise
        raise error.at(error.field.replace(".values", "")) from error
    return experiment


def migrate(
    data: dict[str, Any],
    migrations: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = MIGRATIONS,
    newest: int = VERSION,
) -> dict[str, Any]:
    """Return the data of any known version as data of the ``newest``.

    Raises
    ------
    ConfigError
        If the version is missing, is none, or is of a later program.
    """
    if "version" not in data:
        raise ConfigError("expected the file's version, received none", field="version")
    version = data["version"]
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ConfigError(
            "expected a whole number ≥ 1, received {received}", field="version", received=repr(version)[:60]
        )
    if version > newest:
        raise ConfigError(
            "this file needs a newer convviz: it has version {received}, and this one reads versions up to {newest}",
            field="version",
            received=version,
            newest=newest,
        )
    for older in range(version, newest):
        data = migrations[older](data)
    return data


class _Reader:
    """Reads values by the description of their setting. Every method raises `ConfigError` or `ShapeError` only."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def experiment(self, data: dict[str, Any]) -> Experiment:
        """Return the experiment that the entries of a file of the newest version describe."""
        known = settings_of(Experiment)
        names = {LAYERS_ENTRY if name == "stages" else name: name for name in known}
        if "scenes" in data:
            raise ConfigError("expected an experiment, received a lesson, which is opened by convviz --lesson")
        refuse_unknown(data, (*_EXTRA_ENTRIES, *names))
        values: dict[str, Any] = {}
        for entry, name in names.items():
            if entry in data:
                with inside(entry):
                    values[name] = (
                        self.stages(data[entry]) if name == "stages" else self.value(data[entry], known[name])
                    )
        return Experiment(**values)

    def value(self, data: Any, described: Setting, cls: type[Spec] | None = None) -> Any:
        """Return what one entry of a ``cls`` holds, in a form that the setting's own check takes."""
        if data is None:
            return None
        if described.kind == "spec" and described.registry is not None:
            return self.spec(data, described.registry())
        return self.numbers(data, map_wanted=cls is GivenMap) if described.kind == "array" else data

    def spec(self, data: Any, registry: Mapping[str, type[Spec]]) -> Spec:
        """Return the spec that an entry describes: by type and settings, by type alone, or as plain numbers."""
        entries = {"type": data} if isinstance(data, str) else data
        if Given.kind in registry and isinstance(data, str) and ending_of(data) in (*ARRAYS, *PICTURES):
            meant = json.dumps({"file": data}, ensure_ascii=False)
            raise ConfigError("expected {expected}, received {received}", expected=meant, received=shown(data))
        if Given.kind in registry and _is_numbers(data):
            entries = {"type": Given.kind, "values": data}
        cls = _class_of(mapping(entries), registry)
        return cls(**self.settings(cls, entries, ("type",)))

    def settings(self, cls: type[Spec], entries: dict[str, Any], extra: tuple[str, ...]) -> dict[str, Any]:
        """Return the settings of ``cls`` that ``entries`` have; entries named in ``extra`` are somebody else's."""
        known = settings_of(cls)
        refuse_unknown(entries, (*known, *extra))
        values = {}
        for name, described in known.items():
            if name in entries:
                with inside(name):
                    values[name] = self.value(entries[name], described, cls)
            elif default_of(cls, name) is MISSING:
                raise ConfigError("{name}: expected a value, received none", field=name, name=name)
        return values

    def numbers(self, data: Any, *, map_wanted: bool) -> Any:
        """Return an array, or nested lists of numbers; whether their lengths agree is for their owner to see."""
        if isinstance(data, dict):
            return load_numbers(self._folder, data, map_wanted=map_wanted)
        _check_numbers(data, MOST_AXES)
        return data

    def stages(self, data: Any) -> tuple[Stage, ...]:
        """Return the stages that a list of layers describes."""
        if not isinstance(data, list):
            raise ConfigError("expected a list of layers, received {received}", received=shown(data))
        stages = []
        for index, entry in enumerate(data):
            with inside(f"[{index}]"):
                stages.append(self.stage(entry))
        return tuple(stages)

    def stage(self, data: Any) -> Stage:
        """Return the stage that one layer describes."""
        entries = mapping({"type": data} if isinstance(data, str) else data)
        cls = _class_of(entries, LAYERS)
        layer = cls(**_kernel_settled(cls, self.settings(cls, entries, ("type", TEACHER_ENTRY))))
        if TEACHER_ENTRY not in entries:
            return Stage(layer)
        with inside(TEACHER_ENTRY):
            return Stage(layer, **self._teacher(layer, mapping(entries[TEACHER_ENTRY])))

    def _teacher(self, layer: Layer, entries: dict[str, Any]) -> dict[str, Any]:
        if not layer.parametrised:
            raise ConfigError("a layer of type {kind} has no parameters", kind=layer.kind)
        refuse_unknown(entries, tuple(TEACHER_SETTINGS))
        known = settings_of(Stage)
        values = {}
        for entry, name in TEACHER_SETTINGS.items():
            if entry in entries:
                with inside(entry):
                    value = self.value(entries[entry], known[name])
                values[name] = check_value(value, known[name], entry)
        return values


def _kernel_settled(cls: type[Layer], values: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a layer: where only ``kernel`` or ``weight`` is given, and as numbers, it says both."""
    weight, kernel = values.get("weight"), values.get("kernel")
    if weight is not None and isinstance(kernel, list) and any(isinstance(row, list) for row in kernel):
        raise ConfigError("{name}: the numbers are already given as the kernel", field="weight", name="weight")
    if isinstance(kernel, dict) and cls.parametrised:
        raise ConfigError(
            "{name}: expected a size or numbers, received {received}; a file with the numbers stands under weight",
            field="kernel",
            name="kernel",
            received=shown(kernel),
        )
    if "kernel" not in values and isinstance(weight, Given) and weight.values.ndim > 1:
        return {**{name: value for name, value in values.items() if name != "weight"}, "kernel": weight.values}
    return values


def _class_of(entries: dict[str, Any], registry: Mapping[str, type[SpecT]]) -> type[SpecT]:
    """Return the class that the entry ``type`` names; where there is only one, it need not be named."""
    if "type" not in entries and len(registry) == 1:
        return next(iter(registry.values()))
    kind = entries.get("type")
    if isinstance(kind, str) and kind in registry:
        return registry[kind]
    raise unknown(
        mark("{name}: expected one of {known}, received {received}"),
        mark("{name}: expected one of {known}, received {received}; did you mean {guess}?"),
        "type",
        kind,
        registry,
    )


def _is_numbers(data: Any) -> bool:
    if isinstance(data, dict):
        return "file" in data and "type" not in data
    return isinstance(data, (list, int, float)) and not isinstance(data, bool)


def _check_numbers(data: Any, axes: int) -> None:
    """Raise `ConfigError` unless ``data`` is a number, or lists of numbers nested at most ``axes`` deep."""
    if isinstance(data, list):
        if axes == 0:
            raise ConfigError("expected lists of numbers nested at most {most} deep", most=MOST_AXES)
        for item in data:
            _check_numbers(item, axes - 1)
    elif not isinstance(data, (int, float)) or isinstance(data, bool):
        raise ConfigError("expected a number, received {received}", received=shown(data))
