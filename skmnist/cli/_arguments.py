"""Arguments that commands share, and how they are read."""

import argparse

NAMED_DATA = ("digits", "mnist", "fashion")
_FILE_SUFFIXES = (".npz", ".csv", ".csv.gz")


def add_common(command: argparse.ArgumentParser) -> None:
    """Add what every command that trains has."""
    command.add_argument(
        "--data",
        type=_data,
        metavar="NAME_OR_FILE",
        help="digits (1,797 images, part of scikit-learn), mnist or fashion (70,000 images, "
        "downloaded on first use), or your own file that ends in .npz, .csv or .csv.gz; "
        "default: mnist, or digits where MNIST can't be had",
    )
    command.add_argument(
        "--train-size",
        type=positive,
        metavar="N",
        help="train on N images only, drawn at random, every class in its share",
    )
    command.add_argument(
        "--random-state",
        type=_seed,
        default=0,
        metavar="N",
        help="seed of all that is random: the same seed gives the same accuracies; default: 0",
    )
    command.add_argument("--quiet", action="store_true", help="print no progress")


def _data(text: str) -> str:
    if text in NAMED_DATA or text.lower().endswith(_FILE_SUFFIXES):
        return text
    raise argparse.ArgumentTypeError(
        f"{text!r} is none of {', '.join(NAMED_DATA)}, nor a file that ends in "
        f"{', '.join(_FILE_SUFFIXES)}"
    )


def positive(text: str) -> int:
    """Read a number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 2**32 - 1")
    return int(text)
