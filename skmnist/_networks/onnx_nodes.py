"""A network as nodes of an ONNX graph."""

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import __version__
from .activations import LEAKY_SLOPE
from .layers import (
    IMAGE_EPSILON,
    Activation,
    Convolution,
    Dense,
    Dropout,
    Flatten,
    ImageNormalization,
    Layer,
    MaxPooling,
    Network,
    Normalization,
)
from .numpy_elementwise import EPSILON
from .shapes import split_weights

if TYPE_CHECKING:
    import onnx

# Of 2021, so that old runtimes read it.
_OPSET, _IR_VERSION = 15, 8


class Graph:
    """Nodes and constants of an ONNX graph in the making; every value has a name."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def constant(self, value: Any) -> str:
        """Add a constant, and return its name."""
        from onnx import numpy_helper

        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def add(
        self, operator: str, *inputs: str, name: str = "", n_outputs: int = 1, **attributes: Any
    ) -> str:
        """Add an operation on named values, and return the name of its (first) result."""
        from onnx import helper

        name = name or f"{operator.lower()}_{len(self._nodes)}"
        outputs = [name, *(f"{name}_{i}" for i in range(1, n_outputs))]
        self._nodes.append(helper.make_node(operator, inputs, outputs, **attributes))
        return name

    def model(self, source: "onnx.ValueInfoProto", outputs: list[Any]) -> "onnx.ModelProto":
        """Put everything together, and have ONNX check it."""
        from onnx import checker, helper

        graph = helper.make_graph(self._nodes, "skmnist", [source], outputs, self._constants)
        model = helper.make_model(
            graph,
            producer_name="skmnist",
            producer_version=__version__,
            opset_imports=[helper.make_opsetid("", _OPSET)],
            ir_version=_IR_VERSION,
        )
        checker.check_model(model, full_check=True)
        return model


def add_network(graph: Graph, value: str, network: Network, weights: list[np.ndarray]) -> str:
    """Add a network behind standardized rows (n_samples, n_features); return the logits' name."""
    if len(network.input_shape) == 3:
        # ONNX has channels first, Keras' networks have them last.
        value = graph.add("Reshape", value, graph.constant([-1, *network.input_shape]))
        value = graph.add("Transpose", value, perm=[0, 3, 1, 2])
    for layer, its_weights in split_weights(network, weights):
        value = _add_layer(graph, value, layer, its_weights)
    return value


def _add_layer(graph: Graph, value: str, layer: Layer, weights: list[np.ndarray]) -> str:
    match layer:
        case Convolution(padding=padding):
            kernel, *bias = weights
            constants = [graph.constant(one) for one in (kernel.transpose(3, 2, 0, 1), *bias)]
            pad = "SAME_UPPER" if padding == "same" else "VALID"
            return graph.add("Conv", value, *constants, auto_pad=pad)
        case MaxPooling(size):
            return graph.add("MaxPool", value, kernel_shape=size, strides=size)
        case ImageNormalization():
            return _add_image_normalization(graph, value)
        case Normalization():
            statistics = map(graph.constant, weights)
            return graph.add("BatchNormalization", value, *statistics, epsilon=float(EPSILON))
        case Activation(function):
            return _add_activation(graph, value, function)
        case Flatten():
            return graph.add("Flatten", graph.add("Transpose", value, perm=[0, 2, 3, 1]))
        case Dense():
            kernel, *bias = weights
            value = graph.add("MatMul", value, graph.constant(kernel))
            return graph.add("Add", value, graph.constant(bias[0])) if bias else value
        case Dropout():
            return value
    raise TypeError(f"{layer!r} can't be written to ONNX")


def _add_image_normalization(graph: Graph, value: str) -> str:
    axes = [1, 2, 3]
    centred = graph.add("Sub", value, graph.add("ReduceMean", value, axes=axes))
    variance = graph.add("ReduceMean", graph.add("Mul", centred, centred), axes=axes)
    raised = graph.add("Add", variance, graph.constant(np.float32(IMAGE_EPSILON)))
    return graph.add("Div", centred, graph.add("Sqrt", raised))


def _add_activation(graph: Graph, value: str, function: str) -> str:
    if function == "silu":
        return graph.add("Mul", value, graph.add("Sigmoid", value))
    if function == "leaky_relu":
        return graph.add("LeakyRelu", value, alpha=float(LEAKY_SLOPE))
    if function == "gelu":  # x (1 + erf(x / sqrt 2)) / 2
        scaled = graph.add("Mul", value, graph.constant(np.float32(0.5**0.5)))
        raised = graph.add("Add", graph.add("Erf", scaled), graph.constant(np.float32(1)))
        half = graph.add("Mul", value, graph.constant(np.float32(0.5)))
        return graph.add("Mul", half, raised)
    return graph.add(function.capitalize(), value)
