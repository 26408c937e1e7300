"""Images by the names that the command line has for them, and their test part."""

import argparse
import math
import re
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sklearn.datasets import load_digits

from .._images import checked_image_shape, with_channel
from ..comparison._split import hold_out_quarter, take_share
from ..datasets import fetch_fashion_mnist, fetch_mnist, load_file
from ._arguments import NAMED_DATA
from ._screen import downloads_shown

if TYPE_CHECKING:
    from ._screen import Screen

_TABLES = (".csv", ".csv.gz")  # where squares are a guess
_N_TRAIN = 60_000  # the published split of MNIST and Fashion-MNIST


class Images(NamedTuple):
    """Labelled images, those to train on first."""

    title: str
    X: Any  # (n, height, width[, n_channels]), or (n, n_pixels) where the shape is not known
    y: Any  # (n,)
    n_train: int | None  # None: no split is published


def load_images(name: str, label: str | None = "auto") -> Images:
    """Load "digits", "mnist", "fashion" or the file of this name.

    Parameters
    ----------
    name : str
        What --data names.
    label : str or None
        What --label says of a csv file.

    Raises
    ------
    OSError
        If there is no such file, or no copy of a published dataset can be had.
    ValueError
        If the file is damaged or has no labels, or it is not clear which ones.
    """
    if label != "auto" and name in NAMED_DATA:
        raise ValueError(f"--label {label}: {name} has labels of its own, leave the option out.")
    if name == "digits":
        digits = load_digits()
        return Images("scikit-learn's digits", digits.images, digits.target, None)
    if name in ("mnist", "fashion"):
        title, fetch = {
            "mnist": ("MNIST", fetch_mnist),
            "fashion": ("Fashion-MNIST", fetch_fashion_mnist),
        }[name]
        data = fetch()
        return Images(title, data.images, data.target, _N_TRAIN)
    try:
        data = load_file(name, label=label)
    except ValueError as error:  # what is a parameter there is an option here
        raise ValueError(re.sub(r"\blabel=", "--label ", str(error))) from error
    if data.target is None:
        raise ValueError(f"{name}: images without labels, expected a label for each.{_ask(name)}")
    X = data.data if data.images is None else data.images
    return Images(Path(name).resolve().name, X, data.target, data.n_train)


def load_mnist_soon(patience: float = 45.0) -> Images:
    """Load MNIST, or raise OSError after `patience` seconds at the latest.

    A network that swallows packets can hold a download for many minutes, whatever the
    number of retries. A transfer that is given up goes on until the process ends, and the
    cache survives that.
    """
    future: Future = Future()

    def work() -> None:
        try:
            future.set_result(fetch_mnist(n_retries=1, delay=0.1))
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    mnist = future.result(timeout=patience)  # TimeoutError is an OSError
    return Images("MNIST", mnist.images, mnist.target, _N_TRAIN)


def load_split(
    args: argparse.Namespace, screen: "Screen", *, needs_shape: str = ""
) -> tuple[str, Any, Any, Any, Any]:
    """Load what --data names, split it, and say what there is.

    Parameters
    ----------
    args : Namespace
        With data, label, image_shape, train_size and random_state.
    screen : Screen
        For what is said.
    needs_shape : str
        What else can be done if the shape of the images is not known; "" if it need not be.

    Returns
    -------
    title : str
    X, X_test, y, y_test : ndarray
        As published, or with a quarter held out.
    """
    with downloads_shown(screen):
        images = _load(args.data, args.label, screen)
    images = _shaped(images, args.image_shape, needs_shape)
    if images.n_train is None:
        X, X_test, y, y_test = hold_out_quarter(images.X, images.y, args.random_state)
    else:
        X, X_test = images.X[: images.n_train], images.X[images.n_train :]
        y, y_test = images.y[: images.n_train], images.y[images.n_train :]
    X, y = take_share(X, y, args.train_size, args.random_state)
    size = " x ".join(map(str, X.shape[1:]))
    screen.say(
        f"{images.title}: {len(X):,} images to train on, {len(X_test):,} to test on, "
        f"{size} pixels each"
    )
    return images.title, X, X_test, y, y_test


def _shaped(images: Images, shape: tuple[int, ...] | None, needs_shape: str) -> Images:
    """Give images the shape that --image-shape says; refuse rows of which nothing is known."""
    X = images.X
    n_pixels = math.prod(X.shape[1:])
    if shape is None:
        if X.ndim == 2 and needs_shape and math.isqrt(n_pixels) ** 2 != n_pixels:
            raise ValueError(
                f"{images.title}: rows of {n_pixels} pixels are no square images: give "
                f"--image-shape HEIGHT,WIDTH or HEIGHT,WIDTH,CHANNELS, such as --image-shape "
                f"{_example(n_pixels)}{needs_shape}"
            )
        return images
    said = ",".join(map(str, shape))
    if math.prod(checked_image_shape(shape)) != n_pixels:
        raise ValueError(
            f"--image-shape {said} has {math.prod(shape)} pixels, but {images.title} has "
            f"{n_pixels} in each image."
        )
    known = X.shape[1:]
    is_guessed = images.title.lower().endswith(_TABLES)
    if len(known) > 1 and with_channel(known) != with_channel(shape) and not is_guessed:
        raise ValueError(
            f"--image-shape {said}, but {images.title} has images of shape {known}: leave the "
            "option out."
        )
    return images._replace(X=X.reshape(len(X), *shape))


def _example(n_pixels: int) -> str:
    """Return a likely shape of so many pixels: square in colour, or nearly square."""
    for n_channels in (3, 4):
        side = math.isqrt(n_pixels // n_channels)
        if side * side * n_channels == n_pixels:
            return f"{side},{side},{n_channels}"
    height = next(n for n in range(math.isqrt(n_pixels), 0, -1) if n_pixels % n == 0)
    return f"{height},{n_pixels // height}"


def _ask(name: str) -> str:
    if name.lower().endswith(_TABLES):
        return " If a column has them, give --label NAME, first or last."
    if name.lower().endswith(".npz"):
        return " Write np.savez('file.npz', X=images, y=labels)."
    return " In IDX files they lie beside the images, such as train-labels-idx1-ubyte."


def _load(name: str | None, label: str, screen: "Screen") -> Images:
    """Load what --data names; without it, MNIST if it can be had and else the digits."""
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
