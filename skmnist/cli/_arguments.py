"""Arguments that commands share, and how they are read."""

import argparse
import os

NAMED_DATA = ("digits", "mnist", "fashion")
_FILE_SUFFIXES = (".npz", ".csv", ".csv.gz")


def add_common(command: argparse.ArgumentParser) -> None:
    """Add what every command that trains has."""
    command.add_argument(
        "--data",
        type=_data,
        metavar="NAME_OR_FILE",
        help="digits (1,797 images, part of scikit-learn), mnist or fashion (70,000 images, "
        "downloaded on first use), or your own file: .npz, .csv, .csv.gz, an IDX file of images "
        "with that of their labels beside it, or a folder of IDX files; "
        "default: mnist, or digits where MNIST can't be had",
    )
    command.add_argument(
        "--label",
        default="auto",
        metavar="COLUMN",
        help="column of the labels in a csv file: its name, its number from 0, or first or last; "
        "default: the one that is named label or the like, or the first one of a file without "
        "names",
    )
    command.add_argument(
        "--image-shape",
        type=image_shape,
        metavar="H,W[,C]",
        help="height, width and number of channels of an image, such as 8,8,3, where rows of "
        "pixels are not those of a square grey image; a row runs by rows, columns, channels",
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
    named = text in NAMED_DATA or text.lower().endswith(_FILE_SUFFIXES)
    if named or "ubyte" in text.lower() or os.path.exists(text):
        return text
    raise argparse.ArgumentTypeError(
        f"{text!r} is none of {', '.join(NAMED_DATA)}, and there is no such file or folder"
    )


def image_shape(text: str) -> tuple[int, ...]:
    """Read a shape such as 28,28 or 8x8x3."""
    sides = text.lower().replace("x", ",").strip("()").split(",")
    if len(sides) not in (2, 3):
        raise argparse.ArgumentTypeError(f"{text!r} is not HEIGHT,WIDTH or HEIGHT,WIDTH,CHANNELS")
    return tuple(positive(side.strip()) for side in sides)


def positive(text: str) -> int:
    """Read a number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 2**32 - 1")
    return int(text)
