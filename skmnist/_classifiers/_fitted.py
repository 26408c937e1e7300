"""A trained network as one value, replaced as a whole."""

from dataclasses import dataclass, fields, replace
from typing import Any, Generic, Self, TypeVar, overload

import numpy as np

from .._networks import CustomNetwork, Network, run_in_numpy
from ._labels import Labels

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Resumption:
    """State, beside the weights, from which a training goes on as if it had never stopped."""

    shuffling: dict[str, Any]  # state of the generator that orders the rows of an epoch
    dropout_seeds: list[np.ndarray]  # states of the layers' own generators
    optimizer: list[np.ndarray]  # step counter, rate and moments; empty to start with new ones
    optimizer_settings: str  # of the optimizer that they belong to
    hold_out_seed: int | None = None  # seed of the samples held out
    # Which samples no call has trained on: "validation" or "spared" ones, None for none.
    unseen: str | None = None
    distortion: dict[str, float] | None = None  # what augmenter="auto" chose
    start_seed: int | None = None  # seed of the first weights, of second networks as well


@dataclass(frozen=True, eq=False)
class Setup:
    """Network, input and labels, which stay while training goes on."""

    network: Network | CustomNetwork
    parameters: dict[str, Any]  # those that made the network and its input
    image_shape: tuple[int, ...] | None  # None for plain rows
    labels: Labels
    n_features: int | None  # values that enter the last layer, None without a single one


@dataclass(frozen=True, eq=False)
class FittedNetwork:
    """A network and all that was learned with it.

    Pixels enter it as ``(pixel - pixel_mean) * pixel_scale``; probabilities are the softmax of
    ``logit_scale`` times the logits.
    """

    setup: Setup
    weights: list[np.ndarray]  # as keras.Model.get_weights orders them
    pixel_mean: float
    pixel_scale: float
    logit_scale: float
    history: dict[str, list[float]]  # figures of each epoch
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

        Networks of the user's own run in TensorFlow, all others in NumPy.
        """
        network = self.setup.network
        scaling = self.pixel_mean, self.pixel_scale
        if isinstance(network, Network):
            return run_in_numpy(network, self.weights, rows, *scaling, output=output)
        from .._engine import run_network

        images = rows.reshape(-1, *network.input_shape)
        return run_network(network, self.weights, images, *scaling, output=output)


class FittedAttribute(Generic[T]):
    """An attribute ``name_`` of an estimator that shows the field ``name`` of `fitted_network_`.

    Assigning to one of the value's own fields replaces the value.
    """

    def __init__(self, doc: str) -> None:
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        self._name, self._field = name, name.removesuffix("_")

    @overload
    def __get__(self, estimator: None, owner: type) -> Self: ...
    @overload
    def __get__(self, estimator: object, owner: type | None = None) -> T: ...
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
        if self._field not in (field.name for field in fields(FittedNetwork)):
            raise AttributeError(f"{self._name} can't be set, only learned by a fit.")
        estimator.fitted_network_ = replace(estimator.fitted_network_, **{self._field: value})
