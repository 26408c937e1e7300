"""How a training went."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from .._steps import fitted_steps
from ._drawing import BLUE, GREY, ORANGE, new_panels


@dataclass(kw_only=True, eq=False, repr=False)
class TrainingHistoryDisplay:
    """Loss and every other figure after each epoch, on training and validation samples.

    Parameters
    ----------
    history : dict of str to list of float
        As the `history_` of a fitted classifier; ``val_`` starts the names of figures on
        validation samples.

    Attributes
    ----------
    best_epoch_ : int
        The epoch, from 1 on, with the lowest validation loss, or without validation samples
        the lowest training loss.
    panels_ : list of str
        Figures that have a panel, from left to right.
    ax_, figure_ : ndarray of matplotlib Axes, and Figure
        One Axes for each figure, once drawn.
    lines_ : dict of str to matplotlib Line2D
        The curves by their names in `history`, once drawn.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmnist import KerasMLPClassifier
    >>> from skmnist.plotting import TrainingHistoryDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> classifier = KerasMLPClassifier(epochs=3).fit(X, y)
    >>> display = TrainingHistoryDisplay.from_estimator(classifier)
    >>> sorted(display.lines_)
    ['accuracy', 'loss']
    """

    history: dict[str, list[float]]

    @classmethod
    def from_estimator(cls, estimator: Any, *, ax: Any = None) -> Self:
        """Draw the history of a fitted classifier.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier with a `history_`, or a pipeline or a fitted search with one
            at its end.
        ax : array of matplotlib Axes, default=None
            Where to draw, see :meth:`plot`.

        Returns
        -------
        display : TrainingHistoryDisplay
            The display, drawn.
        """
        last = fitted_steps(estimator)[-1]
        check_is_fitted(last)
        if not hasattr(last, "history_"):
            raise TypeError(f"{last!r} has no history_: it is not trained in epochs.")
        return cls(history=last.history_).plot(ax)

    @property
    def best_epoch_(self) -> int:
        """Epoch with the lowest loss."""
        return int(np.nanargmin(self.history.get("val_loss", self.history["loss"]))) + 1

    @property
    def panels_(self) -> list[str]:
        """Figures to draw, the loss first."""
        names = sorted(self.history, key=lambda name: (name != "loss", name))
        return [name for name in names if not name.startswith("val_") and name != "learning_rate"]

    def plot(self, ax: Any = None) -> Self:
        """Draw one panel for each figure.

        Parameters
        ----------
        ax : array of matplotlib Axes, default=None
            As many as figures (two: loss, accuracy); None makes a new figure.

        Returns
        -------
        display : TrainingHistoryDisplay
            The display, drawn.
        """
        from matplotlib.ticker import MaxNLocator

        names = self.panels_
        figure, panels = new_panels(ax, names, (4.5 * len(names), 3.5))
        self.figure_: Any = figure
        self.ax_: np.ndarray = panels
        self.lines_: dict[str, Any] = {}
        for axes, name in zip(self.ax_, names, strict=True):
            for prefix, colour, label in (("", BLUE, "training"), ("val_", ORANGE, "validation")):
                values = self.history.get(prefix + name)
                if values is None:
                    continue
                epochs = np.arange(1, len(values) + 1)
                style = {"color": colour, "marker": "o" if len(epochs) < 30 else None, "ms": 3}
                (self.lines_[prefix + name],) = axes.plot(epochs, values, label=label, **style)
            if not np.isnan(self.history.get("val_loss", self.history["loss"])).all():
                best = self.best_epoch_
                axes.axvline(best, color=GREY, ls=":", label=f"best epoch, {best}")
            axes.set(xlabel="epoch", ylabel=name)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            axes.grid(alpha=0.3)
            axes.legend()
        return self
