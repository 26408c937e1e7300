"""What setting slanted digits upright gains: accuracy with and without ImageDeskewer.

Trained on 50,000 of MNIST's training images, tested on the other 10,000 of them; the test
images are not looked at. Each classifier is the one of ``skmnist compare``::

    python examples/benchmarks/deskewing.py
"""

from scipy.stats import binomtest
from sklearn.base import clone
from sklearn.model_selection import train_test_split

from skmnist import make_digit_pipeline
from skmnist.comparison import default_classifiers
from skmnist.datasets import fetch_mnist

N_HELD_OUT = 10_000
NAMES = ("svc", "knn", "forest", "logistic", "mlp", "cnn")


def main():
    train = fetch_mnist(subset="train")
    X, X_held, y, y_held = train_test_split(
        train.images, train.target, test_size=N_HELD_OUT, stratify=train.target, random_state=0
    )
    print("held-out errors in percent, with intervals of 95 %")
    print(f"{'model':<10}{'as they are':>28}{'upright':>28}")
    for name, classifier in default_classifiers(X, names=NAMES, random_state=0).items():
        steps = dict(getattr(classifier, "steps", [("classify", classifier)]))
        components = steps["pca"].n_components if "pca" in steps else None
        cells = []
        for deskew in (False, True):
            pipeline = make_digit_pipeline(
                clone(steps["classify"]), deskew=deskew, n_components=components
            )
            n_right = int((pipeline.fit(X, y).predict(X_held) == y_held).sum())
            low, high = binomtest(n_right, N_HELD_OUT).proportion_ci(method="wilson")
            error = 1 - n_right / N_HELD_OUT
            cells.append(f"{100 * error:.2f} ({100 - 100 * high:.2f} to {100 - 100 * low:.2f})")
        print(f"{name:<10}" + "".join(f"{cell:>28}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
