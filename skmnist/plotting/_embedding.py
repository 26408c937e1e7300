"""Samples as points in two or three dimensions."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.utils import check_consistent_length

from .._images import as_rows
from .._targets import as_labels
from ._drawing import Display, in_percent, new_axes

# M. A. Petroff, "Accessible Color Sequences for Data Visualization", 2021: told apart by
# colour-blind readers, too.
_TEN_COLOURS = (
    *("#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6"),
    *("#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd"),
)


@dataclass(kw_only=True, eq=False, repr=False)
class EmbeddingDisplay(Display):
    """Samples as points, in two or three dimensions, coloured by class.

    Parameters
    ----------
    points : ndarray of shape (n_samples, 2) or (n_samples, 3)
        Coordinates.
    y : ndarray of shape (n_samples,) or None, default=None
        Labels; None draws all points in one colour.
    name : str, default="embedding"
        What the axes show.
    variance : float or None, default=None
        Share of the variance that the points keep, for the title.

    Attributes
    ----------
    scatter_ : dict of label to matplotlib PathCollection
        The points of each class, once drawn.
    ax_, figure_ : matplotlib Axes and Figure
        Once drawn.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmnist.plotting import EmbeddingDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> display = EmbeddingDisplay.from_data(X[:200], y[:200])
    >>> display.points.shape
    (200, 2)
    """

    points: np.ndarray
    y: np.ndarray | None = None
    name: str = "embedding"
    variance: float | None = None

    @classmethod
    def from_data(
        cls,
        X: Any,
        y: Any = None,
        *,
        reducer: Any = "pca",
        n_components: int = 2,
        random_state: Any = None,
        ax: Any = None,
    ) -> Self:
        """Reduce pixels, or any features, and draw.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or images
            Samples: flat rows of pixels, or images.
        y : array-like of shape (n_samples,), default=None
            Labels.
        reducer : {'pca', 'tsne', 'umap'} or transformer, default='pca'
            What makes points of rows. 'umap' needs the package umap-learn. Of a
            transformer a clone is fitted.
        n_components : {2, 3}, default=2
            Dimensions, for a `reducer` given by name.
        random_state : int, RandomState instance or None, default=None
            For a `reducer` given by name.
        ax : matplotlib Axes, default=None
            Where to draw, a 3-D one for three dimensions; None makes a new figure.

        Returns
        -------
        display : EmbeddingDisplay
            The display, drawn.
        """
        rows = as_rows(X)[0]
        made = _make_reducer(reducer, n_components, random_state)
        points = np.asarray(made.fit_transform(rows))
        if points.ndim != 2 or points.shape[1] not in (2, 3):
            raise ValueError(
                f"reducer={reducer!r} gives an array of shape {points.shape}; expected two or "
                "three columns."
            )
        if y is not None:
            y = as_labels(y)
            check_consistent_length(points, y)
        shares = getattr(made, "explained_variance_ratio_", None)
        variance = None if shares is None else float(np.sum(shares))
        return cls(points=points, y=y, name=type(made).__name__, variance=variance).plot(ax)

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any = None,
        *,
        reducer: Any = "pca",
        n_components: int = 2,
        random_state: Any = None,
        ax: Any = None,
    ) -> Self:
        """Reduce the activations of a network, and draw.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier, or a pipeline with one at its end, whose ``transform`` gives
            the activations of the last hidden layer.
        X : array-like of shape (n_samples, n_features) or images
            Samples: flat rows of pixels, or images.
        y : array-like of shape (n_samples,), default=None
            Labels.
        reducer, n_components, random_state, ax : see `from_data`
            As in :meth:`from_data`, with the same defaults.

        Returns
        -------
        display : EmbeddingDisplay
            The display, drawn.
        """
        options = {"reducer": reducer, "n_components": n_components, "random_state": random_state}
        return cls.from_data(estimator.transform(X), y, **options, ax=ax)

    def _draw(self, ax: Any) -> Any:
        import matplotlib as mpl
        from matplotlib.patheffects import withStroke

        n_dimensions = self.points.shape[1]
        ax = new_axes(ax, (6, 5), projection="3d" if n_dimensions == 3 else None)
        if n_dimensions == 3 and ax.name != "3d":
            raise ValueError(
                "ax is flat, but the points have three dimensions. Make it with "
                "figure.add_subplot(projection='3d')."
            )
        labels = [None] if self.y is None else np.unique(self.y)
        colours = _TEN_COLOURS
        if len(labels) > len(colours):
            colours = mpl.colormaps["viridis"](np.linspace(0, 1, len(labels)))
        # In 3-D, later scatters are drawn above earlier ones: text stays above all.
        style = {"weight": "bold", "ha": "center", "zorder": 10 + len(labels)}
        style["path_effects"] = [withStroke(linewidth=3, foreground="white")]
        self.scatter_: dict[Any, Any] = {}
        for label, colour in zip(labels, colours, strict=False):
            points = self.points if label is None else self.points[self.y == label]
            self.scatter_[label] = ax.scatter(*points.T, s=8, color=[colour], label=label)
            if label is not None:
                ax.text(*np.median(points, axis=0), str(label), **style)
        ax.set(xlabel=f"{self.name} 1", ylabel=f"{self.name} 2")
        if n_dimensions == 3:
            ax.set_zlabel(f"{self.name} 3")
        if self.variance is not None:
            ax.set_title(f"{in_percent(self.variance, 1)} of the variance", fontsize=10)
        if self.y is not None:
            # Layouts make room beside flat axes only.
            place = {"loc": "center left", "bbox_to_anchor": (1, 0.5)}
            if n_dimensions == 3:
                place = {"loc": "upper left", "bbox_to_anchor": (0, 1)}
            ax.legend(**place, markerscale=2, frameon=False, ncols=1 + len(labels) // 20)
        return ax


def _make_reducer(reducer: Any, n_components: int, random_state: Any) -> Any:
    if not isinstance(reducer, str):
        return clone(reducer)
    kinds = {"pca": PCA, "tsne": TSNE}
    if reducer == "umap":
        try:
            from umap import UMAP  # pyright: ignore[reportMissingImports]
        except ImportError as error:
            message = "reducer='umap' needs umap-learn: pip install umap-learn."
            raise ImportError(message) from error
        kinds["umap"] = UMAP
    if reducer not in kinds:
        raise ValueError(
            f"reducer={reducer!r} was given; expected 'pca', 'tsne', 'umap' or a transformer."
        )
    return kinds[reducer](n_components=n_components, random_state=random_state)
