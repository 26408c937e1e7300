"""Prediction by networks of users: cached programs that take the weights as arguments."""

import functools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from .._networks import CustomNetwork
from ._runtime import check_not_forked
from .custom_networks import build_custom_model
from .model_parts import feature_model

# A row is computed in a block of this many, whatever the number of rows: matrix products
# of other sizes sum in another order, and a row's result must not depend on its company.
# A larger block is faster for many rows, a smaller one for one.
_BLOCK = 16
# Blocks that may overlap: a small convolution does not keep all cores busy.
_BLOCKS_AT_A_TIME = 2


def run_network(
    network: CustomNetwork,
    weights: list[np.ndarray],
    images: np.ndarray,
    pixel_mean: float,
    pixel_scale: float,
    *,
    output: str = "logits",
) -> np.ndarray:
    """Return float32 logits, or the 'features' that enter the last layer, of some images.

    Pixels, uint8 or float32, enter the network as ``(pixel - pixel_mean) * pixel_scale``.
    """
    check_not_forked()
    n_samples = len(images)
    n_rows = None
    if n_samples <= _BLOCK:
        # A single block needs no loop; it is filled up with its last row.
        n_rows = _BLOCK
        images = images[np.minimum(np.arange(_BLOCK), n_samples - 1)]
    program = _program(network, output, images.dtype.name, n_rows)
    scaling = np.array([pixel_mean, pixel_scale], np.float32)
    return program(tf.convert_to_tensor(images), scaling, weights).numpy()[:n_samples]


@functools.lru_cache(maxsize=64)
def _program(
    network: CustomNetwork, output: str, dtype: str, n_rows: int | None
) -> Callable[..., Any]:
    """Compile for one block of `n_rows`, or for any number of rows."""
    model = build_custom_model(network)
    weight_specs = [tf.TensorSpec(weight.shape, weight.dtype) for weight in model.weights]
    place = {id(variable): i for i, variable in enumerate(model.weights)}
    if output == "features":
        model = feature_model(model)

    def values(variables: list[keras.Variable], weights: list[tf.Tensor]) -> list[tf.Tensor]:
        # Other variables are states of dropout's generators, which prediction leaves alone.
        return [weights[place[id(v)]] if id(v) in place else v.value for v in variables]

    def run_block(images, scaling, weights):  # noqa: ANN001, ANN202
        outputs, _ = model.stateless_call(
            values(model.trainable_variables, weights),
            values(model.non_trainable_variables, weights),
            (tf.cast(images, tf.float32) - scaling[0]) * scaling[1],
            training=False,
        )
        return tf.reshape(tf.cast(outputs, tf.float32), [_BLOCK, -1])

    def run_blocks(images, scaling, weights):  # noqa: ANN001, ANN202
        n_samples = tf.shape(images)[0]
        n_blocks = -(-n_samples // _BLOCK)
        # The last block is filled up with its last row.
        rows = tf.minimum(tf.range(n_blocks * _BLOCK), n_samples - 1)
        blocks = tf.map_fn(
            lambda rows: run_block(tf.gather(images, rows), scaling, weights),
            tf.reshape(rows, [n_blocks, _BLOCK]),
            fn_output_signature=tf.float32,
            parallel_iterations=_BLOCKS_AT_A_TIME,
        )
        return tf.reshape(blocks, [n_blocks * _BLOCK, -1])[:n_samples]

    program = tf.function(
        run_blocks if n_rows is None else run_block,
        autograph=False,
        input_signature=[
            tf.TensorSpec([n_rows, *network.input_shape], dtype),
            tf.TensorSpec([2], tf.float32),
            weight_specs,
        ],
    )
    return program.get_concrete_function()
