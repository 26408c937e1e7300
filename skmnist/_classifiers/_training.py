"""One training: from checked samples, and what was learned before, to what is learned now."""

import math
import warnings
from dataclasses import replace
from numbers import Integral
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.utils import check_random_state

from .._augmentation import RandomDistortion
from ..exceptions import TrainingInterruptedWarning
from ._augmenting import augmentation, is_auto
from ._calibrating import best_scale, calibration_split
from ._callbacks import FitTasks
from ._fitted import FittedNetwork, Resumption, Setup
from ._input import Samples
from ._labels import logit_scale
from ._plan import AutoSettings, training_plan, warn_if_it_cannot_stop
from ._samples import distinct_samples, hold_out, pixel_statistics, row_sums, widest_column
from ._second_network import SecondNetwork, choose_distortion, logits_of

if TYPE_CHECKING:
    from .._engine import Examples


def train(
    settings: Any,
    auto: AutoSettings,
    setup: Setup,
    samples: Samples,
    held_out: Samples | None,
    *,
    resume: FittedNetwork | None,
    partial: bool,
    stop_epoch: int | None,
    tasks: FitTasks | None,
) -> FittedNetwork:
    """Train a network on checked samples, or go on from `resume`.

    `settings` is a classifier, whose parameters are only read. Without `held_out` samples,
    `early_stopping` takes some of the others. With `stop_epoch`, training stops there, on the
    schedule of all epochs, and can go on. `tasks` are begun here, and observe the epochs.
    """
    from .._engine import Examples, TrainingState
    from .._engine import train as train_network

    shape = setup.network.input_shape
    hold_out_seed, first_seed = _seeds(settings.random_state)
    if resume is not None:
        past = resume.resumption
        # The same samples are held out again: all others may have been trained on.
        hold_out_seed = hold_out_seed if past.hold_out_seed is None else past.hold_out_seed
        first_seed = first_seed if past.start_seed is None else past.start_seed
    sums = row_sums(samples.pixels)
    rows, weights = distinct_samples(*samples, sums)
    if resume is not None:
        pixel_mean, pixel_scale = resume.pixel_mean, resume.pixel_scale
    elif settings.standardize:
        pixel_mean, deviation = pixel_statistics(sums[rows], weights, samples.pixels.shape[1])
        pixel_scale = 1.0 / deviation
        if setup.image_shape is None and samples.pixels.dtype != np.uint8:
            _warn_of_a_wide_column(samples.pixels, rows)
    else:
        pixel_mean, pixel_scale = 0.0, 1.0
    examples = Examples(samples.pixels.reshape(-1, *shape), samples.numbers, rows, weights)
    given = None
    if held_out is not None:
        distinct = distinct_samples(*held_out, row_sums(held_out.pixels))
        given = Examples(held_out.pixels.reshape(-1, *shape), held_out.numbers, *distinct)
    parts = _Parts(examples)
    if not partial:
        is_stage = stop_epoch is not None
        parts = _hold_out(settings, examples, given, hold_out_seed, resume, is_stage=is_stage)
    examples, unseen = parts.examples, parts.unseen
    if resume is not None and settings.calibrate:
        scale = resume.logit_scale  # kept where training goes on
    else:
        scale = logit_scale(settings.label_smoothing, len(setup.labels.classes))

    n_before = 0 if resume is None else resume.n_iter
    plan = training_plan(settings, auto, len(examples.rows), partial)
    warn_if_it_cannot_stop(settings, plan)
    interruptions: list[str] = []
    plan = replace(
        plan,
        pixel_mean=pixel_mean,
        pixel_scale=pixel_scale,
        on_interrupt=interruptions.append,
    )
    augmenter, distortion = settings.augmenter, None
    second_network = SecondNetwork(settings, auto, setup, plan, first_seed)
    if is_auto(augmenter):
        if resume is not None:
            distortion = resume.resumption.distortion
        elif not partial:
            distortion = choose_distortion(second_network, examples, hold_out_seed)
        augmenter = None if distortion is None else RandomDistortion(**distortion)
        if settings.verbose and resume is None:
            print(f"augmenter='auto' means {augmenter}", flush=True)
    augment = augmentation(augmenter, settings, setup)
    plan = replace(plan, augment=augment)
    second_network = replace(second_network, plan=plan)
    if stop_epoch is not None:
        _check_stop_epoch(stop_epoch, n_before, plan.epochs)
        plan = replace(plan, epochs=int(stop_epoch) - n_before, horizon=plan.epochs)
    is_resumable = partial or settings.warm_start or stop_epoch is not None

    def learned(state: TrainingState, history: dict[str, list[float]]) -> FittedNetwork:
        return FittedNetwork(
            setup,
            weights=state.weights,
            pixel_mean=pixel_mean,
            pixel_scale=pixel_scale,
            logit_scale=scale,
            history=_joined({} if resume is None else resume.history, history),
            resumption=Resumption(
                state.shuffling,
                state.dropout_seeds,
                state.optimizer if is_resumable else [],
                plan.optimizer.settings,
                hold_out_seed,
                parts.kind,
                distortion,
                first_seed,
            ),
        )

    if tasks is not None:
        plan = replace(plan, observer=tasks.begin(plan.epochs, learned))
    start: TrainingState | int = first_seed
    if resume is not None:
        past = resume.resumption
        # Another optimizer has no use for the moments of this one.
        is_same = plan.optimizer.settings == past.optimizer_settings
        moments = past.optimizer if is_same else []
        start = TrainingState(resume.weights, past.shuffling, past.dropout_seeds, moments)
    state, history = train_network(
        setup.network,
        examples,
        plan,
        start=start,
        initial_epoch=n_before,
        validation=parts.validation,
    )
    fitted = learned(state, history)
    # The loss that training sees is that before each step: the last one may have gone wrong.
    if not np.isfinite(fitted.run(samples.pixels[:1])).all():
        raise ValueError(
            "Training diverged: the network's outputs are not finite. Use a smaller "
            "learning_rate, or scale the pixels."
        )
    if interruptions:
        _warn_of_interruption(f"the estimator has {interruptions[0]}")
    if unseen is None or (interruptions and parts.second is not None):
        return fitted
    if parts.second is None:
        logits = logits_of(settings, fitted, unseen)
    else:
        share = fitted.n_iter / (plan.horizon or plan.epochs)
        logits = _logits_of_second(second_network, parts.second, unseen, share, scale)
    if logits is None:
        return fitted
    return replace(
        fitted, logit_scale=best_scale(logits, unseen.labels[unseen.rows], unseen.weights)
    )


