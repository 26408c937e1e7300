"""Small fitted estimators of every kind that a model file holds; `mlp` is a fitted one here."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

from skmnist import (
    ImageFlattener,
    KerasCNNClassifier,
    KerasMLPClassifier,
    PixelScaler,
    make_digit_pipeline,
)

_MLP = KerasMLPClassifier((5,), epochs=2, batch_size=64, random_state=0)
_CNN = KerasCNNClassifier(
    (2,), kernel_size=3, hidden_layer_sizes=(4,), epochs=2, batch_size=64, random_state=0
)

CLASSIFIERS = {
    "mlp": _MLP,
    "mlp with all": clone(_MLP).set_params(
        hidden_layer_sizes=[6, 5],
        batch_norm=True,
        dropout=0.2,
        class_weight={3: 2.0},
        learning_rate=np.float64(0.01),
        epochs=np.int64(2),
        early_stopping=True,
        n_iter_no_change=1,
        warm_start=True,
        optimizer="sgd",
    ),
    "cnn": _CNN,
    "cnn with shape": clone(_CNN).set_params(image_shape=[4, 16], padding="same", pool_size=(3,)),
    "images to labels": make_digit_pipeline(_MLP, n_components=12),
    "image shape in a pipeline": make_digit_pipeline(_CNN, image_shape=(8, 8)),
    "pipelines in pipelines": Pipeline(
        [
            ("scale", make_pipeline(StandardScaler(with_mean=False), MinMaxScaler((0, 2)))),
            ("nothing", "passthrough"),
            ("none", None),
            ("network", _MLP),
        ]
    ),
}
TRANSFORMERS = {
    str(transformer): transformer
    for transformer in [
        ImageFlattener(),
        PixelScaler(),
        PixelScaler((-1, 1), pixel_range=(0, 16)),
        PCA(5),
        PCA(0.9, svd_solver="full", whiten=True),
        StandardScaler(),
        StandardScaler(with_std=False),
        MinMaxScaler(clip=True),
        MaxAbsScaler(),
        RobustScaler(with_centering=False),
    ]
}


@pytest.fixture(scope="package", params=CLASSIFIERS)
def classifier(request, few_digits):
    """A fitted classifier or pipeline with one, for tests that only read it."""
    return clone(CLASSIFIERS[request.param]).fit(*few_digits)


@pytest.fixture(scope="package", params=TRANSFORMERS)
def transformer(request, few_digits):
    """A fitted transformer, for tests that only read it."""
    return clone(TRANSFORMERS[request.param]).fit(few_digits[0])


@pytest.fixture(scope="package")
def mlp(fitted_mlp):
    """A small dense network, for tests that only read it."""
    return fitted_mlp


@pytest.fixture(scope="package")
def scaler(few_digits):
    """Something small with arrays, for tests of the file rather than of what is in it."""
    return StandardScaler().fit(few_digits[0])


@pytest.fixture(scope="package")
def pipeline(few_digits):
    """Scaling, PCA and a dense network, for tests that only read it."""
    return clone(CLASSIFIERS["images to labels"]).fit(*few_digits)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.skmnist"
