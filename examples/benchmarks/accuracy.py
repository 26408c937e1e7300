"""How accurate recipes of this package are on MNIST, and how long they train.

    python examples/benchmarks/accuracy.py cnn --seeds 5
    python examples/benchmarks/accuracy.py cnn --held-out
    python examples/benchmarks/accuracy.py large-cnn --trial --set epochs=20 test_shift=2

The first trains on the 60,000 training images and looks at the 10,000 test images. The others
are how recipes are chosen, and never see the test images: they hold 6,000 training images out,
or train on the first 20,000 and score on the last 30,000, where even good networks err often
enough to be told apart.
"""

import argparse
import json
import statistics
import time

from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.model_selection import ParameterGrid, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

import skmnist._engine  # noqa: F401  imports are not part of a fit
from skmnist import KerasCNNClassifier, KerasMLPClassifier, RandomDistortion, make_digit_pipeline
from skmnist.datasets import fetch_mnist

N_HELD_OUT = 6_000
TRIAL = slice(0, 20_000), slice(30_000, None)
N_VOTERS = 5
# What differs from `large-cnn` in networks with more convolutions, or larger ones, before the
# first pooling.
FINER = {
    "small kernels": {
        "filters": (32, 32, 64, 64, 128),
        "kernel_size": 3,
        "pool_size": (1, 2, 1, 2, 1),
    },
    "large kernels": {
        "filters": (32, 64, 96, 128),
        "kernel_size": (5, 5, 5, 3),
        "pool_size": (1, 2, 1, 1),
    },
    "both kernels": {
        "filters": (32, 48, 64, 96, 128),
        "kernel_size": (5, 5, 3, 3, 3),
        "pool_size": (1, 2, 1, 1, 1),
    },
}


def make_cnn(seed, **parameters):
    """Train the default network for longer, on distorted images."""
    return KerasCNNClassifier(
        epochs=8, augmenter=RandomDistortion(), random_state=seed
    ).set_params(**parameters)


def make_large_cnn(seed, **parameters):
    """Train four convolutions, normalised, with dropout, and predict over shifts."""
    return KerasCNNClassifier(
        (32, 64, 64, 128),
        kernel_size=(5, 3, 3, 3),
        pool_size=(2, 1, 2, 1),
        hidden_layer_sizes=(128,),
        batch_norm=True,
        dropout=0.3,
        label_smoothing=0.05,
        epochs=30,
        batch_size=128,
        augmenter=RandomDistortion(elastic=0.02),
        test_shift=1,
        precision="bfloat16",
        random_state=seed,
    ).set_params(**parameters)


def make_mlp(seed, **parameters):
    """Train two wide dense layers on distorted images, and predict over shifts."""
    return KerasMLPClassifier(
        (1024, 512),
        epochs=60,
        augmenter=RandomDistortion(elastic=0.03),
        test_shift=1,
        random_state=seed,
    ).set_params(**parameters)


def make_ensemble(seed, **parameters):
    """Let networks of several seeds vote with their probabilities."""
    voters = [
        (f"cnn{i}", make_large_cnn(N_VOTERS * seed + i, **parameters)) for i in range(N_VOTERS)
    ]
    return VotingClassifier(voters, voting="soft")


def make_mixed_ensemble(seed, **parameters):
    """Let networks of four architectures vote with their probabilities."""
    voters = [(f"large{i}", make_large_cnn(2 * seed + i, **parameters)) for i in range(2)]
    for name, shape in FINER.items():
        voters.append((name, make_large_cnn(seed, **{"epochs": 20, **shape, **parameters})))
    return VotingClassifier(voters, voting="soft")


def make_svc(seed):
    """Fit a support vector machine on upright digits, behind PCA."""
    return make_digit_pipeline(SVC(C=20, gamma=0.03), deskew=True, n_components=60)


def make_knn(seed):
    """Look up the three nearest upright digits, behind PCA."""
    return make_digit_pipeline(
        KNeighborsClassifier(3, weights="distance"), deskew=True, n_components=40
    )


def make_forest(seed):
    """Grow a forest on upright digits."""
    forest = RandomForestClassifier(500, n_jobs=-1, random_state=seed)
    return make_digit_pipeline(forest, deskew=True)


