"""Optimizers as recipes: what the user gave is read, never used or changed."""

import functools
import inspect
import json
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf
from keras.optimizers import Optimizer

from .adam import FusedAdam


class OptimizerRecipe:
    """How to make an optimizer: by a name or class with its defaults, or like an instance."""

    def __init__(self, optimizer: Any) -> None:
        self._optimizer = optimizer
        if isinstance(optimizer, Optimizer):
            self._kind, self._config = type(optimizer), optimizer.get_config()
            _check_config(optimizer, self._config)
        elif isinstance(optimizer, str):
            try:
                self._kind, self._config = _inspect_default(optimizer)
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(
                    f"optimizer={optimizer!r} is not an optimizer that Keras knows. Use a name "
                    "such as 'adam', 'sgd' or 'rmsprop', or an instance from keras.optimizers."
                ) from error
        elif inspect.isclass(optimizer) and issubclass(optimizer, Optimizer):
            self._kind, self._config = _inspect_default(optimizer)
        else:
            raise TypeError(
                f"optimizer={optimizer!r} was given, but a name, a class or an instance "
                "of keras.optimizers is needed."
            )
        if "learning_rate" not in self._config:
            raise TypeError(
                f"optimizer={optimizer!r} has no learning rate of its own. Give the "
                "optimizer that it wraps."
            )

    def make(self) -> Optimizer:
        """Return a new optimizer that shares nothing with what the user gave."""
        if isinstance(self._optimizer, Optimizer):
            kind, config = self._kind, self._optimizer.get_config()
        else:
            kind, config = _inspect_default(self._optimizer)
        return (FusedAdam if kind is keras.optimizers.Adam else kind).from_config(config)

    @property
    def learning_rate(self) -> float | None:
        """The rate that the optimizer has of its own, None if that is a schedule of Keras."""
        rate = self._config["learning_rate"]
        return rate if isinstance(rate, float) else None

    @property
    def settings(self) -> str:
        """All of the recipe but a plain learning rate, as text."""
        left_out = {"name"}  # Keras numbers the instances in it
        if self.learning_rate is not None:
            left_out.add("learning_rate")
        config = {name: value for name, value in self._config.items() if name not in left_out}
        return json.dumps([self._kind.__name__, config], sort_keys=True, default=repr)

    @property
    def key(self) -> tuple[type, str]:
        """Equal for optimizers that a compiled program can be shared by."""
        return self._kind, self.settings


def apply_gradients(
    optimizer: Optimizer, gradients: Sequence[Any], variables: list[keras.Variable]
) -> None:
    """Update variables, without Keras' sum of the gradients of several devices.

    That sum is a function which TensorFlow registers, with the graph, for as long as the process
    lives. In a merge call Keras leaves it out; an optimizer of the user's own may rely on it.
    """
    replica = tf.distribute.get_replica_context()
    is_of_keras = isinstance(optimizer, FusedAdam) or _is_of_keras(type(optimizer))
    if replica is not None and is_of_keras:
        replica.merge_call(lambda _: optimizer.apply(gradients, variables))
    else:
        optimizer.apply(gradients, variables)


def _is_of_keras(kind: type) -> bool:
    return kind.__module__.startswith("keras.")


def _check_config(optimizer: Optimizer, config: dict[str, Any]) -> None:
    """Check that the config of a user's own optimizer has all that it was made with."""
    kind = type(optimizer)
    parameters = list(inspect.signature(kind.__init__).parameters.values())[1:]
    named = [p.name for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    missing = [name for name in named if name not in config]
    if missing and not _is_of_keras(kind):
        raise TypeError(
            f"optimizer={optimizer!r}: {kind.__name__}.get_config() lacks {missing}, so "
            "that no fit can make an optimizer of its own like it. Add it to get_config."
        )


def _make_default(optimizer: str | type[Optimizer]) -> Optimizer:
    return keras.optimizers.get(optimizer) if isinstance(optimizer, str) else optimizer()


@functools.lru_cache(maxsize=64)
def _inspect_default(optimizer: str | type[Optimizer]) -> tuple[type, dict[str, Any]]:
    """Return class and config of a default optimizer; TensorFlow never frees all of another."""
    made = _make_default(optimizer)
    return type(made), made.get_config()
