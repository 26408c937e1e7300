"""The one file that knows scikeras: it routes a fit to our compiled epochs.

scikeras compiles the optimizer, builds the callbacks, counts the epochs and collects the history.
It never sees the images, only row numbers: nothing is checked, cast or copied twice.
"""

import functools
import importlib
import threading
from collections.abc import Callable
from numbers import Real
from typing import Any

import keras
import numpy as np
import sklearn

from .optimizers import OptimizerRecipe

# Methods that importing scikeras replaces for the whole process.
_PATCHED = (
    (keras.Model, "__reduce__"),
    (keras.Model, "__deepcopy__"),
    (keras.losses.Loss, "__reduce__"),
    (keras.metrics.Metric, "__reduce__"),
    (keras.optimizers.Optimizer, "__reduce__"),
)
_import_lock = threading.Lock()

History = dict[str, list[float]]


class Trainee(keras.Model):
    """A network whose ``fit``, called by scikeras, runs our epochs."""

    def fit(
        self,
        x: np.ndarray,
        y: np.ndarray,
        *,
        run_epochs: Callable[..., keras.callbacks.History],
        initial_epoch: int,
        epochs: int,
        callbacks: list[keras.callbacks.Callback],
        **_: Any,
    ) -> keras.callbacks.History:
        """Run epochs `initial_epoch` to `epochs`."""
        return run_epochs(initial_epoch, epochs, callbacks)


def fit_through_scikeras(
    trainee: Trainee,
    run_epochs: Callable[..., keras.callbacks.History],
    *,
    n_rows: int,
    optimizer: OptimizerRecipe,
    callbacks: list[Any],
    epochs: int,
    initial_epoch: int,
) -> History:
    """Train through scikeras and return its history.

    ``run_epochs(first_epoch, end_epoch, callbacks)`` does the work. The first fit compiles
    `trainee` with a new optimizer.
    """
    rows = np.arange(n_rows, dtype=np.int64)
    adapter = import_scikeras()(
        model=lambda: trainee,
        optimizer=trainee.optimizer if trainee.compiled else optimizer.make(),
        loss="sparse_categorical_crossentropy",
        compile__auto_scale_loss=False,  # or a user's global policy would wrap the optimizer
        callbacks=callbacks,
        epochs=epochs,
        verbose=0,
    )
    # scikeras passes rows through scikit-learn's transformers, which must not make frames of them.
    with sklearn.config_context(transform_output="default"):
        adapter.fit(rows[:, None], rows, run_epochs=run_epochs, initial_epoch=initial_epoch)
    # Callbacks may put anything into the logs; numbers are what a history is made of.
    return {
        name: [float(value) for value in values]
        for name, values in adapter.history_.items()
        if all(isinstance(value, Real) for value in values)
    }


@functools.cache
def import_scikeras() -> type:
    """Import scikeras, and undo what that does to Keras' classes."""
    # Two threads that import at once would take the patched classes for the original ones.
    with _import_lock:
        before = [vars(cls).get(name) for cls, name in _PATCHED]
        try:
            return importlib.import_module("scikeras.wrappers").BaseWrapper
        except (ImportError, AttributeError) as error:
            raise ImportError(
                "skmnist trains through scikeras 0.13.0, which can't be used here with Keras "
                f"{keras.__version__} and scikit-learn {sklearn.__version__}: {error}. Install "
                "versions that go together: pip install --force-reinstall skmnist."
            ) from error
        finally:
            for (cls, name), value in zip(_PATCHED, before, strict=True):
                if value is not None:
                    setattr(cls, name, value)
                elif name in vars(cls):
                    delattr(cls, name)
