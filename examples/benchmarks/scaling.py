"""How the time of a fit grows with the number of images and of layers.

    python examples/benchmarks/scaling.py --output fit_time.png

Dense layers of 128 units, 5 epochs, batches of 128. Every time is the median of three
fits after a first one. A slope of 1 means proportional growth.
"""

import argparse
import statistics
import time

import matplotlib.pyplot as plt
import numpy as np

from skmnist import KerasMLPClassifier
from skmnist.datasets import fetch_mnist

SIZES = (1000, 2000, 5000, 10_000, 20_000, 40_000, 60_000)
LAYERS = (1, 2, 3, 4)


def fit_seconds(classifier, X, y):
    """Time later fits; the first one compiles."""
    times = []
    for _ in range(4):
        start = time.perf_counter()
        classifier.fit(X, y)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", metavar="FILE", help="where the picture goes; default: shown")
    parser.add_argument(
        "--most", type=int, default=SIZES[-1], metavar="N", help="images; default: 60000"
    )
    args = parser.parse_args()
    X, y = fetch_mnist(subset="train", return_X_y=True)
    sizes = [size for size in SIZES if size <= args.most]
    figure, ax = plt.subplots(layout="constrained")
    print("| layers of 128 | " + " | ".join(f"{size:,}" for size in sizes) + " | slope |")
    print("|---" * (len(sizes) + 2) + "|")
    for n_layers in LAYERS:
        classifier = KerasMLPClassifier(
            (128,) * n_layers, epochs=5, batch_size=128, random_state=0
        )
        seconds = [fit_seconds(classifier, X[:size], y[:size]) for size in sizes]
        # Where overhead has ended: the larger half of the sizes.
        half = len(sizes) // 2
        slope, _ = np.polyfit(np.log(sizes[half:]), np.log(seconds[half:]), 1)
        cells = " | ".join(f"{value:.3g}" for value in seconds)
        print(f"| {n_layers} | {cells} | {slope:.2f} |", flush=True)
        ax.loglog(sizes, seconds, "o-", label=f"{n_layers} hidden layer{'s' * (n_layers > 1)}")
    ax.set(xlabel="training images", ylabel="seconds for 5 epochs", title="Time of a later fit")
    ax.grid(alpha=0.3)
    ax.legend()
    if args.output:
        figure.savefig(args.output, dpi=100)
    else:
        plt.show()


if __name__ == "__main__":
    main()
