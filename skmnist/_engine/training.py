"""Train a network: rows in batches, epochs, history."""

import math
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from .._networks import CustomNetwork, Network
from .._schedules import SCHEDULES
from ._runtime import check_not_forked
from .callbacks import has_batch_hooks, working_copies
from .epoch_line import EpochLine
from .feeding import ImageFeed
from .optimizers import OptimizerRecipe
from .programs import ProgramPool
from .scikeras_bridge import History, fit_through_scikeras
from .training_program import TrainingProgram, TrainingState

# Images in one call: at most about a second of work, so that Ctrl-C is heard; and few
# enough for a small buffer, whatever their size.
_IMAGES_PER_CALL = 4096
_BYTES_PER_CALL = 2**25
_STEPS_OF_A_SHORT_CALL = 16
_VALIDATION_BLOCK = 512
_pool: ProgramPool[TrainingProgram] = ProgramPool(size=16)


@dataclass(frozen=True)
class Examples:
    """Labelled images, which of their rows to use, and the weights of these; nothing is copied."""

    images: np.ndarray  # (n_samples, *input_shape), uint8 or float32
    labels: np.ndarray  # (n_samples,), int32 class numbers
    rows: np.ndarray  # indices into both
    weights: np.ndarray  # positive, one for each of `rows`

    def take(self, positions: np.ndarray) -> "Examples":
        """Return the examples at `positions` of `rows`."""
        return Examples(self.images, self.labels, self.rows[positions], self.weights[positions])


@dataclass(frozen=True)
class TrainingPlan:
    """Settings of a training, named as the parameters of the classifiers.

    `observer` has ``begin_epoch()``, and ``end_epoch(state, history)``, which returns whether to
    stop. `horizon` is the number of epochs that the schedule spans, those trained before among
    them; None means the epochs of this training alone. Weights are scaled to a mean of 1, unless
    `keeps_weight_scale`. Ctrl-C after a whole epoch ends the training and calls `on_interrupt`
    with what is kept; without one it raises.
    """

    optimizer: OptimizerRecipe
    epochs: int
    batch_size: int
    learning_rate: float | None = None
    schedule: str = "constant"
    horizon: int | None = None
    alpha: float = 0.0
    label_smoothing: float = 0.0
    pixel_mean: float = 0.0
    pixel_scale: float = 1.0
    augment: Callable[[np.ndarray, np.random.Generator], np.ndarray] | None = None
    patience: int | None = None
    jit_compile: bool | None = None
    precision: str = "float32"
    callbacks: list[Any] = field(default_factory=list)
    observer: Any = None
    verbose: int = 0
    keeps_weight_scale: bool = False
    on_interrupt: Callable[[str], None] | None = None


def train(
    network: Network | CustomNetwork,
    examples: Examples,
    plan: TrainingPlan,
    *,
    start: TrainingState | int,
    initial_epoch: int = 0,
    validation: Examples | None = None,
) -> tuple[TrainingState, History]:
    """Train a network from a state, or from new weights of a seed.

    `initial_epoch` epochs were trained before. The history has ``loss``, ``accuracy``,
    ``learning_rate``, and with `validation` samples ``val_loss`` and ``val_accuracy``, one value
    an epoch.
    """
    check_not_forked()
    made_from = (network, plan.precision, plan.jit_compile)
    with (
        working_copies(plan.callbacks) as callbacks,
        _pool.borrow(
            (*made_from, plan.optimizer.key), lambda: TrainingProgram(*made_from)
        ) as program,
    ):
        if plan.patience is not None:
            callbacks.append(
                keras.callbacks.EarlyStopping(
                    "val_loss", patience=plan.patience, mode="min", restore_best_weights=True
                )
            )
        if plan.verbose:
            callbacks.append(EpochLine())

        run = TrainingRun(program, examples, plan, start, validation)
        history = fit_through_scikeras(
            program.trainee,
            run.epochs,
            n_rows=len(examples.rows),
            optimizer=plan.optimizer,
            callbacks=callbacks,
            epochs=plan.epochs,
            initial_epoch=initial_epoch,
        )
        return run.state(), history


