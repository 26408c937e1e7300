"""The Keras side: networks, their compiled training and prediction programs.

Nothing here knows scikit-learn's estimators, and importing it starts TensorFlow:
the rest of the package imports it inside the methods that need a network.
"""

from . import _runtime  # noqa: F401  first: it decides how TensorFlow starts
from .inspection import inspect_network
from .models import to_keras_model
from .optimizers import OptimizerRecipe
from .prediction import run_network
from .training import Examples, TrainingPlan, train
from .training_program import TrainingState
from .warping import bump_shape, warp_images

__all__ = [
    "Examples",
    "OptimizerRecipe",
    "TrainingPlan",
    "TrainingState",
    "bump_shape",
    "inspect_network",
    "run_network",
    "to_keras_model",
    "train",
    "warp_images",
]
