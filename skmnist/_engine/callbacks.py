"""Keras callbacks: each fit trains with copies, whose state the user's instances get back."""

import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras

from .._copies import Changes, copies_as_given

# Where Keras puts the network: a compiled program that later fits use as well.
_NETWORK = "_model"


@contextmanager
def working_copies(callbacks: Sequence[Any]) -> Iterator[list[keras.callbacks.Callback]]:
    """Yield a shallow copy of each instance, and an instance of each class.

    However the fit ends, the user's instances then get the attributes that were set in their
    copies, as if Keras had trained with them; the next fit begins with those that were given.
    """
    for callback in callbacks:
        kind = callback if inspect.isclass(callback) else type(callback)
        if not issubclass(kind, keras.callbacks.Callback):
            raise TypeError(
                f"keras_callbacks has {callback!r}, but each must be an instance or a subclass "
                "of keras.callbacks.Callback."
            )
    instances = [callback for callback in callbacks if not inspect.isclass(callback)]
    try:
        copies = copies_as_given(instances)
    except MemoryError:
        raise
    except Exception as error:
        raise TypeError(
            f"keras_callbacks has one of {instances!r} that can't be copied ({error}). Give the "
            "class, of which each fit makes its own."
        ) from error
    changes, copied = Changes(instances, copies), iter(copies)
    try:
        yield [c() if inspect.isclass(c) else next(copied) for c in callbacks]
    finally:
        changes.hand_over(without=_NETWORK)


def has_batch_hooks(callback: keras.callbacks.Callback) -> bool:
    """Whether a callback does something at every batch."""
    names = ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end")
    return any(
        getattr(getattr(callback, name), "__func__", None)
        is not getattr(keras.callbacks.Callback, name)
        for name in names
    )
