"""What is known of a user's network without training it."""

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from ._runtime import check_not_forked
from .networks import Architecture, feature_network

# Standardized pixels lie in about this range; what leaves them less than a tenth of it was
# made for larger pixels.
_PIXELS = np.linspace(-1.5, 1.5, 7, dtype=np.float32)
_SQUEEZED = 0.1


@dataclass(frozen=True)
class NetworkFacts:
    """What is known of a network.

    Parameters
    ----------
    n_features : int or None
        Number of features that enter the layer of logits; None without such a layer.
    made_for_raw_pixels : tuple of str
        Layers that only serve pixels in 0..255 or the like.
    """

    n_features: int | None
    made_for_raw_pixels: tuple[str, ...]


@functools.lru_cache(maxsize=64)
def inspect_network(architecture: Architecture) -> NetworkFacts:
    """Build a network and look at it."""
    check_not_forked()
    network = architecture.network()
    try:
        n_features = math.prod(feature_network(network).output_shape[1:])
    except ValueError:  # transform, which needs one, says why there is none
        n_features = None
    images = np.ones((len(_PIXELS), *architecture.input_shape), np.float32)
    images *= _PIXELS[:, None, None, None]
    return NetworkFacts(n_features, tuple(_made_for_raw_pixels(network, images)))


def _made_for_raw_pixels(network: keras.Model, images: Any) -> Iterator[str]:
    """Name what squeezes pixels before the first weights, or draws from a range of raw pixels.

    How images of one value each come out tells it of layers, of arithmetic on tensors and of
    functions alike.
    """
    for part in _operations(network):
        has_weights = bool(getattr(part, "weights", ()))
        try:
            before = _values(network, part.input, images)
            if isinstance(part, keras.Sequential) or hasattr(part, "operations"):
                yield from _made_for_raw_pixels(part, before)
            elif isinstance(part, keras.Model):  # its call can't be taken apart
                subs = part._flatten_layers(include_self=False)
                scalings = [sub for sub in subs if isinstance(sub, keras.layers.Rescaling)]
                yield from (_named(sub) for sub in scalings if np.all(sub.scale < _SQUEEZED))
            elif min(getattr(part, "value_range", None) or [-1]) >= 0:
                yield _named(part)
            elif not has_weights:
                after = _values(network, part.output, images)
                if 0 < np.ptp(after, axis=0).max() < _SQUEEZED * np.ptp(before, axis=0).max():
                    yield _named(part)
        except (AttributeError, TypeError, ValueError):
            pass  # several inputs, or several calls
        if has_weights:
            return


def _operations(network: keras.Model) -> list[Any]:
    """List layers, and operations that are no layers, in the order of their calls."""
    parts = network.layers if isinstance(network, keras.Sequential) else network.operations
    return [part for part in parts if not isinstance(part, keras.layers.InputLayer)]


def _values(network: keras.Model, tensor: Any, images: Any) -> np.ndarray:
    """Run a network on images up to some tensor in it."""
    if tensor is network.inputs[0]:
        return np.asarray(images)
    return np.asarray(keras.Model(network.inputs[0], tensor)(images, training=False))


def _named(part: Any) -> str:
    return f"{type(part).__name__} ({part.name!r})"
