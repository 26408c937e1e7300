"""Layers, generators, features and calls of a Keras model.

The one file that reads private parts of Keras (seen in Keras 3.15.1): it has no public list of
layers in layers, nor of the calls that made a functional model.
"""

import inspect
from typing import Any

import keras


def plain_attributes(thing: Any) -> dict[str, Any]:
    """Return the numbers, text and functions of a layer or optimizer, without seeds.

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


def feature_model(network: keras.Model) -> keras.Model:
    """Return a model of what enters the layer of logits.

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


def ends_of(network: keras.Model, part: Any) -> tuple[Any, Any]:
    """Return the tensors before and behind a layer or operation, None if there are several."""
    # Layers may have been called in other networks as well.
    depths = getattr(network, "_functional", network)._nodes_by_depth.values()
    calls = {id(node) for nodes in depths for node in nodes}
    nodes = [node for node in getattr(part, "_inbound_nodes", ()) if id(node) in calls]
    ends: Any = (nodes[0].input_tensors, nodes[0].outputs) if len(nodes) == 1 else ((), ())
    return tuple(tensors[0] for tensors in ends) if set(map(len, ends)) == {1} else (None, None)
