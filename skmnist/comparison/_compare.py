"""compare_classifiers: train each, time it, score it."""

import math
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.metrics import accuracy_score, log_loss
from sklearn.utils.validation import check_consistent_length

from .._classifiers import KerasClassifierBase
from .._sklearn import num_samples
from .._targets import as_labels, distinct_labels, one_hot_width
from ..exceptions import TrainingInterruptedWarning
from ._baselines import default_classifiers
from ._comparison import Comparison
from ._row import ComparisonRow
from ._split import hold_out_quarter, pick, split_rows
from ._statistics import expected_calibration_error

# How scikit-learn's network warns that Ctrl-C ended its training early.
_HALF_TRAINED = "Training interrupted"


def compare_classifiers(
    X: Any,
    y: Any,
    *,
    X_test: Any = None,
    y_test: Any = None,
    classifiers: Mapping[str, Any] | None = None,
    cv: Any = None,
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
    y : array-like of shape (n_samples,) or one-hot of shape (n_samples, n_classes)
        Labels. Of one-hot rows the numbers of the columns are trained on. Any other table
        (multilabel, probabilities, several outputs) is refused, and so are continuous numbers.

    X_test : array-like as `X`, default=None
        Images to test on. None holds a quarter of `X` out, stratified by class.
    y_test : array-like of shape (n_test_samples,) or one-hot, default=None
        Labels of `X_test`. Where only one of `y` and `y_test` is one-hot, the labels of the
        other one are numbers of columns.
    classifiers : dict of str to classifier, default=None
        Unfitted classifiers by name; clones of them are trained. None means those of
        :func:`default_classifiers`.
    cv : int, cross-validation splitter or iterable, default=None
        Splits of `X` to train and test on, as scikit-learn takes them: an int means that
        many stratified folds. ``RepeatedStratifiedKFold(n_splits=10, n_repeats=10)`` suits a
        comparison best. None means one split only.
    random_state : int, RandomState instance or None, default=None
        Decides which images are held out, and seeds the default classifiers. Those given
        keep their own `random_state`.
    on_result : callable, default=None
        Called with each :class:`ComparisonRow` as soon as there is one.

    Returns
    -------
    comparison : Comparison
        One row for each classifier, with `cv` of means over the splits. A classifier that
        fails has NaN for figures and its message in `error`; the others run all the same.

    Raises
    ------
    ValueError
        If `X` and `y` or `X_test` and `y_test` differ in length or one of the latter is
        missing, if `y` or `y_test` holds no labels or the two don't fit together, if `X`
        can't be split, if `classifiers` is empty, or if `cv` is given together with `X_test`
        or makes fewer than two splits.
    TypeError
        If `classifiers` is no dict of classifiers.

    See Also
    --------
    default_classifiers : What is compared if nothing else is asked for.

    Notes
    -----
    Timed is the call of ``fit`` and of ``predict``, each once, by the wall clock: all steps
    of a pipeline, and building and compiling a network, but not the start of TensorFlow or
    probabilities. Other work on the machine can make times many times as long.

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
    if cv is not None and X_test is not None:
        raise ValueError(
            f"cv={cv!r} was given together with X_test. Leave out cv to test on these images, or "
            "X_test and y_test to test on parts of X."
        )
    # One-hot rows as labels, which all classifiers, folds and measures know.
    y, y_test = _as_vectors(y, y_test)
    if cv is not None:
        splits = [partial(pick, X, y, *rows) for rows in split_rows(X, y, cv)]
    else:
        if X_test is None:
            X, X_test, y, y_test = hold_out_quarter(X, y, random_state)
        check_consistent_length(X_test, y_test)
        splits = [lambda: (X, X_test, y, y_test)]
    if classifiers is None:
        classifiers = default_classifiers(splits[0]()[0], random_state=random_state)
    _check_classifiers(classifiers)
    if any(map(_needs_tensorflow, classifiers.values())):
        from .. import _engine  # noqa: F401  starts TensorFlow, which is no part of a fit

    rows, predictions, probabilities = [], {}, {}
    for name, classifier in classifiers.items():
        row, y_pred, y_proba = _measure(name, classifier, splits)
        rows.append(row)
        if y_pred is not None:
            predictions[name] = y_pred
        if y_proba is not None:
            probabilities[name] = y_proba
        if on_result is not None:
            on_result(row)
    if cv is not None:
        return Comparison(tuple(rows))
    return Comparison(
        tuple(rows), X_test, as_labels(y_test), predictions, probabilities, np.unique(as_labels(y))
    )


def _as_vectors(y: Any, y_test: Any) -> tuple[Any, Any]:
    """Check the labels of both parts, and that they mean the same; tables become vectors."""
    labels = as_labels(y)
    vector = labels if np.ndim(y) > 1 else y
    if y_test is None:
        return vector, None
    test_labels = as_labels(y_test, "y_test")
    width, test_width = one_hot_width(y) or 0, one_hot_width(y_test) or 0
    if width and test_width and width != test_width:
        raise ValueError(
            f"y has one-hot rows of {width} columns, but y_test of {test_width}. Give both a "
            "column for each class, in the same order."
        )
    if bool(width) != bool(test_width):
        # Labels beside one-hot rows are the numbers of their columns.
        sides = ("y_test", test_labels, "y", width), ("y", labels, "y_test", test_width)
        name, numbers, table, n_columns = sides[0 if width else 1]
        if numbers.dtype.kind not in "biuf" or not np.isin(numbers, np.arange(n_columns)).all():
            raise ValueError(
                f"{name} has labels such as {numbers[0].item()!r}, but {table} has one-hot rows "
                f"of {n_columns} columns, whose labels are 0 to {n_columns - 1}. Give both in the "
                "same form."
            )
    distinct_labels(labels, test_labels)  # text and numbers together are a mistake
    return vector, test_labels if np.ndim(y_test) > 1 else y_test


def _check_classifiers(classifiers: Any) -> None:
    if not isinstance(classifiers, Mapping):
        raise TypeError(
            "classifiers must be a dict of names to unfitted classifiers, such as "
            f"{{'svc': SVC()}}, got {classifiers!r}."
        )
    if not classifiers:
        raise ValueError("classifiers is empty: give one at least, or None for the defaults.")
    for name, classifier in classifiers.items():
        if not isinstance(name, str):
            raise TypeError(f"classifiers has the key {name!r}, expected a name, such as 'svc'.")
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
    name: str, classifier: Any, splits: Sequence[Callable[[], tuple]]
) -> tuple[ComparisonRow, Any, Any]:
    """Train and score on every split; return means, and the last predictions if none failed."""
    figures: list[dict[str, float]] = []
    sizes: list[tuple[int, int]] = []
    y_pred = y_proba = message = None
    for split in splits:
        X_train, X_test, y_train, y_test = split()
        sizes.append((num_samples(X_train), num_samples(X_test)))
        try:
            of_split, y_pred, y_proba = _fit_and_score(
                classifier, X_train, X_test, y_train, y_test
            )
            figures.append(of_split)
        except Exception as error:
            if _is_interruption(error):
                raise KeyboardInterrupt from error
            where = f"split {len(figures) + 1} of {len(splits)}: " if len(splits) > 1 else ""
            message = f"{where}{type(error).__name__}: {error}"
            y_pred = y_proba = None
            break
    n_train, n_test = np.mean(sizes, axis=0).round().astype(int).tolist()
    described = {"error": message, "classifier": " ".join(repr(classifier).split())}
    means = dict.fromkeys(("accuracy", "fit_seconds", "predict_seconds"), math.nan)
    if message is None:
        means = {key: float(np.mean([of_one[key] for of_one in figures])) for key in figures[0]}
        if len(splits) > 1:
            described["split_accuracies"] = tuple(of_one["accuracy"] for of_one in figures)
    row = ComparisonRow(name, n_train=n_train, n_test=n_test, **means, **described)
    return row, y_pred, y_proba


