"""What a comparison found: rows, as text, as a frame and as a file."""

import csv
import itertools
import json
import math
import os
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .._replacing import replacing
from .._statistics import holm_correction, mcnemar_test, wilson_interval

if TYPE_CHECKING:
    from ._display import ComparisonDisplay

_SUFFIXES = (".csv", ".json")
_HEADER = ("model", "accuracy", "fit", "predict")
_LONGEST_MESSAGE = 100


@dataclass(frozen=True)
class ComparisonRow:
    """How one classifier did.

    Parameters
    ----------
    name : str
        Name of the classifier.
    accuracy : float
        Share of the test images that were classified correctly, 0 to 1.
    fit_seconds : float
        Time that `fit` took on the training images.
    predict_seconds : float
        Time that `predict` took on all test images together.
    n_train, n_test : int
        Number of training and test images.
    error : str or None, default=None
        What went wrong, None if all went well. The three figures are NaN then.
    """

    name: str
    accuracy: float
    fit_seconds: float
    predict_seconds: float
    n_train: int
    n_test: int
    error: str | None = None

    @property
    def accuracy_interval(self) -> tuple[float, float]:
        """Wilson's interval of 95 % for the accuracy, NaN if the classifier failed."""
        if _is_nan(self.accuracy):
            return math.nan, math.nan
        return wilson_interval(round(self.accuracy * self.n_test), self.n_test)


@dataclass(frozen=True)
class PairwiseTest:
    """Whether two classifiers differ on the same test images.

    Parameters
    ----------
    first, second : str
        Names of the classifiers.
    only_first, only_second : int
        Test images that only the one or only the other got right.
    p_value : float
        Of McNemar's exact test, see :func:`mcnemar_test`.
    corrected_p_value : float
        The same by Holm's method, for all pairs together.
    """

    first: str
    second: str
    only_first: int
    only_second: int
    p_value: float
    corrected_p_value: float


@dataclass(frozen=True)
class Comparison:
    """How several classifiers did on the same images. Printed, it is a table, best first.

    Parameters
    ----------
    rows : sequence of ComparisonRow
        One for each classifier, in the order in which they ran.
    right : dict of str to ndarray of shape (n_test,) of bool, default=None
        Which test images each classifier got right, by its name.

    See Also
    --------
    compare_classifiers : Makes one.

    Examples
    --------
    >>> from skmnist.comparison import Comparison, ComparisonRow
    >>> comparison = Comparison(
    ...     (
    ...         ComparisonRow("forest", 0.9705, 9.21, 0.13, 60000, 10000),
    ...         ComparisonRow("svc", 0.9852, 31.6, 18.37, 60000, 10000),
    ...     )
    ... )
    >>> print(comparison)
    model   accuracy      fit  predict
    ----------------------------------
    svc      98.52 %  31.60 s  18.37 s
    forest   97.05 %   9.21 s   0.13 s
    """

    rows: Sequence[ComparisonRow]
    right: Mapping[str, np.ndarray] | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        # NaN, as a row that failed has it, can't be sorted.
        best_first = sorted(self.rows, key=lambda row: 1 if row.error else -row.accuracy)
        cells = [_HEADER, *map(_cells, best_first)]
        name_width = max(len(name) for name, *_ in cells)
        # A message in place of the figures may be as wide as it likes.
        columns = zip(*(figures for _, *figures in cells if len(figures) > 1), strict=True)
        widths = [max(map(len, column)) for column in columns]
        lines = []
        for name, *figures in cells:
            if len(figures) > 1:
                figures = [f"{cell:>{n}}" for cell, n in zip(figures, widths, strict=True)]
            lines.append("  ".join([f"{name:<{name_width}}", *figures]))
        return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])

    def pairwise_tests(self) -> list[PairwiseTest]:
        """Test every pair of classifiers that ran, by McNemar's exact test.

        Returns
        -------
        tests : list of PairwiseTest
            In the order of `rows`.

        Raises
        ------
        ValueError
            If it is not known which images each classifier got right, as in a
            comparison that was read from a file.
        """
        if self.right is None:
            raise ValueError(
                "right=None: without the test images that each classifier got right there is "
                "nothing to test. Take the result of compare_classifiers."
            )
        tests = []
        for pair in itertools.combinations(self.right, 2):
            right, other = (self.right[name] for name in pair)
            counts = int((right & ~other).sum()), int((other & ~right).sum())
            tests.append((*pair, *counts, mcnemar_test(np.ones(len(right)), right, other)))
        corrected = holm_correction([p_value for *_, p_value in tests])
        return [PairwiseTest(*test, float(p)) for test, p in zip(tests, corrected, strict=True)]

    def plot(self, ax: Any = None) -> "ComparisonDisplay":
        """Draw accuracy against time.

        Parameters
        ----------
        ax : array of two matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ComparisonDisplay
        """
        from ._display import ComparisonDisplay

        return ComparisonDisplay(comparison=self).plot(ax)

    def to_frame(self) -> Any:
        """Return the rows as a pandas DataFrame, one column for each field of a row.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise ImportError(
                "Comparison.to_frame needs pandas, which cannot be imported: install it, or use "
                "Comparison.rows."
            ) from error
        return pandas.DataFrame([asdict(row) for row in self.rows], columns=_field_names())

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the rows to a file, whole or not at all.

        Parameters
        ----------
        path : str or path-like
            A name that ends in .csv (one line a row below the names of the fields, an empty
            field for NaN and None) or .json (an object whose ``rows`` are objects, null for
            NaN and None). A file of this name is replaced.

        Raises
        ------
        ValueError
            If the name ends in anything else, or its folder does not exist.
        OSError
            If the file cannot be written.
        """
        path = checked_path(path)
        rows = [
            {name: None if _is_nan(value) else value for name, value in asdict(row).items()}
            for row in self.rows
        ]
        with replacing(path) as part, part.open("x", encoding="utf-8", newline="") as stream:
            if path.suffix.lower() == ".json":
                json.dump({"rows": rows}, stream, indent=2, allow_nan=False)
                stream.write("\n")
            else:
                writer = csv.DictWriter(stream, _field_names(), lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)


def checked_path(path: str | os.PathLike[str]) -> Path:
    """Return `path` if :meth:`Comparison.save` can take it."""
    path = Path(path)
    if path.suffix.lower() not in _SUFFIXES:
        raise ValueError(
            f"path={str(path)!r} must end in {' or '.join(_SUFFIXES)}, which says the format."
        )
    if path.is_dir():
        raise ValueError(f"path={str(path)!r} is a folder, expected the name of a file.")
    if not path.parent.is_dir():
        raise ValueError(f"path={str(path)!r}: there is no folder {str(path.parent)!r}. Make it.")
    return path


def in_seconds(seconds: float) -> str:
    """Write a duration for people."""
    return "<0.01 s" if seconds < 0.005 else f"{seconds:.2f} s"


def in_percent(share: float) -> str:
    """Write a share for people."""
    return f"{share:.2%}".replace("%", " %")


def _cells(row: ComparisonRow) -> tuple[str, ...]:
    if row.error is not None:
        message = textwrap.shorten(row.error, _LONGEST_MESSAGE, placeholder=" ...")
        return row.name, f"failed: {message}"
    figures = map(in_seconds, (row.fit_seconds, row.predict_seconds))
    return row.name, in_percent(row.accuracy), *figures


def _field_names() -> list[str]:
    return [field.name for field in fields(ComparisonRow)]


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)
