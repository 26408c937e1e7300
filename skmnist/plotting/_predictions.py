"""Samples, predictions and probabilities as pictures."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.utils import check_consistent_length, check_random_state

from .._images import as_images
from .._targets import as_labels, distinct_labels
from ._drawing import BLUE, GREY, ORANGE, TilesDisplay, draw_images, in_percent

# Below a tile, in its sides: the bars, and the names of the classes below them.
_BARS, _SHORT_NAMES, _LONG_NAMES = 0.45, 0.15, 0.55


def caption(label: Any, truth: Any, share: float | None) -> str:
    """Write the predicted label, its probability if known, and the true label if another."""
    sure = "" if share is None else f", {in_percent(share, 0)}"
    return f"{label}{sure}" + ("" if label == truth else f"\nis {truth}")


def true_proba(y_true: np.ndarray, y_proba: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return the probability of each true label: the lower, the worse the mistake.

    A true class that was never learned has no column and so probability 0.
    """
    return (y_proba * (classes == y_true[:, None])).sum(axis=1)


def labels_of_columns(classes: Any, y_proba: np.ndarray, y_true: np.ndarray) -> np.ndarray:
    """Return the label of each column of probabilities: those given, or all true ones, sorted."""
    classes = np.unique(y_true) if classes is None else np.asarray(classes)
    if y_proba.shape[1:] != classes.shape:
        raise ValueError(
            f"y_proba has shape {y_proba.shape}, expected probabilities of {len(classes)} "
            "classes. If y_true lacks some of them, give classes=, the labels of the columns."
        )
    distinct_labels(classes, y_true)  # text and numbers together are a mistake
    return classes


class PredictionsDisplay(TilesDisplay):
    """A picture of some images and what was predicted for them."""

    n_columns: int
    _default_n_images: ClassVar[int]

    @classmethod
    def _of(
        cls, images: np.ndarray, y_true: np.ndarray, y_proba: np.ndarray, classes: np.ndarray
    ) -> Self:
        """Make a display, not drawn yet."""
        raise NotImplementedError

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any,
        *,
        select: str = "random",
        n_images: int | None = None,
        n_columns: int | None = None,
        image_shape: tuple[int, ...] | None = None,
        random_state: Any = None,
        ax: Any = None,
    ) -> Self:
        """Predict and draw.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier or pipeline with ``predict_proba``.
        X : array-like of shape (n_samples, n_features) or images
            What `estimator` takes.
        y : array-like of shape (n_samples,)
            True labels.
        select : {'random', 'mistakes', 'unsure'}, default='random'
            Which images: any; only wrongly predicted ones, those first to whose true class
            the lowest probability was given; or those first whose highest probability is
            the lowest.
        n_images : int, default=None
            At most that many; None means 20, in a :class:`ProbabilityDisplay` 6.
        n_columns : int, default=None
            Images in a row; None means 10, in a :class:`ProbabilityDisplay` 6.
        image_shape : tuple of int or None, default=None
            Shape of an image in a flat row; None means a square.
        random_state : int, RandomState instance or None, default=None
            Decides which images with ``select="random"``; None takes the first ones.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ImageGridDisplay or ProbabilityDisplay
            The display, drawn.
        """
        return cls.from_predictions(
            X,
            y,
            estimator.predict_proba(X),
            classes=estimator.classes_,
            select=select,
            n_images=n_images,
            n_columns=n_columns,
            image_shape=image_shape,
            random_state=random_state,
            ax=ax,
        )

    @classmethod
    def from_predictions(
        cls,
        X: Any,
        y_true: Any,
        y_proba: Any,
        *,
        classes: Any = None,
        select: str = "random",
        n_images: int | None = None,
        n_columns: int | None = None,
        image_shape: tuple[int, ...] | None = None,
        random_state: Any = None,
        ax: Any = None,
    ) -> Self:
        """Draw images with the labels predicted for them and their probabilities.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or images
            Samples: flat rows of pixels, or images.
        y_true : array-like of shape (n_samples,)
            True labels.
        y_proba : array-like of shape (n_samples, n_classes)
            Probabilities.
        classes : array-like of shape (n_classes,), default=None
            Labels of the columns of `y_proba`; None means those of `y_true`, sorted.
        select, n_images, n_columns, image_shape, random_state, ax : see `from_estimator`
            As in :meth:`from_estimator`, with the same defaults.

        Returns
        -------
        display : ImageGridDisplay or ProbabilityDisplay
            The display, drawn.
        """
        if select not in ("random", "mistakes", "unsure"):
            raise ValueError(
                f"select={select!r} was given; expected 'random', 'mistakes' or 'unsure'."
            )
        images, y_proba = as_images(X, image_shape), np.asarray(y_proba)
        y_true = as_labels(y_true, "y_true")
        check_consistent_length(images, y_true, y_proba)
        classes = labels_of_columns(classes, y_proba, y_true)
        if select == "mistakes":
            wrong = np.flatnonzero(classes[y_proba.argmax(axis=1)] != y_true)
            rows = wrong[np.argsort(true_proba(y_true, y_proba, classes)[wrong], kind="stable")]
        elif select == "unsure":
            rows = np.argsort(y_proba.max(axis=1), kind="stable")
        else:
            rows = np.arange(len(images))
            if random_state is not None:
                rows = check_random_state(random_state).permutation(rows)
        rows = rows[: cls._default_n_images if n_images is None else n_images]
        display = cls._of(images[rows], y_true[rows], y_proba[rows], classes)
        if n_columns is not None:
            display.n_columns = n_columns
        return display.plot(ax)


