"""ImageDeskewer as nodes of an ONNX graph: the arithmetic of `_preprocessing`, step by step."""

import numpy as np

from .._images import with_channel
from .._networks.onnx_nodes import Graph
from .._preprocessing import MOST_SLANT, ImageDeskewer


def add_deskewer(graph: Graph, value: str, step: ImageDeskewer) -> str:
    """Add the deskewing of float64 rows (n_samples, n_features); return the result's name."""
    height, width, n_channels = with_channel(step.image_shape_)

    def number(value: float) -> str:
        return graph.constant(np.float64(value))

    def axes(*numbers: int) -> str:
        return graph.constant(np.array(numbers, np.int64))

    def total(value: str, axis: int, *, keepdims: int = 1) -> str:
        return graph.add("ReduceSum", value, axes(axis), keepdims=keepdims)

    images = graph.add("Reshape", value, axes(-1, height, width, n_channels))
    background = _add_background(graph, images, height, width, n_channels)  # (n, 1, n_channels)

    # The slant: the regression of columns on rows, pixels weighing as much as they stand out.
    rows, columns = (graph.constant(np.arange(n, dtype=np.float64)) for n in (height, width))
    grey = graph.add("ReduceMean", images, axes=[3], keepdims=0)
    grey_background = graph.add("ReduceMean", background, axes=[2])
    weights = graph.add("Abs", graph.add("Sub", grey, grey_background))
    of_rows = total(weights, 2, keepdims=0)  # (n, height)
    mass = total(of_rows, 1)
    mass = graph.add("Where", graph.add("Equal", mass, number(0)), number(1), mass)
    centre = graph.add("Div", total(graph.add("Mul", of_rows, rows), 1), mass)
    heights = graph.add("Sub", rows, centre)
    squares = graph.add("Mul", heights, heights)
    spread = total(graph.add("Mul", of_rows, squares), 1)
    of_columns = total(graph.add("Mul", weights, columns), 2, keepdims=0)
    together = total(graph.add("Mul", of_columns, heights), 1)
    has_spread = graph.add("Greater", spread, number(0))
    safe = graph.add("Where", has_spread, spread, number(1))
    slant = graph.add("Where", has_spread, graph.add("Div", together, safe), number(0))
    slant = graph.add("Clip", slant, number(-MOST_SLANT), number(MOST_SLANT))

    # Each row is shifted, with a column of background on either side.
    shifts = graph.add("Unsqueeze", graph.add("Mul", slant, heights), axes(2))
    sources = graph.add("Add", shifts, graph.constant(np.arange(1.0, width + 1)))
    sources = graph.add("Clip", sources, number(0), number(width + 1))
    sources = graph.add("Unsqueeze", sources, axes(3))
    left = graph.add("Floor", sources)
    right = graph.add("Min", graph.add("Add", left, number(1)), number(width + 1))
    share = graph.add("Sub", sources, left)
    # (n, height, 1, n_channels)
    rim = graph.add("Unsqueeze", background, axes(1))
    rim = graph.add("Add", rim, graph.constant(np.zeros((height, 1, n_channels))))
    framed = graph.add("Concat", rim, images, rim, axis=2)
    mixed = [
        graph.add("Mul", _add_pixels(graph, framed, place, n_channels), weight)
        for place, weight in ((left, graph.add("Sub", number(1), share)), (right, share))
    ]
    return graph.add("Reshape", graph.add("Add", *mixed), axes(-1, height * width * n_channels))


def _add_background(graph: Graph, images: str, height: int, width: int, n_channels: int) -> str:
    """Add the median of the pixels at the edge, (n_samples, 1, n_channels)."""
    is_edge = np.ones((height, width), bool)
    is_edge[1:-1, 1:-1] = False
    numbers = np.flatnonzero(is_edge)
    flat = graph.add("Reshape", images, graph.constant(np.array([-1, height * width, n_channels])))
    edge = graph.add("Gather", flat, graph.constant(numbers), axis=1)
    n_edge = len(numbers)
    largest_first = graph.add("TopK", edge, graph.constant(np.array([n_edge])), axis=1)
    middle = np.array([(n_edge - 1) // 2, n_edge // 2])
    two = graph.add("Gather", largest_first, graph.constant(middle), axis=1)
    return graph.add("ReduceMean", two, axes=[1])


def _add_pixels(graph: Graph, framed: str, columns: str, n_channels: int) -> str:
    """Add the pixels of framed images at columns of shape (n_samples, height, width, 1)."""
    numbers = graph.add("Cast", columns, to=7)  # int64
    every_channel = graph.add("Add", numbers, graph.constant(np.zeros(n_channels, np.int64)))
    return graph.add("GatherElements", framed, every_channel, axis=2)
