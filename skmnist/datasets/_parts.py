"""Images with their labels, in one part or split for training and testing: checked, joined."""

from typing import NamedTuple

import numpy as np

# The largest pixel of images from 0 to 1, also resized or standardized ones, and of others.
_SCALED, _UNSCALED = 2, 10
AS_ARRAYS = "write np.savez('file.npz', X=images, y=labels)"


class Part(NamedTuple):
    """Images, their labels if there are any, and what a file calls them."""

    X_name: str
    X: np.ndarray
    y_name: str | None = None
    y: np.ndarray | None = None


def join_parts(parts: dict[str, Part]) -> tuple[np.ndarray, np.ndarray | None, int | None]:
    """Join the parts "train" (or ""), "val" and "test" of a file, or take the only one.

    Returns X, y or None, and the number of images to train on, None for one part. Validation
    images are among them, unless there are no others to test on.
    """
    in_order = [parts[name] for name in ("", "train", "val", "test") if name in parts]
    labels = [_checked_labels(part) for part in in_order]
    first, *others = in_order
    if not others:
        return first.X, labels[0], None
    for other in others:
        if other.X.shape[1:] != first.X.shape[1:]:
            raise ValueError(
                f"images of shape {first.X.shape[1:]} in {first.X_name} and {other.X.shape[1:]} "
                f"in {other.X_name}, expected the same: bring them to one shape"
            )
        if (other.X.dtype.kind == "f") != (first.X.dtype.kind == "f"):
            raise ValueError(
                f"{first.X_name} has dtype {first.X.dtype} and {other.X_name} {other.X.dtype}, "
                "expected the same: bring them to one dtype and one range"
            )
        low, high = sorted([float(first.X.max(initial=0)), float(other.X.max(initial=0))])
        if 0 < low <= _SCALED and high > _UNSCALED:
            raise ValueError(
                f"the largest pixel is {first.X.max()} in {first.X_name} and {other.X.max()} in "
                f"{other.X_name}, expected one range: scale all parts alike"
            )
    X = np.concatenate([part.X for part in in_order])
    n_train = len(X) - len(in_order[-1].X)
    known = [y for y in labels if y is not None]
    if not known:
        return X, None, n_train
    if len(known) < len(labels):
        lacking = in_order[[y is None for y in labels].index(True)]
        raise ValueError(
            f"{lacking.X_name} has no labels, but other images have: keep images without labels "
            "in a file of their own"
        )
    if len({y.dtype.kind == "U" for y in known}) > 1:
        raise ValueError("labels are text in one part and numbers in another")
    return X, np.concatenate(known), n_train


def _checked_labels(part: Part) -> np.ndarray | None:
    """Check images and labels, and return the labels as one for each image."""
    name, X, y_name, y = part
    if y is not None and y.ndim and X.ndim > 2 and len(X) < len(y) == X.shape[-1]:
        raise ValueError(
            f"{name} has shape {X.shape}, and {y_name} {len(y)} labels, expected the images along "
            f"the first axis: write np.moveaxis({name}, -1, 0)"
        )
    if X.ndim not in (2, 3, 4) or X.dtype.kind not in "buif":
        raise ValueError(
            f"{name} has shape {X.shape} and dtype {X.dtype}, expected numbers of shape "
            f"(n, pixels), (n, height, width) or (n, height, width, channels): {AS_ARRAYS}"
        )
    if y is None:
        return None
    fault = f"{y_name} has shape {y.shape}"
    expected = f"expected {X.shape[:1]} as {name}, one label for each image"
    if y.shape[:1] != X.shape[:1]:
        raise ValueError(f"{fault}, {expected}: {AS_ARRAYS}")
    if y.dtype.kind not in "buifUS":
        raise ValueError(f"{fault} and dtype {y.dtype}, expected numbers or text: {AS_ARRAYS}")
    if y.dtype.kind == "S":
        try:
            y = np.char.decode(y, "utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(
                f"{y_name} has bytes that are no UTF-8 ({error.object!r}), expected text: write "
                f"np.char.decode({y_name}, 'latin-1'), or another encoding"
            ) from error
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        i = int(np.flatnonzero(~np.isfinite(y).reshape(len(y), -1).all(axis=1))[0])
        raise ValueError(
            f"{y_name} has the label {y[i]} at image {i}, expected a number or text: leave out "
            "images without a label"
        )
    if y.ndim == 1 or y.shape[1:] == (1,):
        return y.reshape(len(y))
    if y.ndim == 2 and y.dtype.kind in "buif" and _is_one_hot(y):
        return y.argmax(axis=1)
    if y.ndim == 2 and y.shape[1] == 8 and y.dtype.kind in "ui":
        remedy = "if it is a table of QMNIST, whose first column is the class, take y[:, 0] and "
        raise ValueError(f"{fault}, {expected}: {remedy}{AS_ARRAYS}")
    raise ValueError(
        f"{fault} and is not one-hot (in each row one 1, else 0), {expected}: {AS_ARRAYS}"
    )


def _is_one_hot(y: np.ndarray) -> bool:
    return bool(np.isin(y, (0, 1)).all() and (y.sum(axis=1) == 1).all())