@dataclass(kw_only=True, eq=False, repr=False)
class ImageGridDisplay(PredictionsDisplay):
    """Images in rows and columns.

    :meth:`from_data` shows samples of each class, :meth:`from_estimator` and
    :meth:`from_predictions` show predictions: the label predicted and its probability, in
    blue frames where it is right, in orange ones, with the true label, where it is wrong.

    Parameters
    ----------
    images : ndarray of shape (n_images, height, width[, n_channels])
        What is drawn.
    captions : list of str or None, default=None
        A line above each image.
    right : ndarray of shape (n_images,) of bool or None, default=None
        Whether each prediction is right; None draws no frames.
    n_columns : int, default=10
        Images in a row.
    cells : ndarray of shape (n_images,), int, or None, default=None
        Where each image is drawn, counted from 0 row by row. None leaves no place empty.

    Attributes
    ----------
    tiles_, ax_, figure_ : list of matplotlib AxesImage, Axes and Figure
        Once drawn.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmnist.plotting import ImageGridDisplay
    >>> digits = load_digits()
    >>> display = ImageGridDisplay.from_data(digits.images, digits.target, n_per_class=5)
    >>> display.images.shape
    (50, 8, 8)
    """

    images: np.ndarray
    captions: list[str] | None = None
    right: np.ndarray | None = None
    n_columns: int = 10
    cells: np.ndarray | None = None
    _default_n_images: ClassVar[int] = 20

    @classmethod
    def from_data(
        cls,
        X: Any,
        y: Any = None,
        *,
        n_per_class: int = 10,
        image_shape: tuple[int, ...] | None = None,
        random_state: Any = None,
        ax: Any = None,
    ) -> Self:
        """Draw samples, a row for each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or images
            Samples: flat rows of pixels, or images.
        y : array-like of shape (n_samples,), default=None
            Labels; None takes all samples for one class.
        n_per_class : int, default=10
            Samples of each class. Of a class with fewer, the rest of the row is left empty; the
            picture is no wider than the most frequent class needs.
        image_shape : tuple of int or None, default=None
            Shape of an image in a flat row; None means a square.
        random_state : int, RandomState instance or None, default=None
            Decides which samples; None takes the first ones.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ImageGridDisplay
            The display, drawn.
        """
        if n_per_class < 1:
            raise ValueError(f"n_per_class={n_per_class!r} was given; expected 1 or more.")
        images = as_images(X, image_shape)
        labels = np.zeros(len(images)) if y is None else as_labels(y)
        check_consistent_length(images, labels)
        rows = np.arange(len(images))
        if random_state is not None:
            rows = check_random_state(random_state).permutation(rows)
        classes = np.unique(labels)
        chosen = [rows[labels[rows] == label][:n_per_class] for label in classes]
        n_columns = max(map(len, chosen))
        cells = [i * n_columns + np.arange(len(of_class)) for i, of_class in enumerate(chosen)]
        chosen = np.concatenate(chosen)
        return cls(
            images=images[chosen],
            captions=None if y is None else [str(label) for label in labels[chosen]],
            n_columns=n_columns,
            cells=np.concatenate(cells),
        ).plot(ax)

    @classmethod
    def _of(
        cls, images: np.ndarray, y_true: np.ndarray, y_proba: np.ndarray, classes: np.ndarray
    ) -> Self:
        y_pred = classes[y_proba.argmax(axis=1)]
        captions = list(map(caption, y_pred, y_true, y_proba.max(axis=1)))
        return cls(images=images, captions=captions, right=y_pred == y_true)

    def _draw_tiles(self, ax: Any) -> Any:
        return draw_images(
            ax,
            self.images,
            n_columns=self.n_columns,
            cells=self.cells,
            captions=self.captions,
            frames=None if self.right is None else np.where(self.right, BLUE, ORANGE),
        )


