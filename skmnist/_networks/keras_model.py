"""A network as a Keras model."""

from collections import Counter

import keras

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

# Each fit draws its own seeds: this one only keeps Keras from drawing from the global
# generators while a model is built.
_UNUSED_SEED = 0

# Predictions normalize by a mean over about 1 / (1 - momentum) batches. With Keras' 0.99 a short
# training would end before that has forgotten where it started.
_NORM_MOMENTUM = 0.95


def keras_model(network: Network, precision: str = "float32") -> keras.Model:
    """Build a Keras model from standardized pixels to float32 logits.

    `precision` is that of all layers but the last.
    """
    policy = "mixed_bfloat16" if precision == "bfloat16" else precision
    counts: Counter[str] = Counter()
    layers = [keras.Input(network.input_shape, dtype="float32")]
    before = None
    for layer in network.layers[:-1]:
        if isinstance(layer, Activation) and isinstance(before, Convolution | Dense):
            # As in Keras' own idiom, Dense(256, activation="relu").
            layers[-1].activation = keras.activations.get(layer.function)
        else:
            kind = _NAMES[type(layer)]
            counts[kind] += 1
            layers.append(_keras_layer(layer, f"{kind}_{counts[kind]}", policy))
        before = layer
    layers.append(_keras_layer(network.layers[-1], "logits", "float32"))
    return keras.Sequential(layers, name="cnn" if "flatten" in counts else "mlp")


_NAMES = {
    Activation: "activation",
    Convolution: "conv",
    Dense: "dense",
    Dropout: "dropout",
    Flatten: "flatten",
    ImageNormalization: "image_norm",
    MaxPooling: "pool",
    Normalization: "norm",
}


def _keras_layer(layer: Layer, name: str, dtype: str) -> keras.Layer:
    known = {"name": name, "dtype": dtype}
    initializer = keras.initializers.GlorotUniform(seed=_UNUSED_SEED)
    match layer:
        case Convolution(n_filters, kernel_size, padding, use_bias):
            return keras.layers.Conv2D(
                n_filters,
                kernel_size,
                padding=padding,
                data_format="channels_last",
                use_bias=use_bias,
                kernel_initializer=initializer,
                **known,
            )
        case MaxPooling(size):
            return keras.layers.MaxPooling2D(size, data_format="channels_last", **known)
        case ImageNormalization():
            return keras.layers.LayerNormalization(
                (1, 2, 3), epsilon=IMAGE_EPSILON, center=False, scale=False, **known
            )
        case Normalization():
            return keras.layers.BatchNormalization(momentum=_NORM_MOMENTUM, **known)
        case Activation(function):
            return keras.layers.Activation(function, **known)
        case Flatten():
            return keras.layers.Flatten("channels_last", **known)
        case Dense(n_units, use_bias):
            return keras.layers.Dense(
                n_units, use_bias=use_bias, kernel_initializer=initializer, **known
            )
        case Dropout(rate):
            return keras.layers.Dropout(rate, seed=_UNUSED_SEED, **known)
    raise TypeError(f"{layer!r} is no layer of keras_model")
