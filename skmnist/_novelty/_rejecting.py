"""NoveltyRejectingClassifier: a classifier that may say "none of these"."""

import math
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import StratifiedKFold
from sklearn.utils import Tags, check_random_state, column_or_1d, get_tags, indexable
from sklearn.utils.validation import check_is_fitted

from .._sklearn import HasMethods, Interval, fit_context, safe_indexing
from ._neighbours import choose_references, nearest_distances


class NoveltyRejectingClassifier(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """Give samples that are unlike all training samples a label of their own.

    A classifier gives one of its classes to anything: a letter, a shoe, a sheet of blank paper.
    Here a sample is rejected whose features, as the classifier computes them, are far from those
    of all training samples: `predict` gives it `reject_label`. A share of good samples is
    rejected, too, which `rejected_share` sets.

    Parameters
    ----------
    estimator : classifier with ``transform``
        Such as :class:`KerasCNNClassifier`, or a pipeline that ends in one. `transform` returns
        features, shape (n_samples, n_features_out). It is cloned and fitted; one that is
        fitted already stays as it is in a :class:`~sklearn.frozen.FrozenEstimator`.
    rejected_share : float, default=0.01
        Share of the samples of known classes to reject, between 0 and 1 (exclusive).
    reject_label : "auto" or a label, default="auto"
        What `predict` gives for samples of no class. ``"auto"`` is ``"?"`` where labels are text;
        of numbers -1, or one less than the least label where that is below 0.
    cv : int, default=5
        Number of parts that the threshold is measured on, each with a classifier fitted on the
        others: `fit` takes `cv` + 1 fits of `estimator`. A frozen one is not fitted: parts are
        compared with the references of the others. Unused where `fit` is given `X_val`.
    max_references : int, default=3000
        Number of training samples to compare with, equally many of each class where there are
        enough (rounded up). Each takes 4 bytes for each feature.
    random_state : int, RandomState instance or None, default=None
        Draws the references, where there are more training samples.

    Attributes
    ----------
    estimator_ : classifier
        The fitted classifier.
    classes_ : ndarray of shape (n_classes,)
        Labels of `estimator_`, without `reject_label_`.
    reject_label_ : label
        What `predict` gives for samples of no class.
    references_ : ndarray of shape (n_references, n_features_out + 1), float32
        Features of training samples, divided by their Euclidean length; in the last column the
        natural logarithm of 1 + length.
    offset_ : float
        Samples with a lower score are rejected, see :meth:`score_samples`.
    n_features_in_ : int
        Number of features seen in :meth:`fit`. Only where `estimator_` has it.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns seen in :meth:`fit`. Only where `estimator_` has them.

    See Also
    --------
    sklearn.neighbors.LocalOutlierFactor : Novelty detection without classes.

    Notes
    -----
    The score is the distance from the nearest neighbour among references, of features scaled to
    length 1 [1]_. The length is one more coordinate, as its logarithm, since noise and blank
    paper have features of unusual length. `offset_` is a quantile of the scores of held-out
    samples. Of fewer than 1 / `rejected_share` of them, it is the lowest score.

    The features of samples that a network was trained on lie closer together than those of
    others. With a frozen classifier, therefore, give `fit` samples that it did not see, either as
    `X` or as `X_val`; otherwise more than `rejected_share` are rejected.

    No probabilities are given for "none of these"; those of the classes are
    ``estimator_.predict_proba(X)``.

    References
    ----------
    .. [1] Y. Sun, Y. Ming, X. Zhu, Y. Li, "Out-of-Distribution Detection with Deep Nearest
       Neighbors", ICML 2022, section 3.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> from skmnist import KerasMLPClassifier, NoveltyRejectingClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> network = KerasMLPClassifier((64,), epochs=10, random_state=0)
    >>> classifier = NoveltyRejectingClassifier(network, cv=2, random_state=0)
    >>> _ = classifier.fit(X[:1500], y[:1500])
    >>> classifier.score(X[1500:], y[1500:]) > 0.85
    True
    >>> noise = np.random.default_rng(0).uniform(0, 16, (3, 64))
    >>> classifier.predict(noise)
    array([-1, -1, -1])
    """

    _parameter_constraints: ClassVar[dict] = {
        "estimator": [HasMethods(["fit", "predict"])],
        "rejected_share": [Interval(Real, 0, 1, closed="neither")],
        "reject_label": [str, Real, "boolean"],
        "cv": [Interval(Integral, 2, None, closed="left")],
        "max_references": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Any,
        *,
        rejected_share: float = 0.01,
        reject_label: Any = "auto",
        cv: int = 5,
        max_references: int = 3000,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.rejected_share = rejected_share
        self.reject_label = reject_label
        self.cv = cv
        self.max_references = max_references
        self.random_state = random_state

    # The estimator inside checks its own parameters.
    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any, X_val: Any = None) -> Self:
        """Fit the classifier, draw the references and measure the threshold.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or images
            Training samples.
        y : array-like of shape (n_samples,)
            Labels.
        X_val : array-like of shape (n_samples_val, n_features) or images, default=None
            Other samples of these classes, to measure the threshold on instead of
            cross-fitting.

        Returns
        -------
        self : NoveltyRejectingClassifier
            The fitted classifier.

        Raises
        ------
        TypeError
            If `estimator` has no `transform`.
        ValueError
            If `reject_label` is one of the labels, or if a class has one sample only and
            there is no `X_val`.
        """
        fitted = clone(self.estimator).fit(X, y)
        y = column_or_1d(y, warn=True)
        X, y = indexable(X, y)
        reject_label = _reject_label(self.reject_label, fitted.classes_)
        features = _features(fitted, X)
        rng = check_random_state(self.random_state)
        n = self.max_references
        if X_val is None:
            # As many as those that held-out parts are compared with: more would be nearer.
            n = min(n, math.ceil(len(y) * (1 - 1 / self.cv)))
            distances = self._held_out_distances(X, y, features, rng)
        references = choose_references(features, y, n, rng)
        if X_val is not None:
            distances = nearest_distances(_features(fitted, X_val), references)
        rank = math.ceil((len(distances) + 1) * (1 - self.rejected_share))
        self.offset_: float = -float(np.sort(distances)[min(rank, len(distances)) - 1])
        self.references_: np.ndarray = references
        self.reject_label_: Any = reject_label
        self.estimator_: Any = fitted
        self.classes_: np.ndarray = fitted.classes_
        for name in ("n_features_in_", "feature_names_in_"):
            self.__dict__.pop(name, None)
            if hasattr(fitted, name):
                setattr(self, name, getattr(fitted, name))
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Predict the class of each sample, or `reject_label_`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or images
            Samples.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Labels, of a dtype that holds those of the classes and `reject_label_`.
        """
        check_is_fitted(self)
        y = self.estimator_.predict(X)
        label = np.asarray(self.reject_label_)
        is_mixed = (y.dtype.kind in "OUS") != (label.dtype.kind in "OUS")
        y = y.astype(object if is_mixed else np.result_type(y.dtype, label.dtype))
        y[self.is_novel(X)] = self.reject_label_
        return y

    def is_novel(self, X: Any) -> np.ndarray:
        """Whether samples are of no class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or images
            Samples.

        Returns
        -------
        novel : ndarray of shape (n_samples,), bool
            True where `score_samples` is below `offset_`.
        """
        return self.score_samples(X) < self.offset_

    def score_samples(self, X: Any) -> np.ndarray:
        """Score how usual samples are.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or images
            Samples.

        Returns
        -------
        scores : ndarray of shape (n_samples,), float64
            Distances from the nearest reference times -1: the lower, the more unusual.
        """
        check_is_fitted(self)
        return -nearest_distances(_features(self.estimator_, X), self.references_)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.input_tags = inner.input_tags
        tags.classifier_tags.multi_class = inner.classifier_tags.multi_class
        return tags

    def _held_out_distances(
        self, X: Any, y: np.ndarray, features: np.ndarray, rng: np.random.RandomState
    ) -> np.ndarray:
        """Return the distance of each sample from references of other parts."""
        labels, counts = np.unique(y, return_counts=True)
        if counts.min() < 2:
            raise ValueError(
                f"Class {labels[counts.argmin()]!r} has one sample only, but the threshold is "
                "measured on samples that are held out of each class: give two or more, or X_val."
            )
        distances = np.empty(len(y))
        for train, test in StratifiedKFold(min(self.cv, counts.min())).split(y, y):
            if isinstance(self.estimator, FrozenEstimator):
                before, after = features[train], features[test]
            else:
                fitted = clone(self.estimator).fit(safe_indexing(X, train), y[train])
                before = _features(fitted, safe_indexing(X, train))
                after = _features(fitted, safe_indexing(X, test))
            references = choose_references(before, y[train], self.max_references, rng)
            distances[test] = nearest_distances(after, references)
        return distances


def _features(fitted: Any, X: Any) -> np.ndarray:
    """Return the features that a fitted classifier computes, or raise a TypeError."""
    if not hasattr(fitted, "transform"):
        raise TypeError(
            f"estimator={fitted!r} has no transform, which gives the features that distances "
            "are measured in. Use a classifier that has one, such as KerasMLPClassifier or "
            "LinearDiscriminantAnalysis."
        )
    return np.asarray(fitted.transform(X))


def _reject_label(label: Any, classes: np.ndarray) -> Any:
    """Return the label for samples of no class."""
    is_text = isinstance(classes[0], str)
    if isinstance(label, str) and label == "auto":
        label = "?" if is_text else min(-1, np.asarray(classes.min()).item() - 1)
    if label in classes.tolist():
        raise ValueError(
            f"reject_label={label!r} is one of the classes {classes.tolist()!r}, expected another "
            "label."
        )
    return label
