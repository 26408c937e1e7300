"""What is known of a user's network without training it."""

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from ..networks import CustomNetwork
from ._runtime import check_not_forked
from .custom_networks import build_custom_model
from .model_parts import all_layers, ends_of, feature_model

# What leaves standardized pixels less than a tenth of their range, or moves them away by ten
# times their range, was made for larger ones.
_SQUEEZED, _MOVED = 0.1, 10.0


@dataclass(frozen=True)
class NetworkFacts:
    """What is known of a network."""

    n_features: int | None  # values that enter the layer of logits, None without such a layer
    made_for_raw_pixels: tuple[str, ...]  # layers that only serve pixels in 0..255 or the like


@functools.lru_cache(maxsize=64)
def inspect_network(network: CustomNetwork) -> NetworkFacts:
    """Build a network and look at it."""
    check_not_forked()
    model = build_custom_model(network)
    try:
        n_features = math.prod(feature_model(model).output_shape[1:])
    except ValueError:  # transform, which needs one, says why there is none
        n_features = None
    # Images of one grey each, which pooling leaves as they are, and of noise, which what divides
    # each image by its own deviation does.
    shape = (7, *network.input_shape)
    grey = np.linspace(-1.5, 1.5, 7)[:, None, None, None] + np.zeros(shape)
    noise = np.random.default_rng(0).uniform(-1.5, 1.5, shape)
    images = np.concatenate([grey, noise]).astype(np.float32)
    return NetworkFacts(n_features, tuple(_made_for_raw_pixels(model, images)))


def _made_for_raw_pixels(network: keras.Model, images: Any) -> Iterator[str]:
    """Name what squeezes pixels before the first weights, or draws from a range of raw pixels.

    How images of one value each come out tells it of layers, of arithmetic on tensors and of
    functions alike.
    """
    for part in _operations(network):
        has_weights = bool(getattr(part, "weights", ()))
        source, result = ends_of(network, part)
        if isinstance(part, keras.Sequential) or hasattr(part, "operations"):
            if source is not None:
                yield from _made_for_raw_pixels(part, _values(network, source, images))
        elif isinstance(part, keras.Model):  # its call can't be taken apart
            scalings = [sub for sub in all_layers(part) if isinstance(sub, keras.layers.Rescaling)]
            yield from (_named(sub) for sub in scalings if np.all(sub.scale < _SQUEEZED))
        elif min(getattr(part, "value_range", None) or [-1]) >= 0:
            yield _named(part)
        elif source is not None and not has_weights:
            before, after = (_values(network, t, images) for t in (source, result))
            if _is_lost(before[:7], after[:7]) and _is_lost(before[7:], after[7:]):
                yield _named(part)
        if has_weights:
            return


def _is_lost(before: np.ndarray, after: np.ndarray) -> bool:
    """Whether an operation leaves next to nothing of pixels, or moves them far away."""
    if not np.isfinite(before).all() or not np.ptp(before):
        return False  # an earlier one has done it
    span = np.ptp(after)
    return not np.isfinite(after).all() or bool(
        span < _SQUEEZED * np.ptp(before) or abs(after.mean()) > _MOVED * span
    )


def _operations(network: keras.Model) -> list[Any]:
    """List layers, and operations that are no layers, in the order of their calls."""
    parts = network.layers if isinstance(network, keras.Sequential) else network.operations
    return [part for part in parts if not isinstance(part, keras.layers.InputLayer)]


def _values(network: keras.Model, tensor: Any, images: Any) -> np.ndarray:
    """Run a network on images up to some tensor in it."""
    if tensor is network.inputs[0]:
        return np.asarray(images)
    values = keras.Model(network.inputs[0], tensor)(images, training=False)
    return np.asarray(values).astype(np.float32)  # comparisons give booleans


def _named(part: Any) -> str:
    return f"{type(part).__name__} ({part.name!r})"
