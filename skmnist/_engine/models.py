"""Keras models of networks, and the weights that they start from."""

import keras
import numpy as np

from .._networks import CustomNetwork, Network
from .._networks.keras_model import keras_model
from ._runtime import check_not_forked
from .custom_networks import build_custom_model, rebuild_custom_model
from .model_parts import generator_states


def build_model(network: Network | CustomNetwork, precision: str = "float32") -> keras.Model:
    """Build a Keras model from standardized pixels to logits.

    Models of a user's function have the precision of their own layers.
    """
    if isinstance(network, CustomNetwork):
        return build_custom_model(network)
    return keras_model(network, precision)


def draw_start(
    network: Network | CustomNetwork, model: keras.Model, rng: np.random.Generator
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Draw the weights and the states of random generators that a fit of a model starts from."""
    if isinstance(network, CustomNetwork):
        # It may start from anything (any initializers, weights trained before): it is built anew.
        new = rebuild_custom_model(network, model, int(rng.integers(2**31)))
        return new.get_weights(), [v.numpy() for v in generator_states(new)]
    weights = initial_weights(model, rng)
    return weights, [
        rng.integers(2**32, size=v.shape, dtype=np.uint32) for v in generator_states(model)
    ]


def initial_weights(model: keras.Model, rng: np.random.Generator) -> list[np.ndarray]:
    """Draw weights by each layer's own initializer, under a seed of `rng` if it takes one."""
    values = []
    for layer in model.layers:
        for variable in layer.weights:
            initializer = getattr(layer, f"{variable.name}_initializer")
            config = initializer.get_config()
            if "seed" in config:
                config["seed"] = int(rng.integers(2**31))
            drawn = type(initializer).from_config(config)(variable.shape, dtype="float32")
            values.append(np.asarray(drawn))
    return values


def to_keras_model(
    network: Network | CustomNetwork,
    weights: list[np.ndarray],
    pixel_mean: float,
    pixel_scale: float,
) -> keras.Model:
    """Build a model with these weights that takes raw pixels and gives logits."""
    check_not_forked()
    model = build_model(network)
    model.set_weights(weights)
    scaling = keras.layers.Rescaling(
        pixel_scale, -pixel_mean * pixel_scale, dtype="float32", name="standardize"
    )
    pixels = keras.Input(network.input_shape, dtype="float32")
    if isinstance(model, keras.Sequential):
        return keras.Sequential([pixels, scaling, *model.layers], name=model.name)
    return keras.Model(pixels, model(scaling(pixels)), name=model.name)
