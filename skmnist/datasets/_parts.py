"""Images with their labels, in one part or split for training and testing: checked, joined."""

from typing import NamedTuple

import numpy as np

_AS_ARRAYS = "write np.savez('file.npz', X=images, y=labels)"


class Part(NamedTuple):
    """Images, their labels if there are any, and what a file calls them."""

    X_name: str
    X: np.ndarray
    y_name: str | None = None
    y: np.ndarray | None = None


def join_parts(
    file: str, parts: dict[str, Part]
) -> tuple[np.ndarray, np.ndarray | None, int | None]:
    """Join the parts of a file, those to train on first.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    parts : dict of str to Part
        By "train", "val" and "test"; or the only one by "".

    Returns
    -------
    X : ndarray of shape (n_samples, n_pixels), (n_samples, height, width) or \
            (n_samples, height, width, n_channels)
    y : ndarray of shape (n_samples,) or None
    n_train : int or None
        How many are to be trained on; validation images are among them, unless there are no
        others to test on. None for a file of one part.

    Raises
    ------
    ValueError
        If images and labels don't fit each other, or the parts don't.
    """
    checked = [
        (part, parts[part].X, _checked_labels(file, parts[part]))
        for part in ("", "train", "val", "test")
        if part in parts
    ]
    if len(checked) == 1:
        ((_, X, y),) = checked
        return X, y, None
    images = [X for _, X, _ in checked]
    labels = [y for _, _, y in checked if y is not None]
    names = [parts[part].X_name for part, _, _ in checked]
    for name, X in zip(names[1:], images[1:], strict=True):
        if X.shape[1:] != images[0].shape[1:]:
            raise ValueError(
                f"{file}: images of shape {images[0].shape[1:]} in {names[0]} and {X.shape[1:]} "
                f"in {name}, expected the same: bring them to one shape"
            )
        if (X.dtype.kind == "f") != (images[0].dtype.kind == "f"):
            raise ValueError(
                f"{file}: {names[0]} has dtype {images[0].dtype} and {name} {X.dtype}, expected "
                "the same: bring them to one dtype and one range"
            )
    if labels and len(labels) < len(images):
        (lacking, *_) = (name for name, (_, _, y) in zip(names, checked, strict=True) if y is None)
        raise ValueError(
            f"{file}: {lacking} has no labels, but other images have: keep images without labels "
            "in a file of their own"
        )
    if len({y.dtype.kind == "U" for y in labels}) > 1:
        raise ValueError(f"{file}: labels are text in one part and numbers in another")
    n_train = len(images[0]) if len(images) == 2 else len(images[0]) + len(images[1])
    return np.concatenate(images), np.concatenate(labels) if labels else None, n_train


def _checked_labels(file: str, part: Part) -> np.ndarray | None:
    """Check images and labels, and return the labels as one for each image."""
    name, X, y_name, y = part
    if y is not None and y.ndim and X.ndim > 2 and len(X) < len(y) == X.shape[-1]:
        raise ValueError(
            f"{file}: {name} has shape {X.shape}, and {y_name} {len(y)} labels, expected the "
            f"images along the first axis: write np.moveaxis({name}, -1, 0)"
        )
    if X.ndim not in (2, 3, 4) or X.dtype.kind not in "buif":
        raise ValueError(
            f"{file}: {name} has shape {X.shape} and dtype {X.dtype}, expected numbers of "
            "shape (n, pixels), (n, height, width) or (n, height, width, channels): " + _AS_ARRAYS
        )
    if y is None:
        return None
    start = f"{file}: {y_name} has shape {y.shape}"
    if y.shape[:1] != X.shape[:1]:
        raise ValueError(
            f"{start}, expected {X.shape[:1]} as {name}, one label for each image: {_AS_ARRAYS}"
        )
    if y.dtype.kind not in "buifUS":
        raise ValueError(f"{start} and dtype {y.dtype}, expected numbers or text: {_AS_ARRAYS}")
    if y.dtype.kind == "S":
        try:
            y = np.char.decode(y, "utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(
                f"{file}: {y_name} has bytes that are no UTF-8 ({error.object!r}), expected text: "
                f"write np.char.decode({y_name}, 'latin-1'), or whatever encoding it has"
            ) from error
    if y.ndim == 2 and y.shape[1] == 1:
        return y[:, 0]
    if y.ndim == 1:
        return y
    if y.ndim == 2 and y.dtype.kind in "buif" and _is_one_hot(y):
        return y.argmax(axis=1)
    if y.ndim == 2 and y.shape[1] == 8 and y.dtype.kind in "ui":
        raise ValueError(
            f"{start}, expected {X.shape[:1]}: if it is a table of QMNIST, whose first column is "
            f"the class, take y[:, 0] and {_AS_ARRAYS}"
        )
    raise ValueError(
        f"{start} and is not one-hot (in each row one 1, else 0), expected {X.shape[:1]}, one "
        f"label for each image: {_AS_ARRAYS}"
    )


def _is_one_hot(y: np.ndarray) -> bool:
    return bool(((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all())
