"""An estimator taken apart: what can be written, and what to do about the rest."""

from collections.abc import Collection
from typing import Any

from sklearn.utils.validation import check_is_fitted

from .._classifiers import KerasCNNClassifier, KerasMLPClassifier, KerasNetworkClassifier
from .._images import checked_image_shape, with_channel
from .._novelty import NoveltyRejectingClassifier
from .._steps import fitted_steps


def parts_of(
    estimator: Any, format: str, transformers: Collection[type], remedy: str
) -> list[Any]:
    """Return the fitted transformers and, last, the network, if a format holds them.

    `remedy` says what to do about another transformer.
    """
    *steps, classifier = parts = fitted_steps(estimator)
    if type(classifier) not in (KerasMLPClassifier, KerasCNNClassifier):
        raise TypeError(_wrong_classifier(classifier, format))
    for step in steps:
        if type(step) not in transformers:
            known = ", ".join(kind.__name__ for kind in transformers)
            raise TypeError(
                f"step {step!r} can't be written to {format}; these can: {known}. {remedy}."
            )
    for part in parts:
        check_is_fitted(part)
    if classifier.test_shift:
        raise ValueError(
            f"test_shift={classifier.test_shift}: averages over shifted images can't be written "
            f"to {format}. Use set_params(test_shift=0) first, or average over calls of the graph."
        )
    return parts


def _wrong_classifier(classifier: Any, format: str) -> str:
    if isinstance(classifier, KerasNetworkClassifier):
        return (
            f"The layers of KerasMLPClassifier and KerasCNNClassifier can be written to {format}, "
            "but KerasNetworkClassifier may have any. Write to_keras(), which gives the logits "
            "of raw pixels: to_keras().export('network.onnx', format='onnx')."
        )
    if isinstance(classifier, NoveltyRejectingClassifier):
        remedy = (
            "Its distances from known images are no part of a graph: write its estimator_, and "
            "reject by a threshold of probabilities."
        )
    elif hasattr(classifier, "estimators_"):
        remedy = "Write each of its estimators_, and average their probabilities."
    else:
        remedy = "For classifiers of scikit-learn's own there is the package skl2onnx."
    return (
        f"KerasMLPClassifier and KerasCNNClassifier can be written to {format}, alone, at the end "
        f"of a Pipeline or as the best of a search, but the last step is {classifier!r}. {remedy}"
    )


def input_shape(image_shape: Any, first: Any) -> tuple[int, ...]:
    """Return `image_shape` if it is that of the first step's images; for None that of a row."""
    if image_shape is None:
        return (first.n_features_in_,)
    shape = checked_image_shape(image_shape, first.n_features_in_)
    known = getattr(first, "image_shape_", None)
    if known is not None and with_channel(known) != with_channel(shape):
        raise ValueError(
            f"image_shape={image_shape!r} was given, but the estimator was fitted on images of "
            f"shape {known}."
        )
    return shape
