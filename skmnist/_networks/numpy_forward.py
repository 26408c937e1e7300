"""The forward pass of a network in NumPy: prediction needs no TensorFlow."""

import itertools
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import joblib
import numpy as np

from .layers import Dense, Flatten, Layer, Network
from .numpy_elementwise import run_elementwise
from .numpy_images import ImageLayers
from .numpy_products import multiply
from .shapes import split_weights

# A row of values is computed in a block of this many, whatever the number of rows, and the block
# lies with its rows along the last axis: so a matrix product computes all of them by the same
# instructions, on every kind of processor tried (docs/reliability.md), and a row's bits don't
# depend on its company. In blocks of another size, or across the first axis, they do on some.
_BLOCK = 16
# Blocks of plain rows whose activations are held at a time: few enough for a processor's cache.
_BLOCKS_OF_ROWS = 20
# Blocks of images that a thread computes at a time, and floats that enter the layer behind
# `Flatten` then, where one block has not more (4 MB).
_BLOCKS_OF_IMAGES = 4
_MOST_VALUES = 2**20
# The caller looks for infinities.
_UNSEEN: dict[str, Any] = {"over": "ignore", "invalid": "ignore"}

_Layers = Sequence[tuple[Layer, list[int]]]  # each with the places of its weights


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
    images, layers = _planned(network)
    kernel = weights[layers[-1][1][0]]
    if output == "features":
        layers = layers[:-1]
    outputs = np.empty((len(pixels), kernel.shape[output == "logits"]), np.float32)
    scaling = np.float32(pixel_mean), np.float32(pixel_scale)
    if images is None:
        _run_rows(layers, weights, pixels, *scaling, outputs)
    else:
        _run_images(images, layers, weights, pixels, *scaling, outputs)
    return outputs


@lru_cache  # one row would wait for it; threads share what is returned
def _planned(network: Network) -> tuple[ImageLayers | None, _Layers]:
    """Return the layers before and behind `Flatten`."""
    layers = split_weights(network, itertools.count())
    if len(network.input_shape) == 1:
        return None, tuple(layers)
    end = network.layers.index(Flatten())
    return ImageLayers(network.input_shape, layers[:end]), tuple(layers[end + 1 :])


def _run_rows(
    layers: _Layers,
    weights: list[np.ndarray],
    pixels: np.ndarray,
    mean: np.float32,
    scale: np.float32,
    outputs: np.ndarray,
) -> None:
    """Write to `outputs` what a dense network makes of its pixels."""
    n_samples, n_values = pixels.shape
    n_blocks = min(-(-n_samples // _BLOCK), _BLOCKS_OF_ROWS)
    rows = np.zeros((n_blocks * _BLOCK, n_values), np.float32)
    for start in range(0, n_samples, len(rows)):
        some = slice(start, start + len(rows))
        standardized = rows[: len(pixels[some])]
        with np.errstate(**_UNSEEN):
            np.subtract(pixels[some], mean, out=standardized)
            standardized *= scale
            _run_blocks(layers, weights, rows, outputs[some], np.matmul)


def _run_images(
    images: ImageLayers,
    layers: _Layers,
    weights: list[np.ndarray],
    pixels: np.ndarray,
    mean: np.float32,
    scale: np.float32,
    outputs: np.ndarray,
) -> None:
    """Write to `outputs` what a network for images makes of them, in several threads."""
    n_blocks = max(1, min(_BLOCKS_OF_IMAGES, _MOST_VALUES // (_BLOCK * images.n_values)))

    def run_from(start: int) -> None:
        some = slice(start, start + n_blocks * _BLOCK)
        n_rows = len(outputs[some])
        rows = np.zeros((-(-n_rows // _BLOCK) * _BLOCK, images.n_values), np.float32)
        with np.errstate(**_UNSEEN):  # each thread has its own state
            images.run(weights, pixels[some], mean, scale, rows[:n_rows])
            _run_blocks(layers, weights, rows, outputs[some], multiply)

    _in_threads(run_from, range(0, len(pixels), n_blocks * _BLOCK))


def _in_threads(function: Callable[[int], None], arguments: range) -> None:
    """Call a function with each argument, in as many threads as this process may have."""
    if len(arguments) > 1:
        # joblib sets for OpenMP how many threads a worker has.
        limit = os.environ.get("OMP_NUM_THREADS", "")
        n_threads = int(limit) if limit.isdigit() and int(limit) else joblib.cpu_count()
        with ThreadPoolExecutor(min(n_threads, len(arguments))) as threads:
            for _ in threads.map(function, arguments):
                pass  # what a thread raised is raised here
    else:
        for argument in arguments:
            function(argument)


def _run_blocks(
    layers: _Layers,
    weights: list[np.ndarray],
    rows: np.ndarray,
    outputs: np.ndarray,
    product: Callable[..., object],
) -> None:
    """Write what the layers make of the first rows to `outputs`; rows are some whole blocks."""
    n_blocks = -(-len(outputs) // _BLOCK)
    blocks = rows.reshape(-1, _BLOCK, rows.shape[1])[:n_blocks]
    values = np.ascontiguousarray(blocks.transpose(0, 2, 1))  # (n_blocks, n_values, 16)
    for layer, places in layers:
        if isinstance(layer, Dense):
            kernel, *bias = [weights[i] for i in places]
            before, values = values, np.empty((n_blocks, layer.n_units, _BLOCK), np.float32)
            product(kernel.T, before, out=values)
            if bias:
                values += bias[0][:, None]
        else:
            values = run_elementwise(layer, [weights[i][:, None] for i in places], values)
    outputs[:] = values.transpose(0, 2, 1).reshape(-1, outputs.shape[1])[: len(outputs)]
