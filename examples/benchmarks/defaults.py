"""Time and score both classifiers as they come on all of MNIST, beside two of scikit-learn.

    python examples/benchmarks/defaults.py

Each is fitted with several seeds, in turns, on the 60,000 training images as bytes (the
others get pixels between 0 and 1), and scored on the 10,000 test images, which nothing
was chosen on.
"""

import argparse
import statistics
import time
import warnings

import numpy as np
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

import skmnist._engine  # noqa: F401  imports are not part of a fit
from skmnist import KerasCNNClassifier, KerasMLPClassifier, PixelScaler
from skmnist.datasets import fetch_mnist

CLASSIFIERS = {
    "KerasCNNClassifier()": KerasCNNClassifier(),
    "KerasMLPClassifier()": KerasMLPClassifier(),
    "PCA(50), SVC(C=10, gamma=0.02)": make_pipeline(PixelScaler(), PCA(50), SVC(C=10, gamma=0.02)),
    "MLPClassifier((128,)), 10 epochs": make_pipeline(
        PixelScaler(), MLPClassifier((128,), batch_size=128, max_iter=10)
    ),
}
# Ratios of fit times to reach: (classifier, against, at most).
GOALS = [
    ("KerasCNNClassifier()", "PCA(50), SVC(C=10, gamma=0.02)", 0.3),
    ("KerasMLPClassifier()", "MLPClassifier((128,)), 10 epochs", 0.6),
]


def seeded(classifier, seed):
    names = [name for name in classifier.get_params() if name.endswith("random_state")]
    return classifier.set_params(**dict.fromkeys(names, seed))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="default: 5")
    args = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    X, y = fetch_mnist(subset="train", return_X_y=True)
    X_test, y_test = fetch_mnist(subset="test", return_X_y=True)
    results = {name: [] for name in CLASSIFIERS}
    for seed in range(args.seeds):
        for name, classifier in CLASSIFIERS.items():
            start = time.perf_counter()
            seeded(classifier, seed).fit(X, y)
            seconds = time.perf_counter() - start
            hits = classifier.predict(X_test) == y_test
            loss = np.nan
            if hasattr(classifier, "predict_proba"):
                loss = log_loss(y_test, classifier.predict_proba(X_test))
            results[name].append((seconds, 100 * hits.mean(), loss))

    print("| as it comes | fit, s | test accuracy, % | test log loss |\n|---|---|---|---|")
    for name, runs in results.items():
        seconds, accuracy, loss = map(np.array, zip(*runs, strict=True))
        spread = f" ± {accuracy.std(ddof=1):.2f}" if len(runs) > 1 else ""
        shown = "–" if np.isnan(loss).any() else f"{loss.mean():.4f}"
        print(f"| {name} | {np.median(seconds):.2f} | {accuracy.mean():.2f}{spread} | {shown} |")
    print("\n| fit time of | against | at most | ratio |\n|---|---|---|---|")
    for name, against, at_most in GOALS:
        ours, theirs = (statistics.median(run[0] for run in results[n]) for n in (name, against))
        print(f"| {name} | {against} | {at_most} | {ours / theirs:.2f} |")


if __name__ == "__main__":
    main()
