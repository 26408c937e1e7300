"""What a training learned, as one value that never changes."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..networks import CustomNetwork, Network, run_in_numpy
from ._labels import Labels


@dataclass(frozen=True)
class Resumption:
    """What a later training needs, beside the weights, to go on as if this one had not ended.

    Parameters
    ----------
    shuffling : dict
        State of the generator that orders the rows of an epoch.
    dropout_seeds : list of ndarray
        States of the layers' own generators.
    optimizer : list of ndarray
        Step counter, learning rate and moments; empty where the next training starts anew.
    optimizer_settings : str
        The optimizer that they are of.
    hold_out_seed : int or None
        Seed of the samples that early stopping held out.
    """

    shuffling: dict[str, Any]
    dropout_seeds: list[np.ndarray]
    optimizer: list[np.ndarray]
    optimizer_settings: str
    hold_out_seed: int | None = None


@dataclass(frozen=True)
class Setup:
    """What is decided before a training, and stays while training goes on.

    Parameters
    ----------
    network : Network or CustomNetwork
        Its layers, or the function that builds it.
    parameters : dict of str to object
        The parameters that made the network and its input.
    image_shape : tuple of int or None
        (height, width) or (height, width, n_channels), None for plain rows.
    labels : Labels
        The classes, and the form in which they came.
    n_features : int or None
        Number of values that enter the last layer; None where there is no single one.
    """

    network: Network | CustomNetwork
    parameters: dict[str, Any]
    image_shape: tuple[int, ...] | None
    labels: Labels
    n_features: int | None


@dataclass(frozen=True)
class FittedNetwork:
    """A network and all that was learned with it.

    Parameters
    ----------
    setup : Setup
    weights : list of ndarray
        As ``keras.Model.get_weights`` orders them.
    pixel_mean, pixel_scale : float
        Pixels enter the network as ``(pixel - pixel_mean) * pixel_scale``.
    logit_scale : float
        Probabilities are the softmax of the logits times this number.
    history : dict of str to list of float
        Figures of each epoch.
    resumption : Resumption
        What else a later training needs.
    """

    setup: Setup
    weights: list[np.ndarray]
    pixel_mean: float
    pixel_scale: float
    logit_scale: float
    history: dict[str, list[float]]
    resumption: Resumption

    def __repr__(self) -> str:
        return f"FittedNetwork({len(self.classes)} classes, {self.n_iter} epochs)"

    @property
    def classes(self) -> np.ndarray:
        """Sorted labels, of shape (n_classes,)."""
        return self.setup.labels.classes

    @property
    def image_shape(self) -> tuple[int, ...] | None:
        """Shape of one image, None for plain rows."""
        return self.setup.image_shape

    @property
    def n_iter(self) -> int:
        """Number of epochs trained."""
        return len(self.history["loss"])

    def run(self, rows: np.ndarray, output: str = "logits") -> np.ndarray:
        """Return float32 logits, or 'features', of uint8 or float32 rows (n_samples, n_pixels).

        Dense networks need no TensorFlow.
        """
        network = self.setup.network
        scaling = self.pixel_mean, self.pixel_scale
        if isinstance(network, Network) and len(network.input_shape) == 1:
            return run_in_numpy(network, self.weights, rows, *scaling, output=output)
        from ..engine import run_network

        images = rows.reshape(-1, *network.input_shape)
        return run_network(network, self.weights, images, *scaling, output=output)


class Learned:
    """An attribute of an estimator that shows a field of its `fitted_network_`.

    Assigning to it replaces the value by one with another field.
    """

    def __init__(self, name: str) -> None:
        self._field = name

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, estimator: Any, owner: type | None = None) -> Any:
        if estimator is None:
            return self
        fitted = vars(estimator).get("fitted_network_")
        if fitted is None:
            raise AttributeError(
                f"{type(estimator).__name__!r} object has no attribute {self._name!r} before fit"
            )
        return getattr(fitted, self._field)

    def __set__(self, estimator: Any, value: Any) -> None:
        estimator.fitted_network_ = replace(estimator.fitted_network_, **{self._field: value})
