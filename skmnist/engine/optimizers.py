"""Optimizers as recipes: what the user gave is read, never used or changed."""

import functools
import inspect
import json
from dataclasses import dataclass
from typing import Any

import keras


@dataclass(frozen=True)
class OptimizerRecipe:
    """How to make an optimizer: by a name or class with its defaults, or like an instance."""

    optimizer: Any

    def __post_init__(self) -> None:
        if isinstance(self.optimizer, str):
            try:
                _default(self.optimizer)
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(
                    f"optimizer={self.optimizer!r} is not an optimizer that Keras knows. Use a "
                    "name such as 'adam', 'sgd' or 'rmsprop', or an instance from "
                    "keras.optimizers."
                ) from error
        elif not (
            isinstance(self.optimizer, keras.optimizers.Optimizer)
            or (
                inspect.isclass(self.optimizer)
                and issubclass(self.optimizer, keras.optimizers.Optimizer)
            )
        ):
            raise TypeError(
                f"optimizer={self.optimizer!r} was given, but a name, a class or an instance "
                "of keras.optimizers is needed."
            )

        if isinstance(self.optimizer, keras.optimizers.Optimizer):
            self._check_config()
        if "learning_rate" not in self._config:
            raise TypeError(
                f"optimizer={self.optimizer!r} has no learning rate of its own. Give the "
                "optimizer that it wraps."
            )

    def _check_config(self) -> None:
        """See that an optimizer of the user's own tells all that it was made with."""
        kind = type(self.optimizer)
        parameters = list(inspect.signature(kind.__init__).parameters.values())[1:]
        named = [p.name for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
        missing = [name for name in named if name not in self._config]
        if missing and not kind.__module__.startswith("keras."):
            raise TypeError(
                f"optimizer={self.optimizer!r}: {kind.__name__}.get_config() lacks {missing}, so "
                "that no fit can make an optimizer of its own like it. Add it to get_config."
            )

    def make(self) -> keras.optimizers.Optimizer:
        """Return a new optimizer that shares nothing with what the user gave."""
        if isinstance(self.optimizer, keras.optimizers.Optimizer):
            return type(self.optimizer).from_config(self.optimizer.get_config())
        return _make_default(self.optimizer)

    @property
    def learning_rate(self) -> float | None:
        """The rate that the optimizer has of its own, None if that is a schedule of Keras."""
        rate = self._config["learning_rate"]
        return rate if isinstance(rate, float) else None

    @property
    def settings(self) -> str:
        """All of the recipe but a plain learning rate, as text."""
        config = dict(self._config)
        del config["name"]  # Keras numbers the instances in it
        if isinstance(config["learning_rate"], float):
            del config["learning_rate"]
        return json.dumps([self._kind.__name__, config], sort_keys=True, default=repr)

    @property
    def key(self) -> tuple[type, str]:
        """What programs are kept by."""
        return self._kind, self.settings

    @property
    def _kind(self) -> type:
        if isinstance(self.optimizer, keras.optimizers.Optimizer):
            return type(self.optimizer)
        return _default(self.optimizer)[0]

    @property
    def _config(self) -> dict[str, Any]:
        if isinstance(self.optimizer, keras.optimizers.Optimizer):
            return self.optimizer.get_config()
        return _default(self.optimizer)[1]


def _make_default(optimizer: Any) -> keras.optimizers.Optimizer:
    return keras.optimizers.get(optimizer) if isinstance(optimizer, str) else optimizer()


@functools.lru_cache(maxsize=64)
def _default(optimizer: Any) -> tuple[type, dict[str, Any]]:
    """Look at what a name or class makes, once: TensorFlow never frees all of a variable."""
    made = _make_default(optimizer)
    return type(made), made.get_config()
