"""``skmnist predict``: what a model file predicts for pictures."""

import argparse
from pathlib import Path
from typing import Any

from ._screen import Screen


def add_parser(commands: Any) -> None:
    """Add the command and its arguments."""
    predict = commands.add_parser(
        "predict",
        help="say what is on pictures",
        description="Print what a network sees on each picture, and how sure it is.",
        epilog="pictures:\n"
        "  Scans and photos of one character each, of any size: dark on light or light on\n"
        "  dark, in grey or colours. They are cut out, scaled and centred as the images of\n"
        "  MNIST were. A network that was kept without a PixelScaler is given pixels from\n"
        "  0 to 255.\n\n"
        "example:\n  skmnist predict digits.skmnist seven.png four.jpg",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    predict.set_defaults(command=run)
    predict.add_argument("model", type=Path, metavar="FILE", help="of `skmnist train`")
    predict.add_argument(
        "pictures", type=Path, nargs="+", metavar="PICTURE", help="such as seven.png"
    )
    predict.add_argument(
        "--as-they-are",
        action="store_true",
        help="only resize: for pictures that are framed as the network's training images",
    )
    predict.add_argument(
        "--reject",
        action="store_true",
        help="say so where a picture is unlike all training images, rather than name a class",
    )
    predict.add_argument(
        "--quiet", action="store_true", help="print the label alone, without its probability"
    )


def run(args: argparse.Namespace, screen: Screen) -> int:
    """Predict, and return the exit code."""
    import numpy as np
    from sklearn.exceptions import NotFittedError
    from sklearn.frozen import FrozenEstimator
    from sklearn.utils.validation import check_is_fitted

    from .._novelty import NoveltyRejectingClassifier
    from .._persistence import load
    from .._steps import flat_steps
    from ..datasets import read_picture

    model = rejecting = load(args.model, rejecting=args.reject)
    if isinstance(model, NoveltyRejectingClassifier):
        model = getattr(model, "estimator_", model.estimator)
        model = model.estimator if isinstance(model, FrozenEstimator) else model
    if not hasattr(model, "predict_proba"):
        raise ValueError(
            f"{args.model} holds {type(model).__name__}, expected a classifier, as "
            "`skmnist train` keeps one."
        )
    try:
        check_is_fitted(model)
    except NotFittedError as error:
        raise ValueError(f"{args.model} holds a classifier that is not fitted.") from error
    steps = flat_steps(model)
    shape = _image_shape(steps)
    ranges = (step.pixel_range_ for step in steps if hasattr(step, "pixel_range_"))
    low, high = next(ranges, (0, 255))
    width = max(map(len, map(str, args.pictures)))
    code = 0
    for path in args.pictures:
        try:
            picture = read_picture(path, image_shape=shape, centre=not args.as_they_are)
        except (OSError, ValueError) as error:
            screen.note(f"error: {error}")
            code = 1
            continue
        pixels = low + picture.astype(np.float32) * ((high - low) / 255)
        row = pixels.reshape(1, -1)
        if args.reject and rejecting.is_novel(row)[0]:
            label = rejecting.reject_label_
            how_novel = rejecting.score_samples(row)[0] / rejecting.offset_
            said = (
                f"{path!s:<{width}}  {label}  no known class (distance {how_novel:.2f}, limit 1)"
            )
            print(label if args.quiet else said)
            continue
        (proba,) = model.predict_proba(row)
        first, second = np.argsort(-proba)[:2]
        label = model.classes_[first]
        if args.quiet:
            print(label)
        else:
            print(
                f"{path!s:<{width}}  {label}  {100 * proba[first]:.1f} %  "
                f"(or {model.classes_[second]}, {100 * proba[second]:.1f} %)"
            )
    return code


def _image_shape(steps: list[Any]) -> tuple[int, ...]:
    """Return the shape of the images that the steps of a model were trained on."""
    from .._images import square_shape

    for step in steps:
        shape = getattr(step, "image_shape_", None)
        if shape is not None and shape[0] > 1:  # one row of pixels is what a CNN takes rows for
            return shape
    n_features = steps[0].n_features_in_
    shape = square_shape(n_features)
    if shape is None:
        raise ValueError(
            f"The model takes rows of {n_features} pixels and does not say of which height and "
            "width. Train it on a stack of images."
        )
    return shape
