"""Constraints of the classifiers' parameters."""

from collections.abc import Iterable, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np

from .._networks import ACTIVATIONS
from .._schedules import SCHEDULES
from .._sklearn import HasMethods, Interval, StrOptions

# Of all classifiers, whatever makes the layers.
TRAINING_CONSTRAINTS: dict = {
    "image_shape": [tuple, list, None],
    "alpha": [Interval(Real, 0, None, closed="left")],
    "standardize": ["boolean"],
    "optimizer": [str, callable, HasMethods(["apply", "get_config"])],
    "learning_rate": [Interval(Real, 0, None, closed="neither"), None],
    "schedule": [StrOptions(set(SCHEDULES))],
    "calibrate": ["boolean"],
    "label_smoothing": [Interval(Real, 0, 1, closed="left")],
    "epochs": [StrOptions({"auto", "long"}), Interval(Integral, 1, None, closed="left")],
    "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "class_weight": [dict, StrOptions({"balanced"}), None],
    "augmenter": [StrOptions({"auto"}), HasMethods(["augment"]), None],
    "test_shift": [Interval(Integral, 0, None, closed="left")],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
    "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
    "keras_callbacks": [list, tuple, callable, HasMethods(["on_epoch_end"]), None],
    "warm_start": ["boolean"],
    "jit_compile": [StrOptions({"auto"}), "boolean"],
    "verbose": ["verbose"],
    "random_state": ["random_state"],
}
PARAMETER_CONSTRAINTS: dict = {
    **TRAINING_CONSTRAINTS,
    "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
    "activation": [StrOptions(set(ACTIVATIONS))],
    "dropout": [Interval(Real, 0, 1, closed="left")],
    "batch_norm": ["boolean"],
    "precision": [StrOptions({"float32", "bfloat16"})],
}

_MOST_LAYERS = 1000

# Remedies where a value has no parameters to set, as in optimizer__momentum=0.9.
_REMEDIES = {
    "optimizer": "Set learning_rate, or give an instance: optimizer=keras.optimizers.SGD(...).",
    "keras_callbacks": "Give instances: keras_callbacks=[keras.callbacks.EarlyStopping(...)].",
    "network": "Use network=NetworkRecipe({name}).",
    "augmenter": "Give augmenter=RandomDistortion().",
}


def check_nested(parameters: dict[str, Any], names: Iterable[str]) -> None:
    """See that names such as ``augmenter__shift`` belong to something that has parameters."""
    for name in names:
        owner, _, inner = name.partition("__")
        value = parameters.get(owner)
        if inner and owner in parameters and not hasattr(value, "set_params"):
            remedy = _REMEDIES.get(owner, "Give {owner} as a whole.")
            raise ValueError(
                f"{name} was given, but {owner}={value!r} has no parameters to set. "
                + remedy.format(owner=owner, name=getattr(value, "__name__", "function"))
            )


def as_sizes(
    name: str, value: int | Sequence[int], *, n_layers: int | None = None
) -> tuple[int, ...]:
    """Read a parameter that is one positive integer or one for each of `n_layers` (any number)."""
    if isinstance(value, Integral):
        return (int(value),) * (1 if n_layers is None else n_layers)
    if np.size(value) > _MOST_LAYERS:
        raise ValueError(
            f"{name} has {np.size(value)} values, at most {_MOST_LAYERS} can be built."
        )
    sizes = np.asarray(value, dtype=object).ravel().tolist()
    if not all(isinstance(size, Integral) and int(size) >= 1 for size in sizes):
        raise ValueError(f"{name}={value!r} was given, but positive integers are expected.")
    if n_layers not in (None, len(sizes)):
        raise ValueError(
            f"{name}={value!r} has {len(sizes)} values, but one integer or one for each of the "
            f"{n_layers} convolutions is expected."
        )
    return tuple(map(int, sizes))
