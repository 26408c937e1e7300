"""Resolve "auto", and make a plan for the engine of an estimator's parameters."""

import math
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .._engine import TrainingPlan

# Batch sizes, and the numbers of distinct samples from which on the next one is better:
# large enough to be fast, small enough to leave small sets many steps.
_AUTO_BATCH_SIZES = ((16, 500), (32, 4_000), (64, 16_000))
_MOST_AUTO_EPOCHS = 100
_LONGER = 3  # epochs="long" in terms of "auto"


class AutoSettings(NamedTuple):
    """Meaning of "auto" for a class of networks."""

    epochs: int  # fewest epochs
    steps: int  # optimizer steps that small sets get as well
    batch_size: int  # the largest batch
    adam_learning_rate: float  # the highest rate of optimizer="adam"


def training_plan(
    settings: Any, auto: AutoSettings, n_samples: int, partial: bool
) -> "TrainingPlan":
    """Make the plan of a training on some distinct samples, or of one call of ``partial_fit``."""
    from .._engine import OptimizerRecipe, TrainingPlan

    batch_size = settings.batch_size
    if batch_size == "auto":
        sizes = (size for size, end in _AUTO_BATCH_SIZES if n_samples < end)
        batch_size = next(sizes, auto.batch_size)
    epochs = 1 if partial else settings.epochs
    if epochs in ("auto", "long"):
        factor = 1 if epochs == "auto" else _LONGER
        epochs = factor * auto_epochs(auto, n_samples, batch_size)
        if settings.early_stopping and not partial:
            epochs = max(epochs, 2 * settings.n_iter_no_change)  # so that it can stop
    learning_rate = settings.learning_rate
    if learning_rate is None and str(settings.optimizer).lower() == "adam":
        learning_rate = auto.adam_learning_rate
    patience = None if partial or not settings.early_stopping else settings.n_iter_no_change
    callbacks = settings.keras_callbacks or []
    return TrainingPlan(
        optimizer=OptimizerRecipe(settings.optimizer),
        epochs=int(epochs),
        batch_size=int(batch_size),
        learning_rate=learning_rate,
        schedule="constant" if partial else settings.schedule,
        alpha=settings.alpha,
        label_smoothing=settings.label_smoothing,
        patience=patience,
        precision=getattr(settings, "precision", "float32"),
        jit_compile=None if settings.jit_compile == "auto" else bool(settings.jit_compile),
        callbacks=list(callbacks) if isinstance(callbacks, list | tuple) else [callbacks],
        verbose=int(settings.verbose),
        keeps_weight_scale=partial,
    )


def auto_epochs(auto: AutoSettings, n_samples: int, batch_size: int) -> int:
    """Return the number of epochs that "auto" means."""
    epochs_for_steps = math.ceil(auto.steps / math.ceil(n_samples / batch_size))
    return max(auto.epochs, min(epochs_for_steps, _MOST_AUTO_EPOCHS))


def warn_if_it_cannot_stop(settings: Any, plan: "TrainingPlan") -> None:
    """Warn of early stopping in a training that is too short for it."""
    if plan.patience is not None and plan.patience >= plan.epochs:
        warnings.warn(
            f"early_stopping=True can't stop a training of {plan.epochs} epochs "
            f"(epochs={settings.epochs!r}), since n_iter_no_change={plan.patience}: the best "
            "weights are kept, and nothing else. Give more epochs, a smaller n_iter_no_change, or "
            "early_stopping=False.",
            UserWarning,
            stacklevel=2,
        )
