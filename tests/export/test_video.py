"""Films, where there is what writes them, and what is said where there is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from convviz.engine import ConfigError
from convviz.export import video
from convviz.export.animation import check_animation_path, write_animation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray


def pictures(count: int, size: tuple[int, int] = (101, 75)) -> Iterator[NDArray[np.uint8]]:
    """Yield pictures in which a bar grows to the right."""
    for index in range(count):
        picture = np.full((size[1], size[0], 3), 240, np.uint8)
        picture[:, : 16 * (index + 1)] = (40, 90, 200)
        yield picture


def test_what_is_missing_is_said_before_anything_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "find_spec", lambda name: None)
    path = tmp_path / "run.mp4"
    path.write_text("before")

    def none_wanted() -> Iterator[NDArray[np.uint8]]:
        raise AssertionError
        yield

    told = r"expected PyAV to be installed, which writes MP4 \(pip install av\), received no such library"
    with pytest.raises(ConfigError, match=told):
        check_animation_path(path)
    with pytest.raises(ConfigError, match=told):
        write_animation(path, none_wanted(), 3, 10)
    assert path.read_text() == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["run.mp4"]


def test_a_film_shows_every_picture_and_rests_at_the_last(tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    path = tmp_path / "run.mp4"
    write_animation(path, pictures(5), 5, 10)
    assert [each.name for each in tmp_path.iterdir()] == ["run.mp4"]
    with av.open(str(path)) as film:
        (stream,) = film.streams.video
        assert (stream.width, stream.height) == (100, 74)  # the nearest even ones
        shown = [(frame.time, frame.to_ndarray(format="rgb24")) for frame in film.decode(stream)]
    np.testing.assert_allclose([time for time, _ in shown], np.arange(len(shown)) / 10, atol=0.001)
    assert len(shown) == 4 + 15  # the last one for a second and a half
    for (_, picture), expected in zip(shown, pictures(5), strict=False):
        assert np.abs(picture.astype(int) - expected[:74, :100]).mean() < 3
    np.testing.assert_allclose(shown[4][1], shown[-1][1], atol=3)


def test_a_film_that_ends_in_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    pytest.importorskip("av")
    path = tmp_path / "run.mp4"
    path.write_text("before")

    def broken() -> Iterator[NDArray[np.uint8]]:
        yield from pictures(2)
        raise ConfigError("enough")

    with pytest.raises(ConfigError, match="enough"):
        write_animation(path, broken(), 4, 10)
    assert path.read_text() == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["run.mp4"]
