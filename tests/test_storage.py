"""Files that take another's place."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from convviz.storage import replacing

if TYPE_CHECKING:
    from pathlib import Path


def test_the_new_file_takes_the_place_of_the_old(tmp_path: Path) -> None:
    target = tmp_path / "run.npz"
    target.write_text("old")
    target.chmod(0o640)
    with replacing(target) as temporary:
        temporary.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert target.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [target]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "run.npz"
    target.write_text("old")

    def write_half() -> None:
        with replacing(target) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_nothing_is_left_where_a_file_that_may_not_be_written_cannot_be_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlink = os.unlink

    def unlink_as_on_windows(path: str | os.PathLike[str]) -> None:
        if not os.stat(path).st_mode & 0o200:
            raise PermissionError(errno.EACCES, "Access is denied", str(path))
        unlink(path)

    monkeypatch.setattr(os, "unlink", unlink_as_on_windows)
    target = tmp_path / "run.npz"
    target.write_text("old")
    target.chmod(0o444)

    def be_refused() -> None:
        with replacing(target):
            raise PermissionError(errno.EACCES, "Access is denied")

    with pytest.raises(PermissionError) as raised:
        be_refused()
    assert raised.value.filename == str(target)
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with replacing(tmp_path / "link") as temporary:
        temporary.write_text("new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_a_new_file_is_readable_as_any_other(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    with replacing(tmp_path / "new") as temporary:
        temporary.write_text("")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("name", ["n" * 251 + ".npz", "名" * 83 + ".npz"], ids=["Latin", "Chinese"])
def test_a_name_can_be_as_long_as_names_can_be(tmp_path: Path, name: str) -> None:
    assert len(os.fsencode(name)) > 250
    for text in ("old", "new"):
        with replacing(tmp_path / name) as temporary:
            temporary.write_text(text)
    assert (tmp_path / name).read_text() == "new"


def test_files_that_others_make_meanwhile_have_the_permissions_of_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def change(mask: int) -> int:
        raise AssertionError("the mask is that of the whole process")

    monkeypatch.setattr(os, "umask", change)
    with replacing(tmp_path / "new") as temporary:
        temporary.write_text("")


def test_a_missing_folder_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as raised, replacing(tmp_path / "absent" / "run.npz"):
        pytest.fail("there is nowhere to write to")
    assert raised.value.filename == str(tmp_path / "absent" / "run.npz")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such files")
def test_what_is_no_regular_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "link", "folder"):
        with pytest.raises(OSError, match="regular file") as raised, replacing(tmp_path / name):
            pytest.fail("it must not be written to")
        assert raised.value.filename == str(tmp_path / name)
    assert (tmp_path / "pipe").is_fifo()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "link", "pipe"]


def test_an_error_speaks_of_the_file_that_was_asked_for(tmp_path: Path) -> None:
    asked = tmp_path / "run.npz"
    for filename in (None, "temporary"):
        with pytest.raises(OSError, match=r"run\.npz") as caught, replacing(asked) as part:
            raise OSError(errno.ENOSPC, "No space left on device", *([] if filename is None else [str(part)]))
        assert caught.value.filename == str(asked)
    with pytest.raises(OSError, match="elsewhere"), replacing(asked):
        raise OSError(errno.ENOENT, "No such file or directory", "elsewhere")
    assert list(tmp_path.iterdir()) == []
