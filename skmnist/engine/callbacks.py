"""Keras callbacks of a fit: copies are trained with, and the user's instances get their state."""

import copy
import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras

# Where Keras puts the network: a compiled program that later fits use as well.
_NETWORK = "_model"
# Where an instance keeps what the last fit changed: attributes as given, and as they were left.
_CHANGED = "_changed_by_fit"


@contextmanager
def working_copies(callbacks: Sequence[Any]) -> Iterator[list[keras.callbacks.Callback]]:
    """Lend a callback for each instance or class to one fit.

    An instance is copied, but not what it holds: a trial, a list or a stream stays the user's.
    However the fit ends, the instance then gets the attributes that were set in its copy, as if
    Keras had trained with it. The next fit begins with those that were given, so that fits
    don't disturb each other, one after the other or at a time.
    """
    copies = [_working_copy(callback) for callback in callbacks]
    given = [dict(vars(copied)) for copied in copies]
    try:
        yield list(copies)
    finally:
        for callback, copied, before in zip(callbacks, copies, given, strict=True):
            if not inspect.isclass(callback):
                after = {name: value for name, value in vars(copied).items() if name != _NETWORK}
                left = {k: v for k, v in after.items() if k not in before or v is not before[k]}
                vars(callback).update(after)
                vars(callback)[_CHANGED] = {k: before[k] for k in left if k in before}, left


def has_batch_hooks(callback: keras.callbacks.Callback) -> bool:
    """Whether a callback does something at every batch, which then is a call of its own."""
    names = ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end")
    return any(
        getattr(getattr(callback, name), "__func__", None)
        is not getattr(keras.callbacks.Callback, name)
        for name in names
    )


def _working_copy(callback: Any) -> keras.callbacks.Callback:
    kind = callback if inspect.isclass(callback) else type(callback)
    if not issubclass(kind, keras.callbacks.Callback):
        raise TypeError(
            f"keras_callbacks has {callback!r}, but each must be an instance or a subclass of "
            "keras.callbacks.Callback."
        )
    if inspect.isclass(callback):
        return kind()
    try:
        copied = copy.copy(callback)
    except Exception as error:
        raise TypeError(
            f"keras_callbacks has {callback!r}, which can't be copied ({error}). Give the class, "
            f"keras_callbacks=[{kind.__name__}], of which each fit makes its own."
        ) from error
    state = vars(copied)
    given, left = state.pop(_CHANGED, ({}, {}))
    for name, value in left.items():
        # What the user has set since then stays.
        if name in state and state[name] is value:
            del state[name]
            if name in given:
                state[name] = given[name]
    return copied
