"""Prediction from arrays: programs cached per architecture that take the weights as arguments."""

import functools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from .networks import Architecture

# A row is computed in a block of this many, whatever the number of rows: matrix products
# of other sizes sum in another order, and a row's result must not depend on its company.
_BLOCK = 32


def predict_logits(
    architecture: Architecture,
    weights: list[np.ndarray],
    images: np.ndarray,
    pixel_mean: float,
    pixel_scale: float,
) -> np.ndarray:
    r"""Return the logits of some images.

    Parameters
    ----------
    architecture : Architecture
    weights : list of ndarray
        As ``keras.Model.get_weights`` orders them.
    images : ndarray of shape (n_samples, \*input_shape), uint8 or float32
    pixel_mean, pixel_scale : float
        Pixels enter the network as ``(pixel - pixel_mean) * pixel_scale``.

    Returns
    -------
    logits : ndarray of shape (n_samples, n_outputs), float32
    """
    return _run(architecture, "logits", weights, images, pixel_mean, pixel_scale)


def transform_to_features(
    architecture: Architecture,
    weights: list[np.ndarray],
    images: np.ndarray,
    pixel_mean: float,
    pixel_scale: float,
) -> np.ndarray:
    """Return what enters the layer of logits; parameters as of `predict_logits`.

    Returns
    -------
    features : ndarray of shape (n_samples, n_features_out), float32
    """
    return _run(architecture, "features", weights, images, pixel_mean, pixel_scale)


def _run(
    architecture: Architecture,
    output: str,
    weights: list[np.ndarray],
    images: np.ndarray,
    pixel_mean: float,
    pixel_scale: float,
) -> np.ndarray:
    program = _program(architecture, output, images.dtype.name)
    scaling = np.array([pixel_mean, pixel_scale], np.float32)
    return program(tf.convert_to_tensor(images), scaling, weights).numpy()


@functools.lru_cache(maxsize=64)
def _program(architecture: Architecture, output: str, dtype: str) -> Callable[..., Any]:
    network = architecture.network()
    weight_shapes = [weight.shape for weight in network.weights]
    if output == "features":
        network = keras.Model(network.inputs, network.layers[-1].input)
    place = {id(variable): i for i, variable in enumerate(network.weights)}

    def values(variables: list[keras.Variable], weights: list[tf.Tensor]) -> list[tf.Tensor]:
        # Other variables are states of dropout's generators, which prediction leaves alone.
        return [weights[place[id(v)]] if id(v) in place else v.value for v in variables]

    @tf.function(
        input_signature=[
            tf.TensorSpec([None, *architecture.input_shape], dtype),
            tf.TensorSpec([2], tf.float32),
            [tf.TensorSpec(shape, tf.float32) for shape in weight_shapes],
        ]
    )
    def program(images, scaling, weights):  # noqa: ANN001, ANN202
        n_samples = tf.shape(images)[0]
        n_blocks = -(-n_samples // _BLOCK)
        # The last block is filled up with its last row.
        rows = tf.minimum(tf.range(n_blocks * _BLOCK), n_samples - 1)

        def one_block(rows: tf.Tensor) -> tf.Tensor:
            pixels = tf.cast(tf.gather(images, rows), tf.float32)
            outputs, _ = network.stateless_call(
                values(network.trainable_variables, weights),
                values(network.non_trainable_variables, weights),
                (pixels - scaling[0]) * scaling[1],
                training=False,
            )
            return outputs

        blocks = tf.map_fn(
            one_block,
            tf.reshape(rows, [n_blocks, _BLOCK]),
            fn_output_signature=tf.float32,
            parallel_iterations=1,
        )
        return tf.reshape(blocks, [n_blocks * _BLOCK, -1])[:n_samples]

    return program.get_concrete_function()
