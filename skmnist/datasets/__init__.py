"""Handwritten digits and clothing to learn from, and readers for files of one's own."""

from ._csv import read_csv
from ._fetch import fetch_fashion_mnist, fetch_mnist
from ._files import load_file
from ._idx import read_idx
from ._npz import read_npz
from ._opening import FORMATS as FORMATS
from ._opening import on_paper as on_paper
from ._opening import open_picture as open_picture
from ._page import read_characters
from ._picture import read_picture

# The names imported "as" themselves are for the package's other rooms, not for users.
__all__ = [
    "fetch_fashion_mnist",
    "fetch_mnist",
    "load_file",
    "read_characters",
    "read_csv",
    "read_idx",
    "read_npz",
    "read_picture",
]
