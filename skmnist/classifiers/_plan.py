"""How to train: an estimator's parameters as a plan for the engine."""

import math
import warnings
from typing import TYPE_CHECKING, Any

from ._augmenting import augmentation

if TYPE_CHECKING:
    from ..engine import TrainingPlan

# Batch sizes, and the numbers of distinct samples from which on the next one is better:
# large enough to be fast, small enough to leave small sets many steps.
_AUTO_BATCH_SIZES = ((16, 500), (32, 4_000), (64, 16_000))
_MOST_AUTO_EPOCHS = 100


def training_plan(estimator: Any, n_samples: int, partial: bool) -> "TrainingPlan":
    """Read an estimator's parameters for some distinct training samples.

    Parameters
    ----------
    estimator : KerasClassifierBase
        Its pixel statistics are known by now.
    n_samples : int
        Number of distinct training samples, which decides what "auto" means.
    partial : bool
        Whether to plan for one call of ``partial_fit``.

    Returns
    -------
    plan : TrainingPlan
    """
    from ..engine import OptimizerRecipe, TrainingPlan

    batch_size = estimator.batch_size
    if batch_size == "auto":
        sizes = (size for size, end in _AUTO_BATCH_SIZES if n_samples < end)
        batch_size = next(sizes, estimator._most_auto_batch)
    epochs = 1 if partial else estimator.epochs
    if epochs == "auto":
        epochs_for_steps = math.ceil(estimator._auto_steps / math.ceil(n_samples / batch_size))
        epochs = max(estimator._auto_epochs, min(epochs_for_steps, _MOST_AUTO_EPOCHS))
    learning_rate = estimator.learning_rate
    if learning_rate is None and str(estimator.optimizer).lower() == "adam":
        learning_rate = estimator._adam_learning_rate
    patience = None if partial or not estimator.early_stopping else estimator.n_iter_no_change
    if patience is not None and patience >= epochs:
        warnings.warn(
            f"early_stopping=True can't stop a training of {epochs} epochs "
            f"(epochs={estimator.epochs!r}), since n_iter_no_change={patience}: the best weights "
            "are kept, and nothing else. Give more epochs, a smaller n_iter_no_change, or "
            "early_stopping=False.",
            UserWarning,
            stacklevel=2,
        )
    callbacks = estimator.keras_callbacks or []
    return TrainingPlan(
        optimizer=OptimizerRecipe(estimator.optimizer),
        epochs=int(epochs),
        batch_size=int(batch_size),
        learning_rate=learning_rate,
        schedule="constant" if partial else estimator.schedule,
        alpha=estimator.alpha,
        label_smoothing=estimator.label_smoothing,
        pixel_mean=estimator.pixel_mean_,
        pixel_scale=estimator.pixel_scale_,
        augment=augmentation(estimator),
        patience=patience,
        jit_compile=None if estimator.jit_compile == "auto" else bool(estimator.jit_compile),
        callbacks=list(callbacks) if isinstance(callbacks, list | tuple) else [callbacks],
        verbose=int(estimator.verbose),
        keeps_weight_scale=partial,
    )


def joined(past: dict[str, list[float]], new: dict[str, list[float]]) -> dict[str, list[float]]:
    """Append a history to an earlier one; NaN stands for epochs without a figure."""
    n_past, n_new = len(past.get("loss", [])), len(new["loss"])
    return {
        name: past.get(name, [math.nan] * n_past) + new.get(name, [math.nan] * n_new)
        for name in {**past, **new}
    }
