"""Replace a file as a whole, keeping its permissions and the links that lead to it."""

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Names in these folders stand for open files, which others read while they are written.
_OPEN_FILES = ("/dev", "/dev/fd")
# What file systems answer that can't be asked to write to the disk at once.
_NO_SYNC = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)


def checked_target(path: str | os.PathLike[str]) -> Path:
    """Return `path` if a file can be written there, so that long work fails early.

    Missing folders are not created.

    Raises
    ------
    OSError
        If it is a folder or a read-only file, or no file can be made in its folder.
    """
    names_a_folder = os.fspath(path).endswith(os.sep)
    path = Path(path)
    if path.is_dir() or names_a_folder:
        raise IsADirectoryError(f"{path} is a folder, expected the name of a file.")
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(
            f"{path} can't be written: it is read-only. Make it writable, or give another name."
        )
    if _is_written_into(path):
        return path
    target = _resolved(path)
    if not target.parent.is_dir():
        raise FileNotFoundError(f"{path}: there is no folder {target.parent}. Make it first.")
    probe = target.with_name(f".{os.getpid()}-{os.urandom(8).hex()}.part")
    try:
        probe.touch(exist_ok=False)
        probe.unlink()
    except OSError as error:
        raise type(error)(
            f"{path} can't be written: no file can be made in {target.parent} ({error.strerror})."
        ) from error
    return path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a new file to write that takes the place of `path` at the end, at one stroke.

    An error leaves `path` as it was. The new file lies in a folder of its own beside the old
    one, which only its owner may enter, so that neither a killed process nor two at once do
    harm, and nobody reads what is not yet protected. It gets the permissions of the old file.
    Of symbolic links the file at their end is replaced; other hard links keep the old content.
    Devices and pipes are not replaced but written into, once all is there.

    Parameters
    ----------
    path : Path

    Yields
    ------
    part : Path
        The name of a file that does not exist yet.
    """
    if _is_written_into(path):
        with tempfile.TemporaryDirectory() as folder:
            part = Path(folder, "part")
            yield part
            with part.open("rb") as source, path.open("wb") as sink:
                shutil.copyfileobj(source, sink)
        return
    target = _resolved(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = tempfile.mkdtemp(prefix=".", suffix=".part", dir=target.parent)
    try:
        part = Path(folder, target.name)
        yield part
        _write_to_disk(part)
        _copy_mode(target, part)  # last: the mode may forbid to open it
        os.replace(part, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _is_written_into(path: Path) -> bool:
    """Whether a path names a device, a pipe or an open file rather than a file to replace."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    if not stat.S_ISREG(mode):
        return True
    folder = os.path.realpath(path.parent)
    return folder in _OPEN_FILES or folder.startswith("/proc/")


def _resolved(path: Path) -> Path:
    """Return the file at the end of all links; it need not exist."""
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    return target


def _copy_mode(target: Path, part: Path) -> None:
    if target.exists():
        mode = stat.S_IMODE(target.stat().st_mode)
        # Asked first: some file systems know one mode only, and refuse to set any.
        if mode != stat.S_IMODE(part.stat().st_mode):
            part.chmod(mode)


def _write_to_disk(part: Path) -> None:
    """Wait until the content is on the disk, so that no power cut leaves a name without it."""
    with part.open("rb+") as stream:
        try:
            os.fsync(stream.fileno())
        except OSError as error:
            if error.errno not in _NO_SYNC:
                raise
