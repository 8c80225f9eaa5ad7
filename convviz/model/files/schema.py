"""The form of an experiment file as a JSON Schema, made from the settings that the program itself is made of."""

from __future__ import annotations

from dataclasses import MISSING
from typing import TYPE_CHECKING, Any

from convviz.engine.initializers import Given
from convviz.engine.layers import LAYERS
from convviz.engine.settings import Setting, Spec, default_of, settings_of
from convviz.i18n import tr
from convviz.model.experiment import MOST_LAYERS, TEACHER_SETTINGS, Experiment, Stage
from convviz.model.files.beside import SIZE_ENTRY
from convviz.model.files.endings import ARRAYS, PICTURES
from convviz.model.files.reading import LAYERS_ENTRY, TEACHER_ENTRY, VERSION
from convviz.model.files.writing import encode_value
from convviz.model.sources import GivenMap, PatternMap

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def experiment_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of an experiment file; titles and descriptions in the current language.

    Whatever the program writes is valid by it. What no schema can say, such as that a kernel fits its input, only
    reading the file tells.
    """
    maker = _SchemaMaker()
    properties: Schema = {
        "$schema": {"type": "string", "description": tr("The address of this schema, for editors that use it")},
        "version": {"const": VERSION, "description": tr("The version of the file format")},
    }
    for name, described in settings_of(Experiment).items():
        if name == "stages":
            properties[LAYERS_ENTRY] = maker.layers(described)
        else:
            properties[name] = maker.setting(Experiment, name, described)
    return {
        "$schema": DIALECT,
        "title": tr(Experiment.label),
        "description": tr(Experiment.summary),
        **object_schema(properties, ("version", LAYERS_ENTRY)),
        "$defs": maker.definitions,
    }


class _SchemaMaker:
    """Makes the schemas of settings, and collects the definitions that they refer to."""

    def __init__(self) -> None:
        self.definitions: Schema = {
            "numbers": {
                "description": tr("A number, a list of numbers, or lists of them for rows and channels"),
                "anyOf": [
                    {"type": "number"},
                    {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/numbers"}},
                ],
            },
            "array_file": {
                "description": tr("Numbers in a .npy file beside this file or below it"),
                **object_schema({"file": _file_name(ARRAYS)}, ("file",)),
            },
            "picture_file": {
                "description": tr("A picture beside this file or below it, as grey numbers from 0 to 1"),
                **object_schema({"file": _file_name(PICTURES), SIZE_ENTRY: _size()}, ("file",)),
            },
        }
        self._prefixes: dict[int, str] = {}

    def layers(self, described: Setting) -> Schema:
        """Return the schema of the list of layers."""
        known = settings_of(Stage)
        for kind, cls in LAYERS.items():
            schema = self.object(cls, kind)
            if cls.parametrised:
                schema["properties"][TEACHER_ENTRY] = {"$ref": f"#/$defs/{TEACHER_ENTRY}"}
                schema["properties"]["kernel"]["anyOf"].append({"$ref": "#/$defs/numbers"})  # size and weight at once
            self.definitions[f"layer.{kind}"] = schema
        self.definitions[TEACHER_ENTRY] = {
            "title": tr("Teacher"),
            "description": tr("The parameters that make the target"),
            **object_schema(
                {entry: self.setting(Stage, name, known[name]) for entry, name in TEACHER_SETTINGS.items()}
            ),
        }
        return {
            "title": tr(described.label),
            "description": tr(described.help),
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_LAYERS,
            "items": {"anyOf": [_names(LAYERS), *_references("layer", LAYERS)]},
        }

    def setting(self, cls: type[Spec], name: str, described: Setting) -> Schema:
        """Return the schema of one setting of a class: its title, its possible values and its default."""
        schema = self._value(cls, name, described)
        if described.optional:
            schema = {"anyOf": [*schema.pop("anyOf", [schema] if schema else []), {"type": "null"}]}
        default = default_of(cls, name)
        return {
            "title": tr(described.label),
            "description": tr(described.help),
            **schema,
            **({} if default is MISSING else {"default": encode_value(default, described)}),
        }

    def object(self, cls: type[Spec], kind: str | None) -> Schema:
        """Return the schema of an object that holds the settings of ``cls``; ``kind`` is its type if it needs one."""
        known = settings_of(cls)
        properties = {name: self.setting(cls, name, described) for name, described in known.items()}
        required = [name for name in known if default_of(cls, name) is MISSING]
        if kind is not None:
            properties = {"type": {"const": kind}, **properties}
            required = ["type", *required]
        return {
            "title": tr(cls.label),
            "description": tr(cls.summary),
            **object_schema(properties, required),
        }

    def _value(self, cls: type[Spec], name: str, described: Setting) -> Schema:
        if described.kind == "spec":
            return self._spec(name, described.registry() if described.registry is not None else {})
        if described.kind == "array":
            return {"anyOf": [{"$ref": "#/$defs/numbers"}, *_files(cls is GivenMap)]}
        return _PLAIN[described.kind](described)

    def _spec(self, name: str, registry: Mapping[str, type[Spec]]) -> Schema:
        if len(registry) == 1:
            return self.object(next(iter(registry.values())), None)
        if id(registry) not in self._prefixes:
            self._prefixes[id(registry)] = name
            for kind, cls in registry.items():
                self.definitions[f"{name}.{kind}"] = self.object(cls, kind)
        choices = [_names(registry), *_references(self._prefixes[id(registry)], registry)]
        if Given.kind in registry:
            choices += [{"$ref": "#/$defs/numbers"}, *_files(GivenMap in registry.values())]
        return {"anyOf": choices}


def _file_name(endings: Iterable[str]) -> Schema:
    """Return the schema of a file's name that ends so, in small letters or large ones."""
    either = "|".join("".join(f"[{c}{c.upper()}]" for c in ending) for ending in endings)
    return {"type": "string", "pattern": rf".\.({either})$"}