class _Parts(NamedTuple):
    """Samples of a training, by what is done with them."""

    examples: "Examples"  # to train on
    validation: "Examples | None" = None  # to score after every epoch
    second: "Examples | None" = None  # to train a second network on
    unseen: "Examples | None" = None  # to learn the scale of the logits on
    kind: str | None = None  # which own samples no call has trained on, see Resumption.unseen


def _hold_out(
    settings: Any,
    examples: "Examples",
    given: "Examples | None",
    seed: int,
    resume: FittedNetwork | None,
    *,
    is_stage: bool,
) -> _Parts:
    """Hold samples out for `early_stopping` and for the scale of the logits.

    Where training goes on, those of the network's own samples count as unseen that all calls
    before have held out as well.
    """

    def is_unseen(kind: str) -> bool:
        return resume is None or resume.resumption.unseen == kind

    if given is not None:
        return _Parts(examples, given, unseen=given if settings.calibrate else None)
    if settings.early_stopping:
        numbers = examples.labels[examples.rows]
        kept, out = hold_out(numbers, settings.validation_fraction, seed)
        examples, validation = examples.take(kept), examples.take(out)
        if not is_unseen("validation"):
            return _Parts(examples, validation)
        unseen = validation if settings.calibrate else None
        return _Parts(examples, validation, unseen=unseen, kind="validation")
    if settings.calibrate and (resume is None or is_stage):
        split = calibration_split(examples, seed)
        if split.second is not None:
            return _Parts(examples, None, split.second, split.unseen)
        if split.unseen is not None and is_unseen("spared"):
            return _Parts(split.kept, unseen=split.unseen, kind="spared")
    return _Parts(examples)


def _logits_of_second(
    network: SecondNetwork, part: "Examples", unseen: "Examples", share: float, scale: float
) -> np.ndarray | None:
    """Train the second network; None, with a warning, if that is interrupted or diverges."""
    try:
        return network.logits(part, unseen, share)
    except KeyboardInterrupt:
        _warn_of_interruption(f"the network is whole, but logit_scale_={scale:.3g} is a guess")
    except ValueError as error:  # it diverged, though the network did not
        warnings.warn(
            f"logit_scale_={scale:.3g} was not learned: {error}", UserWarning, stacklevel=2
        )
    return None


def _check_stop_epoch(stop_epoch: Any, n_before: int, n_epochs: int) -> None:
    is_whole = isinstance(stop_epoch, Integral) and not isinstance(stop_epoch, bool)
    if not (is_whole and n_before < int(stop_epoch) <= n_epochs):
        raise ValueError(
            f"n_epochs={stop_epoch!r} was given, but an integer above the {n_before} epochs "
            f"trained and up to epochs={n_epochs} is expected. Give that, or set epochs."
        )


def _warn_of_interruption(kept: str) -> None:
    warnings.warn(f"Training was interrupted: {kept}.", TrainingInterruptedWarning, stacklevel=2)


def _warn_of_a_wide_column(pixels: np.ndarray, rows: np.ndarray) -> None:
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


def _joined(past: dict[str, list[float]], new: dict[str, list[float]]) -> dict[str, list[float]]:
    """Append a history to an earlier one; NaN stands for epochs without a figure."""
    n_past, n_new = len(past.get("loss", [])), len(new["loss"])
    return {
        name: past.get(name, [math.nan] * n_past) + new.get(name, [math.nan] * n_new)
        for name in {**past, **new}
    }


def _seeds(random_state: Any) -> list[int]:
    """Draw the seeds of a fit, from no generator but the estimator's own."""
    if random_state is None:
        return np.random.SeedSequence().generate_state(2).tolist()
    return check_random_state(random_state).randint(2**31 - 1, size=2).tolist()
