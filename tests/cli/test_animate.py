"""``convviz animate``."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from convviz.cli import main

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("qapp")


def test_a_run_becomes_a_moving_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "run.gif"
    words = ["--steps", "200", "--frames", "4", "--fps", "10", "--size", "960x600", "--theme", "light"]
    assert main(["animate", "demo", "-o", str(path), *words]) == 0
    assert capsys.readouterr() == ("", "")
    with Image.open(path) as image:
        assert image.n_frames == 4
        assert image.size == (960, 600)
        shown = []
        for index in range(4):
            image.seek(index)
            shown.append(np.asarray(image.convert("RGB")).copy())
    assert all((a != b).any() for a, b in pairwise(shown))
    assert all(len(np.unique(picture.reshape(-1, 3), axis=0)) > 50 for picture in shown)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "--output"),
        (["-o", "run.avi"], "expected a file's name that ends in .gif|.webp|.png|.mp4, received run.avi"),
        (["-o", "run.gif", "--frames", "1"], "expected a whole number of 2 or more, received 1"),
        (["-o", "run.gif", "--fps", "0"], "expected a number from 0.1 to 50, received 0"),
        (["-o", "run.gif", "--size", "9x9"], "expected a size from"),
        (["-o", "run.gif", "--frames", "3000"], "expected from 2 to"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["animate", "demo", *words]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_diverges_is_shown_as_far_as_it_goes(diverging: Path, tmp_path: Path) -> None:
    assert main(["animate", str(diverging), "-o", str(tmp_path / "run.png"), "--frames", "5", "--size", "800x480"]) == 0
    with Image.open(tmp_path / "run.png") as image:
        assert 2 <= image.n_frames <= 5
