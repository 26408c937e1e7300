"""Loss and accuracy while a network trains: one picture in a notebook, else lines of text."""

import base64
import io
import math
import sys
import time
import uuid
from numbers import Real
from typing import Any

from .._engine.epoch_line import EpochLine
from ._history import TrainingHistoryDisplay

_INCHES_PER_PANEL = (4.5, 3.4)
# Pixels per inch: those of the page, and those of the picture, which dense screens need.
_PAGE_DPI, _PICTURE_DPI = 80, 160

# Trainings shown so far, by display. Copies of a callback have no other common place.
_n_trainings: dict[str, int] = {}


class LivePlot(EpochLine):
    """Draw loss and accuracy after each epoch, in place, in a notebook.

    A Keras callback. Where there is no notebook, in a script, a terminal or a worker process,
    it prints one line for each epoch, the one that ``verbose=1`` prints.

    Parameters
    ----------
    interval : float, default=0.5
        Least time between two pictures, in seconds: drawing takes some 0.2 s. The first and
        the last epoch are drawn in any case.

    See Also
    --------
    TrainingHistoryDisplay : The same curves when all is done.

    Notes
    -----
    Estimators train with copies of their callbacks, and clones have copies, too. All copies
    of one instance share one picture in a cell, which shows the latest training: a search
    leaves one picture, not one for each of its fits.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmnist import KerasMLPClassifier
    >>> from skmnist.plotting import LivePlot
    >>> X, y = load_digits(return_X_y=True)
    >>> classifier = KerasMLPClassifier(epochs=2, keras_callbacks=[LivePlot()])
    >>> classifier.fit(X, y)
    Epoch 1/2  ... s, ... s left  accuracy 0...  loss ...
    Epoch 2/2  ... s  accuracy 0...  loss ...
    KerasMLPClassifier(...)
    """

    def __init__(self, *, interval: float = 0.5) -> None:
        super().__init__()
        self.interval = interval
        self._key = uuid.uuid4().hex

    def __repr__(self) -> str:
        return f"LivePlot(interval={self.interval!r})"

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Find out where to draw."""
        super().on_train_begin(logs)
        self._epochs = []
        self._drawn_at, self._drawn_text, self._text = -math.inf, None, ""
        self._display_id, self._count = None, 1
        ipython = sys.modules.get("IPython")  # a notebook has imported it
        shell: Any = ipython and ipython.get_ipython()
        # IPython in a terminal has no kernel, and shows no pictures.
        if getattr(shell, "kernel", None) is not None:
            self._display_id = f"skmnist-{self._key}-{shell.execution_count}"  # of the cell
            self._count = _n_trainings.get(self._display_id, 0) + 1
            _n_trainings[self._display_id] = self._count

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Draw, or print a line."""
        if not self._epochs:
            # Those of an earlier fit are left out: the curves begin where this training does.
            self._epochs = [{}] * epoch
        figures = {name: value for name, value in (logs or {}).items() if isinstance(value, Real)}
        self._epochs.append(figures)
        super().on_epoch_end(epoch, logs)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Draw what the last picture lacks."""
        super().on_train_end(logs)
        if self._display_id is not None and self._text != self._drawn_text:
            self._draw()

    def _print(self, text: str) -> None:
        if self._display_id is None:
            super()._print(text)
            return
        self._text = f"Training {self._count}: {text}" if self._count > 1 else text
        if time.perf_counter() - self._drawn_at >= self.interval:
            self._draw()

    def _draw(self) -> None:
        from IPython.display import display

        # Not by pyplot: what it makes, notebooks show once more at the end of the cell.
        from matplotlib.figure import Figure

        names = dict.fromkeys(name for figures in self._epochs for name in figures)
        history = {
            name: [float(figures.get(name, math.nan)) for figures in self._epochs]
            for name in names
        }
        curves = TrainingHistoryDisplay(history=history)
        n_panels = len(curves.panels_)
        width, height = _INCHES_PER_PANEL[0] * n_panels, _INCHES_PER_PANEL[1]
        figure = Figure(figsize=(width, height), layout="constrained")
        curves.plot(figure.subplots(1, n_panels, squeeze=False))
        figure.suptitle(self._text, fontsize=9)
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=_PICTURE_DPI)
        size = {"width": round(width * _PAGE_DPI), "height": round(height * _PAGE_DPI)}
        picture = base64.b64encode(file.getvalue()).decode()
        display(
            {"image/png": picture, "text/plain": self._text},  # text for pages without pictures
            metadata={"image/png": size},
            raw=True,
            display_id=self._display_id,
            update=self._count > 1 or self._drawn_text is not None,
        )
        self._drawn_at, self._drawn_text = time.perf_counter(), self._text