def _size() -> Schema:
    """Return the schema of the size that a picture is brought to."""
    told = tr("Rows and columns of the map, which is the middle of the picture; without it, as many as the picture has")
    return {"description": told, **_pair(settings_of(PatternMap)[SIZE_ENTRY])}


def _files(map_wanted: bool) -> list[Schema]:
    """Return the schemas of what can be read from files: arrays, and pictures where a map is wanted."""
    return [{"$ref": f"#/$defs/{name}"} for name in ("array_file", "picture_file")[: 1 + map_wanted]]


def object_schema(properties: Mapping[str, Schema], required: Iterable[str] = ()) -> Schema:
    """Return the schema of an object that has these entries and no others."""
    schema: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return {**schema, "required": list(required)} if required else schema


def _references(prefix: str, registry: Mapping[str, type[Spec]]) -> list[Schema]:
    return [{"$ref": f"#/$defs/{prefix}.{kind}"} for kind in registry]


def _names(registry: Mapping[str, type[Spec]]) -> Schema:
    """Return the schema of a type's name alone, which stands for the type with all its defaults."""
    complete = [
        kind for kind, cls in registry.items() if all(default_of(cls, name) is not MISSING for name in settings_of(cls))
    ]
    return {"enum": complete}


def _range(described: Setting) -> Schema:
    schema: Schema = {}
    if described.minimum is not None:
        schema["minimum"] = described.minimum
    if described.maximum is not None:
        schema["maximum"] = described.maximum
    return schema


def _int(described: Setting) -> Schema:
    return {"type": "integer", **_range(described)}


def _float(described: Setting) -> Schema:
    return {"type": "number", **_range(described)}


def _pair_of(item: Schema) -> Schema:
    return {"type": "array", "items": item, "minItems": 2, "maxItems": 2}


def _pair(described: Setting) -> Schema:
    return {"anyOf": [_int(described), _pair_of(_int(described))]}


def _padding(described: Setting) -> Schema:
    side: Schema = {"type": "integer", "minimum": 0}
    return {
        "anyOf": [
            {"enum": ["valid", "same", "full"]},
            side,
            _pair_of({"anyOf": [side, _pair_of(side)]}),
        ]
    }


#: The schema of every kind of setting that holds no other settings.
_PLAIN = {
    "int": _int,
    "seed": _int,
    "float": _float,
    "bool": lambda described: {"type": "boolean"},
    "text": lambda described: {"type": "string"},
    "choice": lambda described: {"enum": list(described.choices)},
    "pair": _pair,
    "padding": _padding,
}
