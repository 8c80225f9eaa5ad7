"""``convviz animate``."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from convviz.cli import main
from convviz.cli.animate import LEAST_PART_SIZE, PART_SIZE
from convviz.export.animation import LEAST_MAP

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("qapp")


def pictures(path: Path) -> list[np.ndarray]:
    with Image.open(path) as image:
        found = []
        for index in range(image.n_frames):
            image.seek(index)
            found.append(np.asarray(image.convert("RGB")).copy())
    return found


def test_a_run_becomes_a_moving_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "run.gif"
    words = ["--steps", "200", "--frames", "4", "--fps", "10", "--size", "960x600", "--theme", "light"]
    assert main(["animate", "demo", "-o", str(path), *words]) == 0
    assert capsys.readouterr() == ("", "")
    shown = pictures(path)
    assert [picture.shape for picture in shown] == [(600, 960, 3)] * 4
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
        (["-o", "run.gif", "--size", "640x640"], "expected a size from"),
        (["-o", "run.gif", "--size", "640x640", "--part", "network"], "--size: expected a size from 800x480"),
        (["-o", "run.gif", "--size", "100x640", "--part", "loss"], "expected a size from 120x120"),
        (["-o", "run.gif", "--part", "nonsense"], "--part: expected one of network, loss, input, "),
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


@pytest.mark.parametrize(("part", "learns"), [("layer0.student", True), ("input", False)])
def test_a_part_alone_moves_as_it_learns(part: str, learns: bool, tmp_path: Path) -> None:
    path = tmp_path / "part.png"
    words = ["--steps", "500", "--frames", "3", "--size", "300x320", "--part", part]
    assert main(["animate", "demo", "-o", str(path), *words]) == 0
    first, *later = pictures(path)
    assert first.shape == (320, 300, 3)
    assert len(np.unique(first.reshape(-1, 3), axis=0)) > 50
    assert any((picture != first).any() for picture in later) is learns


def test_the_loss_alone_is_as_large_as_a_part_is_where_nothing_is_said(tmp_path: Path) -> None:
    path = tmp_path / "loss.png"
    assert main(["animate", "demo", "-o", str(path), "--steps", "50", "--frames", "2", "--part", "loss"]) == 0
    one, other = pictures(path)
    assert one.shape == (*PART_SIZE, 3)
    assert (one != other).any()


def test_a_part_is_as_small_as_in_the_window() -> None:
    assert LEAST_PART_SIZE == LEAST_MAP


def test_a_run_that_diverges_is_shown_as_far_as_it_goes(diverging: Path, tmp_path: Path) -> None:
    assert main(["animate", str(diverging), "-o", str(tmp_path / "run.png"), "--frames", "5", "--size", "800x480"]) == 0
    with Image.open(tmp_path / "run.png") as image:
        assert 2 <= image.n_frames <= 5
