"""Accuracy against time, as a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from ..plotting import BLUE, ORANGE, new_panels
from ._row import ComparisonRow

_TIMES = {"fit_seconds": "seconds to fit", "predict_seconds": "seconds to predict the test images"}
_LINE = 11  # height of a line of text, in points


@dataclass(kw_only=True, eq=False, repr=False)
class ComparisonDisplay:
    """Accuracy of each classifier, with its interval, against the time to fit and to predict.

    The line joins those that no other one beats in both accuracy and time: the Pareto
    front.

    Parameters
    ----------
    rows : sequence of ComparisonRow
        Those of a :class:`Comparison`. Classifiers that failed are left out.

    Attributes
    ----------
    ax_, figure_ : ndarray of two matplotlib Axes, and Figure
        Once drawn.
    fronts_ : tuple of two lists of str
        Names on the Pareto front of each panel, fastest first, once drawn.

    Examples
    --------
    >>> from skmnist.comparison import ComparisonDisplay, ComparisonRow
    >>> rows = [
    ...     ComparisonRow("cnn", 0.9922, 5.49, 0.51, 60000, 10000),
    ...     ComparisonRow("svc", 0.9868, 15.63, 5.16, 60000, 10000),
    ...     ComparisonRow("knn", 0.9745, 0.50, 1.21, 60000, 10000),
    ... ]
    >>> ComparisonDisplay(rows=rows).plot().fronts_
    (['knn', 'cnn'], ['cnn'])
    """

    rows: Sequence[ComparisonRow]

    def plot(self, ax: Any = None) -> Self:
        """Draw two panels.

        Parameters
        ----------
        ax : array of two matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ComparisonDisplay
            The display, drawn.
        """
        figure, panels = new_panels(ax, tuple(_TIMES.values()), (10, 4.5), sharey=True)
        self.figure_: Any = figure
        self.ax_: np.ndarray = panels
        rows = [row for row in self.rows if row.error is None]
        fronts = []
        for axes, (field, label) in zip(self.ax_, _TIMES.items(), strict=True):
            for row in rows:
                low, high = row.accuracy_interval
                reach = np.abs([[row.accuracy - low], [high - row.accuracy]])
                point = getattr(row, field), row.accuracy
                axes.errorbar(*point, reach, fmt="o", color=BLUE, capsize=3)
            front = _pareto_front(rows, field)
            times, accuracies = [getattr(row, field) for row in front], [r.accuracy for r in front]
            axes.step(times, accuracies, where="post", color=ORANGE, zorder=0)
            axes.set(xlabel=label, ylabel="accuracy on the test images", xscale="log")
            axes.margins(x=0.25)
            axes.grid(alpha=0.3)
            fronts.append([row.name for row in front])
        figure.draw_without_rendering()  # which places the Axes
        for axes, field in zip(self.ax_, _TIMES, strict=True):
            _write_names(axes, {row.name: (getattr(row, field), row.accuracy) for row in rows})
        self.fronts_: tuple[list[str], ...] = tuple(fronts)
        return self


def _write_names(axes: Any, points: dict[str, tuple[float, float]]) -> None:
    """Write a name beside each point, lower where it would lie upon another one."""
    boxes = []
    for name, point in points.items():
        # A name may hold a dollar.
        text = axes.annotate(
            name, point, xytext=(6, 5), textcoords="offset points", parse_math=False
        )
        while (box := text.get_window_extent()).count_overlaps(boxes):
            text.xyann = 6, text.xyann[1] - _LINE
        boxes.append(box)


def _pareto_front(rows: Sequence[ComparisonRow], field: str) -> list[ComparisonRow]:
    """Return the rows that no other is both faster and at least as accurate as, fastest first."""
    front: list[ComparisonRow] = []
    for row in sorted(rows, key=lambda row: (getattr(row, field), -row.accuracy)):
        if not front or row.accuracy > front[-1].accuracy:
            front.append(row)
    return front