@dataclass(kw_only=True, eq=False, repr=False)
class ProbabilityDisplay(PredictionsDisplay):
    """Images, and below each the probability of every class.

    Above stands the label predicted and its probability. The bar of the true class is blue,
    and so is the frame where that was predicted; else the frame and the bar of the predicted
    class are orange.

    Parameters
    ----------
    images : ndarray of shape (n_images, height, width[, n_channels])
        What is drawn.
    proba : ndarray of shape (n_images, n_classes)
        Probabilities.
    classes : ndarray of shape (n_classes,)
        Labels of the columns of `proba`.
    labels : ndarray of shape (n_images,)
        True labels.
    n_columns : int, default=6
        Images in a row.

    Attributes
    ----------
    tiles_ : list of matplotlib AxesImage
        The images, once drawn.
    bars_ : list of matplotlib BarContainer
        The bars of each image, once drawn.
    ax_, figure_ : matplotlib Axes and Figure
        Once drawn.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmnist import KerasMLPClassifier
    >>> from skmnist.plotting import ProbabilityDisplay
    >>> digits = load_digits()
    >>> classifier = KerasMLPClassifier(epochs=3).fit(digits.images, digits.target)
    >>> display = ProbabilityDisplay.from_estimator(
    ...     classifier, digits.images, digits.target, select="unsure"
    ... )
    >>> display.proba.shape
    (6, 10)
    """

    images: np.ndarray
    proba: np.ndarray
    classes: np.ndarray
    labels: np.ndarray
    n_columns: int = 6
    _default_n_images: ClassVar[int] = 6

    @classmethod
    def _of(
        cls, images: np.ndarray, y_true: np.ndarray, y_proba: np.ndarray, classes: np.ndarray
    ) -> Self:
        return cls(images=images, proba=y_proba, classes=classes, labels=y_true)

    def _draw_tiles(self, ax: Any) -> Any:
        y_true, y_pred = self.labels, self.classes[self.proba.argmax(axis=1)]
        names = [str(label) for label in self.classes]
        has_long_names = max(map(len, names)) > 2
        ax, tiles = draw_images(
            ax,
            self.images,
            n_columns=self.n_columns,
            captions=list(map(caption, y_pred, y_true, self.proba.max(axis=1))),
            frames=np.where(y_pred == y_true, BLUE, ORANGE),
            below=_BARS + (_LONG_NAMES if has_long_names else _SHORT_NAMES),
            inches=1.3,
        )
        side = max(self.images.shape[1:3])
        # In shares of the Axes: an inset can't stand in data whose numbers rise downwards.
        (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
        size = (self.images.shape[2] / (x1 - x0), (_BARS - 0.04) * side / (y0 - y1))
        self.bars_: list[Any] = []
        places = np.arange(len(names))
        for i, tile in enumerate(tiles):
            left, _, bottom, _ = tile.get_extent()
            corner = ((left - x0) / (x1 - x0), (y0 - bottom - _BARS * side) / (y0 - y1))
            inset = ax.inset_axes((*corner, *size))
            colours = np.full(len(names), GREY)
            colours[self.classes == y_pred[i]] = ORANGE
            colours[self.classes == y_true[i]] = BLUE
            self.bars_.append(inset.bar(places, self.proba[i], color=colours))
            inset.set_xticks(places, names, rotation=90 if has_long_names else 0)
            inset.set(ylim=(0, 1), yticks=[])
            inset.tick_params(length=0, pad=2, labelsize=6)
            inset.spines[["left", "right", "top"]].set_visible(False)
        return ax, tiles
