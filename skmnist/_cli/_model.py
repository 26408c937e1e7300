"""A model file as something that predicts images of bytes."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np


class Model(NamedTuple):
    """A fitted classifier, what it takes, and what rejects images of no class, or None."""

    classifier: Any
    image_shape: tuple[int, ...]
    pixel_range: tuple[float, float]
    rejecting: Any

    def rows_of(self, images: Any) -> np.ndarray:
        """Bring images from 0 to 255 to rows in the range that the classifier knows."""
        low, high = self.pixel_range
        pixels = low + images.astype(np.float32) * ((high - low) / 255)
        return pixels.reshape(len(images), -1)


def load_model(path: Path, *, rejects: bool) -> Model:
    """Load a model file, or raise ValueError if it can't predict pictures."""
    from sklearn.exceptions import NotFittedError
    from sklearn.frozen import FrozenEstimator
    from sklearn.utils.validation import check_is_fitted

    from .._novelty import NoveltyRejectingClassifier
    from .._persistence import load
    from .._steps import flat_steps

    try:
        classifier = rejecting = load(path, rejecting=rejects)
    except ValueError as error:
        if not rejects:
            raise
        load(path)  # raises if more is wrong
        raise ValueError(
            f"{path} holds no threshold for --reject. `skmnist train` keeps one unless a class "
            "has a single image; in Python save(..., rejecting=...) does."
        ) from error
    if isinstance(classifier, NoveltyRejectingClassifier):
        classifier = getattr(classifier, "estimator_", classifier.estimator)
        if isinstance(classifier, FrozenEstimator):
            classifier = classifier.estimator
    if not hasattr(classifier, "predict_proba"):
        raise ValueError(
            f"{path} holds {type(classifier).__name__}, expected a classifier, as "
            "`skmnist train` keeps one."
        )
    try:
        check_is_fitted(classifier)
    except NotFittedError as error:
        raise ValueError(f"{path} holds a classifier that is not fitted.") from error
    steps = flat_steps(classifier)
    ranges = (step.pixel_range_ for step in steps if hasattr(step, "pixel_range_"))
    pixel_range = next(ranges, (0, 255))
    return Model(classifier, _image_shape(steps), pixel_range, rejecting if rejects else None)


def _image_shape(steps: list[Any]) -> tuple[int, ...]:
    """Return the shape of the images that the steps of a model were trained on."""
    from .._images import square_shape

    for step in steps:
        shape = getattr(step, "image_shape_", None)
        if shape is not None and shape[0] > 1:  # one row of pixels is what a CNN takes rows for
            return shape
    n_features = steps[0].n_features_in_
    shape = square_shape(n_features)
    if shape is None:
        raise ValueError(
            f"The model takes rows of {n_features} pixels and does not say of which height and "
            "width. Train it on a stack of images."
        )
    return shape
