"""The forward pass of a dense network in NumPy: prediction needs no TensorFlow."""

import numpy as np

from .activations import ACTIVATIONS
from .layers import Activation, Dense, Dropout, Layer, Network, Normalization
from .shapes import split_weights

# Added to the variance in batch normalization, as by Keras.
EPSILON = np.float32(1e-3)

# A row is computed in a block of this many, whatever the number of rows, and the block lies with
# its rows along the last axis: so a matrix product computes all of them by the same instructions,
# on every kind of processor tried (docs/reliability.md), and a row's bits don't depend on its
# company. In blocks of another size, or across the first axis, they do on some.
_BLOCK = 16
# Blocks whose activations are held at a time: few enough for a processor's cache.
_BLOCKS_AT_A_TIME = 20


def run_in_numpy(
    network: Network,
    weights: list[np.ndarray],
    pixels: np.ndarray,
    pixel_mean: float,
    pixel_scale: float,
    *,
    output: str = "logits",
) -> np.ndarray:
    """Return the logits, or the features that enter the last layer, of flat uint8 or float32 rows.

    Pixels enter the network as ``(pixel - pixel_mean) * pixel_scale``.
    """
    layers = split_weights(network, weights)
    kernel = layers[-1][1][0]
    if output == "features":
        layers.pop()
    mean, scale = np.float32(pixel_mean), np.float32(pixel_scale)

    n_samples, n_features = pixels.shape
    n_outputs = kernel.shape[output == "logits"]
    outputs = np.empty((n_samples, n_outputs), np.float32)
    n_blocks = min(-(-n_samples // _BLOCK), _BLOCKS_AT_A_TIME)
    rows = np.zeros((n_blocks * _BLOCK, n_features), np.float32)
    for start in range(0, n_samples, len(rows)):
        some = pixels[start : start + len(rows)]
        standardized = rows[: len(some)]
        np.subtract(some, mean, out=standardized)
        standardized *= scale
        n_blocks = -(-len(some) // _BLOCK)
        blocks = rows.reshape(-1, _BLOCK, n_features)[:n_blocks]
        values = np.ascontiguousarray(blocks.transpose(0, 2, 1))  # (n_blocks, n_features, 16)
        with np.errstate(over="ignore", invalid="ignore"):  # the caller looks for infinities
            for layer, its_weights in layers:
                values = _run_layer(layer, its_weights, values)
        in_rows = values.transpose(0, 2, 1).reshape(-1, n_outputs)
        outputs[start : start + len(some)] = in_rows[: len(some)]
    return outputs


def _run_layer(layer: Layer, weights: list[np.ndarray], values: np.ndarray) -> np.ndarray:
    """Apply a layer to values of shape (n_blocks, n_values, 16)."""
    match layer:
        case Dense():
            kernel, *bias = weights
            values = kernel.T @ values
            if bias:
                values += bias[0][:, None]
        case Normalization():
            gamma, beta, mean, variance = (one[:, None] for one in weights)
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
