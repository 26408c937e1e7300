"""A halving search that goes on, against one that starts again in each rung.

    python examples/benchmarks/halving.py
    python examples/benchmarks/halving.py --data mnist

27 settings of one dense network, on 3 folds. Both halving searches have rungs of 2, 6 and 18
epochs for 27, 9 and 3 of them; the grid search trains all for 18. Then the best setting is
trained for its epochs on all samples. They run in turns, after one fit that compiles. The
numbers of epochs do not depend on the machine; seconds are medians over the turns. Test
accuracy is that of the search as a classifier, on images that it has not seen.
"""

import argparse
import statistics
import time

from sklearn.datasets import load_digits
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, train_test_split

import skmnist._engine  # noqa: F401  imports are not part of a fit
from skmnist import KerasMLPClassifier
from skmnist.datasets import fetch_mnist
from skmnist.model_selection import HalvingEpochsSearchCV

GRID = {
    "learning_rate": [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128],
    "alpha": [0.0001, 1.0, 100.0],
}
EPOCHS = 18
HALVING = {"min_resources": 2, "max_resources": EPOCHS}


def make_searches(trained):
    """Make the searches; what they train appends to a list with every epoch."""
    import keras  # after skmnist._engine, which quiets TensorFlow

    class Count(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            trained.append(epoch)

    classifier = KerasMLPClassifier(
        (128,), epochs=EPOCHS, keras_callbacks=[Count], calibrate=False, random_state=0
    )
    return {
        "HalvingEpochsSearchCV": HalvingEpochsSearchCV(classifier, GRID, cv=3, **HALVING),
        'HalvingGridSearchCV(resource="epochs")': HalvingGridSearchCV(
            classifier, GRID, cv=3, resource="epochs", **HALVING
        ),
        "GridSearchCV": GridSearchCV(classifier, GRID, cv=3),
    }


def load(name):
    """Return training and test samples."""
    if name == "digits":
        X, y = load_digits(return_X_y=True)
        X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)
        return X_train, y_train, X_test, y_test
    X, y = fetch_mnist(subset="train", return_X_y=True)
    return X[:10_000], y[:10_000], *fetch_mnist(subset="test", return_X_y=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", choices=["digits", "mnist"], default="digits")
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="turns; default: 3")
    args = parser.parse_args()
    X, y, X_test, y_test = load(args.data)
    trained = []
    searches = make_searches(trained)
    searches["GridSearchCV"].estimator.fit(X, y)
    seconds, epochs = {name: [] for name in searches}, {}
    for _ in range(args.repeats):
        for name, search in searches.items():
            trained.clear()
            start = time.perf_counter()
            search.fit(X, y)
            seconds[name].append(time.perf_counter() - start)
            epochs[name] = len(trained)

    ours, *others = searches
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    print(f"| {args.data} | epochs | s | test accuracy, % |\n|---|---|---|---|")
    for name, search in searches.items():
        accuracy = 100 * search.score(X_test, y_test)
        print(f"| {name} | {epochs[name]:,} | {medians[name]:.1f} | {accuracy:.2f} |")
    print("\n| HalvingEpochsSearchCV against | epochs | s |\n|---|---|---|")
    for name in others:
        ratios = epochs[ours] / epochs[name], medians[ours] / medians[name]
        print(f"| {name} | {ratios[0]:.2f} | {ratios[1]:.2f} |")


if __name__ == "__main__":
    main()
