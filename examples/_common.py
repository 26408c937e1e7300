"""What examples share: two options and the digits they ask for, and figures that were stored."""

import argparse
import json
from pathlib import Path

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from skmnist.comparison import Comparison, ComparisonRow
from skmnist.datasets import fetch_mnist


def load_images(description):
    """Read the command line: X_train, X_test, y_train, y_test and the random state."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data",
        choices=("mnist", "digits"),
        default="mnist",
        help="mnist: 70,000 images, downloaded on first use; digits: scikit-learn's 1,797 small "
        "ones, seconds and no download; default: mnist",
    )
    parser.add_argument("--random-state", type=int, default=0, metavar="N", help="default: 0")
    args = parser.parse_args()
    if args.data == "digits":
        digits = load_digits()
        split = train_test_split(
            digits.images, digits.target, stratify=digits.target, random_state=0
        )
        return *split, args.random_state
    try:
        X, X_test = fetch_mnist(subset="train"), fetch_mnist(subset="test")
    except OSError as error:
        error.add_note("Or run this example with --data digits, which needs no download.")
        raise
    return X.images, X_test.images, X.target, X_test.target, args.random_state


def load_comparison(name):
    """Read the figures that ``skmnist compare --output name`` has written into this folder."""
    rows = json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))["rows"]
    derived = ("accuracy_low", "accuracy_high")
    return Comparison(
        [ComparisonRow(**{k: row[k] for k in row if k not in derived}) for row in rows]
    )
