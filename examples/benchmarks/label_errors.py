"""How many wrong labels of MNIST's test images are among the first suspects.

    python examples/benchmarks/label_errors.py --seeds 3

A network is trained on the 60,000 training images. Suspects are the test images to whose label
it gives the lowest probability, the first ones the lowest. Fifteen of the 10,000 test images are
known to be labelled wrongly. Columns: how many of these are among the first 50 suspects, the
first 100, and at which place the median of them stands; accuracy on the test images.
"""

import argparse

import numpy as np
from speedrun import WRONG_LABELS, split_mnist

from skmnist import KerasCNNClassifier


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="default: 3")
    args = parser.parse_args()
    X, X_test, y, y_test = split_mnist(is_validation=False)
    print("| seed | of 15 in the first 50 | in the first 100 | median place | accuracy, % |")
    print("|---" * 5 + "|")
    for seed in range(args.seeds):
        cnn = KerasCNNClassifier(random_state=seed).fit(X, y)
        suspects = suspects_first(y_test, cnn.predict_proba(X_test))
        accuracy = 100 * cnn.score(X_test, y_test)
        print(f"| {seed} | {row(suspects)} | {accuracy:.2f} |", flush=True)


def suspects_first(y, proba):
    """Return the numbers of all images, those with the least probable label first."""
    return np.argsort(proba[np.arange(len(y)), y], kind="stable")


def row(suspects):
    """Count the wrong labels among the first suspects."""
    places = np.flatnonzero(np.isin(suspects, WRONG_LABELS)) + 1
    return f"{(places <= 50).sum()} | {(places <= 100).sum()} | {np.median(places):.0f}"


if __name__ == "__main__":
    main()
