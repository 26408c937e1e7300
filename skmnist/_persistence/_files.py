"""Model files: a zip archive of one JSON document and arrays."""

import hashlib
import io
import json
import os
import struct
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from sklearn.base import BaseEstimator

from .. import __version__
from .._novelty import NoveltyRejectingClassifier
from .._npy import read_npy
from .._streams import read_all, readable_stream, writable_stream, write_to
from ._estimators import decode_beside, decode_estimator, encode_beside, encode_estimator
from ._values import InvalidModelFileError

_FORMAT = "skmnist model"
_FORMAT_VERSION = 2
_MANIFEST = "model.json"
# JSON takes some forty times its size in memory; a model's takes some kilobytes.
_LARGEST_MANIFEST = 2**20
_PACKAGES = ("scikit-learn", "numpy", "keras")
# Raised by zipfile, by json, and at Python's limits of nesting and digits.
_LOAD_ERRORS = (
    EOFError,
    KeyError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
)


def save(
    estimator: BaseEstimator,
    path: str | os.PathLike[str] | BinaryIO,
    *,
    rejecting: NoveltyRejectingClassifier | None = None,
) -> None:
    """Write an estimator to a model file, without pickle.

    The file holds parameters and what was learned as JSON and plain arrays; nothing in it
    is ever executed. An older file is replaced at the end: an error, a full disk or a killed
    process leaves it whole.

    Parameters
    ----------
    estimator : estimator
        A :class:`KerasMLPClassifier`, :class:`KerasCNNClassifier`, with a
        :class:`RandomDistortion` or without, :class:`PixelScaler`, :class:`ImageFlattener`,
        :class:`ImageDeskewer`, scikit-learn's ``PCA``, ``StandardScaler``,
        ``MinMaxScaler``, ``MaxAbsScaler`` or ``RobustScaler``, or a ``Pipeline``, a
        ``FrozenEstimator`` or a :class:`NoveltyRejectingClassifier` of these; fitted or not.
    path : str, path-like or binary stream
        Any name will do, ``.skmnist`` is customary. An existing file keeps its permissions; of
        a symbolic link the file at its end is replaced. A stream, such as ``io.BytesIO()``, is
        written to from where it stands, and stays open.
    rejecting : NoveltyRejectingClassifier, default=None
        One that was fitted with ``FrozenEstimator(estimator)``, to be kept beside `estimator`:
        ``load(path)`` gives `estimator`, and ``load(path, rejecting=True)`` this one.

    Raises
    ------
    TypeError
        If `estimator` is of another class (a :class:`KerasNetworkClassifier` has code in it:
        the function that builds its network), or a parameter is neither number, text, array
        nor a container of these, such as a callback; or `path` is neither a path nor a stream
        of bytes.
    ValueError
        If a parameter has a value that no fit would take, or there is more text than a
        file can hold (a mebibyte: some ten thousand names of columns), a stream is closed,
        or `rejecting` has another estimator inside.
    OSError
        If the file or stream can't be written.

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
    writable_stream(path)  # an error now, rather than when all is done
    arrays: dict[str, np.ndarray] = {}
    parts = {"model": encode_estimator(estimator, arrays)}
    if rejecting is not None:
        parts["rejecting"] = encode_beside(rejecting, estimator, arrays)
    try:
        # So that nothing is saved that can't be loaded.
        _decode(parts, dict(arrays), rejecting=False)
    except InvalidModelFileError as error:
        raise ValueError(f"{estimator!r} can't be saved as it is: {error}.") from error
    contents = {name: _npy_bytes(array) for name, array in arrays.items()}
    manifest = {
        "format": _FORMAT,
        "format_version": _FORMAT_VERSION,
        "packages": {"skmnist": __version__, **{name: version(name) for name in _PACKAGES}},
        "arrays": {name: _sha256(data) for name, data in contents.items()},
        **parts,
    }
    text = json.dumps(manifest, allow_nan=False, indent=1).encode()
    if len(text) > _LARGEST_MANIFEST:
        raise ValueError(
            f"The parameters and names of {type(estimator).__name__} take {len(text)} bytes of "
            f"text, and a model file holds {_LARGEST_MANIFEST}."
        )
    file = io.BytesIO()
    # Not compressed: weights hardly shrink, and the file can't unpack to more than it is.
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in {_MANIFEST: text, **contents}.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    write_to(path, file.getvalue())


def load(path: str | os.PathLike[str] | BinaryIO, *, rejecting: bool = False) -> Any:
    """Read an estimator from a model file.

    Nothing in the file is executed, and no more memory is taken than some 50 MB and a small
    multiple of its size. Sizes, checksums, parameters and the shapes of weights are checked.
    Checksums find accidents, not forgery: whoever can write the file decides what the estimator
    predicts.

    Parameters
    ----------
    path : str, path-like or binary stream
        A file as written by :func:`save`, of this version or an older one. A stream is read
        from where it stands to its end. Bytes go into ``io.BytesIO``.
    rejecting : bool, default=False
        Whether to return the :class:`NoveltyRejectingClassifier` that was kept beside the
        estimator, as ``skmnist train`` does.

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
        a newer format; with `rejecting`, if it has no :class:`NoveltyRejectingClassifier`.

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
    data = Path(cast(str, path)).read_bytes() if stream is None else read_all(stream)
    try:
        if not zipfile.is_zipfile(io.BytesIO(data)):
            raise InvalidModelFileError(_describe_other_file(data))
        contents = _read_members(data)
        manifest = _read_manifest(contents.pop(_MANIFEST))
        arrays = _read_arrays(contents, manifest["arrays"])
        estimator = _decode(manifest, arrays, rejecting=rejecting)
        if arrays:
            raise InvalidModelFileError(f"nothing in it uses {sorted(arrays)}")
        return estimator
    except _LOAD_ERRORS as error:
        name = "The stream" if stream is not None else os.fspath(cast(str, path))
        raise ValueError(f"{name} can't be loaded: {error}") from error


