"""``skmnist export``: a model file for other runtimes."""

import argparse
from pathlib import Path
from typing import Any

from ._arguments import NAMED_DATA, data, output
from ._screen import Screen


def add_parser(commands: Any) -> None:
    """Add the command and its arguments."""
    export = commands.add_parser(
        "export",
        help="write a network for other runtimes",
        description="Write a network for other runtimes: from raw pixels to probabilities, with\n"
        "scaling and standardization. The ending of the new file says the format.",
        epilog="formats:\n"
        "  .onnx    for ONNX Runtime, OpenVINO, browsers; has labels, too, and any step of\n"
        "           make_digit_pipeline; needs pip install 'skmnist[onnx]'\n"
        "  .tflite  for LiteRT (TensorFlow Lite) on phones and devices; without deskewing\n\n"
        "examples:\n"
        "  skmnist export digits.skmnist digits.onnx\n"
        "  skmnist export digits.skmnist digits.tflite\n"
        "  skmnist export digits.skmnist small.tflite --int8 mnist",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    export.set_defaults(command=run)
    export.add_argument("model", type=Path, metavar="FILE", help="of `skmnist train`")
    export.add_argument(
        "target",
        type=output(".onnx", ".tflite"),
        metavar="TARGET",
        help="the new file, .onnx or .tflite",
    )
    export.add_argument(
        "--int8",
        type=data,
        metavar="NAME_OR_FILE",
        help="of a .tflite file: weights and what is computed as int8, about a third of the size. "
        "The images, such as the network will see, say the ranges of all values: digits, mnist, "
        "fashion, or a file as of `skmnist train`, with labels or without",
    )
    export.add_argument("--quiet", action="store_true", help="print no progress")


def run(args: argparse.Namespace, screen: Screen) -> int:
    """Export, and return the exit code."""
    from .._export import to_litert, to_onnx
    from .._persistence import load
    from .._steps import fitted_steps
    from ._tensorflow import filtered_stderr, start_tensorflow

    is_onnx = args.target.suffix.lower() == ".onnx"
    if args.int8 and is_onnx:
        screen.note("error: --int8 goes with a .tflite file: give a name that ends in .tflite")
        return 2
    estimator: Any = load(args.model)
    shape = getattr(fitted_steps(estimator)[0], "image_shape_", None)
    if is_onnx:
        to_onnx(estimator, args.target, image_shape=shape)
    else:
        samples = _samples(args.int8, estimator, screen) if args.int8 else None
        start_tensorflow(owns_process=screen.owns_process)
        with filtered_stderr(owns_process=screen.owns_process):
            to_litert(estimator, args.target, image_shape=shape, samples=samples)
    first = shape or (estimator.n_features_in_,)
    print(
        f"{args.target}: {args.target.stat().st_size / 1000:,.1f} kB, from X of shape "
        f"(n, {', '.join(map(str, first))}), float32, to probabilities of "
        f"{', '.join(map(str, estimator.classes_))}"
    )
    return 0


def _samples(name: str, estimator: Any, screen: Screen) -> Any:
    """Load images such as a network was trained on, as rows of pixels."""
    from .._steps import fitted_steps
    from ..datasets import load_file
    from ._images import load_images
    from ._pictures import is_table, read_rows
    from ._screen import downloads_shown

    n_pixels = estimator.n_features_in_
    X: Any
    if name in NAMED_DATA:
        with downloads_shown(screen):
            X = load_images(name).X
        X = X.reshape(len(X), -1)
    elif is_table(Path(name)):
        X = read_rows(Path(name), n_pixels)
    else:
        X = load_file(name).data
    if X.shape[1] != n_pixels:
        raise ValueError(
            f"--int8 {name} has images of {X.shape[1]} pixels, but the network was trained on "
            f"{n_pixels}: give images such as those."
        )
    ranges = (getattr(step, "pixel_range_", None) for step in fitted_steps(estimator))
    low, high = next(filter(None, ranges), (X.min(), X.max()))
    if not (high - low) / 2 <= X.max() - X.min() <= 2 * (high - low):
        raise ValueError(
            f"--int8 {name} has pixels from {X.min():g} to {X.max():g}, but the network was "
            f"trained on those from {low:g} to {high:g}: give images of that range."
        )
    return X
