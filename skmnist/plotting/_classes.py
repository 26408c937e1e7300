"""How many samples each class has."""

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from .._targets import as_labels, distinct_labels
from ._drawing import COLOURS, name_classes, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class ClassDistributionDisplay:
    """Number of samples of each class, of one or several sets.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        Labels.
    counts : dict of str to ndarray of shape (n_classes,)
        Number of samples by name of the set.

    Attributes
    ----------
    bars_ : dict of str to matplotlib BarContainer
        The bars of each set, once drawn.
    ax_ : matplotlib Axes
        Once drawn.
    figure_ : matplotlib Figure
        Once drawn.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmnist.plotting import ClassDistributionDisplay
    >>> y = load_digits().target
    >>> display = ClassDistributionDisplay.from_data({"training": y[:1500], "test": y[1500:]})
    >>> display.counts["test"].sum()
    np.int64(297)
    """

    def __init__(self, *, classes: np.ndarray, counts: dict[str, np.ndarray]) -> None:
        self.classes = classes
        self.counts = counts

    @classmethod
    def from_data(cls, y: Any, *, ax: "Axes | None" = None) -> Self:
        """Count labels and draw.

        Parameters
        ----------
        y : array-like of shape (n_samples,) or dict of str to array-like
            Labels, or labels of several sets by name.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ClassDistributionDisplay
            The display, drawn.
        """
        if isinstance(y, dict):
            sets = {name: as_labels(labels, f"y[{name!r}]") for name, labels in y.items()}
        else:
            sets = {"samples": as_labels(y)}
        if not sets:
            raise ValueError("y is an empty dict, expected the labels of one set at least.")
        classes = distinct_labels(*sets.values())
        counts = {
            name: np.bincount(np.searchsorted(classes, labels), minlength=len(classes))
            for name, labels in sets.items()
        }
        return cls(classes=classes, counts=counts).plot(ax)

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw bars.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ClassDistributionDisplay
            The display, drawn.
        """
        self.figure_, self.ax_ = new_axes(ax, (6, 3.5))
        places, width = np.arange(len(self.classes)), 0.8 / len(self.counts)
        self.bars_ = {}
        for i, (name, counts) in enumerate(self.counts.items()):
            offset = (i - (len(self.counts) - 1) / 2) * width
            self.bars_[name] = self.ax_.bar(
                places + offset, counts, width, label=name, color=COLOURS[i % len(COLOURS)]
            )
        name_classes(self.ax_, self.classes)
        self.ax_.set_ylabel("samples")
        if len(self.counts) > 1:
            self.ax_.margins(y=0.2)  # a place for the legend above the bars
            self.ax_.legend(ncols=len(self.counts))
        return self
