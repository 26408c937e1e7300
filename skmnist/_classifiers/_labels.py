"""Encode class labels as numbers, and back; class weights; label smoothing undone."""

import math
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import check_classification_targets

from .._targets import check_one_hot

_SMOOTHING_LEFT = 0.002
_MOST_LISTED = 12  # labels in a message


@dataclass(frozen=True)
class Labels:
    """Class labels, and the form in which they came."""

    classes: np.ndarray  # sorted
    one_hot: np.dtype | None = None  # dtype of one-hot targets, None for a vector of labels

    @classmethod
    def of(cls, y: np.ndarray) -> "Labels":
        """Learn the labels of `y`: a vector of labels, or one-hot rows."""
        if y.ndim == 2 and y.shape[1] > 1:
            check_one_hot(y)
            return cls(np.arange(y.shape[1]), y.dtype)
        y = column_or_1d(y)
        check_classification_targets(y)
        return cls(np.unique(y))

    def encode(self, y: np.ndarray) -> np.ndarray:
        """Turn targets into class numbers (int32)."""
        if self.one_hot is not None:
            if y.ndim != 2 or y.shape[1] != len(self.classes):
                raise ValueError(
                    f"y has shape {y.shape}, but one-hot rows for {len(self.classes)} classes "
                    f"are expected, as in the first fit."
                )
            check_one_hot(y)
            return y.argmax(axis=1).astype(np.int32)
        if y.ndim == 2 and y.shape[1] > 1:
            raise ValueError(
                f"y has shape {y.shape}, but a vector of labels is expected, as in the first "
                "fit. Use y.argmax(axis=1) for one-hot rows."
            )
        y = column_or_1d(y, warn=True)
        try:
            numbers = np.searchsorted(self.classes, y)
        except TypeError as error:
            raise ValueError(
                f"y has labels of dtype {y.dtype}, which can't be compared with the classes "
                f"{_listed(self.classes)}."
            ) from error
        known = self.classes[np.minimum(numbers, len(self.classes) - 1)] == y
        if not np.all(known):
            raise ValueError(
                f"y has labels that are not among the classes {_listed(self.classes)}: "
                f"{_listed(np.unique(y[~known]))}. Name every class in the first call, "
                "partial_fit(X, y, classes=...), or fit anew."
            )
        return numbers.astype(np.int32)

    def decode(self, numbers: np.ndarray) -> np.ndarray:
        """Turn class numbers into targets of the form that fit was given."""
        if self.one_hot is None:
            return self.classes[numbers]
        return (numbers[:, None] == self.classes).astype(self.one_hot)


def class_weights(
    class_weight: Any, labels: Labels, numbers: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Multiply sample weights by the weights of their classes.

    "balanced" gives each class that occurs the same total weight.
    """
    if class_weight is None:
        return weights
    classes = labels.classes.tolist()
    if isinstance(class_weight, str):
        totals = np.bincount(numbers, weights, minlength=len(classes))
        occurs = totals > 0
        per_class = np.zeros(len(classes))
        per_class[occurs] = totals.sum() / (occurs.sum() * totals[occurs])
    else:
        unknown = [label for label in class_weight if label not in classes]
        unnamed = [label for label in classes if label not in class_weight]
        # As in scikit-learn: a fold may lack a class, but a typing error names none.
        if unknown and unnamed:
            raise ValueError(
                f"class_weight has keys that are not classes: {unknown}. The classes are "
                f"{_listed(labels.classes)}."
            )
        per_class = [class_weight.get(label, 1.0) for label in classes]
        if not all(isinstance(w, Real) and 0 <= float(w) < math.inf for w in per_class):
            raise ValueError(
                f"class_weight={class_weight!r} was given, but weights must be numbers, finite "
                "and not negative."
            )
    return weights * np.asarray(per_class, float)[numbers]


def logit_scale(label_smoothing: float, n_classes: int) -> float:
    """Return by how much logits are to be scaled to make up for label smoothing.

    A network that fits a smoothed target exactly puts the logit of the true class a fixed
    gap above the others. The gap is stretched to that of a light smoothing, the
    `_SMOOTHING_LEFT` that gave the lowest log loss on held-out digits.
    """
    if label_smoothing <= _SMOOTHING_LEFT:
        return 1.0
    return _gap(_SMOOTHING_LEFT, n_classes) / _gap(label_smoothing, n_classes)


def _gap(label_smoothing: float, n_classes: int) -> float:
    """Difference of the logits of the true class and another one under a smoothed target."""
    return math.log1p((1 - label_smoothing) / (label_smoothing / n_classes))


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Return the logarithm of the softmax of each row.

    Two lines, since for a single row SciPy's takes as long as a small network.
    """
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _listed(values: np.ndarray) -> str:
    shown = ", ".join(map(repr, values[:_MOST_LISTED].tolist()))
    return f"[{shown}{', ...' if len(values) > _MOST_LISTED else ''}]"
