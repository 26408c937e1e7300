"""Arguments that commands share, and how they are read."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from .._replacing import checked_target

NAMED_DATA = ("digits", "mnist", "fashion")
TABLES = (".csv", ".csv.gz")


def add_common(command: argparse.ArgumentParser) -> None:
    """Add the options of every command that trains."""
    command.add_argument(
        "--data",
        type=data,
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
        type=_image_shape,
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


def data(text: str) -> str:
    """Read the name of images: those that are known, or a file or folder."""
    named = text in NAMED_DATA or text.lower().endswith((".npz", *TABLES))
    if named or "ubyte" in text.lower() or os.path.exists(text):
        return text
    raise argparse.ArgumentTypeError(
        f"{text!r} is none of {', '.join(NAMED_DATA)}, and there is no such file or folder"
    )


def _image_shape(text: str) -> tuple[int, ...]:
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


def output(*suffixes: str) -> Callable[[str], Path]:
    """Return a reader of the name of a file to write, which ends in one of the suffixes."""

    def read(text: str) -> Path:
        try:
            return checked_target(text, suffixes)
        except (ValueError, OSError) as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return read
