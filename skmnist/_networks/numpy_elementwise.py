"""Layers that treat each value by itself, in NumPy."""

import numpy as np

from .activations import ACTIVATIONS
from .layers import Activation, Dropout, Layer, Normalization

# Added to the variance in batch normalization, as by Keras.
EPSILON = np.float32(1e-3)


def run_elementwise(layer: Layer, weights: list[np.ndarray], values: np.ndarray) -> np.ndarray:
    """Apply a layer whose weights broadcast to the values, which it may overwrite."""
    match layer:
        case Normalization():
            gamma, beta, mean, variance = weights
            values -= mean
            values *= gamma / np.sqrt(variance + EPSILON)
            values += beta
        case Activation(function):
            values = ACTIVATIONS[function](values)
        case Dropout():
            pass
        case _:
            raise TypeError(f"{layer!r} can't be computed in NumPy")
    return values
