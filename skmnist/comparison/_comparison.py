"""The result of a comparison: rows, as text, frame, picture, file and page."""

import csv
import json
import os
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .._replacing import checked_target, replacing
from ._display import ComparisonDisplay
from ._pairs import PairwiseTest, pairs_on_images, pairs_on_splits
from ._pictures import show_mistakes
from ._report import make_report
from ._row import ComparisonRow, best_first, in_percent, in_seconds

_TABLE_SUFFIXES, _REPORT_SUFFIXES = (".csv", ".json"), (".html",)
_LONGEST_MESSAGE = 100
_HEADER = ("model", "accuracy", "fit", "predict")
_COLUMNS = (
    *("name", "accuracy", "accuracy_low", "accuracy_high", "log_loss", "calibration_error"),
    *("fit_seconds", "predict_seconds", "n_train", "n_test", "error", "classifier"),
)


@dataclass(frozen=True)
class Comparison:
    """How several classifiers did on the same images. Printed, it is a table, best first.

    Parameters
    ----------
    rows : sequence of ComparisonRow
        One for each classifier, in the order in which they ran.
    X_test : array-like or None, default=None
        The images that were tested on; None after a cross-validation.
    y_test : ndarray of shape (n_test,) or None, default=None
        Their labels; of one-hot rows, the numbers of the columns.
    predictions : dict of str to ndarray of shape (n_test,), default={}
        Labels that each classifier predicted, by its name, of those that did not fail.
    probabilities : dict of str to ndarray of shape (n_test, n_classes), default={}
        The same of those that have ``predict_proba``. Columns are the sorted labels that
        were trained on.
    classes : ndarray of shape (n_classes,) or None, default=None
        Labels of these columns.

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
    X_test: Any = field(default=None, compare=False, repr=False)
    y_test: np.ndarray | None = field(default=None, compare=False, repr=False)
    predictions: Mapping[str, np.ndarray] = field(default_factory=dict, compare=False, repr=False)
    probabilities: Mapping[str, np.ndarray] = field(
        default_factory=dict, compare=False, repr=False
    )
    classes: np.ndarray | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        lines: list[tuple[str, ...]] = [_HEADER]
        for row in best_first(self.rows):
            if row.error is None:
                times = map(in_seconds, (row.fit_seconds, row.predict_seconds))
                lines.append((row.name, in_percent(row.accuracy), *times))
            else:
                message = textwrap.shorten(row.error, _LONGEST_MESSAGE, placeholder=" ...")
                lines.append((row.name, f"failed: {message}"))
        # A message in place of the figures may be as wide as it likes.
        columns = zip(*(figures for _, *figures in lines if len(figures) > 1), strict=True)
        widths = [max(map(len, column)) for column in columns]
        name_width = max(len(name) for name, *_ in lines)
        text = []
        for name, *figures in lines:
            if len(figures) > 1:
                figures = [f"{cell:>{n}}" for cell, n in zip(figures, widths, strict=True)]
            text.append("  ".join([f"{name:<{name_width}}", *figures]))
        return "\n".join([text[0], "-" * len(text[0]), *text[1:]])

    def pairwise_tests(self) -> list[PairwiseTest]:
        """Test every pair of classifiers that ran.

        On one set of test images that is McNemar's exact test, over the splits of a
        cross-validation the corrected resampled t-test of Nadeau and Bengio [1]_; for all
        pairs together Holm's method corrects. The p-value of a pair that could not be tested
        is NaN.

        Returns
        -------
        tests : list of PairwiseTest
            In the order of `rows`.

        Raises
        ------
        ValueError
            If neither predictions nor the accuracies of splits are known, or if a
            cross-validation has fewer than five splits.

        References
        ----------
        .. [1] C. Nadeau, Y. Bengio, "Inference for the Generalization Error", Machine
           Learning 52 (2003), section 3.
        """
        ran = [row for row in self.rows if row.error is None]
        if all(row.split_accuracies for row in ran):
            return pairs_on_splits(ran)
        if self.y_test is None:
            raise ValueError(
                "y_test=None: without predictions for the same test images there is nothing to "
                "test. Take the result of compare_classifiers."
            )
        return pairs_on_images({name: y == self.y_test for name, y in self.predictions.items()})

    def plot(self, ax: Any = None) -> ComparisonDisplay:
        """Draw accuracy against time.

        Parameters
        ----------
        ax : array of two matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ComparisonDisplay
            What was drawn.
        """
        return ComparisonDisplay(rows=self.rows).plot(ax)

    def report(
        self,
        path: str | os.PathLike[str],
        *,
        title: str = "Classifiers compared",
        image_shape: tuple[int, ...] | None = None,
    ) -> None:
        """Write a page for people: one HTML file that needs nothing beside it.

        It has the table with intervals, accuracy against time, which differences are
        significant at 5 % after Holm's correction (not for fewer than five splits), and, but for
        a cross-validation, the images that most classifiers got wrong and each one's confusions
        and worst mistakes.

        Parameters
        ----------
        path : str or path-like
            A name that ends in .html. A file of this name is replaced, and keeps its
            permissions.
        title : str, default="Classifiers compared"
            Heading of the page.
        image_shape : tuple of int or None, default=None
            Shape of an image in a flat row; None means a square. Of rows that are no square
            there are no pictures then.

        Raises
        ------
        TypeError, ValueError, OSError
            As in :meth:`save`.
        """
        path = _checked_path(path, _REPORT_SUFFIXES)
        ran = [row for row in best_first(self.rows) if row.error is None]
        tests, no_tests, mistakes = [], "", ""
        if len(ran) > 1 and (self.predictions or all(row.split_accuracies for row in ran)):
            try:
                tests = self.pairwise_tests()
            except ValueError as error:  # too few splits
                no_tests = str(error)
        if self.predictions:
            predictions = {row.name: self.predictions[row.name] for row in ran}
            known = self.y_test, predictions, self.probabilities, self.classes
            mistakes = show_mistakes(self.X_test, *known, image_shape)
        page = make_report(title, self.rows, tests, no_tests, mistakes)
        with replacing(path) as part:
            part.write_text(page, encoding="utf-8")

    def to_frame(self) -> Any:
        """Return the rows as a pandas DataFrame.

        Returns
        -------
        frame : pandas DataFrame
            A column for each figure of a row, and the ends of the accuracy's interval of
            95 % as ``accuracy_low`` and ``accuracy_high``.

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
        return pandas.DataFrame(list(map(_record, self.rows)), columns=_COLUMNS)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the rows to a file, atomically.

        Parameters
        ----------
        path : str or path-like
            A name that ends in .csv (one line a row below the names of the columns of
            :meth:`to_frame`, an empty field for NaN and None) or .json (an object whose
            ``rows`` are objects, null for NaN and None; ``split_accuracies`` as well). A
            file of this name is replaced, and keeps its permissions.

        Raises
        ------
        TypeError
            If `path` is a stream or anything else that is no path.
        ValueError
            If the name ends in anything else.
        OSError
            If the file cannot be written, or its folder does not exist.
        """
        path = _checked_path(path, _TABLE_SUFFIXES)
        rows = [
            # NaN alone differs from itself.
            {name: value if value == value else None for name, value in _record(row).items()}
            for row in self.rows
        ]
        with replacing(path) as part, part.open("x", encoding="utf-8", newline="") as stream:
            if path.suffix.lower() == ".json":
                for record, row in zip(rows, self.rows, strict=True):
                    record["split_accuracies"] = list(row.split_accuracies)
                json.dump({"rows": rows}, stream, indent=2, allow_nan=False)
                stream.write("\n")
            else:
                writer = csv.DictWriter(stream, _COLUMNS, lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)


def _checked_path(path: str | os.PathLike[str], suffixes: Sequence[str]) -> Path:
    """Return `path` if a file with one of these suffixes can be written there."""
    if not (isinstance(path, str | os.PathLike) and isinstance(os.fspath(path), str)):
        raise TypeError(
            f"path={path!r} was given; expected the name of a file, whose ending says the format "
            f"({' or '.join(suffixes)}). A stream has none: give a path."
        )
    return checked_target(path, suffixes)


def _record(row: ComparisonRow) -> dict[str, Any]:
    low, high = row.accuracy_interval
    ends = {"accuracy_low": low, "accuracy_high": high}
    return {name: ends[name] if name in ends else getattr(row, name) for name in _COLUMNS}
