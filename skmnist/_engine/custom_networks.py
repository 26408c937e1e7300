"""Networks that users build: checked, and brought to the form that programs are made of."""

from typing import Any

import keras
import numpy as np

from .._networks import CustomNetwork
from .building import build_apart
from .model_parts import all_layers, plain_attributes

_ANY_SEED = 0


def build_custom_model(network: CustomNetwork) -> keras.Model:
    """Build a network, and check that its outputs are no probabilities."""

    def build() -> keras.Model:
        model = _build(network)
        images = np.random.default_rng(0).normal(size=(4, *network.input_shape))
        outputs = np.asarray(model(images.astype(np.float32), training=False), np.float64)
        if (outputs >= 0).all() and np.allclose(outputs.sum(axis=1), 1, atol=1e-3):
            raise ValueError(
                f"network={network.build!r} built a model that gives probabilities, but logits "
                "are expected. Leave out the softmax at its end."
            )
        return model

    return build_apart(build, _ANY_SEED)


def rebuild_custom_model(network: CustomNetwork, model: keras.Model, seed: int) -> keras.Model:
    """Build a model like another one under a seed; what has a seed of its own keeps it."""
    new = build_apart(lambda: _build(network), seed)
    is_like_it = [v.shape for v in new.variables] == [v.shape for v in model.variables]
    attributes = [list(map(plain_attributes, all_layers(one))) for one in (new, model)]
    if not is_like_it or attributes[0] != attributes[1]:
        raise ValueError(
            f"network={network.build!r} built another network than before from the same "
            "arguments. It must depend on nothing else: make what it reads from outside "
            "an argument."
        )
    if {id(v) for v in new.variables} & {id(v) for v in model.variables}:
        raise ValueError(
            f"network={network.build!r} returned layers of an earlier call, which may be trained "
            "by now, but each fit needs new ones. Build them inside the function."
        )
    return new


def _build(network: CustomNetwork) -> keras.Model:
    made = network.build(network.input_shape, network.n_outputs)
    with_inputs = _with_inputs(network.build, made, network.input_shape)
    model = _without_softmax(network.build, with_inputs)
    expected = (None, network.n_outputs)
    if model.output_shape != expected:
        raise ValueError(
            f"network={network.build!r} built a model with outputs of shape "
            f"{model.output_shape}, but {expected} is expected: one logit for each class, "
            "of two classes as well. End with keras.layers.Dense(n_classes)."
        )
    if not model.trainable_variables:
        raise ValueError(
            f"network={network.build!r} built a model without weights to train. Leave some "
            "layer with weights trainable."
        )
    return model


def _with_inputs(build: object, made: Any, shape: tuple[int, ...]) -> keras.Model:
    """Return a Sequential or functional model for inputs of a shape."""
    if not isinstance(made, keras.Model):
        raise TypeError(
            f"network={build!r} must return a keras.Model that is Sequential, functional or a "
            f"subclass, but returned {made!r}."
        )
    if isinstance(made, keras.Sequential) and not made.built:
        made.build((None, *shape))
    # A subclass of keras.Model has no inputs before it is called on some.
    inputs, outputs = getattr(made, "inputs", None), getattr(made, "outputs", None)
    if inputs is not None and outputs is not None:
        if len(inputs) != 1 or len(outputs) != 1:
            raise ValueError(
                f"network={build!r} built a model with {len(inputs)} inputs and {len(outputs)} "
                "outputs, but one of each is expected: images in, logits out."
            )
        expected, found = (None, *shape), tuple(inputs[0].shape)
        if found == expected:
            if isinstance(made, keras.Sequential):
                return made
            # A functional model may have a list or dict of one input.
            return keras.Model(inputs[0], outputs[0], name=made.name)
        if len(found) != len(expected) or any(
            size not in (None, side) for size, side in zip(found, expected, strict=True)
        ):
            raise ValueError(
                f"network={build!r} built a model for inputs of shape {found}, but images come "
                f"as {expected}: (batch, height, width, n_channels). Start with "
                "keras.Input(image_shape), and keras.layers.Flatten() before dense layers."
            )
    inputs = keras.Input(shape, dtype="float32")
    return keras.Model(inputs, made(inputs), name=made.name)


def _without_softmax(build: object, network: keras.Model) -> keras.Model:
    """Leave out a softmax at the end: the logits are what enters it."""
    if not network.layers:
        raise ValueError(f"network={build!r} built a model without layers.")
    last = network.layers[-1]
    is_sequential = isinstance(network, keras.Sequential)
    # A layer that was never called has no output.
    if not is_sequential and getattr(last, "output", None) is not network.outputs[0]:
        return network
    activation = getattr(last, "activation", None)
    if activation is keras.activations.sigmoid:
        raise ValueError(
            f"network={build!r} built a model that ends in a sigmoid, but logits are expected, "
            "one for each class, of two classes as well. End with keras.layers.Dense(n_classes), "
            "without an activation."
        )
    is_softmax = isinstance(last, keras.layers.Softmax) and last.axis == -1
    if is_softmax or (
        isinstance(last, keras.layers.Activation) and activation is keras.activations.softmax
    ):
        if is_sequential:
            inputs = keras.Input(network.input_shape[1:], dtype="float32")
            return keras.Sequential([inputs, *network.layers[:-1]], name=network.name)
        return keras.Model(network.inputs[0], last.input, name=network.name)
    if activation is keras.activations.softmax:
        last.activation = keras.activations.linear
    return network
