"""What is said of files that are not what they should be, in the marks of another language."""

from __future__ import annotations

import json

import pytest

from convviz.engine.errors import ConvvizError
from convviz.i18n import set_language
from convviz.model.files import builtin_experiments, read_experiment


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ({"layers": 5}, "demo.json：layers：应为"),
        ({"layers": [{"type": "conv"}]}, "demo.json：layers[0].type：应为"),
        ({"target": {"type": "pattern", "pattern": "star"}}, "应为 ramp、stripes"),
    ],
)
def test_errors_are_chinese_with_all_of_their_marks(tmp_path, entries, says):
    data = json.loads(builtin_experiments()["demo"].read_text("utf-8")) | entries
    path = tmp_path / "demo.json"
    path.write_text(json.dumps(data), "utf-8")
    set_language("zh_CN")
    try:
        with pytest.raises(ConvvizError) as caught:
            read_experiment(path)
        told = str(caught.value)
    finally:
        set_language("en")
    assert says in told
    assert ": " not in told
    assert ", " not in told
