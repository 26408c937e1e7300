"""to_litert: a fitted classifier, and what stands before it, as one LiteRT (TFLite) file."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA

from .._preprocessing import ImageFlattener, PixelScaler
from .._streams import write_to
from ._parts import input_shape, parts_of

# Images that are enough to measure the ranges of all values by.
_N_SAMPLES = 500


def to_litert(
    estimator: BaseEstimator,
    path: str | os.PathLike[str] | BinaryIO,
    *,
    image_shape: tuple[int, ...] | None = None,
    samples: np.ndarray | None = None,
) -> None:
    """Write raw pixels ``X`` to ``probabilities``, float32, as a LiteRT file.

    With `samples`, rows of pixels such as the network will see, weights and what is computed
    in between are int8.
    """
    import keras
    from tensorflow import lite

    remedy = "Write an ONNX file, or leave it out and transform the pixels before"
    *steps, classifier = parts = parts_of(estimator, "LiteRT", _LAYERS, remedy)
    shape = input_shape(image_shape, parts[0])
    options: dict[str, Any] = {}
    if samples is not None:
        options = {
            "optimizations": [lite.Optimize.DEFAULT],
            "representative_dataset": lambda: _one_by_one(samples, shape),
            "target_spec": {"supported_ops": [lite.OpsSet.TFLITE_BUILTINS_INT8]},
        }

    pixels = value = keras.Input(shape, dtype="float32", name="X")
    value = keras.layers.Flatten()(value)
    for step in steps:
        value = _LAYERS[type(step)](value, step)
    network = classifier.to_keras()
    value = network(keras.layers.Reshape(network.input_shape[1:])(value))
    value = keras.layers.Rescaling(float(classifier.logit_scale_))(value)
    model = keras.Model(pixels, {"probabilities": keras.layers.Softmax()(value)})
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "model.tflite")
        model.export(file, format="litert", verbose=False, **options)
        content = file.read_bytes()
    write_to(path, content)


def _one_by_one(samples: np.ndarray, shape: tuple[int, ...]) -> Iterator[list[np.ndarray]]:
    for row in samples[:: -(-len(samples) // _N_SAMPLES)]:
        yield [row.reshape(1, *shape).astype(np.float32)]


def _pixel_scaler(value: Any, step: PixelScaler) -> Any:
    from keras.layers import Rescaling

    (low, high), (bottom, top) = step.pixel_range_, step.feature_range
    divisor = (high - low) / (top - bottom) or 1.0
    return Rescaling(1 / divisor, bottom - low / divisor)(value)


def _pca(value: Any, step: PCA) -> Any:
    from keras.layers import Dense

    kernel = step.components_.T
    if step.whiten:
        deviation = np.sqrt(step.explained_variance_)
        kernel = kernel / np.maximum(deviation, np.finfo(deviation.dtype).eps)
    dense = Dense(kernel.shape[1])
    value = dense(value)
    dense.set_weights([kernel, -step.mean_ @ kernel])
    return value


# Transformers that may stand before a network, and how each becomes layers of Keras.
_LAYERS: dict[type, Callable[[Any, Any], Any]] = {
    ImageFlattener: lambda value, step: value,
    PixelScaler: _pixel_scaler,
    PCA: _pca,
}
