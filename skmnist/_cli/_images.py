"""Images by the names of --data, and their test part."""

import argparse
import math
import re
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any, NamedTuple

from sklearn.datasets import load_digits

from .._images import checked_image_shape, square_shape, with_channel
from ..comparison import hold_out_quarter, take_share
from ..datasets import fetch_fashion_mnist, fetch_mnist, load_file
from ._arguments import NAMED_DATA, TABLES
from ._screen import Screen, downloads_shown

_N_TRAIN = 60_000  # the published split of MNIST and Fashion-MNIST
_WHERE_LABELS_ARE = {
    TABLES: "If a column has them, give --label NAME, first or last.",
    ".npz": "Write np.savez('file.npz', X=images, y=labels).",
    "": "In IDX files they lie beside the images, such as train-labels-idx1-ubyte.",
}


class Images(NamedTuple):
    """Labelled images, those to train on first."""

    title: str
    X: Any  # (n, height, width[, n_channels]), or (n, n_pixels) where the shape is not known
    y: Any  # (n,)
    n_train: int | None  # None: no split is published


def load_split(
    args: argparse.Namespace, screen: Screen, *, needs_shape: str = ""
) -> tuple[str, Any, Any, Any, Any]:
    """Load and split the images of --data: title, X, X_test, y, y_test.

    Where the shape of the images must be known, `needs_shape` is what else can be done.
    """
    with downloads_shown(screen):
        title, X, y, n_train = _load(args.data, args.label, screen)
    X = _shaped(title, X, args.image_shape, needs_shape)
    if n_train is None:
        X, X_test, y, y_test = hold_out_quarter(X, y, args.random_state)
    else:
        X, X_test, y, y_test = X[:n_train], X[n_train:], y[:n_train], y[n_train:]
    X, y = take_share(X, y, args.train_size, args.random_state)
    size = " x ".join(map(str, X.shape[1:]))
    screen.say(
        f"{title}: {len(X):,} images to train on, {len(X_test):,} to test on, {size} pixels each"
    )
    return title, X, X_test, y, y_test


def _load(name: str | None, label: str, screen: Screen) -> Images:
    """Load the images of --data; by default MNIST, or the digits where it can't be had."""
    if name is None:
        if label != "auto":
            raise ValueError(f"--label {label}: name the csv file with --data.")
        screen.say("Loading MNIST, downloaded on first use")
        try:
            return load_mnist_soon()
        except OSError:
            screen.note(
                "MNIST can't be had here, so scikit-learn's digits take its place "
                "(--data mnist says what is wrong)"
            )
            return load_images("digits")
    if name in NAMED_DATA[1:]:
        screen.say(f"Loading {name}, downloaded on first use")
    try:
        return load_images(name, None if label.casefold() == "none" else label)
    except OSError as error:
        remedy = " Or use --data digits." if name in NAMED_DATA else ""
        raise OSError(f"--data {name}: {error}{remedy}") from error


def load_images(name: str, label: str | None = "auto") -> Images:
    """Load "digits", "mnist", "fashion" or the file of this name."""
    if label != "auto" and name in NAMED_DATA:
        raise ValueError(f"--label {label}: {name} has labels of its own, leave the option out.")
    if name == "digits":
        digits = load_digits()
        return Images("scikit-learn's digits", digits.images, digits.target, None)
    if name in NAMED_DATA:
        return _fetch(name)
    try:
        data = load_file(name, label=label)
    except ValueError as error:  # a parameter there is an option here
        raise ValueError(re.sub(r"\blabel=", "--label ", str(error))) from error
    ending = name.lower()
    if data.target is None:
        where = next(w for ends, w in _WHERE_LABELS_ARE.items() if ending.endswith(ends))
        raise ValueError(f"{name}: images without labels, expected a label for each. {where}")
    # The square of a csv file is a guess, which --image-shape may correct.
    is_flat = data.images is None or ending.endswith(TABLES)
    X = data.data if is_flat else data.images
    return Images(Path(name).resolve().name, X, data.target, data.n_train)


def _fetch(name: str, **options: Any) -> Images:
    title, fetch = {
        "mnist": ("MNIST", fetch_mnist),
        "fashion": ("Fashion-MNIST", fetch_fashion_mnist),
    }[name]
    data: Any = fetch(**options)
    return Images(title, data.images, data.target, _N_TRAIN)


def load_mnist_soon(patience: float = 45.0) -> Images:
    """Load MNIST, or raise OSError after `patience` seconds at the latest.

    A network that swallows packets can hold a download for many minutes, whatever the
    number of retries. A transfer that is given up goes on until the process ends, and the
    cache survives that.
    """
    future: Future = Future()

    def work() -> None:
        try:
            future.set_result(_fetch("mnist", n_retries=1, delay=0.1))
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return future.result(timeout=patience)  # TimeoutError is an OSError


def _shaped(title: str, X: Any, shape: tuple[int, ...] | None, needs_shape: str) -> Any:
    """Give images the shape of --image-shape, or of a square; refuse rows of unknown shape."""
    known, n_pixels = X.shape[1:], math.prod(X.shape[1:])
    if shape is None:
        if len(known) > 1:
            return X
        shape = square_shape(n_pixels)
        if shape is None and needs_shape:
            raise ValueError(
                f"{title}: rows of {n_pixels} pixels are no square images: give --image-shape "
                f"HEIGHT,WIDTH or HEIGHT,WIDTH,CHANNELS, such as --image-shape "
                f"{_example(n_pixels)}{needs_shape}"
            )
        return X if shape is None else X.reshape(len(X), *shape)
    option = f"--image-shape {','.join(map(str, shape))}"
    if math.prod(checked_image_shape(shape)) != n_pixels:
        raise ValueError(
            f"{option} has {math.prod(shape)} pixels, but {title} has {n_pixels} in each image."
        )
    if len(known) > 1 and with_channel(known) != with_channel(shape):
        raise ValueError(f"{option}, but {title} has images of shape {known}: leave it out.")
    return X.reshape(len(X), *shape)


def _example(n_pixels: int) -> str:
    """Return a likely shape of so many pixels: square in colour, or nearly square."""
    for n_channels in (3, 4):
        square = square_shape(n_pixels // n_channels)
        if square and n_pixels % n_channels == 0:
            return f"{square[0]},{square[1]},{n_channels}"
    height = next(n for n in range(math.isqrt(n_pixels), 0, -1) if n_pixels % n == 0)
    return f"{height},{n_pixels // height}"
