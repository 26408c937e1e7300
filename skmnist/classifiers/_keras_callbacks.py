"""Clones and pickles of estimators with callbacks of Keras, which share what they hold."""

import copy
from typing import Any, Self

from sklearn.base import BaseEstimator

from .._copies import copies_as_given


class KerasCallbacksMixin:
    """An estimator with a parameter `keras_callbacks`; stands to the left of BaseEstimator."""

    def __sklearn_clone__(self) -> Self:
        # A deep copy would cut callbacks off from what they share with the world, such as a
        # trial or a list; a clone has shallow ones, without the state of fits.
        bare = copy.copy(self)
        bare.keras_callbacks = None
        twin = BaseEstimator.__sklearn_clone__(bare)
        twin.keras_callbacks = copies_as_given(self.keras_callbacks)
        return twin

    def __getstate__(self) -> dict[str, Any]:
        # What training opened, such as a log file, does not travel in a pickle.
        callbacks = copies_as_given(self.keras_callbacks)
        return {**super().__getstate__(), "keras_callbacks": callbacks}
