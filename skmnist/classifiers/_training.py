"""One training: from checked samples to what a fitted classifier keeps."""

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import check_random_state

from ._callbacks import FitTasks
from ._input import Samples
from ._labels import logit_scale
from ._plan import joined, training_plan
from ._samples import distinct_samples, hold_out, pixel_statistics, widest_column

if TYPE_CHECKING:
    from ..engine import TrainingPlan, TrainingState


def train_classifier(
    classifier: Any,
    samples: Samples,
    held_out: Samples | None,
    *,
    goes_on: bool,
    partial: bool = False,
    until: int | None = None,
    tasks: FitTasks | None = None,
) -> None:
    """Train on checked samples, and take over what came of it.

    Parameters
    ----------
    classifier : KerasClassifierBase
        It learns all that ``fit`` learns, but for what the samples were checked against.
    samples : Samples
        To train on.
    held_out : Samples or None
        To validate on. None leaves it to the classifier's `early_stopping`.
    goes_on : bool
        Whether training goes on from the last fit.
    partial : bool, default=False
        Whether this is one call of ``partial_fit``.
    until : int, default=None
        Train no further than to this epoch of those that the classifier's `epochs` says, on the
        schedule of all of them, and keep what the rest needs.
    tasks : FitTasks, default=None
        What scikit-learn's callbacks are told.
    """
    from ..engine import Examples, train

    shape = classifier._input_shape()
    hold_out_seed, start_seed = _seeds(classifier.random_state)
    if goes_on:
        # The same samples are held out again: all others may have been trained on.
        hold_out_seed = classifier._resumption.get("hold_out_seed", hold_out_seed)
    rows, weights = distinct_samples(*samples)
    if not goes_on:
        _learn_scaling(classifier, samples.pixels, rows, weights)
    examples = Examples(samples.pixels.reshape(-1, *shape), samples.numbers, rows, weights)
    validation = None
    if held_out is not None:
        pixels, numbers, weights = held_out
        validation = Examples(pixels.reshape(-1, *shape), numbers, np.arange(len(pixels)), weights)
    elif classifier.early_stopping and not partial:
        fraction = classifier.validation_fraction
        kept, out = hold_out(samples.numbers[rows], fraction, hold_out_seed)
        examples, validation = examples.take(kept), examples.take(out)

    past = classifier.history_ if goes_on else {}

    def learned(state: "TrainingState", history: dict[str, list[float]]) -> dict[str, Any]:
        whole = joined(past, history)
        return {
            "weights_": state.weights,
            "logit_scale_": logit_scale(classifier.label_smoothing, len(classifier.classes_)),
            "history_": whole,
            "n_iter_": len(whole["loss"]),
        }

    n_before = classifier.n_iter_ if goes_on else 0
    plan = training_plan(classifier, len(examples.rows), partial)
    if until is not None:
        plan = replace(plan, epochs=until - n_before, horizon=plan.epochs)
    if tasks is not None:
        plan = replace(plan, observer=tasks.begin(plan.epochs, learned))
    state, history = train(
        classifier._training_architecture(),
        examples,
        plan,
        start=_training_state(classifier, plan) if goes_on else start_seed,
        initial_epoch=n_before,
        validation=validation,
    )
    vars(classifier).update(learned(state, history))
    is_resumable = partial or classifier.warm_start or until is not None
    classifier._resumption = {
        "shuffling": state.shuffling,
        "dropout_seeds": state.dropout_seeds,
        "optimizer": state.optimizer if is_resumable else [],
        "hold_out_seed": hold_out_seed,
    }
    classifier._optimizer_settings = plan.optimizer.settings
    # The loss that training sees is that before each step: the last one may have gone wrong.
    if not np.isfinite(classifier._run_network(samples.pixels[:1])).all():
        raise ValueError(
            "Training diverged: the network's outputs are not finite. Use a smaller "
            "learning_rate, or scale the pixels."
        )
    if tasks is not None:
        tasks.end()


def _learn_scaling(
    classifier: Any, pixels: np.ndarray, rows: np.ndarray, weights: np.ndarray
) -> None:
    classifier.pixel_mean_, classifier.pixel_scale_ = 0.0, 1.0
    if classifier.standardize:
        mean, deviation = pixel_statistics(pixels, rows, weights)
        uneven = None
        if classifier.image_shape_ is None and pixels.dtype != np.uint8:
            uneven = widest_column(pixels, rows)
        if uneven is not None:
            warnings.warn(
                "Columns of X have very different scales: the deviation of column {} is {:.0f} "
                "times that of the median one, and all are divided by one deviation, as suits "
                "pixels. Put StandardScaler() first, make_pipeline(StandardScaler(), ...).".format(
                    *uneven
                ),
                UserWarning,
                stacklevel=2,
            )
        classifier.pixel_mean_, classifier.pixel_scale_ = mean, 1.0 / deviation


def _training_state(classifier: Any, plan: "TrainingPlan") -> "TrainingState":
    from ..engine import TrainingState

    past = {k: v for k, v in classifier._resumption.items() if k != "hold_out_seed"}
    state = TrainingState(weights=classifier.weights_, **past)
    if plan.optimizer.settings != classifier._optimizer_settings:
        # Another optimizer has no use for the moments of this one.
        state = replace(state, optimizer=[])
    return state


def _seeds(random_state: Any) -> list[int]:
    """Draw the seeds of a fit, from no generator but the estimator's own."""
    if random_state is None:
        return np.random.SeedSequence().generate_state(2).tolist()
    return check_random_state(random_state).randint(2**31 - 1, size=2).tolist()
