"""Networks described by values, and what can be made of a description: one file each.

`keras_model` starts TensorFlow and `onnx_nodes` needs onnx: both are imported where they are used.
"""

from .activations import ACTIVATIONS
from .architectures import cnn, mlp
from .layers import CustomNetwork, Network
from .numpy_forward import run_in_numpy
from .shapes import n_features, weight_shapes

__all__ = [
    "ACTIVATIONS",
    "CustomNetwork",
    "Network",
    "cnn",
    "mlp",
    "n_features",
    "run_in_numpy",
    "weight_shapes",
]
