"""Inspect a user's network without training it."""

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from .._networks import CustomNetwork
from ._runtime import check_not_forked
from .custom_networks import build_custom_model
from .model_parts import all_layers, ends_of, feature_model

# A layer that leaves less than a tenth of the range of standardized pixels, or moves them by ten
# times their range, was made for raw ones.
_SQUEEZED, _MOVED = 0.1, 10.0
_N_EACH = 7  # images of one grey, and images of noise


@dataclass(frozen=True)
class NetworkFacts:
    """Facts about a network."""

    n_features: int | None  # values that enter the layer of logits, None without such a layer
    made_for_raw_pixels: tuple[str, ...]  # layers that only serve pixels in 0..255 or the like


@functools.lru_cache(maxsize=64)
def inspect_network(network: CustomNetwork) -> NetworkFacts:
    """Build a network and inspect it."""
    check_not_forked()
    model = build_custom_model(network)
    try:
        n_features = math.prod(feature_model(model).output_shape[1:])
    except ValueError:  # transform, which needs one, raises the reason
        n_features = None
    # Images of one grey each, which pooling leaves as they are, and images of noise, which layers
    # that divide each image by its own deviation leave so.
    shape = (_N_EACH, *network.input_shape)
    grey = np.linspace(-1.5, 1.5, _N_EACH)[:, None, None, None] + np.zeros(shape)
    noise = np.random.default_rng(0).uniform(-1.5, 1.5, shape)
    images = np.concatenate([grey, noise]).astype(np.float32)
    return NetworkFacts(n_features, tuple(_made_for_raw_pixels(model, images)))


def _made_for_raw_pixels(network: keras.Model, images: Any) -> Iterator[str]:
    """Name layers and operations before the first weights that squeeze or shift pixels too far."""
    # Layers, and operations that are no layers, in the order of their calls.
    parts = network.layers if isinstance(network, keras.Sequential) else network.operations
    for part in parts:
        if isinstance(part, keras.layers.InputLayer):
            continue
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
            grey, noise = slice(_N_EACH), slice(_N_EACH, None)
            if all(_is_lost(before[some], after[some]) for some in (grey, noise)):
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


def _values(network: keras.Model, tensor: Any, images: Any) -> np.ndarray:
    """Run a network on images up to some tensor in it."""
    if tensor is network.inputs[0]:
        return np.asarray(images)
    values = keras.Model(network.inputs[0], tensor)(images, training=False)
    return np.asarray(values).astype(np.float32)  # comparisons give booleans


def _named(part: Any) -> str:
    return f"{type(part).__name__} ({part.name!r})"
