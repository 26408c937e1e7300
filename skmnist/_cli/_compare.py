"""``skmnist compare``: several models on the same images, one table."""

import argparse
from typing import Any

from ._arguments import add_common, output
from ._screen import Screen

MODELS = {
    "cnn": "convolutional network (KerasCNNClassifier)",
    "mlp": "dense network (KerasMLPClassifier)",
    "svc": "support vector machine behind PCA",
    "forest": "random forest",
    "knn": "three nearest neighbours behind PCA",
    "logistic": "logistic regression",
    "sklearn-mlp": "scikit-learn's dense network",
    "boosting": "gradient boosting of trees: takes minutes on MNIST",
    "cnn-accurate": "larger convolutional network, trained longer: minutes on MNIST",
    "cnn-best": "vote of five of these",
}
_SLOW = ("boosting", "cnn-accurate", "cnn-best")
_DEFAULT_MODELS = tuple(name for name in MODELS if name not in _SLOW)


def add_parser(commands: Any) -> None:
    """Add the command and its arguments."""
    compare = commands.add_parser(
        "compare",
        help="train several models on the same images and print a table",
        description="Train several models on the same images and print a table, best first:\n"
        "the share of the test images that each got right, and how long it took to\n"
        "train and to classify all test images.",
        epilog="models:\n"
        + "\n".join(f"  {name:<12} {what}" for name, what in MODELS.items())
        + "\n\ntimes:\n  One fit and one predict by the wall clock, scaling and PCA included."
        "\n  Building a network counts, starting TensorFlow does not. Other work on the"
        "\n  machine makes them longer."
        "\n\nexample:\n  skmnist compare --data digits --models cnn,svc --output table.csv",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    compare.set_defaults(command=run)
    add_common(compare)
    compare.add_argument(
        "--models",
        type=_models,
        default=_DEFAULT_MODELS,
        metavar="NAME,NAME,...",
        help=f"which models to train, see below; default: all but {', '.join(_SLOW)}",
    )
    compare.add_argument(
        "--output",
        type=output(".csv", ".json", ".html"),
        metavar="FILE",
        help="write the table to this file as well, whose name ends in .csv or .json; or, in "
        ".html, a page with intervals, tests, plots, confusions and mistakes",
    )


def run(args: argparse.Namespace, screen: Screen) -> int:
    """Compare, and return the exit code."""
    from ..comparison import (
        Comparison,
        compare_classifiers,
        default_classifiers,
        in_percent,
        in_seconds,
    )
    from ._images import load_split
    from ._tensorflow import start_tensorflow

    networks = [name for name in args.models if name.startswith(("cnn", "mlp"))]
    of_images = [name for name in networks if name != "mlp"]
    title, X, X_test, y, y_test = load_split(
        args,
        screen,
        needs_shape=f", or leave {', '.join(of_images)} out of --models." if of_images else "",
    )
    if networks:
        screen.say("Starting TensorFlow, which is not timed")
        start_tensorflow(owns_process=screen.owns_process)

    classifiers = default_classifiers(X, names=args.models, random_state=args.random_state)
    rows: list[Any] = []

    def begin_next() -> None:
        if len(rows) < len(args.models):
            screen.begin(f"[{len(rows) + 1}/{len(args.models)}] {args.models[len(rows)]}")

    def on_result(row: Any) -> None:
        rows.append(row)
        result = f"{in_percent(row.accuracy)} in {in_seconds(row.fit_seconds)}"
        screen.end("failed" if row.error else result)
        begin_next()

    begin_next()
    try:
        comparison = compare_classifiers(
            X, y, X_test=X_test, y_test=y_test, classifiers=classifiers, on_result=on_result
        )
    finally:  # Ctrl-C leaves what is finished
        screen.say("")
        if rows:
            print(Comparison(rows), flush=True)
    if args.output:
        if args.output.suffix.lower() == ".html":
            comparison.report(args.output, title=f"Classifiers compared on {title}")
        else:
            comparison.save(args.output)
    failed = [row.name for row in rows if row.error]
    if failed:
        screen.note(f"error: {', '.join(failed)} failed, the table says why")
    return 1 if failed else 0


def _models(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    unknown = [name for name in names if name not in MODELS]
    if unknown or not names:
        raise argparse.ArgumentTypeError(
            f"no model is called {', '.join(map(repr, unknown)) or repr(text)}, "
            f"there are: {', '.join(MODELS)}"
        )
    return names