def _decode(parts: dict[str, Any], arrays: dict[str, np.ndarray], *, rejecting: bool) -> Any:
    """Make the estimator of a file, or the one beside it that rejects."""
    if "rejecting" in parts:
        # All is decoded, and so checked, whichever is asked for.
        both = decode_beside(parts["rejecting"], parts["model"], arrays)
        return both if rejecting else both.estimator.estimator
    estimator = decode_estimator(parts["model"], arrays)
    if rejecting and not isinstance(estimator, NoveltyRejectingClassifier):
        raise InvalidModelFileError(
            f"it has {type(estimator).__name__} without a NoveltyRejectingClassifier. Fit one "
            "with FrozenEstimator(estimator), and give it to save(..., rejecting=...)"
        )
    return estimator


def _describe_other_file(data: bytes) -> str:
    """Describe a file that is not a zip archive."""
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
            raise InvalidModelFileError("two members have the same name")
        if _MANIFEST not in members:
            raise InvalidModelFileError(f"it has no member {_MANIFEST}")
        if members[_MANIFEST].file_size > _LARGEST_MANIFEST:
            raise InvalidModelFileError(f"{_MANIFEST} has {members[_MANIFEST].file_size} bytes")
        if any(member.compress_type != zipfile.ZIP_STORED for member in members.values()):
            raise InvalidModelFileError("a member is compressed")
        n_bytes = sum(member.file_size for member in members.values())
        if n_bytes > len(data):
            raise InvalidModelFileError(
                f"its members claim {n_bytes} bytes, the file has {len(data)}"
            )
        return {name: archive.read(member) for name, member in members.items()}


def _read_manifest(text: bytes) -> dict[str, Any]:
    manifest = json.loads(text, parse_constant=_refuse_constant)
    if not isinstance(manifest, dict) or manifest.get("format") != _FORMAT:
        raise InvalidModelFileError(f"{_MANIFEST} is not that of a model file")
    written = manifest.get("format_version")
    if not isinstance(written, int) or written < 1:
        raise InvalidModelFileError(f"format_version is {written!r}")
    if written > _FORMAT_VERSION:
        packages = manifest.get("packages")
        raise InvalidModelFileError(
            f"it was written in format {written} with {packages}, and skmnist "
            f"{__version__} reads formats up to {_FORMAT_VERSION}. Install a newer skmnist."
        )
    if not isinstance(manifest.get("arrays"), dict):
        raise InvalidModelFileError("the list of its arrays is missing")
    return manifest


def _read_arrays(contents: dict[str, bytes], checksums: dict[str, str]) -> dict[str, np.ndarray]:
    if set(contents) != set(checksums):
        odd = sorted(set(contents) ^ set(checksums))
        raise InvalidModelFileError(f"members and list of members differ in {odd}")
    arrays = {}
    for name, data in contents.items():
        if _sha256(data) != checksums[name]:
            raise InvalidModelFileError(f"member {name!r} is damaged: its sha256 is another")
        arrays[name] = read_npy(lambda data=data: io.BytesIO(data), name, len(data))
    return arrays


def _npy_bytes(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, allow_pickle=False)
    return stream.getvalue()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _refuse_constant(name: str) -> None:
    raise InvalidModelFileError(f"{name} stands in it for a number")
