"""Network architectures: from a hashable description to a keras.Model that gives logits."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from .._geometry import convolution_stages
from ._runtime import check_not_forked

# Seeds are drawn anew for each fit (`initial_weights`): this one only keeps Keras from
# drawing from the global generators while a network is built.
_UNUSED_SEED = 0

# Predictions normalise by a mean over about 1 / (1 - momentum) batches. With Keras' 0.99 a short
# training would end before that has forgotten where it started.
_NORM_MOMENTUM = 0.95


@dataclass(frozen=True)
class Architecture:
    """What a network is made of: a build function and its arguments.

    Two equal architectures share their compiled programs.

    Parameters
    ----------
    build : callable
        ``build(input_shape, n_outputs, **options) -> keras.Model``, logits out.
    input_shape : tuple of int
        Shape of one sample, without the batch axis.
    n_outputs : int
        Number of classes.
    options : tuple of (str, hashable) pairs
        Keyword arguments of `build`.
    """

    build: Callable[..., keras.Model]
    input_shape: tuple[int, ...]
    n_outputs: int
    options: tuple[tuple[str, Any], ...] = ()

    def network(self) -> keras.Model:
        """Build the network."""
        return self.build(self.input_shape, self.n_outputs, **dict(self.options))

    def draw(
        self, network: keras.Model, rng: np.random.Generator
    ) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Draw what a fit starts from: weights, and the states of random generators."""
        weights = initial_weights(network, rng)
        return weights, [
            rng.integers(2**32, size=v.shape, dtype=np.uint32) for v in generator_states(network)
        ]


def build_mlp(
    input_shape: tuple[int, ...],
    n_outputs: int,
    *,
    hidden_layer_sizes: Sequence[int],
    activation: str = "relu",
    dropout: float = 0.0,
    batch_norm: bool = False,
    precision: str = "float32",
) -> keras.Model:
    """Build a dense network: hidden layers, then logits."""
    layers = _dense_layers(hidden_layer_sizes, activation, dropout, batch_norm, precision)
    return keras.Sequential(
        [keras.Input(input_shape, dtype="float32"), *layers, _logits(n_outputs)], name="mlp"
    )


def build_cnn(
    input_shape: tuple[int, int, int],
    n_outputs: int,
    *,
    filters: Sequence[int],
    kernel_size: Sequence[int],
    pool_size: Sequence[int],
    padding: str = "valid",
    hidden_layer_sizes: Sequence[int],
    activation: str = "relu",
    dropout: float = 0.0,
    batch_norm: bool = False,
    precision: str = "float32",
) -> keras.Model:
    """Build a convolutional network: convolutions with pooling, dense layers, logits.

    Kernels and pooling windows that are larger than what is left of the image are
    cut to it, so that the same architecture suits 28 x 28 pixels and 8 x 8;
    ``padding="auto"`` keeps the size of small images. What is normalised is pooled first: on a
    CPU normalising a whole convolution takes as long as computing it.
    """
    dtype = _policy(precision)
    layers: list[keras.Layer] = []
    stages = convolution_stages(input_shape, kernel_size, pool_size, padding)
    for i, (n_filters, stage) in enumerate(zip(filters, stages, strict=True), start=1):
        convolution, *norm_and_activation = _with_norm(
            keras.layers.Conv2D(
                n_filters,
                stage.kernel,
                padding=stage.padding,
                data_format="channels_last",
                use_bias=not batch_norm,
                kernel_initializer=_initializer(),
                dtype=dtype,
                name=f"conv_{i}",
            ),
            activation,
            batch_norm,
        )
        layers.append(convolution)
        if stage.pool != (1, 1):
            layers.append(
                keras.layers.MaxPooling2D(
                    stage.pool, data_format="channels_last", dtype=dtype, name=f"pool_{i}"
                )
            )
        layers += norm_and_activation
    layers.append(keras.layers.Flatten("channels_last", dtype=dtype, name="flatten"))
    layers += _dense_layers(hidden_layer_sizes, activation, dropout, batch_norm, precision)
    return keras.Sequential(
        [keras.Input(input_shape, dtype="float32"), *layers, _logits(n_outputs)], name="cnn"
    )


def to_keras_model(
    architecture: Architecture, weights: list[np.ndarray], pixel_mean: float, pixel_scale: float
) -> keras.Model:
    """Build a network with these weights that takes raw pixels and gives logits."""
    check_not_forked()
    network = architecture.network()
    network.set_weights(weights)
    scaling = keras.layers.Rescaling(
        pixel_scale, -pixel_mean * pixel_scale, dtype="float32", name="standardize"
    )
    pixels = keras.Input(architecture.input_shape, dtype="float32")
    if isinstance(network, keras.Sequential):
        return keras.Sequential([pixels, scaling, *network.layers], name=network.name)
    return keras.Model(pixels, network(scaling(pixels)), name=network.name)


