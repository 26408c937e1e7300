"""One door to every file of images and labels: the suffix picks the reader."""

import os
from pathlib import Path

import numpy as np
from sklearn.utils import Bunch

from .._images import split_images
from ._csv import read_csv
from ._npz import read_npz

_KERAS_KEYS = ("x_train", "y_train", "x_test", "y_test")
_PAIRS = (("X", "y"), ("data", "target"), ("images", "labels"))
_EXPECTED_KEYS = ", ".join(_KERAS_KEYS) + "; " + "; ".join(map(", ".join, _PAIRS))


def load_file(path: str | os.PathLike[str]) -> Bunch:
    r"""Load images and labels from an ``.npz``, ``.csv`` or ``.csv.gz`` file.

    Parameters
    ----------
    path : str or path-like
        The file. An npz archive holds ``x_train, y_train, x_test, y_test``, as Keras
        names them, or one of the pairs ``X, y``, ``data, target``, ``images, labels``,
        whose second half may be missing. For csv see :func:`read_csv`.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, with the following attributes.

        data : ndarray of shape (n_samples, n_pixels)
            One image a row, in the dtype of the file; training images first.
        target : ndarray of shape (n_samples,) or None
            The labels, None if the file has none.
        images : ndarray of shape (n_samples, height, width[, n_channels]) or None
            `data` as images: a view. None if the shape is not known.
        image_shape : tuple of int or None
            Shape of one image: that of the array in an npz archive, the square of a csv
            file whose number of pixels is one, else None.
        n_train : int or None
            Number of training images, if the file tells them from test images.

    Raises
    ------
    OSError
        If the file cannot be opened.
    ValueError
        If the suffix is not supported, or the file is damaged or lacks what is needed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from skmnist.datasets import load_file
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "digits.csv")
    ...     size = path.write_text("7,0,255,30,0\n3,12,0,0,9\n")
    ...     digits = load_file(path)
    >>> digits.images.shape, digits.target
    ((2, 2, 2), array([7, 3]))
    """
    name = Path(path).name.lower()
    if name.endswith(".npz"):
        X, y, n_train = _load_npz(path)
        data, image_shape = split_images(X)
    elif name.endswith((".csv", ".csv.gz")):
        data, y = read_csv(path)
        side = round(data.shape[1] ** 0.5)
        image_shape = (side, side) if side * side == data.shape[1] else None
        n_train = None
    else:
        raise ValueError(f"path={str(path)!r}: expected a file that ends in .npz, .csv or .csv.gz")
    return Bunch(
        data=data,
        target=y,
        images=None if image_shape is None else data.reshape(len(data), *image_shape),
        image_shape=image_shape,
        n_train=n_train,
    )


def _load_npz(
    path: str | os.PathLike[str],
) -> tuple[np.ndarray, np.ndarray | None, int | None]:
    arrays = read_npz(path)
    if all(key in arrays for key in _KERAS_KEYS):
        X_train, y_train, X_test, y_test = (arrays[key] for key in _KERAS_KEYS)
        _check_pair(path, "x_train", X_train, "y_train", y_train)
        _check_pair(path, "x_test", X_test, "y_test", y_test)
        if X_train.shape[1:] != X_test.shape[1:]:
            raise ValueError(
                f"{path}: images of shape {X_train.shape[1:]} in x_train and "
                f"{X_test.shape[1:]} in x_test, expected the same"
            )
        return np.concatenate([X_train, X_test]), np.concatenate([y_train, y_test]), len(X_train)
    for X_key, y_key in _PAIRS:
        if X_key in arrays:
            X, y = arrays[X_key], arrays.get(y_key)
            _check_pair(path, X_key, X, y_key, y)
            return X, y, None
    raise ValueError(f"{path}: arrays {sorted(arrays)}, expected one of: {_EXPECTED_KEYS}")


def _check_pair(
    path: str | os.PathLike[str], X_key: str, X: np.ndarray, y_key: str, y: np.ndarray | None
) -> None:
    if X.ndim not in (2, 3, 4) or X.dtype.kind not in "buif":
        raise ValueError(
            f"{path}: {X_key} has shape {X.shape} and dtype {X.dtype}, expected numbers of "
            "shape (n, pixels), (n, height, width) or (n, height, width, channels)"
        )
    if y is not None and y.shape != X.shape[:1]:
        raise ValueError(f"{path}: {y_key} has shape {y.shape}, expected {X.shape[:1]} as {X_key}")
