"""Files of images and labels of several kinds, read alike: npz, csv and IDX."""

import os
import re
from pathlib import Path
from typing import Any, BinaryIO

from sklearn.utils import Bunch

from .._images import split_images, square_shape
from .._streams import PICTURES, name_of, readable_stream
from ._csv import read_csv
from ._idx_files import is_idx, read_folder, read_pair
from ._npz import read_npz
from ._npz_layouts import parts_of
from ._parts import AS_ARRAYS, join_parts
from ._streams import errors_name

_REMEDIES = {
    (".zip", ".tar", ".tgz", ".rar", ".7z", ".gz", ".bz2", ".xz", ".zst"): "unpack it first",
    PICTURES: "read a picture with skmnist.datasets.read_picture",
    "": f"read it with NumPy or pandas and {AS_ARRAYS}",
}


def load_file(
    path: str | os.PathLike[str] | BinaryIO, *, label: str | int | None = "auto"
) -> Bunch:
    r"""Load images and labels from an npz, csv or IDX file.

    Parameters
    ----------
    path : str, path-like or binary stream
        One of the following, by the ending of its name, or its first bytes if it is IDX.

        - An ``.npz`` archive with images called X, data, images, features, pixels or inputs, and
          labels called y, target, labels, class or category (in upper or lower case, singular or
          plural). With train, val or test before or behind (``x_train``, ``train_images``,
          ``X_test``, ...) there are several parts. Validation images are put to those for
          training, or serve as the test images where there are no others. Arrays like
          target_names are passed over, others refused. Labels may have shape (n, 1), or be
          one-hot rows, of which class numbers are made.
        - A ``.csv`` or ``.csv.gz`` file, see :func:`read_csv`.
        - An IDX file of images, plain or gzipped, with its labels in the file beside it that is
          named alike: ``train-labels-idx1-ubyte`` beside ``train-images-idx3-ubyte``, also with
          a dot before idx, with words before train, or with ``.gz``.
        - A folder of such files for training (train-...) and testing (t10k-... or test-...).

        A stream of a csv or npz file is known by its ``name``; a stream without one is for
        :func:`read_csv` and :func:`read_npz`.
    label : {"auto", "first", "last"}, other str, int or None, default="auto"
        The column of the labels in a csv file, see :func:`read_csv`.

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
            Shape of one image: that of the array in an npz archive or IDX file, the square of a
            csv file whose number of pixels is one, else None.
        n_train : int or None
            Number of training images, if the file tells them from test images.

    Raises
    ------
    OSError
        If the file cannot be opened.
    TypeError
        If `path` is neither a path nor a binary stream, or `label` no column.
    ValueError
        If the file is of another kind, is damaged or lacks what is needed, or if it is not clear
        which labels are meant.

    See Also
    --------
    read_picture : Reads a scan or a photo of one character.
    read_csv : Reads a csv file alone, also from a stream.
    read_npz : Reads all arrays of an npz file, whatever their names.
    read_idx : Reads one IDX file.

    Notes
    -----
    The images of EMNIST lie on their side; ``np.swapaxes(images, 1, 2)`` sets them upright.

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
    kind = _kind_of(path)
    name = name_of(path)
    if kind == "csv":
        data, y = read_csv(path, label=label)
        image_shape, n_train = square_shape(data.shape[1]), None
    elif label != "auto":
        raise ValueError(f"label={label!r}, but {name} is no csv file: leave label='auto'")
    else:
        if kind == "npz":
            arrays = read_npz(path)
            with errors_name(path):
                parts = parts_of(arrays)
        elif kind == "folder":
            parts = read_folder(Path(name))
        else:
            parts = {"": read_pair(Path(name))}
        with errors_name(path):
            X, y, n_train = join_parts(parts)
        data, image_shape = split_images(X)
    return Bunch(
        data=data,
        target=y,
        images=None if image_shape is None else data.reshape(len(data), *image_shape),
        image_shape=image_shape,
        n_train=n_train,
    )


def _kind_of(path: Any) -> str:
    """Return "npz", "csv", "idx" or "folder"."""
    is_stream = readable_stream(path) is not None
    name = name_of(path, "")
    ending = name.lower()
    if ending.endswith(".npz"):
        return "npz"
    if ending.endswith((".csv", ".csv.gz")):
        return "csv"
    if is_stream and not name:
        raise ValueError(
            "the stream has no name that says what it is: read it with "
            "skmnist.datasets.read_csv, read_npz or read_idx"
        )
    if is_stream:
        raise ValueError(
            f"{name}: a stream of a csv or npz file was expected, by its name: read an IDX file "
            "with skmnist.datasets.read_idx, or give its path"
        )
    if Path(name).is_dir():
        return "folder"
    if re.search(r"idx\d|ubyte", Path(name).name.lower()) or is_idx(Path(name)):
        return "idx"
    remedy = next(remedy for endings, remedy in _REMEDIES.items() if ending.endswith(endings))
    raise ValueError(
        f"path={name!r}: expected a name that ends in .npz, .csv or .csv.gz, an IDX file of "
        f"images or a folder of them: {remedy}"
    )
