"""compare_classifiers: train each, time it, score it."""

import math
import re
import time
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.metrics import accuracy_score
from sklearn.utils.validation import _num_samples, check_consistent_length

from ..classifiers._base import KerasClassifierBase
from ..exceptions import TrainingInterruptedWarning
from ._baselines import default_classifiers
from ._split import hold_out_quarter
from ._table import Comparison, ComparisonRow

# How scikit-learn's network warns that Ctrl-C ended its training early.
_HALF_TRAINED = "Training interrupted"


def compare_classifiers(
    X: Any,
    y: Any,
    *,
    X_test: Any = None,
    y_test: Any = None,
    classifiers: Mapping[str, Any] | None = None,
    random_state: Any = None,
    on_result: Callable[[ComparisonRow], object] | None = None,
) -> Comparison:
    """Train classifiers on the same images and measure accuracy and time.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features) or images of shape \
            (n_samples, height, width[, n_channels])
        Images. Baselines of your own that take no stacks go into
        :func:`~skmnist.make_digit_pipeline`, or give flat rows.

    y : array-like of shape (n_samples,)
        Labels.

    X_test : array-like as `X`, default=None
        Images to test on. None holds a quarter of `X` out, stratified by class.

    y_test : array-like of shape (n_test_samples,), default=None
        Labels of `X_test`.

    classifiers : dict of str to classifier, default=None
        Unfitted classifiers by name; clones of them are trained. None means those of
        :func:`default_classifiers`.

    random_state : int, RandomState instance or None, default=None
        Decides which images are held out, and seeds the default classifiers. Those given
        keep their own `random_state`.

    on_result : callable, default=None
        Called with each :class:`ComparisonRow` as soon as there is one.

    Returns
    -------
    comparison : Comparison
        One row for each classifier. A classifier that fails has NaN for figures and its
        message in `error`; the others run all the same.

    Raises
    ------
    ValueError
        If `X` and `y` or `X_test` and `y_test` differ in length or one of the latter is
        missing, if `X` can't be split, or if `classifiers` is empty.
    TypeError
        If `classifiers` is no dict of classifiers.

    See Also
    --------
    default_classifiers : What is compared if nothing else is asked for.

    Notes
    -----
    Timed is the call of ``fit`` and of ``predict``, each once, by the wall clock. All steps
    of a pipeline count, and so does building and compiling a network. Starting TensorFlow
    does not: that is done before. Other work on the machine can make times many times as
    long, most of all where threads wait for each other at every small step.

    Ctrl-C ends the comparison, even where a classifier would answer it with a warning and
    half a training.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from sklearn.svm import SVC
    >>> from skmnist.comparison import compare_classifiers
    >>> digits = load_digits()
    >>> comparison = compare_classifiers(
    ...     digits.data,
    ...     digits.target,
    ...     classifiers={"bayes": GaussianNB(), "svc": SVC()},
    ...     random_state=0,
    ... )
    >>> print(comparison)
    model  accuracy  ...
    --------...
    svc     98.67 %  ...
    bayes   83.56 %  ...
    """
    check_consistent_length(X, y)
    if (X_test is None) != (y_test is None):
        missing, given = ("X_test", "y_test") if X_test is None else ("y_test", "X_test")
        raise ValueError(f"{given} was given without {missing}. Give both or neither.")
    if X_test is None:
        X, X_test, y, y_test = hold_out_quarter(X, y, random_state)
    check_consistent_length(X_test, y_test)
    if classifiers is None:
        classifiers = default_classifiers(X, random_state=random_state)
    _check_classifiers(classifiers)
    if any(map(_needs_tensorflow, classifiers.values())):
        from .. import engine  # noqa: F401  starts TensorFlow, which is no part of a fit

    rows, right = [], {}
    for name, classifier in classifiers.items():
        row, predicted = _measure(name, classifier, X, X_test, y, y_test)
        rows.append(row)
        if predicted is not None:
            right[name] = np.asarray(predicted) == np.asarray(y_test)
        if on_result is not None:
            on_result(row)
    return Comparison(tuple(rows), right)


def _check_classifiers(classifiers: Any) -> None:
    if not isinstance(classifiers, Mapping):
        raise TypeError(
            "classifiers must be a dict of names to unfitted classifiers, such as "
            f"{{'svc': SVC()}}, got {classifiers!r}."
        )
    if not classifiers:
        raise ValueError("classifiers is empty: give one at least, or None for the defaults.")
    for name, classifier in classifiers.items():
        if isinstance(classifier, type) or not (
            hasattr(classifier, "fit") and hasattr(classifier, "predict")
        ):
            raise TypeError(
                f"classifiers[{name!r}] must be an instance of a classifier, got {classifier!r}."
            )


def _needs_tensorflow(classifier: Any) -> bool:
    params = classifier.get_params() if hasattr(classifier, "get_params") else {}
    return any(isinstance(part, KerasClassifierBase) for part in (classifier, *params.values()))


def _measure(
    name: str, classifier: Any, X_train: Any, X_test: Any, y_train: Any, y_test: Any
) -> tuple[ComparisonRow, Any]:
    """Train and score; return the row, and what was predicted, None if that failed."""
    predicted = None
    accuracy = fit_seconds = predict_seconds = math.nan
    message = None
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message=_HALF_TRAINED)
            warnings.filterwarnings("error", category=TrainingInterruptedWarning)
            model = clone(classifier)
            start = time.perf_counter()
            model.fit(X_train, y_train)
            fitted = time.perf_counter()
            predicted = model.predict(X_test)
            end = time.perf_counter()
        accuracy = float(accuracy_score(y_test, predicted))
        fit_seconds, predict_seconds = fitted - start, end - fitted
    except Exception as error:
        if isinstance(error, TrainingInterruptedWarning) or (
            isinstance(error, UserWarning) and re.match(_HALF_TRAINED, str(error))
        ):
            raise KeyboardInterrupt from error
        message, predicted = f"{type(error).__name__}: {error}", None
    row = ComparisonRow(
        name,
        accuracy,
        fit_seconds,
        predict_seconds,
        _num_samples(X_train),
        _num_samples(X_test),
        message,
    )
    return row, predicted
