"""Networks trained on a part of the samples, and asked about the rest."""

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .._augmentation import GENTLE, RandomDistortion
from ._augmenting import augmentation, averaged_logits
from ._calibrating import best_scale, calibration_split
from ._fitted import FittedNetwork, Resumption, Setup
from ._labels import log_softmax
from ._plan import AutoSettings, auto_epochs, training_plan

if TYPE_CHECKING:
    from .._engine import Examples, TrainingPlan

# What augmenter="auto" chooses among, parameters of RandomDistortion: none at all; a gentle one;
# its own defaults, which suit handwriting.
DISTORTIONS: tuple[dict[str, float] | None, ...] = (None, GENTLE, {})
_MOST_TO_CHOOSE_ON = 5_000  # samples
_BLOCK = 1024  # samples whose logits are computed at a time


@dataclass(frozen=True)
class SecondNetwork:
    """How a second network is trained: as the first one, from the same seed, without callbacks."""

    settings: Any
    auto: AutoSettings
    setup: Setup
    plan: "TrainingPlan"  # of the first
    seed: int

    def logits(
        self, part: "Examples", unseen: "Examples", share: float = 1.0, n_steps: int = 0
    ) -> np.ndarray:
        """Train on a part, up to a share of the schedule; return the logits of unseen examples.

        Fewer epochs than `n_steps` take are raised to these, up to those of epochs="auto".
        """
        from .._engine import train

        own = training_plan(self.settings, self.auto, len(part.rows), partial=False)
        n_epochs = math.ceil(n_steps / math.ceil(len(part.rows) / own.batch_size))
        if n_epochs > own.epochs:
            most = auto_epochs(self.auto, len(part.rows), own.batch_size)
            own = replace(own, epochs=max(own.epochs, min(n_epochs, most)))
        plan = replace(
            self.plan,
            batch_size=own.batch_size,
            epochs=math.ceil(own.epochs * share - 1e-9),
            horizon=own.epochs,
            patience=None,
            callbacks=[],
            observer=None,
            verbose=0,
            on_interrupt=None,
        )
        state, _ = train(self.setup.network, part, plan, start=self.seed)
        scaling = plan.pixel_mean, plan.pixel_scale, 1.0
        nothing = Resumption({}, [], [], "")
        fitted = FittedNetwork(self.setup, state.weights, *scaling, {}, nothing)
        return logits_of(self.settings, fitted, unseen)


def choose_distortion(
    second: SecondNetwork, examples: "Examples", seed: int
) -> dict[str, float] | None:
    """Choose the distortion of training images with the lowest log loss on unseen images.

    Each is tried by a second network, on 5,000 samples at most, and judged at its best scale.
    Where `epochs` is a number, these take as many steps as the fit, up to those of "auto".
    """
    n_samples = len(examples.rows)
    n_some = min(n_samples, _MOST_TO_CHOOSE_ON)
    some = examples.take(np.linspace(0, n_samples - 1, n_some).astype(int))
    _, part, unseen = calibration_split(some, seed)
    if part is None or unseen is None:
        return None
    # As many steps as the first network takes: a number of epochs means fewer of them here.
    is_number = not isinstance(second.settings.epochs, str)
    n_batches = math.ceil(n_samples / second.plan.batch_size)
    n_steps = second.plan.epochs * n_batches if is_number else 0
    numbers, losses = unseen.labels[unseen.rows], []
    for distortion in DISTORTIONS:
        augmenter = None if distortion is None else RandomDistortion(**distortion)
        augment = augmentation(augmenter, second.settings, second.setup)
        trial = replace(second, plan=replace(second.plan, augment=augment))
        logits = trial.logits(part, unseen, n_steps=n_steps)
        log_proba = log_softmax(logits * best_scale(logits, numbers, unseen.weights))
        hits = log_proba[np.arange(len(numbers)), numbers]
        losses.append(-np.average(hits, weights=unseen.weights))
    return DISTORTIONS[int(np.nanargmin(losses))]


def logits_of(settings: Any, fitted: FittedNetwork, examples: "Examples") -> np.ndarray:
    """Return the logits of some examples, as predictions have them."""
    images, rows = examples.images.reshape(len(examples.images), -1), examples.rows
    starts = range(0, len(rows), _BLOCK)
    return np.concatenate(
        [averaged_logits(settings, fitted, images[rows[i : i + _BLOCK]]) for i in starts]
    )
