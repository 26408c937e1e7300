"""Activation functions in NumPy, as Keras defines them with its default constants."""

from collections.abc import Callable

import numpy as np
from scipy.special import erf, expit

# The slope of leaky_relu below zero.
LEAKY_SLOPE = np.float32(0.2)

# Klambauer et al., "Self-Normalizing Neural Networks", 2017.
_SELU_SCALE, _SELU_ALPHA = np.float32(1.05070098), np.float32(1.67326324)


def _elu(x: np.ndarray) -> np.ndarray:
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))


# Some overwrite their argument.
ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "elu": _elu,
    "gelu": lambda x: x * (erf(x * np.float32(0.5**0.5)) + 1) / 2,
    "leaky_relu": lambda x: np.maximum(x, LEAKY_SLOPE * x),
    "relu": lambda x: np.maximum(x, 0, out=x),
    "selu": lambda x: _SELU_SCALE * np.where(x > 0, x, _SELU_ALPHA * _elu(x)),
    "sigmoid": expit,
    "silu": lambda x: x * expit(x),
    "tanh": lambda x: np.tanh(x, out=x),
}
