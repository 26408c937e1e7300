"""``skmnist train``: one network, kept in a model file."""

import argparse
import time
import warnings
from typing import Any

from ._arguments import add_common, output, positive
from ._screen import Screen

MODELS = ("cnn", "mlp")
# Most training images that are held out to measure the threshold of `predict --reject` on.
_MOST_HELD_OUT = 2000
_DISTORTED_EPOCHS = 5


def add_parser(commands: Any) -> None:
    """Add the command and its arguments."""
    train = commands.add_parser(
        "train",
        help="train a network and keep it in a file",
        description="Train a network, say how many of the test images it gets right, and\n"
        "keep it in a file that `skmnist predict` and skmnist.load read. A tenth of the\n"
        "training images, 2,000 at most, is held out: they say what `predict --reject`\n"
        "takes for none of the classes.",
        epilog="example:\n  skmnist train --model cnn --data mnist --output digits.skmnist",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    train.set_defaults(command=run)
    add_common(train)
    train.add_argument(
        "--model",
        choices=MODELS,
        default="cnn",
        help="cnn (convolutional) or mlp (dense); default: cnn",
    )
    train.add_argument(
        "--output", type=output(), required=True, metavar="FILE", help="where to keep the network"
    )
    train.add_argument(
        "--epochs", type=positive, metavar="N", help="passes over the images; default: few"
    )
    train.add_argument(
        "--recipe",
        choices=("fast", "accurate"),
        default="fast",
        help="of the cnn: fast, or accurate, which is larger, takes ten times as long and "
        "distorts the images if that helps; default: fast",
    )
    train.add_argument(
        "--augment",
        action=argparse.BooleanOptionalAction,
        help="distort the images at random in every epoch; give more --epochs, too; default: with "
        f"a cnn and all of MNIST, for {_DISTORTED_EPOCHS} epochs, since people write in more ways "
        "than its images show",
    )


def run(args: argparse.Namespace, screen: Screen) -> int:
    """Train and save, and return the exit code."""
    from sklearn.frozen import FrozenEstimator

    from .. import KerasMLPClassifier, RandomDistortion, save
    from .._images import find_image_shape
    from .._novelty import NoveltyRejectingClassifier
    from .._pipeline import make_digit_pipeline
    from .._recipes import make_image_classifier
    from ..comparison import wilson_interval
    from ..exceptions import TrainingInterruptedWarning
    from ._images import load_split
    from ._tensorflow import start_tensorflow

    if args.recipe != "fast" and args.model != "cnn":
        screen.note(f"error: --recipe {args.recipe} is one of --model cnn")
        return 2
    title, X, X_test, y, y_test = load_split(args, screen, needs_shape=".")
    network = KerasMLPClassifier() if args.model == "mlp" else make_image_classifier(args.recipe)
    network.set_params(verbose=0 if args.quiet else 1, random_state=args.random_state)
    is_mnist = title == "MNIST" and args.train_size is None
    if args.augment is None and is_mnist and args.model == "cnn" and args.recipe == "fast":
        network.set_params(augmenter=RandomDistortion(), epochs=_DISTORTED_EPOCHS)
    elif args.augment is not None:
        network.set_params(augmenter=RandomDistortion() if args.augment else None)
    if args.epochs:
        network.set_params(epochs=args.epochs)
    pipeline = make_digit_pipeline(
        network, image_shape=find_image_shape(None, X.shape[1:], X[0].size)
    )
    X, y, X_held_out = _hold_out(X, y, args.random_state)
    start_tensorflow(owns_process=screen.owns_process)
    start = time.perf_counter()
    with warnings.catch_warnings():
        # Ctrl-C leaves no half-trained network in a file.
        warnings.simplefilter("error", TrainingInterruptedWarning)
        try:
            pipeline.fit(X, y)
        except TrainingInterruptedWarning as warning:
            raise KeyboardInterrupt from warning
    seconds = time.perf_counter() - start
    n_right = int((pipeline.predict(X_test) == y_test).sum())
    low, high = wilson_interval(n_right, len(y_test))
    pipeline.set_params(classify__verbose=0)
    rejecting = NoveltyRejectingClassifier(
        FrozenEstimator(pipeline), random_state=args.random_state
    )
    try:
        rejecting.fit(X, y, X_val=X_held_out)
    except ValueError as error:  # as of a class of one image
        screen.note(f"predict --reject won't work with this file: {error}")
        rejecting = None
    save(pipeline, args.output, rejecting=rejecting)
    print(
        f"{100 * n_right / len(y_test):.2f} % of {len(y_test):,} test images right "
        f"(95 % interval {100 * low:.2f} to {100 * high:.2f} %), trained in {seconds:.1f} s, "
        f"kept in {args.output}"
    )
    return 0


def _hold_out(X: Any, y: Any, random_state: int) -> tuple[Any, Any, Any]:
    """Split off images that the network is not trained on, None where there are too few."""
    import numpy as np
    from sklearn.model_selection import train_test_split

    n = min(len(X) // 10, _MOST_HELD_OUT)
    _, counts = np.unique(y, return_counts=True)
    if counts.min() < 2 or n < len(counts):
        return X, y, None
    X, X_held_out, y, _ = train_test_split(
        X, y, test_size=n, stratify=y, random_state=random_state
    )
    return X, y, X_held_out
