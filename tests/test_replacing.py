"""Files are replaced whole or not at all, and only where files can be."""

import errno
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
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


def test_a_reader_of_the_old_file_reads_it_to_the_end(tmp_path):
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


def test_checked_target_refuses_a_folder_that_takes_no_files(tmp_path, monkeypatch):
    assert checked_target(tmp_path / "file") == tmp_path / "file"
    assert list(tmp_path.iterdir()) == []

    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(PermissionError, match=r"file can't be written.*\(Permission denied\)"):
        checked_target(tmp_path / "file")


def swap(path, content="new"):
    with replacing(checked_target(path)) as part:
        part.write_text(content)


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_an_existing_file_keeps_its_mode(tmp_path, mode):
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(mode)
    swap(path)
    assert (path.read_text(), mode_of(path)) == ("new", mode)


@pytest.mark.parametrize("umask", [0o022, 0o027, 0o077])
def test_a_new_file_has_the_mode_that_open_gives(tmp_path, umask):
    before = os.umask(umask)
    try:
        swap(tmp_path / "file")
        (tmp_path / "opened").write_text("")
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "file") == mode_of(tmp_path / "opened") == 0o666 & ~umask


def test_the_new_file_is_private_while_it_is_written(tmp_path):
    path = tmp_path / "file"
    path.write_text("secret")
    path.chmod(0o600)
    with replacing(path) as part:
        part.write_text("new secret")
        assert mode_of(part) & 0o077 == 0 or mode_of(part.parent) & 0o077 == 0


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("relative", [True, False])
def test_a_link_stays_and_its_file_is_replaced(tmp_path, monkeypatch, exists, relative):
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    target = elsewhere / "target"
    if exists:
        target.write_text("old")
        target.chmod(0o600)
    link, second = home / "link", home / "link to the link"
    link.symlink_to(os.path.relpath(target, home) if relative else target)
    second.symlink_to(link.name)
    monkeypatch.chdir(home)
    swap(Path(second.name) if relative else second)
    assert link.is_symlink()
    assert second.is_symlink()
    assert target.read_text() == "new"
    assert not exists or mode_of(target) == 0o600
    assert sorted(tmp_path.rglob("*")) == sorted([home, elsewhere, target, link, second])


def test_a_folder_may_be_a_link(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    swap(tmp_path / "link" / "file")
    assert (tmp_path / "folder" / "file").read_text() == "new"
    assert (tmp_path / "link").is_symlink()


def test_links_that_lead_nowhere_are_refused(tmp_path):
    (tmp_path / "to no folder").symlink_to(tmp_path / "none" / "file")
    with pytest.raises(FileNotFoundError, match=r"to no folder: there is no folder .*none"):
        swap(tmp_path / "to no folder")
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match="symbolic links"):
        swap(tmp_path / "a")
    assert (tmp_path / "a").is_symlink()


def test_another_hard_link_keeps_the_old_content(tmp_path):
    path, other = tmp_path / "file", tmp_path / "other"
    path.write_text("old")
    os.link(path, other)
    swap(path)
    assert (path.read_text(), other.read_text()) == ("new", "old")


def test_a_read_only_file_is_kept(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o444)
    # Whatever user runs the tests: root may write anywhere.
    monkeypatch.setattr(os, "access", lambda path, how: False)
    with pytest.raises(PermissionError, match="file can't be written: it is read-only"):
        swap(path)
    assert (path.read_text(), mode_of(path)) == ("old", 0o444)


def test_devices_and_pipes_are_written_into(tmp_path, null_device):
    swap(null_device)
    assert stat.S_ISCHR(os.stat(null_device).st_mode)
    link = tmp_path / "link"
    link.symlink_to(null_device)
    swap(link)
    assert link.is_symlink()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as pool:
        read = pool.submit(pipe.read_text)
        swap(pipe)
        assert read.result(timeout=30) == "new"
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert sorted(tmp_path.iterdir()) == [link, pipe]


@pytest.mark.parametrize("to_file", [True, False])
def test_standard_output_is_written_into(tmp_path, to_file):
    code = (
        "from pathlib import Path; from skmnist._replacing import checked_target, replacing\n"
        "with replacing(checked_target('/dev/stdout')) as part: part.write_text('new')"
    )
    path = tmp_path / "out"
    with path.open("wb") as stream:
        sink = stream if to_file else subprocess.PIPE
        run = subprocess.run([sys.executable, "-c", code], stdout=sink, check=True)
        inode = os.fstat(stream.fileno()).st_ino
    assert (path.read_bytes() if to_file else run.stdout) == b"new"
    assert path.stat().st_ino == inode
    assert list(tmp_path.iterdir()) == [path]


def test_checked_target_refuses_a_folder(tmp_path):
    for path in (tmp_path, f"{tmp_path}/", f"{tmp_path / 'new'}/"):
        with pytest.raises(IsADirectoryError, match="is a folder, expected the name of a file"):
            checked_target(path)
    assert list(tmp_path.iterdir()) == []


def test_a_name_may_have_255_characters(tmp_path):
    path = tmp_path / ("n" * 255)
    swap(path)
    assert path.read_text() == "new"


def test_the_content_is_on_the_disk_before_the_name_and_then_the_name(tmp_path, monkeypatch):
    calls, replace = [], os.replace

    def sync(descriptor):
        calls.append(("sync", os.fstat(descriptor).st_ino))

    def rename(source, target):
        calls.append(("replace", source.stat().st_ino))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "replace", rename)
    swap(tmp_path / "file")
    file, folder = (path.stat().st_ino for path in (tmp_path / "file", tmp_path))
    assert calls == [("sync", file), ("replace", file), ("sync", folder)]


def test_the_disk_may_not_know_how_to_wait(tmp_path, monkeypatch):
    def fail(descriptor):
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, "fsync", fail)
    error = errno.EINVAL  # a file system that can't
    swap(tmp_path / "file", "newer")
    error = errno.EIO
    with pytest.raises(OSError, match=f"{os.strerror(errno.EIO)}: '{tmp_path / 'file'}'"):
        swap(tmp_path / "file", "newest")
    assert (tmp_path / "file").read_text() == "newer"
