"""save and load: a zip of one JSON document and arrays."""

import hashlib
import io
import json
import os
import struct
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from sklearn.base import BaseEstimator

from .. import __version__
from .._npy import read_npy
from .._replacing import checked_target, replacing
from .._streams import read_all, readable_stream, writable_stream, write_all
from ._estimators import decode_estimator, encode_estimator
from ._values import BrokenError, Encoder

_FORMAT = "skmnist model"
_FORMAT_VERSION = 2
_MANIFEST = "model.json"
# JSON takes some forty times its size in memory; that of a model has some kilobytes.
_LARGEST_MANIFEST = 2**20
_PACKAGES = ("scikit-learn", "numpy", "keras")
# By zipfile, json and the limits of Python on nesting and on digits.
_WHAT_DAMAGE_RAISES = (
    EOFError,
    KeyError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
)


def save(estimator: BaseEstimator, path: str | os.PathLike[str] | BinaryIO) -> None:
    """Write an estimator to a model file, without pickle.

    The file holds parameters and what was learned as JSON and plain arrays; nothing in it
    is ever executed. It is written beside `path` and takes its place at the end, so that an
    error, a full disk or a killed process leaves an older file whole.

    Parameters
    ----------
    estimator : estimator
        A :class:`KerasMLPClassifier`, :class:`KerasCNNClassifier`, with a
        :class:`RandomDistortion` or without, :class:`PixelScaler`, :class:`ImageFlattener`,
        :class:`ImageDeskewer`, scikit-learn's ``PCA``, ``StandardScaler``,
        ``MinMaxScaler``, ``MaxAbsScaler`` or ``RobustScaler``, or a ``Pipeline`` of these;
        fitted or not.
    path : str, path-like or binary stream
        Where to; any name will do, ``.skmnist`` is customary. An existing file keeps its
        permissions, and the file at the end of a symbolic link is the one replaced. A stream,
        such as ``io.BytesIO()``, is written to from where it stands, and stays open.

    Raises
    ------
    TypeError
        If `estimator` is of another class (a :class:`KerasNetworkClassifier` has code in it:
        the function that builds its network), or a parameter has a value that is neither
        number, text, array nor a container of these, such as a callback or a generator.
        The message names the parameter. Also if `path` is neither a path nor a stream of
        bytes.
    ValueError
        If a parameter has a value that no fit would take, or there is more text than a
        file can hold (a mebibyte: some ten thousand names of columns), or a stream is closed.
    OSError
        If the file or stream can't be written. What was at `path` is still there.

    See Also
    --------
    load : Read the file.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn.datasets import load_digits
    >>> from skmnist import KerasMLPClassifier, load, make_digit_pipeline, save
    >>> X, y = load_digits(return_X_y=True)
    >>> pipeline = make_digit_pipeline(KerasMLPClassifier(epochs=5, random_state=0))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(pipeline.fit(X, y), Path(folder, "digits.skmnist"))
    ...     loaded = load(Path(folder, "digits.skmnist"))
    >>> bool((loaded.predict(X) == pipeline.predict(X)).all())
    True
    """
    stream = writable_stream(path)
    encoder = Encoder()
    node = encode_estimator(estimator, encoder)
    try:
        # So that nothing is saved that can't be loaded.
        decode_estimator(node, dict(encoder.arrays))
    except BrokenError as error:
        raise ValueError(f"{estimator!r} can't be saved as it is: {error}.") from error
    contents = {name: _npy_bytes(array) for name, array in encoder.arrays.items()}
    manifest = {
        "format": _FORMAT,
        "format_version": _FORMAT_VERSION,
        "packages": {"skmnist": __version__, **{name: version(name) for name in _PACKAGES}},
        "arrays": {name: _sha256(data) for name, data in contents.items()},
        "model": node,
    }
    text = json.dumps(manifest, allow_nan=False, indent=1).encode()
    if len(text) > _LARGEST_MANIFEST:
        raise ValueError(
            f"The parameters and names of {type(estimator).__name__} take {len(text)} bytes of "
            f"text, and a model file holds {_LARGEST_MANIFEST}."
        )
    members = {_MANIFEST: text, **contents}
    if stream is not None:
        content = io.BytesIO()
        _write_archive(content, members)
        write_all(stream, content.getvalue())
        return
    with replacing(checked_target(path)) as part:
        _write_archive(part, members)


