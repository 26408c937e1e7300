"""A fit in stages: each goes on where the last one stopped, and all together are one fit."""

from typing import Any

from .._sklearn import fit_context
from ._base import KerasClassifierBase
from ._callbacks import FitTasks
from ._input import check_training_samples, check_validation_samples
from ._training import train_classifier


@fit_context(prefer_skip_nested_validation=True)
def fit_until(
    classifier: KerasClassifierBase,
    n_epochs: int,
    X: Any,
    y: Any,
    sample_weight: Any = None,
    *,
    X_val: Any = None,
    y_val: Any = None,
    sample_weight_val: Any = None,
) -> KerasClassifierBase:
    """Train up to some epoch of a fit; a fitted classifier goes on from where it is.

    When `n_epochs` has reached the classifier's `epochs`, it is what ``fit`` would have made of
    it, bit for bit: the learning rate follows the schedule of the whole fit. ``warm_start``
    begins its schedule anew instead.

    Parameters
    ----------
    classifier : KerasClassifierBase
        Its parameters must be those of the stages before.
    n_epochs : int
        Number of epochs trained in the end, at most the classifier's `epochs`.
    X, y, sample_weight, X_val, y_val, sample_weight_val : array-like
        As in ``fit``, the same in every stage.

    Returns
    -------
    classifier : KerasClassifierBase
        The same object. If anything raises, it is as it was before.
    """
    tasks = FitTasks(classifier, X, y, sample_weight)
    with classifier._unchanged_on_error():
        goes_on = hasattr(classifier, "weights_")
        classifier._choose_network(goes_on)
        samples = check_training_samples(classifier, X, y, sample_weight, reset=not goes_on)
        held_out = check_validation_samples(classifier, X_val, y_val, sample_weight_val)
        train_classifier(
            classifier, samples, held_out, goes_on=goes_on, until=n_epochs, tasks=tasks
        )
    return classifier
