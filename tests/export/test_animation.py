"""Moving pictures as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from convviz.cli.arguments import ANIMATIONS
from convviz.engine import ConfigError
from convviz.export.animation import ENDINGS, FORMATS, check_frames, steps_between, write_animation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

SIZE = (40, 30)


def pictures(count: int) -> Iterator[NDArray[np.uint8]]:
    """Yield pictures of few colours, each another."""
    for index in range(count):
        picture = np.full((SIZE[1], SIZE[0], 3), (200, 30, 90), np.uint8)
        picture[:, : 5 * index + 1] = (10, 120, 20 * index)
        yield picture


def test_the_command_line_knows_the_formats() -> None:
    assert ANIMATIONS == ENDINGS


@pytest.mark.parametrize("ending", FORMATS)
def test_every_picture_is_read_as_it_was(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"run{ending}"
    write_animation(path, pictures(6), 6, 12.5)
    with Image.open(path) as image:
        assert image.n_frames == 6
        assert image.size == SIZE
        assert image.info["loop"] == 0
        for index, expected in enumerate(pictures(6)):
            image.seek(index)
            image.load()
            assert image.info["duration"] == (80 if index < 5 else 1500)
            np.testing.assert_array_equal(np.asarray(image.convert("RGB")), expected)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", FORMATS)
def test_pictures_that_end_in_an_error_leave_what_was_there(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"run{ending}"
    path.write_text("before")

    def broken() -> Iterator[NDArray[np.uint8]]:
        yield from pictures(2)
        raise ConfigError("enough")

    with pytest.raises(ConfigError, match="enough"):
        write_animation(path, broken(), 4, 10)
    assert path.read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 1


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"ends in .gif\|.webp\|.png\|.mp4, received .*run.avi"):
        write_animation(tmp_path / "run.avi", pictures(2), 2, 10)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("first", "last", "frames", "steps"),
    [(0, 10, 3, [0, 5, 10]), (0, 2, 60, [0, 1, 2]), (4, 4, 5, [4]), (0, 2000, 5, [0, 500, 1000, 1500, 2000])],
)
def test_steps_are_spread_evenly(first: int, last: int, frames: int, steps: list[int]) -> None:
    assert steps_between(first, last, frames) == steps


def test_more_pictures_than_memory_holds_are_refused() -> None:
    check_frames(2000, (300, 300))
    for frames, size in ((2001, (300, 300)), (1, (300, 300)), (300, (1280, 800))):
        with pytest.raises(ConfigError, match="expected from 2 to"):
            check_frames(frames, size)
