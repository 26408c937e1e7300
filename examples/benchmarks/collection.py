"""How classifiers do on every set of images in a folder: accuracy, probabilities and time.

    python examples/benchmarks/collection.py FOLDER
    python examples/benchmarks/collection.py FOLDER --models cnn,cnn-accurate,svc --validation

FOLDER holds npz files with x_train, y_train, x_test and y_test. A row is one classifier on one
set, with the standard error of its accuracy on these test images. "Ratio" is its log loss
divided by the lowest that any one temperature would give on the test images: 1 is the best there
is. With --validation, settings are compared on a third of the training images instead.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.model_selection import train_test_split

import skmnist._engine  # noqa: F401  imports are not part of a fit
from skmnist.comparison import default_classifiers, expected_calibration_error

MODELS = ("cnn", "cnn-accurate", "mlp", "svc", "forest", "knn", "logistic", "sklearn-mlp")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="folder of npz files")
    parser.add_argument(
        "--models", type=lambda text: text.split(","), default=MODELS, metavar="NAME,NAME,..."
    )
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="default: 1")
    parser.add_argument("--validation", action="store_true", help="score on training images")
    args = parser.parse_args()
    print("| set | model | accuracy, % | log loss | ratio | calibration error | fit, s |")
    print("|---" * 7 + "|")
    for path in sorted(args.folder.glob("*.npz")):
        X, X_test, y, y_test = read(path, is_validation=args.validation)
        for name in args.models:
            rows = [measure(name, seed, X, X_test, y, y_test) for seed in range(args.seeds)]
            accuracy, *figures = np.mean(rows, axis=0)
            error = 100 * (accuracy * (1 - accuracy) / len(y_test)) ** 0.5
            loss, ratio, calibration, seconds = (
                "–" if np.isnan(figure) else f"{figure:.3f}" for figure in figures
            )
            cells = [path.stem, name, f"{100 * accuracy:.1f} ± {error:.1f}", loss, ratio]
            print("| " + " | ".join([*cells, calibration, seconds]) + " |", flush=True)


def read(path, *, is_validation):
    """Return images and labels to train on, and others to score on."""
    with np.load(path, allow_pickle=False) as arrays:
        X, X_test, y, y_test = (arrays[key] for key in ("x_train", "x_test", "y_train", "y_test"))
    if is_validation:
        return train_test_split(X, y, test_size=1 / 3, stratify=y, random_state=0)
    return X, X_test, y, y_test


def measure(name, seed, X, X_test, y, y_test):
    """Fit; return accuracy, log loss, its ratio to the best, calibration error and seconds."""
    classifier = default_classifiers(X, names=[name], random_state=seed)[name]
    start = time.perf_counter()
    classifier.fit(X, y)
    seconds = time.perf_counter() - start
    accuracy = np.mean(classifier.predict(X_test) == y_test)
    if not hasattr(classifier, "predict_proba"):
        return accuracy, np.nan, np.nan, np.nan, seconds
    proba = classifier.predict_proba(X_test)
    numbers = np.searchsorted(classifier.classes_, y_test)
    logits = np.log(np.maximum(proba, 1e-15))

    def log_loss(log_scale):
        return -log_softmax(logits * np.exp(log_scale), axis=1)[
            range(len(numbers)), numbers
        ].mean()

    loss, best = log_loss(0.0), minimize_scalar(log_loss, bounds=(-4, 4), method="bounded").fun
    return accuracy, loss, loss / best, expected_calibration_error(numbers, proba), seconds


if __name__ == "__main__":
    main()