def plain_attributes(thing: Any) -> dict[str, Any]:
    """Return what a layer or optimizer was told by numbers, text and functions, seeds left out.

    Unlike ``get_config`` every class has it, and none warns.
    """
    return {
        name: getattr(value, "__qualname__", value)
        for name, value in vars(thing).items()
        if name[0] != "_" and name != "seed"
        if isinstance(value, bool | int | float | str | tuple | None) or inspect.isroutine(value)
    }


def all_layers(network: keras.Model) -> list[keras.Layer]:
    """List every layer, those in layers as well."""
    return list(network._flatten_layers(include_self=False))


def generator_states(network: keras.Model) -> list[keras.Variable]:
    """Return the variables that are no weights: the states of dropout's generators and others."""
    weights = {id(variable) for variable in network.weights}
    return [variable for variable in network.variables if id(variable) not in weights]


def feature_network(network: keras.Model) -> keras.Model:
    """Return what leads to the layer that gives the logits, without that layer.

    This is the last layer that has weights, if nothing but layers without any follow.
    """
    weighty = [i for i, layer in enumerate(network.layers) if layer.weights]
    tail = network.layers[weighty[-1] :]
    (inputs,) = network.inputs
    try:
        if isinstance(network, keras.Sequential):
            inputs = tensor = keras.Input(network.input_shape[1:], dtype="float32")
            for layer in network.layers[: weighty[-1]]:
                tensor = layer(tensor)
        else:
            tensor = network.outputs[0]
            for layer in reversed(tail):
                if layer.output is not tensor:
                    raise ValueError(f"Layers beside {layer.name} give the logits.")
                tensor = layer.input
        if isinstance(tensor, list) or tensor is inputs:
            raise ValueError(f"{tail[0].name} is all of the network, or has several inputs.")
    except (AttributeError, ValueError) as error:
        raise ValueError(
            "transform gives what enters the layer of logits, but this network has no single "
            "such layer. Build a Sequential or functional model that ends with "
            "keras.layers.Dense(n_classes)."
        ) from error
    return keras.Model(inputs, tensor)


def initial_weights(network: keras.Model, rng: np.random.Generator) -> list[np.ndarray]:
    """Draw the weights that a fit starts from.

    Each comes from its layer's own initializer, under a seed of `rng` if it has one.
    """
    values = []
    for layer in network.layers:
        for variable in layer.weights:
            initializer = getattr(layer, f"{variable.name}_initializer")
            config = initializer.get_config()
            if "seed" in config:
                config["seed"] = int(rng.integers(2**31))
            drawn = type(initializer).from_config(config)(variable.shape, dtype="float32")
            values.append(np.asarray(drawn))
    return values


def _dense_layers(
    sizes: Sequence[int], activation: str, dropout: float, batch_norm: bool, precision: str
) -> list[keras.Layer]:
    dtype = _policy(precision)
    layers: list[keras.Layer] = []
    for i, size in enumerate(sizes, start=1):
        layers += _with_norm(
            keras.layers.Dense(
                size,
                use_bias=not batch_norm,
                kernel_initializer=_initializer(),
                dtype=dtype,
                name=f"dense_{i}",
            ),
            activation,
            batch_norm,
        )
        if dropout:
            layers.append(
                keras.layers.Dropout(dropout, seed=_UNUSED_SEED, dtype=dtype, name=f"dropout_{i}")
            )
    return layers


def _with_norm(layer: keras.Layer, activation: str, batch_norm: bool) -> list[keras.Layer]:
    """Give a linear layer its activation, after batch normalization if that is wanted."""
    if not batch_norm:
        layer.activation = keras.activations.get(activation)
        return [layer]
    dtype = layer.dtype_policy
    return [
        layer,
        keras.layers.BatchNormalization(
            momentum=_NORM_MOMENTUM, dtype=dtype, name=f"norm_{layer.name}"
        ),
        keras.layers.Activation(activation, dtype=dtype, name=f"activation_{layer.name}"),
    ]


def _logits(n_outputs: int) -> keras.Layer:
    # The loss needs float32, whatever the precision of the layers before.
    return keras.layers.Dense(
        n_outputs, kernel_initializer=_initializer(), dtype="float32", name="logits"
    )


def _initializer() -> keras.Initializer:
    return keras.initializers.GlorotUniform(seed=_UNUSED_SEED)


def _policy(precision: str) -> str:
    return "mixed_bfloat16" if precision == "bfloat16" else precision
