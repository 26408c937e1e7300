"""The command ``skmnist``: what it is asked, and what it prints where.

Results go to stdout; progress, warnings and errors to stderr. Nothing heavy is imported
before the arguments are read, so that help comes at once.
"""

import argparse
import logging
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from . import __version__

if TYPE_CHECKING:
    from .comparison import ComparisonRow
    from .comparison._data import Images

MODELS = {
    "cnn": "convolutional network (KerasCNNClassifier)",
    "mlp": "dense network (KerasMLPClassifier)",
    "svc": "support vector machine behind PCA",
    "forest": "random forest",
    "knn": "three nearest neighbours behind PCA",
    "logistic": "logistic regression",
    "sklearn-mlp": "scikit-learn's dense network",
    "boosting": "gradient boosting of trees: takes minutes on MNIST",
}
_DEFAULT_MODELS = tuple(name for name in MODELS if name != "boosting")
_NAMED_DATA = ("digits", "mnist", "fashion")
_FILE_SUFFIXES = (".npz", ".csv", ".csv.gz")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    argv : sequence of str, default=None
        Arguments; None takes those of the process.

    Returns
    -------
    code : int
        0 if all went well, 1 after an error, 130 after Ctrl-C.

    Raises
    ------
    SystemExit
        With code 2 for arguments that make no sense, with 0 after help or version.
    """
    parser = _make_parser()
    args = parser.parse_args(argv)
    if args.command is None:
        parser.print_help(sys.stderr)
        return 2
    screen = _Screen(quiet=args.quiet)
    # Why a download failed is in the error; without a handler, logging would print it too.
    logging.getLogger("skmnist").addHandler(logging.NullHandler())
    try:
        with warnings.catch_warnings():
            warnings.showwarning = screen.show_warning
            return args.command(args, screen)
    except KeyboardInterrupt:
        screen.note("interrupted")
        return 130
    except (OSError, ValueError, ImportError, MemoryError) as error:
        screen.note(f"error: {_in_one_line(error)}")
        return 1


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="skmnist", description="Small-image classifiers, tried from the command line."
    )
    parser.add_argument("--version", action="version", version=f"skmnist {__version__}")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

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
    compare.set_defaults(command=_compare)
    compare.add_argument(
        "--data",
        type=_data,
        metavar="NAME_OR_FILE",
        help="digits (1,797 images, part of scikit-learn), mnist or fashion (70,000 images, "
        "downloaded on first use), or your own file that ends in .npz, .csv or .csv.gz; "
        "default: mnist, or digits where MNIST can't be had",
    )
    compare.add_argument(
        "--models",
        type=_models,
        default=_DEFAULT_MODELS,
        metavar="NAME,NAME,...",
        help="which models to train, see below; default: all but boosting",
    )
    compare.add_argument(
        "--train-size",
        type=_positive,
        metavar="N",
        help="train on N images only, drawn at random, every class in its share",
    )
    compare.add_argument(
        "--random-state",
        type=_seed,
        default=0,
        metavar="N",
        help="seed of all that is random: the same seed gives the same accuracies; default: 0",
    )
    compare.add_argument(
        "--output",
        type=_output,
        metavar="FILE",
        help="write the table to this file as well, whose name ends in .csv or .json; or, in "
        ".html, a page with intervals, tests, plots, confusions and mistakes",
    )
    compare.add_argument("--quiet", action="store_true", help="print no progress")
    return parser


def _compare(args: argparse.Namespace, screen: "_Screen") -> int:
    from .comparison import Comparison, compare_classifiers, default_classifiers
    from .comparison._comparison import REPORT_SUFFIXES
    from .comparison._row import in_percent, in_seconds
    from .comparison._split import hold_out_quarter, take_share

    with _downloads_shown(screen):
        images = _load(args.data, screen)
    if images.n_train is None:
        X, X_test, y, y_test = hold_out_quarter(images.X, images.y, args.random_state)
    else:
        X, X_test = images.X[: images.n_train], images.X[images.n_train :]
        y, y_test = images.y[: images.n_train], images.y[images.n_train :]
    X, y = take_share(X, y, args.train_size, args.random_state)
    size = " x ".join(map(str, X.shape[1:]))
    screen.say(
        f"{images.title}: {len(X):,} images to train on, {len(X_test):,} to test on, "
        f"{size} pixels each"
    )
    if {"cnn", "mlp"}.intersection(args.models):
        screen.say("Starting TensorFlow, which is not timed")
        from . import engine  # noqa: F401

    classifiers = default_classifiers(X, names=args.models, random_state=args.random_state)
    rows: list[ComparisonRow] = []

    def begin_next() -> None:
        if len(rows) < len(args.models):
            name = args.models[len(rows)]
            screen.begin(f"[{len(rows) + 1}/{len(args.models)}] {name}")

    def on_result(row: "ComparisonRow") -> None:
        rows.append(row)
        screen.end(
            "failed"
            if row.error
            else f"{in_percent(row.accuracy)} in {in_seconds(row.fit_seconds)}"
        )
        begin_next()

    begin_next()
    try:
        comparison = compare_classifiers(
            X,
            y,
            X_test=X_test,
            y_test=y_test,
            classifiers=classifiers,
            on_result=on_result,
        )
    finally:  # Ctrl-C leaves what is finished
        screen.say("")
        if rows:
            print(Comparison(rows), flush=True)
    if args.output:
        if args.output.suffix.lower() in REPORT_SUFFIXES:
            comparison.report(args.output, title=f"Classifiers compared on {images.title}")
        else:
            comparison.save(args.output)
    failed = [row.name for row in rows if row.error]
    if failed:
        screen.note(f"error: {', '.join(failed)} failed, the table says why")
    return 1 if failed else 0


def _load(name: str | None, screen: "_Screen") -> "Images":
    """Load what --data names; without it, MNIST if it can be had and else the digits."""
    from .comparison._data import load_images, load_mnist_soon

    if name is None:
        screen.say("Loading MNIST, downloaded on first use")
        try:
            return load_mnist_soon()
        except OSError:
            screen.note(
                "MNIST can't be had here, so scikit-learn's digits take its place "
                "(--data mnist says what is wrong)"
            )
            return load_images("digits")
    if name in _NAMED_DATA[1:]:
        screen.say(f"Loading {name}, downloaded on first use")
    try:
        return load_images(name)
    except OSError as error:
        remedy = " Or use --data digits." if name in _NAMED_DATA else ""
        raise OSError(f"--data {name}: {error}{remedy}") from error


class _Screen:
    """stderr, where one line may still wait for its second half."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._begun = ""
        self._is_line_open = False

    def begin(self, text: str) -> None:
        """Print the first half of a line of progress."""
        self._begun = f"{text} ... "
        if not self._quiet:
            self._write(self._begun)
            self._is_line_open = True

    def go_on(self, text: str) -> None:
        """Print more of the second half, which stays open."""
        if not self._quiet:
            first = "" if self._is_line_open else self._begun
            self._is_line_open = False
            self._write(f"{first}{text} ")
            self._is_line_open = True

    def end(self, text: str) -> None:
        """Print the second half; the first once more if something came between."""
        if not self._quiet:
            first = "" if self._is_line_open else self._begun
            self._is_line_open = False
            self._write(f"{first}{text}\n")

    def say(self, text: str) -> None:
        """Print a line of progress."""
        if not self._quiet:
            self._write(f"{text}\n")

    def note(self, text: str) -> None:
        """Print a line that is no progress: it comes even with --quiet."""
        self._write(f"skmnist: {text}\n")

    def show_warning(
        self, message: Warning | str, category: type[Warning], *_: Any, **__: Any
    ) -> None:
        """Print the first line of a warning, in place of `warnings.showwarning`."""
        self.note(f"warning: {category.__name__}: {str(message).strip().splitlines()[0]}")

    def _write(self, text: str) -> None:
        sys.stderr.write(f"\n{text}" if self._is_line_open else text)
        sys.stderr.flush()
        self._is_line_open = False


