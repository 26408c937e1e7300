"""The pictures of a report, as parts of its page."""

import base64
import io
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay

from .._images import as_images
from ..plotting import ImageGridDisplay, caption, true_proba
from ._display import ComparisonDisplay
from ._row import ComparisonRow

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_N_COLUMNS, _N_MISTAKES, _N_HARDEST = 10, 10, 20  # of images
_MOST_CLASSES_WITH_NUMBERS = 30


def draw_times(rows: Sequence[ComparisonRow]) -> str:
    """Draw accuracy against the time to fit and to predict."""
    figure = _new_figure(10, 4.5)
    ComparisonDisplay(rows=rows).plot(figure.subplots(1, 2, sharey=True))
    return _embed(figure, "accuracy against time to fit and to predict")


def show_mistakes(
    X_test: Any,
    y_test: Any,
    predictions: Mapping[str, np.ndarray],
    probabilities: Mapping[str, np.ndarray],
    classes: Any,
    image_shape: tuple[int, ...] | None,
) -> str:
    """Show the images that most classifiers got wrong, and the mistakes of each classifier."""
    try:
        images = as_images(X_test, image_shape)
    except ValueError:
        if image_shape is not None:
            raise
        images = None  # flat rows of an unknown shape
    parts = []
    n_wrong = np.sum([y_pred != y_test for y_pred in predictions.values()], axis=0)
    hardest = np.argsort(-n_wrong, kind="stable")[:_N_HARDEST]
    hardest = hardest[n_wrong[hardest] > 0]
    if images is not None and len(hardest):
        captions = []
        for i in hardest:
            wrong = (str(of_one[i]) for of_one in predictions.values() if of_one[i] != y_test[i])
            ((label, _),) = Counter(wrong).most_common(1)
            captions.append(
                f"is {y_test[i]}, not {label}\n{n_wrong[i]} of {len(predictions)} wrong"
            )
        parts += [
            "<h2>The hardest images</h2>",
            "<p>Those that most classifiers got wrong, with what they were most often taken "
            "for.</p>",
            _draw_images(images[hardest], captions, "images that most classifiers got wrong"),
        ]
    parts.append("<h2>Confusions and mistakes</h2>")
    for name, y_pred in predictions.items():
        wrong = np.flatnonzero(y_pred != y_test)
        parts += [
            f"<h3>{escape(name)}</h3>",
            f"<p>{len(wrong):,} of {len(y_test):,} wrong. Rows are true classes, columns what was "
            "predicted.</p>",
            _draw_confusions(y_test, y_pred, name),
        ]
        if images is None or not len(wrong):
            continue
        y_proba, order, sure = probabilities.get(name), "the first ones", {}
        if y_proba is not None:
            order = "those first to whose true class the lowest probability was given"
            true = true_proba(y_test[wrong], y_proba[wrong], classes)
            wrong = wrong[np.argsort(true, kind="stable")]
            sure = {i: y_proba[i].max() for i in wrong}
        wrong = wrong[:_N_MISTAKES]
        captions = [caption(y_pred[i], y_test[i], sure.get(i)) for i in wrong]
        parts.append(f"<p>Mistakes, {order}:</p>")
        parts.append(_draw_images(images[wrong], captions, f"mistakes of {name}"))
    return "\n".join(parts)


def _draw_confusions(y_test: np.ndarray, y_pred: np.ndarray, name: str) -> str:
    """Draw a confusion matrix, with numbers unless there are many classes."""
    n_classes = len(np.union1d(y_test, y_pred))
    figure = _new_figure(*2 * [min(10, 2 + 0.38 * n_classes)])
    display = ConfusionMatrixDisplay.from_predictions(
        y_test,
        y_pred,
        ax=figure.subplots(),
        cmap="Blues",
        colorbar=False,
        include_values=n_classes <= _MOST_CLASSES_WITH_NUMBERS,
        xticks_rotation=90 if n_classes > _MOST_CLASSES_WITH_NUMBERS else "horizontal",
    )
    for text in display.text_.flat if display.text_ is not None else ():
        if text.get_text() == "0":  # left blank, so that the rest shows
            text.set_text("")
    return _embed(figure, f"confusion matrix of {name}")


def _draw_images(images: np.ndarray, captions: list[str], alt: str) -> str:
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
    options = {"bbox_inches": "tight", "pad_inches": 0.05, "metadata": {"Date": None}}
    with mpl.rc_context({"svg.hashsalt": "skmnist"}):
        figure.savefig(stream, format="svg", **options)
    content = base64.b64encode(stream.getvalue()).decode("ascii")
    return f'<img alt="{escape(alt)}" src="data:image/svg+xml;base64,{content}">'
