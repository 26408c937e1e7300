"""What is timed: each work runs in a process of its own and returns its figures by name.

Seconds are medians where a thing is done more than once; memory is in megabytes.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from contenders import make_cnn, make_mlp
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

import skmnist
from skmnist import PixelScaler
from skmnist.datasets import fetch_mnist


def mnist(n_samples, dtype="float32"):
    """Take the first training images; pixels as bytes or between 0 and 1."""
    X, y = fetch_mnist(subset="train", return_X_y=True)
    X, y = X[:n_samples], y[:n_samples]
    return (X if dtype == "uint8" else (X / 255).astype(dtype)), y.astype(np.int64)


def seconds(function, *arguments):
    """Time one call."""
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def peak_memory():
    """Return the most megabytes that this process ever had."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def mlp(library, n_samples):
    """Fit 784-128-10 for 10 epochs, then again."""
    X, y = mnist(n_samples)
    network = make_mlp(library, X.shape[1])
    return {"first fit": seconds(network.fit, X, y), "later fit": seconds(network.fit, X, y)}


def cnn(library, n_samples):
    """Fit 32-64-64 for 2 epochs, then again."""
    X, y = mnist(n_samples)
    network = make_cnn(library)
    return {"first fit": seconds(network.fit, X, y), "later fit": seconds(network.fit, X, y)}


def search(library, n_samples):
    """Search 8 dense networks in 3 folds of 6,000 images, 10 epochs each."""
    X, y = mnist(min(n_samples, 6000))
    sizes = [(32,), (64,), (96,), (128,), (64, 32), (64, 64), (128, 32), (128, 64)]
    name = "model__hidden" if library == "scikeras" else "hidden_layer_sizes"
    grid = GridSearchCV(make_mlp(library, X.shape[1]), {name: sizes}, cv=3, refit=False)
    return {"24 fits": seconds(grid.fit, X, y)}


def rates(library, n_samples):
    """Search 8 learning rates of one dense network in 3 folds of 6,000 images, 10 epochs each."""
    X, y = mnist(min(n_samples, 6000))
    names = {"skmnist": "learning_rate", "sklearn": "learning_rate_init"}
    name = names.get(library, "optimizer__learning_rate")
    values = np.geomspace(0.0005, 0.005, 8)
    grid = GridSearchCV(make_mlp(library, X.shape[1]), {name: values}, cv=3, refit=False)
    return {"24 fits": seconds(grid.fit, X, y)}


def digits(library, n_samples):
    """Fit the 1,797 bundled digits for 20 epochs, then again, and for one epoch."""
    X, y = load_digits(return_X_y=True)
    X = (X / 16).astype(np.float32)
    network = make_mlp(library, X.shape[1], epochs=20, batch_size=32)
    figures = {"first fit": seconds(network.fit, X, y)}
    figures["later fit"] = statistics.median(seconds(network.fit, X, y) for _ in range(5))
    network = make_mlp(library, X.shape[1], epochs=1, batch_size=32).fit(X, y)
    figures["later fit of one epoch"] = statistics.median(
        seconds(network.fit, X, y) for _ in range(7)
    )
    return figures


def predict_mlp(library, n_samples):
    """Predict with 784-128-10: one row, and 10,000."""
    X, y = mnist(max(n_samples, 2000))
    network = make_mlp(library, X.shape[1], epochs=1).fit(X[:2000], y[:2000])
    return _predictions(network, X)


def predict_cnn(library, n_samples):
    """Predict with 32-64-64: one row, and 10,000."""
    X, y = mnist(max(n_samples, 2000))
    network = make_cnn(library, epochs=1).fit(X[:2000], y[:2000])
    return _predictions(network, X)


def _predictions(network, X):
    figures = {}
    for name, rows, repeats in (("1 row", X[:1], 101), ("10,000 rows", X[:10_000], 7)):
        network.predict_proba(rows)
        times = [seconds(network.predict_proba, rows) for _ in range(repeats)]
        figures[name] = statistics.median(times)
    return figures


def start(library, n_samples):
    """Run a new process that loads a saved 32-64-64 and predicts one row."""
    X, y = mnist(2000)
    network = make_cnn(library, epochs=1).fit(X, y)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "model.keras"))
        if library == "skmnist":
            skmnist.save(network, path)
            code = "import skmnist, numpy; network = skmnist.load(path)"
        else:
            network.network.save(path)
            code = "import keras, numpy; network = keras.models.load_model(path)"
        code = f"path = {path!r}; {code}; network.predict(numpy.zeros((1, 784), 'float32'))"
        runs = [_process_seconds(code) for _ in range(5)]
    return {"one row": statistics.median(runs)}


def _process_seconds(code):
    command = [sys.executable, "-c", code]
    return seconds(lambda: subprocess.run(command, capture_output=True, check=True))


def imports(library, n_samples):
    """Import the package in a new process."""
    modules = {"skmnist": "skmnist", "sklearn": "sklearn.pipeline, sklearn.model_selection"}
    code = f"import time; s = time.perf_counter(); import {modules[library]}; " + (
        "print(time.perf_counter() - s)"
    )
    runs = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
        for _ in range(5)
    ]
    return {"seconds": statistics.median(runs)}


def memory(library, n_samples):
    """Fit 784-128-10 for 2 epochs from uint8: the most memory, and its rise over the imports.

    Keras needs pixels between 0 and 1, so scikeras stands behind a scaler.
    """
    X, y = mnist(n_samples, "uint8")
    network = make_mlp(library, X.shape[1], epochs=2)
    if library == "scikeras":
        network = make_pipeline(PixelScaler(), network)
    before = peak_memory()
    network.fit(X, y)
    return {"peak": peak_memory(), "rise": peak_memory() - before}


def growth(library, n_samples):
    """Fit folds of changing size, rate and seed 200 times: how much memory the process gains."""
    X, y = load_digits(return_X_y=True)

    def fit(i):
        network = make_mlp(library, X.shape[1], epochs=3, batch_size=32)
        network.set_params(random_state=i, learning_rate=0.001 * (1 + i % 7))
        network.fit(X[: 1000 + i], y[: 1000 + i])
        network.predict(X)

    for i in range(20):
        fit(i)
    before = peak_memory()
    for i in range(20, 220):
        fit(i)
    return {"200 fits": peak_memory() - before}  # a peak never falls: never too low


WORKS = {
    "mlp": (
        mlp,
        ["skmnist", "sklearn", "scikeras", "skorch", "torch", "torch compiled", "jax"],
    ),
    "cnn": (
        cnn,
        [
            "skmnist",
            "skmnist bfloat16",
            "keras",
            "torch",
            "torch compiled",
            "torch channels-last",
        ],
    ),
    "search": (search, ["skmnist", "sklearn", "scikeras"]),
    "rates": (rates, ["skmnist", "sklearn", "scikeras"]),
    "digits": (digits, ["skmnist", "sklearn", "scikeras"]),
    "predict_mlp": (predict_mlp, ["skmnist", "sklearn", "scikeras", "torch jit", "onnxruntime"]),
    "predict_cnn": (
        predict_cnn,
        ["skmnist", "scikeras", "torch", "torch jit", "onnxruntime"],
    ),
    "start": (start, ["skmnist", "keras"]),
    "imports": (imports, ["skmnist", "sklearn"]),
    "memory": (memory, ["skmnist", "scikeras"]),
    "growth": (growth, ["skmnist"]),
}


if __name__ == "__main__":
    import json

    work, library, n_samples = sys.argv[1:]
    warnings.simplefilter("ignore")
    print(json.dumps(WORKS[work][0](library, int(n_samples))))
