"""Replace a file as a whole, keeping its permissions and the links that lead to it."""

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

# Names in these folders stand for open files, which others read while they are written.
_OPEN_FILES = ("/dev", "/dev/fd")
# Errors of file systems that can't write to the disk at once.
_NO_SYNC = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)


def checked_target(path: str | os.PathLike[str], suffixes: Sequence[str] = ()) -> Path:
    """Return `path` if a file with one of the suffixes can be written there, or raise an error.

    Called before long work. Missing folders are not created.
    """
    name = os.fspath(path)
    path = Path(path)
    if suffixes and os.path.splitext(name)[1].lower() not in suffixes:
        raise ValueError(
            f"path={name!r} must end in {' or '.join(suffixes)}, which says the format."
        )
    if path.is_dir() or name.endswith(os.sep):
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
    """Yield the name of a new file, which replaces `path` at the end, at one stroke.

    An error leaves `path` as it was; one of the disk names it. The new file lies in a folder of
    its own beside the old one, which only its owner may enter, so that neither a killed process
    nor two at once do harm, and nobody reads what is not yet protected. It gets the permissions
    of the old file. Of symbolic links the file at their end is replaced; other hard links keep
    the old content. Devices and pipes are not replaced but written into, once all is there.
    """
    if _is_written_into(path):
        with tempfile.TemporaryDirectory() as folder:
            part = Path(folder, "part")
            yield part
            with part.open("rb") as source, path.open("wb") as sink:
                shutil.copyfileobj(source, sink)
        return
    target = _resolved(path)
    with _errors_name(path, target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = tempfile.mkdtemp(prefix=".", suffix=".part", dir=target.parent)
        try:
            part = Path(folder, target.name)
            yield part
            _write_to_disk(part, os.O_RDWR)
            if target.exists():
                mode = stat.S_IMODE(target.stat().st_mode)
                # Some file systems know one mode only, and refuse to set any.
                if mode != stat.S_IMODE(part.stat().st_mode):
                    part.chmod(mode)  # last: the mode may forbid to open the file
            os.replace(part, target)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if os.name != "nt" and os.access(target.parent, os.R_OK):
            _write_to_disk(target.parent, os.O_RDONLY)  # the new name, too


def _is_written_into(path: Path) -> bool:
    """Tell whether a path is a device, a pipe or an open file rather than a file to replace."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    folder = os.path.realpath(path.parent)
    return not stat.S_ISREG(mode) or folder in _OPEN_FILES or folder.startswith("/proc/")


def _resolved(path: Path) -> Path:
    """Return the file at the end of all links; it need not exist."""
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    return target


@contextmanager
def _errors_name(path: Path, folder: Path) -> Iterator[None]:
    """Have errors of the disk name `path`, rather than nothing or what is made in its folder."""
    try:
        yield
    except OSError as error:
        is_named = error.filename is not None and folder not in Path(str(error.filename)).parents
        if error.errno is None or is_named:
            raise
        raise OSError(error.errno, error.strerror, os.fspath(path)) from error


def _write_to_disk(path: Path, how: int) -> None:
    """Wait until a file or folder is on the disk, so that no power cut leaves half of it."""
    descriptor = os.open(path, how)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
    finally:
        os.close(descriptor)