def load(path: str | os.PathLike[str] | BinaryIO) -> Any:
    """Read an estimator from a model file.

    Nothing in the file is executed, and no more memory is taken than some 50 MB and a small
    multiple of its size. Sizes, checksums, parameters and the shapes of weights are checked
    before an estimator is made. The checksums tell accidents, not forgery: whoever can write
    the file decides what the estimator predicts.

    Parameters
    ----------
    path : str, path-like or binary stream
        A file as written by :func:`save`, of this version or an older one. A stream is read
        from where it stands to its end. Bytes go into ``io.BytesIO``.

    Returns
    -------
    estimator : estimator
        It predicts the same bits as the one saved, and training goes on from where it was.

    Raises
    ------
    OSError
        If the file or stream can't be opened or read.
    TypeError
        If `path` is neither a path nor a stream of bytes.
    ValueError
        If it is no model file, is cut or damaged, holds anything unknown, or was written in
        a newer format.

    See Also
    --------
    save : Write the file.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skmnist import KerasMLPClassifier, load, save
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(KerasMLPClassifier(epochs=3), Path(folder, "unfitted.skmnist"))
    ...     load(Path(folder, "unfitted.skmnist"))
    KerasMLPClassifier(epochs=3)
    """
    stream = readable_stream(path)
    data = Path(path).read_bytes() if stream is None else read_all(stream)
    try:
        if not zipfile.is_zipfile(io.BytesIO(data)):
            raise BrokenError(_what_else(data))
        contents = _read_members(data)
        manifest = _read_manifest(contents.pop(_MANIFEST))
        arrays = _read_arrays(contents, manifest["arrays"])
        estimator = decode_estimator(manifest["model"], arrays)
        if arrays:
            raise BrokenError(f"nothing in it uses {sorted(arrays)}")
        return estimator
    except _WHAT_DAMAGE_RAISES as error:
        name = "The stream" if stream is not None else os.fspath(path)
        raise ValueError(f"{name} is no model file to load: {error}") from error


def _write_archive(target: Path | BinaryIO, members: dict[str, bytes]) -> None:
    # Not compressed: weights hardly shrink, and what a file unpacks to is what it is.
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)


def _what_else(data: bytes) -> str:
    """Say what a file that is no zip may be."""
    if not data:
        return "it is empty, no zip file (a stream at its end goes back by seek(0))"
    if data.startswith(b"PK"):
        return "it is cut off"
    if data.startswith(b"\x80"):
        return "it looks like a pickle, which is never loaded here"
    return "it is no zip file"


def _read_members(data: bytes) -> dict[str, bytes]:
    """Read all members, which together can't be larger than the file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {member.filename: member for member in archive.infolist()}
        if len(members) != len(archive.infolist()):
            raise BrokenError("two members have the same name")
        if _MANIFEST not in members:
            raise BrokenError(f"it has no member {_MANIFEST}")
        if members[_MANIFEST].file_size > _LARGEST_MANIFEST:
            raise BrokenError(f"{_MANIFEST} has {members[_MANIFEST].file_size} bytes")
        if any(member.compress_type != zipfile.ZIP_STORED for member in members.values()):
            raise BrokenError("a member is compressed")
        n_bytes = sum(member.file_size for member in members.values())
        if n_bytes > len(data):
            raise BrokenError(f"its members claim {n_bytes} bytes, more than the file has")
        return {name: archive.read(member) for name, member in members.items()}


def _read_manifest(text: bytes) -> dict[str, Any]:
    manifest = json.loads(text, parse_constant=_refuse_constant)
    if not isinstance(manifest, dict) or manifest.get("format") != _FORMAT:
        raise BrokenError(f"{_MANIFEST} does not say that it is one")
    written = manifest.get("format_version")
    if not isinstance(written, int) or written < 1:
        raise BrokenError(f"format_version is {written!r}")
    if written > _FORMAT_VERSION:
        packages = manifest.get("packages")
        raise BrokenError(
            f"it was written in format {written} with {packages}, and skmnist "
            f"{__version__} reads formats up to {_FORMAT_VERSION}. Install a newer skmnist."
        )
    if not isinstance(manifest.get("arrays"), dict):
        raise BrokenError("it does not say which arrays it has")
    return manifest


def _read_arrays(contents: dict[str, bytes], checksums: dict[str, str]) -> dict[str, np.ndarray]:
    if set(contents) != set(checksums):
        odd = sorted(set(contents) ^ set(checksums))
        raise BrokenError(f"members and list of members differ in {odd}")
    for name, data in contents.items():
        if _sha256(data) != checksums[name]:
            raise BrokenError(f"member {name!r} is damaged: its sha256 is another")
    return {
        name: read_npy(lambda data=data: io.BytesIO(data), name, len(data))
        for name, data in contents.items()
    }


def _npy_bytes(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, allow_pickle=False)
    return stream.getvalue()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _refuse_constant(name: str) -> None:
    raise BrokenError(f"{name} stands in it for a number")
