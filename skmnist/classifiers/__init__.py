"""Classifiers that keep scikit-learn's contract with a Keras network inside."""

from ._cnn import KerasCNNClassifier
from ._mlp import KerasMLPClassifier

__all__ = ["KerasCNNClassifier", "KerasMLPClassifier"]
