"""Classifiers that keep scikit-learn's contract with a Keras network inside."""

from ._base import KerasClassifierBase
from ._cnn import KerasCNNClassifier
from ._fitted import FittedNetwork, Resumption
from ._labels import Labels
from ._mlp import KerasMLPClassifier, works_on_images
from ._network import KerasNetworkClassifier
from ._networks import make_setup, network_parameters
from ._recipe import NetworkRecipe
from ._small_network import small_network

__all__ = [
    "FittedNetwork",
    "KerasCNNClassifier",
    "KerasClassifierBase",
    "KerasMLPClassifier",
    "KerasNetworkClassifier",
    "Labels",
    "NetworkRecipe",
    "Resumption",
    "make_setup",
    "network_parameters",
    "small_network",
    "works_on_images",
]
