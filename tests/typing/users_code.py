"""What users write, for a type checker: nothing here is run.

`assert_type` says which type a checker sees; a comment `pyright: ignore` is a line that must be
an error, and an error itself if it is none.
"""

from typing import Any, assert_type

import numpy as np

import skmnist
from skmnist import (
    ImageFlattener,
    KerasCNNClassifier,
    KerasMLPClassifier,
    KerasNetworkClassifier,
    NoveltyRejectingClassifier,
    PixelScaler,
    RandomDistortion,
    load,
    make_digit_pipeline,
    plotting,
    save,
    to_onnx,
)
from skmnist.comparison import Comparison, compare_classifiers
from skmnist.datasets import read_csv, read_idx, read_picture
from skmnist.model_selection import HalvingEpochsSearchCV
from skmnist.plotting import ImageGridDisplay, TrainingHistoryDisplay

X, y = np.zeros((20, 8, 8)), np.arange(20) % 10


def fit_and_predict() -> None:
    classifier = KerasCNNClassifier(filters=(8, 16), epochs=3, augmenter=RandomDistortion())
    assert_type(classifier.fit(X, y), KerasCNNClassifier)
    assert_type(classifier.fit(X, y, X_val=X, y_val=y), KerasCNNClassifier)
    assert_type(classifier.partial_fit(X, y, classes=range(10)), KerasCNNClassifier)
    assert_type(classifier.predict(X), np.ndarray)
    assert_type(classifier.predict_proba(X), np.ndarray)
    assert_type(classifier.transform(X), np.ndarray)


def fitted_attributes() -> None:
    classifier = KerasMLPClassifier().fit(X, y)
    assert_type(classifier, KerasMLPClassifier)
    assert_type(classifier.classes_, np.ndarray)
    assert_type(classifier.weights_, list[np.ndarray])
    assert_type(classifier.history_, dict[str, list[float]])
    assert_type(classifier.n_iter_, int)
    assert_type(classifier.image_shape_, tuple[int, ...] | None)
    assert_type(PixelScaler().fit(X).pixel_range_, tuple[float, float])


def wrong_parameters() -> None:
    KerasMLPClassifier(hidden_layer_sizes="128")  # pyright: ignore[reportArgumentType]
    KerasMLPClassifier(filters=(8,))  # pyright: ignore[reportCallIssue]
    KerasCNNClassifier(epochs=None)  # pyright: ignore[reportArgumentType]
    KerasCNNClassifier(dropout="a little")  # pyright: ignore[reportArgumentType]
    RandomDistortion(rotation=(1, 2))  # pyright: ignore[reportArgumentType]
    ImageFlattener(8)  # pyright: ignore[reportArgumentType]
    save(KerasMLPClassifier())  # pyright: ignore[reportCallIssue]
    read_idx(3)  # pyright: ignore[reportArgumentType]


def pipelines_and_files() -> None:
    pipeline = make_digit_pipeline(KerasMLPClassifier(), n_components=30)
    pipeline.fit(X, y)
    save(pipeline, "digits.skmnist")
    load("digits.skmnist").predict(X)
    to_onnx(pipeline, "digits.onnx", dtype="uint8", image_shape=(8, 8))
    rejecting = NoveltyRejectingClassifier(KerasCNNClassifier()).fit(X, y)
    assert_type(rejecting.offset_, float)
    assert_type(rejecting.predict(X), np.ndarray)


def searches_and_comparisons() -> None:
    search = HalvingEpochsSearchCV(KerasMLPClassifier(), {"alpha": [0.0, 0.1]}, cv=3)
    search.fit(X, y)
    assert_type(search.best_params_, dict[str, Any])
    assert_type(search.best_score_, float)
    comparison = compare_classifiers(X, y, classifiers={"mlp": KerasMLPClassifier()})
    assert_type(comparison, Comparison)
    assert_type(skmnist.compare_classifiers(X, y, cv=3), Comparison)
    assert_type(skmnist.datasets.read_idx("images"), np.ndarray)
    skmnist.NoClassifier  # pyright: ignore[reportAttributeAccessIssue]  # noqa: B018
    assert_type([row.accuracy for row in comparison.rows], list[float])


def pictures() -> None:
    assert_type(read_picture("three.png"), np.ndarray)
    rows, labels = read_csv("digits.csv")
    assert_type(rows, np.ndarray)
    assert_type(labels, np.ndarray | None)
    display = ImageGridDisplay.from_estimator(KerasCNNClassifier().fit(X, y), X, y)
    assert_type(display, ImageGridDisplay)
    display.ax_.set_title("mistakes")
    TrainingHistoryDisplay.from_estimator(KerasCNNClassifier().fit(X, y)).plot()
    assert_type(plotting.LivePlot().interval, float)
    plotting.NoDisplay  # pyright: ignore[reportAttributeAccessIssue]  # noqa: B018


def own_network(image_shape: tuple[int, ...], n_classes: int) -> Any: ...


KerasNetworkClassifier(own_network)
assert_type(skmnist.__version__, str)
