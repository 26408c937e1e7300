"""Files are replaced whole or not at all, and only where files can be."""

import errno
from pathlib import Path

import pytest

from skmnist._replacing import checked_target, replacing


def test_replacing_swaps_the_file_at_the_end(tmp_path):
    path = tmp_path / "folder" / "file"
    for content in ("first", "second"):
        before = path.read_text() if path.exists() else None
        with replacing(path) as part:
            part.write_text(content)
            assert (path.read_text() if path.exists() else None) == before
        assert path.read_text() == content
    assert list(path.parent.iterdir()) == [path]


def test_who_reads_the_old_file_reads_it_to_the_end(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")
    with path.open() as reader:
        with replacing(path) as part:
            part.write_text("new")
        assert reader.read() == "old"
    assert path.read_text() == "new"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_interrupted_replacement_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "folder" / "file"
    path.parent.mkdir()
    path.write_text("old")

    def fail_midway():
        with replacing(path) as part:
            part.write_text("half")
            raise error

    with pytest.raises(error):
        fail_midway()
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]


def test_two_at_once_do_not_share_a_file(tmp_path):
    path = tmp_path / "file"
    with replacing(path) as first, replacing(path) as second:
        assert first != second
        first.write_text("first")
        second.write_text("second")
    assert path.read_text() == "first"  # the outer one ends last


def test_a_place_that_takes_no_files_is_said_so_before(tmp_path, monkeypatch):
    assert checked_target(tmp_path / "file") == tmp_path / "file"
    assert list(tmp_path.iterdir()) == []

    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(PermissionError, match=r"file can't be written.*\(Permission denied\)"):
        checked_target(tmp_path / "file")