def _fit_and_score(
    classifier: Any, X_train: Any, X_test: Any, y_train: Any, y_test: Any
) -> tuple[dict[str, float], np.ndarray, np.ndarray | None]:
    """Return figures, predictions, and probabilities with a column for each label of y_train."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=_HALF_TRAINED)
        warnings.filterwarnings("error", category=TrainingInterruptedWarning)
        model = clone(classifier)
        start = time.perf_counter()
        model.fit(X_train, y_train)
        fitted = time.perf_counter()
        y_pred = model.predict(X_test)
        end = time.perf_counter()
    figures = {
        "accuracy": float(accuracy_score(y_test, y_pred)),
        "fit_seconds": fitted - start,
        "predict_seconds": end - fitted,
        "log_loss": math.nan,
        "calibration_error": math.nan,
    }
    labels, classes = as_labels(y_test), np.unique(as_labels(y_train))
    y_proba = None
    learned: Any = getattr(model, "classes_", None)
    in_order = np.array_equal(learned, classes)
    if hasattr(model, "predict_proba") and in_order:
        y_proba = model.predict_proba(X_test)
        if np.isin(labels, classes).all():
            figures["log_loss"] = float(log_loss(labels, y_proba, labels=classes))
            numbers = np.searchsorted(classes, labels)
            figures["calibration_error"] = expected_calibration_error(numbers, y_proba)
    return figures, as_labels(y_pred), y_proba


def _is_interruption(error: Exception) -> bool:
    """Whether a classifier answered Ctrl-C with a warning."""
    return isinstance(error, TrainingInterruptedWarning) or (
        isinstance(error, UserWarning) and str(error).startswith(_HALF_TRAINED)
    )
