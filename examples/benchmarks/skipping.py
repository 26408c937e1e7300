"""What training on hard images alone gains, in every other epoch of the second half.

The network of ``speedrun.py 99.5``, on 50,000 of MNIST's training images, tested on the other
10,000 of them; the test images are not looked at. Easy are the 60 % of the lowest loss. An epoch
is a call of ``partial_fit``; the rate rises and falls with the epochs. Passes are images trained
on, divided by 50,000; finding the easy ones is not among them::

    python examples/benchmarks/skipping.py --seeds 6
"""

import argparse
import statistics

import numpy as np
from accuracy import make_cnn

from skmnist.datasets import fetch_mnist

N_TRAIN = 50_000
EASY = 0.6
PEAK = 0.003


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=6, metavar="N", help="default: 6")
    n_seeds = parser.parse_args().seeds
    X, y = fetch_mnist(subset="train", return_X_y=True)
    print("| epochs | images | passes | errors of each seed | mean |\n|---|---|---|---|---|")
    for n_epochs, skips in [(7, False), (8, False), (8, True), (9, True)]:
        runs = [train(X[:N_TRAIN], y[:N_TRAIN], n_epochs, skips, i) for i in range(n_seeds)]
        errors = [int((cnn.predict(X[N_TRAIN:]) != y[N_TRAIN:]).sum()) for cnn, _ in runs]
        print(
            f"| {n_epochs} | {'hard ones in between' if skips else 'all'} | {runs[0][1]:.1f} | "
            f"{', '.join(map(str, errors))} | {statistics.mean(errors):.1f} |",
            flush=True,
        )


def train(X, y, n_epochs, skips, seed):
    """Return the network and the number of passes over the images."""
    cnn = make_cnn(seed, calibrate=False, schedule="constant")
    passes = 0
    for epoch in range(n_epochs):
        done = (epoch + 0.5) / n_epochs
        cnn.set_params(learning_rate=PEAK * np.interp(done, [0, 0.25, 1], [0.6, 1, 0.02]))
        rows = np.arange(len(X))
        if skips and epoch >= n_epochs // 2 and epoch % 2:
            proba = cnn.predict_proba(X)[rows, y]
            rows = np.flatnonzero(proba < np.quantile(proba, 1 - EASY))
        cnn.partial_fit(X[rows], y[rows], classes=np.arange(10))
        passes += len(rows) / len(X)
    return cnn, passes


if __name__ == "__main__":
    main()
