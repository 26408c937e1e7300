"""Small-image classifiers: real Keras networks inside, scikit-learn estimators outside.

Public names are imported on first use, so that ``import skmnist`` costs next to
nothing; TensorFlow starts when the first network is built.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0.dev0"

if TYPE_CHECKING:
    from . import comparison as comparison
    from . import datasets as datasets
    from . import exceptions as exceptions
    from . import model_selection as model_selection
    from . import plotting as plotting
    from ._augmentation import RandomDistortion
    from ._classifiers import (
        KerasCNNClassifier,
        KerasMLPClassifier,
        KerasNetworkClassifier,
        NetworkRecipe,
        small_network,
    )
    from ._export import to_onnx
    from ._novelty import NoveltyRejectingClassifier
    from ._persistence import load, save
    from ._pipeline import make_digit_pipeline
    from ._preprocessing import ImageDeskewer, ImageFlattener, PixelScaler
    from ._recipes import make_image_classifier
    from .comparison import compare_classifiers as compare_classifiers
    from .datasets import fetch_fashion_mnist as fetch_fashion_mnist
    from .datasets import fetch_mnist as fetch_mnist

_HOMES = {
    "ImageDeskewer": "_preprocessing",
    "ImageFlattener": "_preprocessing",
    "KerasCNNClassifier": "_classifiers",
    "KerasMLPClassifier": "_classifiers",
    "KerasNetworkClassifier": "_classifiers",
    "NetworkRecipe": "_classifiers",
    "NoveltyRejectingClassifier": "_novelty",
    "PixelScaler": "_preprocessing",
    "RandomDistortion": "_augmentation",
    "compare_classifiers": "comparison",
    "fetch_fashion_mnist": "datasets",
    "fetch_mnist": "datasets",
    "load": "_persistence",
    "make_digit_pipeline": "_pipeline",
    "make_image_classifier": "_recipes",
    "save": "_persistence",
    "small_network": "_classifiers",
    "to_onnx": "_export",
}

# Rooms with further public names: skmnist.plotting needs no import of its own.
_ROOMS = ("comparison", "datasets", "exceptions", "model_selection", "plotting")

# compare_classifiers and the datasets are documented in skmnist.comparison and skmnist.datasets;
# their names here serve earlier scripts.
__all__ = [
    "ImageDeskewer",
    "ImageFlattener",
    "KerasCNNClassifier",
    "KerasMLPClassifier",
    "KerasNetworkClassifier",
    "NetworkRecipe",
    "NoveltyRejectingClassifier",
    "PixelScaler",
    "RandomDistortion",
    "load",
    "make_digit_pipeline",
    "make_image_classifier",
    "save",
    "small_network",
    "to_onnx",
]

if not TYPE_CHECKING:  # to a type checker, a module with __getattr__ has any name

    def __getattr__(name: str) -> Any:
        if name in _HOMES:
            return getattr(import_module(f".{_HOMES[name]}", __name__), name)
        if name in _ROOMS:
            return import_module(f".{name}", __name__)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_ROOMS})
