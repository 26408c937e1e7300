"""How many seconds a fit takes to 98, 99, 99.5 and 99.7 % on MNIST's test images.

    python examples/benchmarks/speedrun.py 98 99 99.5 99.7 --seeds 10
    python examples/benchmarks/speedrun.py 98 --validation --set epochs=2

The first prints a row for each recipe: it trains on the 60,000 training images and looks at
the 10,000 test images. A mark is reached by the mean over the seeds. The second is how
recipes are chosen, and never sees the test images: it trains on the first 50,000 training
images and scores on the last 10,000.

What is timed is `fit` alone, from images as bytes in memory to a network that predicts, all
imports done. The first fit of the process builds and compiles the network, later ones do not.
"""

import argparse
import statistics
import time

import numpy as np
from accuracy import make_cnn, make_large_cnn, read_setting

import skmnist._engine  # noqa: F401  imports are not part of a fit
from skmnist import KerasCNNClassifier, KerasMLPClassifier
from skmnist.datasets import fetch_mnist

# Recipe: (mark in per cent, what it is, estimator).
RECIPES = {
    "98": (
        98.0,
        "MLP of 160 units, 4 epochs",
        KerasMLPClassifier((160,), epochs=4, batch_size=128, learning_rate=0.005),
    ),
    "99": (99.0, "default CNN, 1 epoch, bfloat16", KerasCNNClassifier(precision="bfloat16")),
    "99.5": (99.5, "`cnn`: default CNN, 8 epochs of distorted images", make_cnn(None)),
    "99.7": (99.7, "`large-cnn`: four convolutions, 40 epochs", make_large_cnn(None, epochs=40)),
}
N_TRAIN = 50_000  # of the training images, with --validation
# Test images whose label fewer than three of five people confirmed: C. Northcutt, A. Athalye and
# J. Mueller, arXiv 2103.14749, mturk/mnist_mturk.json of github.com/cleanlab/label-errors.
WRONG_LABELS = [
    *(947, 1621, 1901, 2130, 2462, 2597, 2654, 3520, 3558, 5937),
    *(6651, 6783, 8527, 9679, 9729),
]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "recipes", nargs="+", choices=RECIPES, metavar="RECIPE", help=", ".join(RECIPES)
    )
    parser.add_argument("--seeds", type=int, default=10, metavar="N", help="default: 10")
    parser.add_argument(
        "--validation", action="store_true", help="score on held-out training images"
    )
    parser.add_argument(
        "--set",
        nargs="+",
        type=read_setting,
        default=[],
        metavar="NAME=VALUE",
        help="parameters of the estimator, values in JSON; only with --validation",
    )
    args = parser.parse_args()
    if args.set and not args.validation:
        parser.error("--set needs --validation: the test images choose nothing")
    data = split_mnist(is_validation=args.validation)
    print(
        "| mark, % | recipe | accuracy, % | lowest | highest | median fit, s | first fit, s "
        "| reached | errors of the first seed | among wrong labels |\n" + "|---" * 10 + "|"
    )
    for name in args.recipes:
        mark, text, estimator = RECIPES[name]
        estimator.set_params(**dict(args.set))
        runs = [measure(estimator.set_params(random_state=i), *data) for i in range(args.seeds)]
        text += "".join(f", {key}={value}" for key, value in args.set)
        accuracies, seconds, errors = zip(*runs, strict=True)
        known = "–" if args.validation else sum(errors[0][WRONG_LABELS])
        found = f" {errors[0].sum()} | {known} |"
        print(row(mark, text, accuracies, seconds) + found, flush=True)


def split_mnist(*, is_validation):
    """Return images and labels to train on, and others to score on."""
    X, y = fetch_mnist(subset="train", return_X_y=True)
    if is_validation:
        return X[:N_TRAIN], X[N_TRAIN:], y[:N_TRAIN], y[N_TRAIN:]
    X_test, y_test = fetch_mnist(subset="test", return_X_y=True)
    return X, X_test, y, y_test


def measure(estimator, X, X_test, y, y_test):
    """Fit; return the accuracy in per cent, the seconds of the fit, and which images are wrong."""
    start = time.perf_counter()
    estimator.fit(X, y)
    seconds = time.perf_counter() - start
    is_wrong = estimator.predict(X_test) != y_test
    return 100 * np.mean(~is_wrong), seconds, is_wrong


def row(mark, text, accuracies, seconds):
    """Write a row of the table; ± is the standard error of the mean."""
    mean, error = statistics.mean(accuracies), np.nan
    if len(accuracies) > 1:
        error = statistics.stdev(accuracies) / len(accuracies) ** 0.5
    cells = [
        f"{mark:g}",
        text,
        f"{mean:.3f} ± {error:.3f} ({len(accuracies)} seeds)",
        f"{min(accuracies):.2f}",
        f"{max(accuracies):.2f}",
        f"{statistics.median(seconds):.2f}",
        f"{seconds[0]:.2f}",
        "yes" if mean >= mark else "no",
    ]
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
