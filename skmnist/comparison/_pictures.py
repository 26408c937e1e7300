"""The pictures of a report, as parts of its page."""

import base64
import io
import math
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay

from ..plotting import ImageGridDisplay
from ._display import ComparisonDisplay

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ._comparison import Comparison

_N_COLUMNS = 10  # of images
_MOST_CLASSES_WITH_NUMBERS = 30


def draw_times(comparison: "Comparison") -> str:
    """Draw accuracy against the time to fit and to predict."""
    figure = _new_figure(10, 4.5)
    ComparisonDisplay(comparison=comparison).plot(figure.subplots(1, 2, sharey=True))
    return _embed(figure, "accuracy against time to fit and to predict")


def draw_confusions(y: np.ndarray, predicted: np.ndarray, name: str) -> str:
    """Draw how often each class was taken for which, with numbers unless there are many."""
    n_classes = len(np.union1d(y, predicted))
    figure = _new_figure(*2 * [min(10, 2 + 0.38 * n_classes)])
    display = ConfusionMatrixDisplay.from_predictions(
        y,
        predicted,
        ax=figure.subplots(),
        cmap="Blues",
        colorbar=False,
        include_values=n_classes <= _MOST_CLASSES_WITH_NUMBERS,
        xticks_rotation=90 if n_classes > _MOST_CLASSES_WITH_NUMBERS else "horizontal",
    )
    for text in display.text_.flat if display.text_ is not None else ():
        if text.get_text() == "0":  # what never happens is left blank, so that the rest shows
            text.set_text("")
    return _embed(figure, f"confusion matrix of {name}")


def draw_images(images: np.ndarray, captions: list[str], alt: str) -> str:
    """Draw images of shape (n_images, height, width[, n_channels]) below their captions."""
    n_rows = math.ceil(len(images) / _N_COLUMNS)
    figure = _new_figure(1.1 * min(_N_COLUMNS, len(images)), 1.5 * n_rows)
    display = ImageGridDisplay(images=images, captions=captions, n_columns=_N_COLUMNS)
    display.plot(figure.subplots())
    return _embed(figure, alt)


def _new_figure(width: float, height: float) -> "Figure":
    """Return a figure that pyplot doesn't know of, and so neither shows nor keeps."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def _embed(figure: "Figure", alt: str) -> str:
    """Return a picture as a part of the page; the same figure gives the same text."""
    import matplotlib as mpl

    stream = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "skmnist"}):
        figure.savefig(
            stream, format="svg", bbox_inches="tight", pad_inches=0.05, metadata={"Date": None}
        )
    content = base64.b64encode(stream.getvalue()).decode("ascii")
    return f'<img alt="{escape(alt)}" src="data:image/svg+xml;base64,{content}">'
