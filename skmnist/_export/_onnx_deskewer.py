"""ImageDeskewer as nodes of an ONNX graph."""

import numpy as np

from .._images import edge_pixels, with_channel
from .._networks.onnx_nodes import Graph
from .._preprocessing import MOST_SLANT, ImageDeskewer

# Sums that are zero are divided by this: zero again.
_TINY = np.finfo(np.float64).tiny


def add_deskewer(graph: Graph, value: str, step: ImageDeskewer) -> str:
    """Set images in rows of float64 upright; return the name of the rows."""
    height, width, n_channels = shape = with_channel(step.image_shape_)
    images = graph.add("Reshape", value, graph.constant([-1, height * width, n_channels]))
    background = _add_background(graph, images, height, width)
    ink = graph.add("Sub", images, background)
    ink = graph.add("Reshape", ink, graph.constant([-1, *shape]))
    upright = _add_shifted_rows(graph, ink, _add_shifts(graph, ink, height, width), shape)
    upright = graph.add("Reshape", upright, graph.constant([-1, height * width, n_channels]))
    upright = graph.add("Add", upright, background)
    return graph.add("Reshape", upright, graph.constant([-1, height * width * n_channels]))


def _add_background(graph: Graph, images: str, height: int, width: int) -> str:
    """Return the median of the pixels at the edge, (n, 1, n_channels)."""
    (places,) = np.nonzero(edge_pixels(height, width).ravel())
    edge = graph.add("Gather", images, graph.constant(places), axis=1)
    half = len(places) // 2
    # The larger half in descending order ends in the middle: one pixel, or the mean of two.
    largest = graph.add("TopK", edge, graph.constant([half + 1]), axis=1, n_outputs=2)
    middle = graph.constant([(len(places) - 1) // 2, half])
    return graph.add("ReduceMean", graph.add("Gather", largest, middle, axis=1), axes=[1])


def _add_shifts(graph: Graph, ink: str, height: int, width: int) -> str:
    """Return by how many columns each row leans, (n, height, 1, 1)."""
    rows, columns = (
        graph.constant(np.arange(n, dtype=np.float64).reshape(shape))
        for n, shape in ((height, (-1, 1, 1)), (width, (-1, 1)))
    )
    tiny = graph.constant(_TINY)

    def total(value: str) -> str:
        return graph.add("ReduceSum", value, graph.constant([1]))

    weights = graph.add("Abs", graph.add("ReduceMean", ink, axes=[3]))
    of_rows = graph.add("ReduceSum", weights, graph.constant([2]))  # (n, height, 1, 1)
    moment = total(graph.add("Mul", of_rows, rows))
    centre = graph.add("Div", moment, graph.add("Max", total(of_rows), tiny))
    heights = graph.add("Sub", rows, centre)
    spread = total(graph.add("Mul", of_rows, graph.add("Mul", heights, heights)))
    of_columns = graph.add("ReduceSum", graph.add("Mul", weights, columns), graph.constant([2]))
    together = total(graph.add("Mul", of_columns, heights))
    slant = graph.add("Div", together, graph.add("Max", spread, tiny))
    ends = [graph.constant(np.float64(end)) for end in (-MOST_SLANT, MOST_SLANT)]
    return graph.add("Mul", graph.add("Clip", slant, *ends), heights)


def _add_shifted_rows(graph: Graph, ink: str, shifts: str, shape: tuple[int, ...]) -> str:
    """Move each row by its shift, linearly between columns, with no ink beyond the edge."""
    from onnx import TensorProto

    _, width, n_channels = shape
    places = graph.constant(np.arange(1.0, width + 1).reshape(-1, 1))
    ends = [graph.constant(np.float64(end)) for end in (0, width + 1)]
    columns = graph.add("Clip", graph.add("Add", shifts, places), *ends)
    left = graph.add("Floor", columns)
    share = graph.add("Sub", columns, left)
    framed = graph.add("Pad", ink, graph.constant([0, 0, 1, 0, 0, 0, 2, 0]))

    def gathered(offset: int) -> str:
        # All channels come from one column.
        offsets = graph.constant(np.full(n_channels, offset))
        columns = graph.add("Add", graph.add("Cast", left, to=TensorProto.INT64), offsets)
        return graph.add("GatherElements", framed, columns, axis=2)

    first = gathered(0)
    step = graph.add("Sub", gathered(1), first)
    return graph.add("Add", first, graph.add("Mul", step, share))