class _DownloadLine(logging.Handler):
    """What ``skmnist.datasets`` logs of a download, as one line of progress."""

    def __init__(self, screen: _Screen) -> None:
        super().__init__()
        self._screen = screen

    def emit(self, record: logging.LogRecord) -> None:
        percent = getattr(record, "percent", None)
        if percent is None:  # why, is in the error if no other source has it
            self._screen.end("failed")
        elif percent == 0:
            url = urlsplit(record.url)
            name = url.path.rpartition("/")[2]
            self._screen.begin(f"Downloading {name} from {url.hostname}")
        elif percent < 100:
            self._screen.go_on(f"{percent} %")
        else:
            self._screen.end(record.cost)


@contextmanager
def _downloads_shown(screen: _Screen) -> Iterator[None]:
    logger, handler = logging.getLogger("skmnist.datasets"), _DownloadLine(screen)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def _data(text: str) -> str:
    if text in _NAMED_DATA or text.lower().endswith(_FILE_SUFFIXES):
        return text
    raise argparse.ArgumentTypeError(
        f"{text!r} is none of {', '.join(_NAMED_DATA)}, nor a file that ends in "
        f"{', '.join(_FILE_SUFFIXES)}"
    )


def _models(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    unknown = [name for name in names if name not in MODELS]
    if unknown or not names:
        raise argparse.ArgumentTypeError(
            f"no model is called {', '.join(map(repr, unknown)) or repr(text)}, "
            f"there are: {', '.join(MODELS)}"
        )
    return names


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 2**32 - 1")
    return int(text)


def _output(text: str) -> Path:
    from .comparison._comparison import REPORT_SUFFIXES, TABLE_SUFFIXES, checked_path

    try:
        return checked_path(text, (*TABLE_SUFFIXES, *REPORT_SUFFIXES))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _in_one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
