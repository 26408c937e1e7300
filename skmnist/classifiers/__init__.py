"""Classifiers that keep scikit-learn's contract with a Keras network inside."""

from ._cnn import KerasCNNClassifier
from ._mlp import KerasMLPClassifier
from ._network import KerasNetworkClassifier
from ._recipe import NetworkRecipe
from ._small_network import small_network

__all__ = [
    "KerasCNNClassifier",
    "KerasMLPClassifier",
    "KerasNetworkClassifier",
    "NetworkRecipe",
    "small_network",
]
