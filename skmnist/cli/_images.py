"""Images by the names that the command line has for them, and their test part."""

import threading
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sklearn.datasets import load_digits

from ..comparison._split import hold_out_quarter, take_share
from ..datasets import fetch_fashion_mnist, fetch_mnist, load_file
from ._arguments import NAMED_DATA
from ._screen import downloads_shown

if TYPE_CHECKING:
    from ._screen import Screen

_N_TRAIN = 60_000  # the published split of MNIST and Fashion-MNIST


class Images(NamedTuple):
    """Labelled images, those to train on first."""

    title: str
    X: Any  # (n, height, width[, n_channels]), or (n, n_pixels) where the shape is not known
    y: Any  # (n,)
    n_train: int | None  # None: no split is published


def load_images(name: str) -> Images:
    """Load "digits", "mnist", "fashion" or the file of this name.

    Raises
    ------
    OSError
        If there is no such file, or no copy of a published dataset can be had.
    ValueError
        If the file is damaged or has no labels.
    """
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
    data = load_file(name)
    if data.target is None:
        raise ValueError(f"{name}: images without labels, expected a label for each.")
    X = data.data if data.images is None else data.images
    return Images(Path(name).name, X, data.target, data.n_train)


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
    name: str | None, train_size: int | None, random_state: int, screen: "Screen"
) -> tuple[str, Any, Any, Any, Any]:
    """Load what --data names, split it, and say what there is.

    Returns
    -------
    title : str
    X, X_test, y, y_test : ndarray
        As published, or with a quarter held out.
    """
    with downloads_shown(screen):
        images = _load(name, screen)
    if images.n_train is None:
        X, X_test, y, y_test = hold_out_quarter(images.X, images.y, random_state)
    else:
        X, X_test = images.X[: images.n_train], images.X[images.n_train :]
        y, y_test = images.y[: images.n_train], images.y[images.n_train :]
    X, y = take_share(X, y, train_size, random_state)
    size = " x ".join(map(str, X.shape[1:]))
    screen.say(
        f"{images.title}: {len(X):,} images to train on, {len(X_test):,} to test on, "
        f"{size} pixels each"
    )
    return images.title, X, X_test, y, y_test


def _load(name: str | None, screen: "Screen") -> Images:
    """Load what --data names; without it, MNIST if it can be had and else the digits."""
    if name is None:
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
        return load_images(name)
    except OSError as error:
        remedy = " Or use --data digits." if name in NAMED_DATA else ""
        raise OSError(f"--data {name}: {error}{remedy}") from error
