"""Images by the names that the command line has for them."""

import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any, NamedTuple

from sklearn.datasets import load_digits

from ..datasets import fetch_fashion_mnist, fetch_mnist, load_file

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
