"""to_onnx: a fitted classifier, and what stands before it, as one ONNX graph."""

import os
from typing import BinaryIO

import numpy as np
from sklearn.base import BaseEstimator

from .._networks.onnx_nodes import Graph, add_network
from .._streams import writable_stream, write_to
from ._onnx_steps import STEPS
from ._parts import input_shape, parts_of

# Dtypes of raw pixels.
_DTYPES = ("float32", "float64", "uint8")


def to_onnx(
    estimator: BaseEstimator,
    path: str | os.PathLike[str] | BinaryIO,
    *,
    dtype: str = "float32",
    image_shape: tuple[int, ...] | None = None,
) -> None:
    """Write a fitted classifier or pipeline to an ONNX file.

    The graph leads from raw pixels, its input ``X``, to ``label`` of shape (n_samples,) and
    ``probabilities`` of shape (n_samples, n_classes), float32. The steps before the network are
    computed in float64, the network in float32; probabilities agree with ``predict_proba`` within
    1e-5.

    Parameters
    ----------
    estimator : estimator
        A fitted :class:`KerasMLPClassifier` or :class:`KerasCNNClassifier`, or a
        ``Pipeline`` with one at its end, behind :class:`ImageFlattener`,
        :class:`ImageDeskewer`, :class:`PixelScaler`, and scikit-learn's ``PCA``,
        ``StandardScaler``, ``MinMaxScaler``, ``MaxAbsScaler`` and ``RobustScaler``. Of a
        search, its ``best_estimator_`` is written.
    path : str, path-like or binary stream
        Where to. A stream, such as ``io.BytesIO()``, is written to from where it stands, and
        stays open.
    dtype : {'float32', 'float64', 'uint8'}, default='float32'
        Dtype of the pixels, which have the range that they had in ``fit``.
    image_shape : tuple of int or None, default=None
        Shape of one image of ``X``, (height, width) or (height, width, n_channels). None
        means flat rows, ``X`` of shape (n_samples, n_features).

    Raises
    ------
    ImportError
        If the package onnx is missing; ``pip install 'skmnist[onnx]'`` brings it.
    TypeError
        If `estimator` or a step is of another class, or `path` is neither a path nor a stream
        of bytes.
    OSError
        If the file or stream can't be written.
    ValueError
        If `image_shape` is not that of the images that `estimator` was fitted on, `dtype` is
        another, or labels are integers beyond int64.
    sklearn.exceptions.NotFittedError
        If `estimator` is not fitted.

    Notes
    -----
    Labels are those of ``classes_``: integers, floats, booleans or text; column numbers
    for one-hot targets.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn.datasets import load_digits
    >>> from skmnist import KerasMLPClassifier, make_digit_pipeline, to_onnx
    >>> X, y = load_digits(return_X_y=True)
    >>> pipeline = make_digit_pipeline(KerasMLPClassifier(epochs=5, random_state=0))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     to_onnx(pipeline.fit(X, y), Path(folder, "digits.onnx"))
    """
    try:
        import onnx
    except ImportError as error:
        raise ImportError(
            "to_onnx needs the package onnx: pip install 'skmnist[onnx]'."
        ) from error

    writable_stream(path)  # an error now, rather than when all is done
    if str(dtype) not in _DTYPES and dtype not in [np.dtype(name) for name in _DTYPES]:
        raise ValueError(f"dtype={dtype!r} was given; expected 'float32', 'float64' or 'uint8'.")
    remedy = "Leave it out, or write what is behind it and transform the pixels before"
    *steps, classifier = parts = parts_of(estimator, "ONNX", STEPS, remedy)
    shape = input_shape(image_shape, parts[0])

    graph = Graph()
    value = graph.add("Reshape", "X", graph.constant([-1, parts[0].n_features_in_]))
    if steps:
        value = graph.add("Cast", value, to=onnx.TensorProto.DOUBLE)
    for step in steps:
        value = STEPS[type(step)](graph, value, step)
    value = graph.add("Cast", value, to=onnx.TensorProto.FLOAT)
    value = graph.add("Sub", value, graph.constant(np.float32(classifier.pixel_mean_)))
    value = graph.add("Mul", value, graph.constant(np.float32(classifier.pixel_scale_)))
    network = classifier.fitted_network_.setup.network
    logits = add_network(graph, value, network, classifier.weights_)
    scaled = graph.add("Mul", logits, graph.constant(np.float32(classifier.logit_scale_)))
    number = graph.add("ArgMax", logits, axis=1, keepdims=0)
    classes = _plain_labels(classifier.classes_)
    graph.add("Gather", graph.constant(classes), number, name="label")
    graph.add("Softmax", scaled, axis=1, name="probabilities")

    def described(name: str, dtype: np.dtype, *shape: int) -> onnx.ValueInfoProto:
        kind = onnx.helper.np_dtype_to_tensor_dtype(dtype)
        return onnx.helper.make_tensor_value_info(name, kind, ["n_samples", *shape])

    model = graph.model(
        described("X", np.dtype(dtype), *shape),
        [
            described("label", classes.dtype),
            described("probabilities", np.dtype(np.float32), len(classes)),
        ],
    )
    write_to(path, model.SerializeToString())


def _plain_labels(classes: np.ndarray) -> np.ndarray:
    """Return labels of a dtype that every runtime takes."""
    if classes.dtype.kind in "iu":
        if classes[-1] > np.iinfo(np.int64).max:
            raise ValueError(f"The label {classes[-1]} is too large for ONNX: it is beyond int64.")
        return classes.astype(np.int64)
    if classes.dtype.kind == "f":
        return classes.astype(np.float64)
    return classes if classes.dtype.kind == "b" else classes.astype(str).astype(object)