class TrainingRun:
    """One fit on a program: the epochs that scikeras is handed."""

    def __init__(
        self,
        program: TrainingProgram,
        examples: Examples,
        plan: TrainingPlan,
        start: TrainingState | int,
        validation: Examples | None,
    ) -> None:
        self.program, self.plan, self.start = program, plan, start
        self.examples, self.validation = examples, validation
        n_rows = len(examples.rows)
        # Padding would enter batch statistics, so a batch is never larger than the data.
        self.batch_size = min(plan.batch_size, n_rows) if program.mixes_rows else plan.batch_size
        self.n_steps = -(-n_rows // self.batch_size)
        self.steps_per_call = self._count_steps_per_call()
        total = n_rows if plan.keeps_weight_scale else examples.weights.sum()
        self.weights = (examples.weights * (n_rows / total)).astype(np.float32)
        penalty = plan.alpha / total
        if penalty > np.finfo(np.float32).max:
            raise ValueError(
                f"alpha={plan.alpha} divided by the total weight {total} of the samples is not "
                "finite. Use larger values of sample_weight, or alpha=0."
            )
        self.scaling = np.array(
            [plan.pixel_mean, plan.pixel_scale, plan.label_smoothing, penalty], np.float32
        )
        self.feed = ImageFeed(examples.images, self.steps_per_call * self.batch_size, plan.augment)
        if validation is not None:
            shares = validation.images is examples.images and plan.augment is None
            self.validation_feed = (
                self.feed if shares else ImageFeed(validation.images, _VALIDATION_BLOCK)
            )

    def epochs(
        self, first: int, end: int, callbacks: list[keras.callbacks.Callback]
    ) -> keras.callbacks.History:
        """Run epochs `first` to `end` with their callbacks."""
        program, plan = self.program, self.plan
        self.rng = program.start(self.start)
        learning_rate = plan.learning_rate or plan.optimizer.learning_rate
        if learning_rate is not None and program.has_own_schedule:
            raise ValueError(
                f"learning_rate={learning_rate} was given, but the optimizer has a schedule of "
                "its own. Leave learning_rate=None, or give an optimizer with a constant rate."
            )
        if not program.has_own_schedule:
            # Callbacks of earlier fits may have set another one.
            program.optimizer.learning_rate = learning_rate
        begin, span = (first, end - first) if plan.horizon is None else (0, plan.horizon)
        factors = SCHEDULES[plan.schedule](span * self.n_steps).reshape(-1, self.n_steps)

        trainee = program.show_to_callbacks()
        record = keras.callbacks.History()  # one that the user gave may have other fits in it
        hooks = keras.callbacks.CallbackList(
            [*callbacks, record], model=trainee, epochs=end, steps=self.n_steps, verbose=0
        )
        batch_hooks = hooks if any(map(has_batch_hooks, callbacks)) else None
        settings = program.settings() if callbacks else None
        hooks.on_train_begin()
        finished, n_finished = None, 0
        try:
            for epoch in range(first, end):
                if plan.observer is not None:
                    plan.observer.begin_epoch()
                hooks.on_epoch_begin(epoch)
                logs = self._epoch(factors[epoch - begin], batch_hooks)
                logs |= self._validate(hooks)
                known = set(record.history)
                hooks.on_epoch_end(epoch, logs)
                for name, values in record.history.items():
                    if len(values) <= n_finished:  # a callback logged no figure, or a new one
                        missing = [math.nan] * (n_finished + 1 - len(values))
                        values[:] = values + missing if name in known else missing + values
                finished, n_finished = self.state(), n_finished + 1
                if plan.observer is not None:
                    stops = plan.observer.end_epoch(finished, record.history)
                    trainee.stop_training = trainee.stop_training or stops
                if trainee.stop_training:
                    break
        except KeyboardInterrupt:
            if finished is None or plan.on_interrupt is None:
                raise
            self.rng = program.start(finished)
            for values in record.history.values():
                del values[n_finished:]
            last = f"epoch {first + n_finished} of {end}"
            kept = (
                f"what {last} left" if plan.patience is None else f"the best weights until {last}"
            )
            plan.on_interrupt(kept)
        program.finish()
        hooks.on_train_end()
        if settings is not None:
            program.check_settings(settings)
        return record

    def state(self) -> TrainingState:
        """Copy everything that training has changed."""
        return self.program.state(self.rng)

    def _epoch(
        self, factors: np.ndarray, batch_hooks: keras.callbacks.CallbackList | None
    ) -> dict[str, float]:
        program, examples, batch_size = self.program, self.examples, self.batch_size
        n_rows, n_steps, per_call = len(examples.rows), self.n_steps, self.steps_per_call
        # The last batch is filled up with the first rows at no weight: shapes stay the same.
        order = np.resize(self.rng.permutation(n_rows), (n_steps, batch_size))
        rows = examples.rows[order]
        weights = self.weights[order]
        weights.ravel()[n_rows:] = 0
        sizes = np.full(n_steps, batch_size, np.int32)
        sizes[-1] = n_rows - batch_size * (n_steps - 1)

        n_used = 1 if batch_hooks else per_call
        totals = np.zeros(2)
        chunks = [slice(i, i + n_used) for i in range(0, n_steps, n_used)]
        groups = [rows[chunk].ravel() for chunk in chunks]
        # Without an augmenter nothing is drawn for it.
        seed = 0 if self.plan.augment is None else int(self.rng.integers(2**63))
        with closing(self.feed.stream(groups, seed)) as stream:
            for chunk, (images, places) in zip(chunks, stream, strict=True):
                i = chunk.start
                if batch_hooks:
                    batch_hooks.on_train_batch_begin(i)
                if batch_hooks or i == 0:
                    # What callbacks see, and may set, is the highest rate.
                    peak = float(program.optimizer.learning_rate)
                totals += program.run_steps(
                    images,
                    _padded(places.reshape(-1, batch_size), per_call),
                    _padded(examples.labels[rows[chunk]], per_call),
                    _padded(weights[chunk], per_call),
                    _padded(sizes[chunk], per_call),
                    _padded((peak * factors[chunk]).astype(np.float32), per_call),
                    np.int32(len(rows[chunk])),
                    self.scaling,
                )
                if batch_hooks or i + n_used >= n_steps:
                    rate = float(program.optimizer.learning_rate)
                    if not program.has_own_schedule:
                        program.optimizer.learning_rate = peak
                if not np.isfinite(totals[0]):
                    raise ValueError(
                        f"Training diverged: the loss became {totals[0]} with "
                        f"learning_rate={peak:g}. Use a smaller learning_rate, or scale the "
                        "pixels."
                    )
                loss, accuracy = totals / sizes[: i + n_used].sum()
                if batch_hooks:
                    batch_hooks.on_train_batch_end(i, {"loss": loss, "accuracy": accuracy})
                    if program.trainee.stop_training:
                        break
        return {"loss": loss, "accuracy": accuracy, "learning_rate": rate}

    def _count_steps_per_call(self) -> int:
        """Return how many steps a call has, the empty ones at its end included."""
        image = self.examples.images[0]
        # Distorted images are float32.
        n_bytes = image.nbytes if self.plan.augment is None else 4 * image.size
        n_images = min(_IMAGES_PER_CALL, _BYTES_PER_CALL // n_bytes)
        most = max(1, n_images // self.batch_size)
        if not self.program.uses_xla:
            return min(self.n_steps, most)
        # The number is part of an XLA program: small sets share a short one.
        is_short = self.n_steps <= _STEPS_OF_A_SHORT_CALL
        return min(_STEPS_OF_A_SHORT_CALL, most) if is_short else most

    def _validate(self, hooks: keras.callbacks.CallbackList) -> dict[str, float]:
        """Score the validation samples in blocks of one size, filled up at no weight."""
        held = self.validation
        if held is None:
            return {}
        weights = (held.weights / held.weights.mean()).astype(np.float32)
        starts = range(0, len(held.rows), _VALIDATION_BLOCK)
        blocks = [slice(start, start + _VALIDATION_BLOCK) for start in starts]
        groups = [held.rows[block] for block in blocks]
        sums, n_seen = np.zeros(2), 0
        hooks.on_test_begin()
        with closing(self.validation_feed.stream(groups)) as stream:
            for i, (images, places) in enumerate(stream):
                hooks.on_test_batch_begin(i)
                targets = places, held.labels[groups[i]], weights[blocks[i]]
                padded = [_padded(array, _VALIDATION_BLOCK) for array in targets]
                sums += self.program.evaluate(images, *padded, self.scaling)
                n_seen += len(groups[i])
                loss, accuracy = (sums / n_seen).tolist()
                hooks.on_test_batch_end(i, {"loss": loss, "accuracy": accuracy})
        hooks.on_test_end({"loss": loss, "accuracy": accuracy})
        return {"val_loss": loss, "val_accuracy": accuracy}


def _padded(array: np.ndarray, length: int) -> np.ndarray:
    """Append zeros along the first axis up to `length`."""
    missing = length - len(array)
    return np.pad(array, [(0, missing)] + [(0, 0)] * (array.ndim - 1)) if missing else array
