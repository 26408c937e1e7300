"""Transformers as nodes of an ONNX graph, in float64."""

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.decomposition import PCA
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

from .._networks.onnx_nodes import Graph
from .._preprocessing import ImageDeskewer, ImageFlattener, PixelScaler
from ._onnx_deskewer import add_deskewer


def _compute(graph: Graph, value: str, **operands: Any) -> str:
    """Apply operators in float64, such as Sub=1 and then Div=2, leaving out operands None."""
    for operator, operand in operands.items():
        if operand is not None:
            value = graph.add(operator, value, graph.constant(np.float64(operand)))
    return value


def _pixel_scaler(graph: Graph, value: str, step: PixelScaler) -> str:
    (low, high), (bottom, top) = step.pixel_range_, step.feature_range
    return _compute(graph, value, Sub=low, Div=(high - low) / (top - bottom) or 1.0, Add=bottom)


def _min_max_scaler(graph: Graph, value: str, step: MinMaxScaler) -> str:
    value = _compute(graph, value, Mul=step.scale_, Add=step.min_)
    return _clipped(graph, value, *step.feature_range) if step.clip else value


def _max_abs_scaler(graph: Graph, value: str, step: MaxAbsScaler) -> str:
    value = _compute(graph, value, Div=step.scale_)
    return _clipped(graph, value, -1, 1) if getattr(step, "clip", False) else value


def _clipped(graph: Graph, value: str, low: float, high: float) -> str:
    ends = [graph.constant(np.float64(end)) for end in (low, high)]
    return graph.add("Clip", value, *ends)


def _pca(graph: Graph, value: str, step: PCA) -> str:
    value = _compute(graph, value, Sub=step.mean_, MatMul=step.components_.T)
    if not step.whiten:
        return value
    deviation = np.sqrt(step.explained_variance_)
    # As PCA.transform: directions without variance are not divided by zero.
    return _compute(graph, value, Div=np.maximum(deviation, np.finfo(deviation.dtype).eps))


# Transformers that may stand before a network, and how each becomes operators.
STEPS: dict[type, Callable[[Graph, str, Any], str]] = {
    ImageFlattener: lambda graph, value, step: value,
    ImageDeskewer: add_deskewer,
    PixelScaler: _pixel_scaler,
    PCA: _pca,
    StandardScaler: lambda graph, value, step: _compute(
        graph,
        value,
        Sub=step.mean_ if step.with_mean else None,
        Div=step.scale_ if step.with_std else None,
    ),
    MinMaxScaler: _min_max_scaler,
    MaxAbsScaler: _max_abs_scaler,
    RobustScaler: lambda graph, value, step: _compute(
        graph,
        value,
        Sub=step.center_ if step.with_centering else None,
        Div=step.scale_ if step.with_scaling else None,
    ),
}
