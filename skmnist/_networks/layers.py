"""Networks as values: a network is the shape of its input and a tuple of layer descriptions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Added to the variance of an image; that of all standardized pixels is 1.
IMAGE_EPSILON = 0.1


@dataclass(frozen=True)
class ImageNormalization:
    """Each image brought to mean 0 and deviation 1 (less where it hardly varies)."""


@dataclass(frozen=True)
class Convolution:
    """2-D convolution, channels last; its output is the input of the next layer."""

    n_filters: int
    kernel_size: tuple[int, int]
    padding: str = "valid"
    use_bias: bool = True


@dataclass(frozen=True)
class MaxPooling:
    """Maximum over windows that don't overlap; what is left of a window at an edge is dropped."""

    size: tuple[int, int]


@dataclass(frozen=True)
class Normalization:
    """Batch normalization over the last axis: scale, shift, moving mean and variance."""


@dataclass(frozen=True)
class Activation:
    """Activation function, by its name in Keras."""

    function: str


@dataclass(frozen=True)
class Flatten:
    """All values of an image in one row, channels last."""


@dataclass(frozen=True)
class Dense:
    """Fully connected layer."""

    n_units: int
    use_bias: bool = True


@dataclass(frozen=True)
class Dropout:
    """Units dropped in training, the others scaled up; nothing in prediction."""

    rate: float


Layer = (
    ImageNormalization
    | Convolution
    | MaxPooling
    | Normalization
    | Activation
    | Flatten
    | Dense
    | Dropout
)


@dataclass(frozen=True)
class Network:
    """Layers from standardized pixels to logits; equal networks share compiled programs."""

    input_shape: tuple[int, ...]
    layers: tuple[Layer, ...]


@dataclass(frozen=True)
class CustomNetwork:
    """A network of the user's own: a hashable build function and its first two arguments."""

    build: Callable[..., Any]
    input_shape: tuple[int, ...]
    n_outputs: int
