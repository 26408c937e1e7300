"""A dense network's outputs in plain NumPy: prediction needs no TensorFlow."""

from collections.abc import Callable

import numpy as np
from scipy.special import erf, expit

# A row is computed in a block of this many, whatever the number of rows, and the block lies with
# its rows along the last axis: so a matrix product computes all of them by the same instructions,
# on every kind of processor tried (docs/reliability.md), and a row's bits don't depend on its
# company. In blocks of another size, or across the first axis, they do on some.
_BLOCK = 16
# Blocks whose activations are held at a time: few enough for a processor's cache.
_BLOCKS_AT_A_TIME = 20
# What Keras adds to the variance in batch normalization.
EPSILON = np.float32(1e-3)
# Its slope of leaky_relu below zero.
LEAKY_SLOPE = np.float32(0.2)

# Klambauer et al., "Self-Normalizing Neural Networks", 2017.
_SELU_SCALE, _SELU_ALPHA = np.float32(1.05070098), np.float32(1.67326324)


def _elu(x: np.ndarray) -> np.ndarray:
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))


# As Keras defines them, with its default constants.
_ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "elu": _elu,
    "gelu": lambda x: x * (erf(x * np.float32(0.5**0.5)) + 1) / 2,
    "leaky_relu": lambda x: np.maximum(x, LEAKY_SLOPE * x),
    "relu": lambda x: np.maximum(x, 0, out=x),
    "selu": lambda x: _SELU_SCALE * np.where(x > 0, x, _SELU_ALPHA * _elu(x)),
    "sigmoid": expit,
    "silu": lambda x: x * expit(x),
    "tanh": lambda x: np.tanh(x, out=x),
}


def run_dense_network(
    weights: list[np.ndarray],
    pixels: np.ndarray,
    pixel_mean: float,
    pixel_scale: float,
    *,
    activation: str,
    batch_norm: bool,
    output: str = "logits",
) -> np.ndarray:
    """Run a network of `build_mlp` on some rows.

    Parameters
    ----------
    weights : list of ndarray
        As ``keras.Model.get_weights`` orders them: kernel and bias of each layer; with
        `batch_norm`, kernel, scale, shift, mean and variance of hidden layers.
    pixels : ndarray of shape (n_samples, n_features), uint8 or float32
    pixel_mean, pixel_scale : float
        Pixels enter the network as ``(pixel - pixel_mean) * pixel_scale``.
    activation : str
        Activation function of the hidden layers.
    batch_norm : bool
        Whether hidden layers are normalised before their activation.
    output : {'logits', 'features'}, default='logits'
        The last layer, or what enters it.

    Returns
    -------
    outputs : ndarray of shape (n_samples, n_outputs), float32
    """
    *hidden, kernel, bias = weights
    n_each = 5 if batch_norm else 2
    layers = [hidden[i : i + n_each] for i in range(0, len(hidden), n_each)]
    activate = _ACTIVATIONS[activation]
    mean, scale = np.float32(pixel_mean), np.float32(pixel_scale)

    n_samples, n_features = pixels.shape
    n_outputs = kernel.shape[1] if output == "logits" else kernel.shape[0]
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
            for layer in layers:
                values = activate(_linear(values, *layer))
            if output == "logits":
                values = _linear(values, kernel, bias)
        in_rows = values.transpose(0, 2, 1).reshape(-1, n_outputs)
        outputs[start : start + len(some)] = in_rows[: len(some)]
    return outputs


def _linear(values: np.ndarray, kernel: np.ndarray, *rest: np.ndarray) -> np.ndarray:
    """Multiply (n_blocks, n_inputs, 16) by a kernel, then add a bias or normalise."""
    values = kernel.T @ values
    if len(rest) == 1:
        values += rest[0][:, None]
    else:
        gamma, beta, mean, variance = (one[:, None] for one in rest)
        values -= mean
        values *= gamma / np.sqrt(variance + EPSILON)
        values += beta
    return values