# What `--search` tries, by the names of make_digit_pipeline's steps.
GRIDS = {
    "svc": {
        "pca__n_components": [40, 60, 80],
        "classify__C": [5, 10, 20],
        "classify__gamma": [0.015, 0.02, 0.03],
    },
    "knn": {
        "pca__n_components": [30, 40, 60],
        "classify__n_neighbors": [1, 3, 5],
        "classify__weights": ["uniform", "distance"],
    },
    "forest": {"classify__max_features": [28, 80]},
}

RECIPES = {
    "cnn": make_cnn,
    "large-cnn": make_large_cnn,
    "mlp": make_mlp,
    "ensemble": make_ensemble,
    "mixed-ensemble": make_mixed_ensemble,
    "svc": make_svc,
    "knn": make_knn,
    "forest": make_forest,
}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recipes", nargs="+", choices=RECIPES, metavar="RECIPE")
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="default: 1")
    parser.add_argument("--held-out", action="store_true", help="score on training images")
    parser.add_argument(
        "--trial", action="store_true", help="train on 20,000 of them, score on 30,000 others"
    )
    parser.add_argument("--search", action="store_true", help="try settings on training images")
    parser.add_argument(
        "--set",
        nargs="+",
        type=read_setting,
        default=[],
        metavar="NAME=VALUE",
        help="parameters of the networks, values in JSON",
    )
    args = parser.parse_args()
    data = split_mnist(is_held_out=args.held_out or args.search, is_trial=args.trial)
    print(
        f"{'recipe':<14} {'seed':>4} {'accuracy, %':>12} {'errors':>7} {'fit, s':>8} "
        f"{'predict, s':>11}"
    )
    for name in args.recipes:
        if args.search:
            for settings in ParameterGrid(GRIDS[name]):
                measure(name, 0, RECIPES[name](0).set_params(**settings), *data, note=settings)
            continue
        accuracies = [
            measure(name, seed, RECIPES[name](seed, **dict(args.set)), *data)
            for seed in range(args.seeds)
        ]
        print_mean(name, accuracies)


def read_setting(text):
    """Return name and value of NAME=VALUE."""
    name, _, value = text.partition("=")
    return name, json.loads(value)


def split_mnist(*, is_held_out, is_trial):
    """Return images and labels to train on, and others to score on."""
    train = fetch_mnist(subset="train")
    if is_trial:
        return [part[rows] for part in (train.images, train.target) for rows in TRIAL]
    if not is_held_out:
        test = fetch_mnist(subset="test")
        return train.images, test.images, train.target, test.target
    return train_test_split(
        train.images, train.target, test_size=N_HELD_OUT, stratify=train.target, random_state=0
    )


def measure(name, seed, model, X, X_test, y, y_test, *, note=""):
    """Fit, score, print a line, and return the accuracy in per cent."""
    start = time.perf_counter()
    model.fit(X, y)
    fitted = time.perf_counter()
    n_wrong = int((model.predict(X_test) != y_test).sum())
    end = time.perf_counter()
    accuracy = 100 - 100 * n_wrong / len(y_test)
    print(
        f"{name:<14} {seed:>4} {accuracy:>12.2f} {n_wrong:>7} {fitted - start:>8.1f} "
        f"{end - fitted:>11.1f}  {note}",
        flush=True,
    )
    if isinstance(model, VotingClassifier):
        codes = model.le_.transform(y_test)
        voters = [100 * voter.score(X_test, codes) for voter in model.estimators_]
        names = [name for name, _ in model.estimators]
        print("  its voters:", *(f"{n} {a:.2f}" for n, a in zip(names, voters, strict=True)))
        print_mean("  a voter", voters)
    return accuracy


def print_mean(name, accuracies):
    """Print mean and standard deviation of several accuracies."""
    if len(accuracies) > 1:
        mean, deviation = statistics.mean(accuracies), statistics.stdev(accuracies)
        print(f"{name:<14} mean {mean:>12.3f} ± {deviation:.3f}", flush=True)


if __name__ == "__main__":
    main()
