"""The schema that describes the files: a schema by its own rules, and true of what is written and read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from convviz.engine.initializers import INITIALIZERS
from convviz.engine.layers import LAYERS
from convviz.engine.losses import LOSSES
from convviz.engine.optimizers import OPTIMIZERS, SCHEDULES
from convviz.engine.settings import settings_of
from convviz.model.experiment import Experiment
from convviz.model.files import builtin_experiments, encode_experiment, experiment_schema, read_experiment
from convviz.model.sources import SOURCES
from tests.model.samples import random_experiment

if TYPE_CHECKING:
    from pathlib import Path

GOOD = {"version": 1, "layers": ["conv2d"]}


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    """Return a validator of experiment files."""
    return Draft202012Validator(experiment_schema())


def test_the_schema_is_one() -> None:
    schema = experiment_schema()
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(schema)) == schema


@pytest.mark.parametrize("name", builtin_experiments())
def test_every_built_in_experiment_is_valid_by_it(name: str, validator: Draft202012Validator) -> None:
    validator.validate(json.loads(builtin_experiments()[name].read_text("utf-8")))


@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_written_is_valid_by_it(kind: str, seed: int, validator: Draft202012Validator) -> None:
    rng = np.random.default_rng([seed, 3, list(LAYERS).index(kind)])
    validator.validate(json.loads(json.dumps(encode_experiment(random_experiment(LAYERS[kind], rng)))))


@pytest.mark.parametrize(
    "data",
    [
        GOOD,
        {**GOOD, "input": [[1, 2], [3, 4]], "$schema": "schema.json"},
        {**GOOD, "input": {"file": "a.npy"}, "target": None, "loss": "mse"},
        {**GOOD, "input": {"file": "sub/a.png"}, "target": {"file": "A.JPG", "size": [8, 8]}},
        {**GOOD, "input": {"type": "given", "values": {"file": "a.b.tiff", "size": 8}}},
        {"version": 1, "layers": [{"type": "conv2d", "kernel": [[1, 0]], "padding": [[1, 2], 3], "bias": None}]},
        {"version": 1, "layers": [{"type": "conv2d", "kernel": 3, "bias": 0.5, "teacher": {"weight": "he"}}, "relu"]},
        {**GOOD, "stop": {"steps": 5, "loss_below": None}},
    ],
)
def test_short_forms_are_valid_by_it(data: dict, validator: Draft202012Validator) -> None:
    validator.validate(data)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"version": 1},
        {**GOOD, "version": 2},
        {**GOOD, "layers": []},
        {**GOOD, "layers": ["relu"] * 65},
        {**GOOD, "layers": ["conv3d"]},
        {**GOOD, "layers": [{"type": "conv2d", "stride": 0}]},
        {**GOOD, "layers": [{"type": "conv2d", "strid": 1}]},
        {**GOOD, "layers": [{"type": "relu", "teacher": {}}]},
        {**GOOD, "layers": [{"kernel": 3}]},
        {**GOOD, "input": "given"},
        {**GOOD, "input": {"type": "given"}},
        {**GOOD, "input": {"type": "random", "std": -1}},
        {**GOOD, "input": {"file": "a.txt"}},
        {**GOOD, "input": {"file": "a.svg"}},
        {**GOOD, "input": {"file": "png"}},
        {**GOOD, "input": {"file": "a.npy", "size": 8}},
        {**GOOD, "input": {"file": "a.png", "size": 0}},
        {**GOOD, "input": {"file": "a.png", "size": None}},
        {**GOOD, "input": {"file": "a.png", "range": "bytes"}},
        {**GOOD, "input": "a.png"},
        {"version": 1, "layers": [{"type": "conv2d", "weight": {"file": "a.png"}}]},
        {**GOOD, "input": [["1"]]},
        {**GOOD, "input": []},
        {**GOOD, "optimizer": {"type": "sgd", "learning_rate": "fast"}},
        {**GOOD, "dtype": "float16"},
        {**GOOD, "stop": {"steps": 0}},
        {**GOOD, "loss": None},
        {**GOOD, "loss": 0.5},
        {**GOOD, "optimizer": [[1]]},
        {**GOOD, "unknown": 1},
    ],
)
def test_what_cannot_be_read_is_invalid_by_it(data: dict, validator: Draft202012Validator, tmp_path: Path) -> None:
    assert not validator.is_valid(data)
    path = tmp_path / "experiment.json"
    path.write_text(json.dumps(data))
    with pytest.raises(ValueError, match=r"experiment\.json: "):
        read_experiment(path)


def test_every_setting_of_everything_is_described() -> None:
    schema = experiment_schema()
    described = schema["$defs"]
    registries = {
        "layer": LAYERS,
        "weight": INITIALIZERS,
        "input": SOURCES,
        "loss": LOSSES,
        "optimizer": OPTIMIZERS,
        "schedule": SCHEDULES,
    }
    for prefix, registry in registries.items():
        for kind, cls in registry.items():
            properties = described[f"{prefix}.{kind}"]["properties"]
            assert set(settings_of(cls)) <= set(properties)
            for name, setting in settings_of(cls).items():
                assert properties[name]["title"] == setting.label
                assert properties[name]["description"] == setting.help
    assert set(schema["properties"]) == {*settings_of(Experiment), "layers", "version", "$schema"} - {"stages"}


def test_defaults_are_valid_by_their_own_schema() -> None:
    schema = experiment_schema()
    count = 0

    def look(part: Any) -> None:
        nonlocal count
        if isinstance(part, dict):
            if "default" in part:
                Draft202012Validator({**part, "$defs": schema["$defs"]}).validate(part["default"])
                count += 1
            for child in part.values():
                look(child)
        elif isinstance(part, list):
            for child in part:
                look(child)

    look({**schema, "properties": {n: p for n, p in schema["properties"].items() if n != "layers"}})
    assert count > 50


def test_ranges_and_choices_are_those_of_the_settings() -> None:
    described = experiment_schema()["$defs"]
    size = described["input.random"]["properties"]["size"]
    assert {"type": "integer", "minimum": 1, "maximum": 1024} in size["anyOf"]
    pattern = described["input.pattern"]["properties"]["pattern"]
    assert pattern["enum"] == list(settings_of(SOURCES["pattern"])["pattern"].choices)


def test_titles_and_descriptions_are_in_the_language_of_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("convviz.model.files.schema.tr", lambda text: f"«{text}»")

    def texts(part: Any) -> Any:
        for key, child in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
            if key in ("title", "description") and isinstance(child, str):
                yield child
            yield from texts(child)

    found = list(texts(experiment_schema()))
    assert len(found) > 100
    assert all(text.startswith("«") for text in found)
