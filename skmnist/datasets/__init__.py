"""Handwritten digits and clothing to learn from, and readers for files of one's own."""

from ._csv import read_csv
from ._fetch import fetch_fashion_mnist, fetch_mnist
from ._files import load_file
from ._idx import read_idx
from ._npz import read_npz
from ._picture import read_picture

__all__ = [
    "fetch_fashion_mnist",
    "fetch_mnist",
    "load_file",
    "read_csv",
    "read_idx",
    "read_npz",
    "read_picture",
]
