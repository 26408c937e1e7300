"""One ONNX graph says what predict_proba says."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler
from sklearn.svm import SVC

from skmnist import (
    ImageDeskewer,
    ImageFlattener,
    KerasCNNClassifier,
    KerasMLPClassifier,
    NoveltyRejectingClassifier,
    PixelScaler,
    make_digit_pipeline,
    save,
    to_onnx,
)

onnxruntime = pytest.importorskip("onnxruntime")

TRAINING = {"calibrate": False, "batch_size": 64, "random_state": 0}
MLP = KerasMLPClassifier((16,), epochs=10, **TRAINING)
CNN = KerasCNNClassifier((4,), hidden_layer_sizes=(8,), epochs=5, **TRAINING)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.onnx"


def run(path, X):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    label, probabilities = session.run(["label", "probabilities"], {"X": X})
    assert probabilities.dtype == np.float32
    return label, probabilities


def assert_agrees(estimator, path, X, X_python=None, **options):
    to_onnx(estimator, path, **options)
    X_python = X if X_python is None else X_python
    label, probabilities = run(path, X)
    expected = estimator.predict_proba(X_python)
    np.testing.assert_allclose(probabilities, expected, atol=1e-5)
    best_two = np.sort(expected, axis=1)[:, -2:]
    clear = best_two[:, 1] - best_two[:, 0] > 1e-4
    assert clear.mean() > 0.9
    np.testing.assert_array_equal(
        label[clear].astype(str), estimator.predict(X_python)[clear].astype(str)
    )
    return label


PIPELINES = {
    "mlp alone": MLP,
    "cnn alone": CNN,
    "mlp behind scaling": make_digit_pipeline(MLP),
    "mlp behind PCA": make_digit_pipeline(MLP, n_components=20),
    "cnn behind scaling": make_digit_pipeline(CNN),
    "whitened": make_pipeline(PixelScaler((-1, 1)), PCA(15, whiten=True, random_state=0), MLP),
    "standard": make_pipeline(StandardScaler(), MLP),
    "standard without mean": make_pipeline(StandardScaler(with_mean=False), MLP),
    "standard without deviation": make_pipeline(StandardScaler(with_std=False), MLP),
    "min-max": make_pipeline(MinMaxScaler((-2, 3), clip=True), MLP),
    "max-abs": make_pipeline(MaxAbsScaler(), CNN),
    "robust": make_pipeline(RobustScaler(), MLP),
    "robust without scaling": make_pipeline(RobustScaler(with_scaling=False), MLP),
    "no hidden layers": clone(MLP).set_params(hidden_layer_sizes=()),
    "cnn without convolutions": clone(CNN).set_params(filters=()),
    "mlp behind deskewing": make_digit_pipeline(MLP, deskew=True, n_components=20),
    "cnn behind deskewing": make_digit_pipeline(CNN, deskew=True),
    "deskewed colours, not square": make_digit_pipeline(
        clone(CNN).set_params(kernel_size=2), deskew=True, image_shape=(8, 4, 2)
    ),
    "nested": Pipeline(
        [
            ("before", make_pipeline(ImageFlattener(), "passthrough", PixelScaler())),
            ("nothing", None),
            ("network", MLP),
        ]
    ),
    "no standardizing": clone(MLP).set_params(standardize=False, learning_rate=0.003),
    "no smoothing": clone(MLP).set_params(label_smoothing=0.0),
    "same padding": clone(CNN).set_params(padding="same", kernel_size=4, pool_size=3),
    "valid padding, deep": clone(CNN).set_params(
        filters=(3, 4, 5), kernel_size=3, pool_size=(2, 1, 2), padding="valid"
    ),
    "batch norm": clone(MLP).set_params(hidden_layer_sizes=(16, 8), batch_norm=True, dropout=0.1),
    "cnn with batch norm": clone(CNN).set_params(batch_norm=True),
    "rows of pixels": clone(CNN).set_params(image_shape=(4, 16), kernel_size=3),
    "colours": clone(CNN).set_params(image_shape=(4, 4, 4), kernel_size=2),
}


@pytest.mark.usefixtures("drawn_weights")
@pytest.mark.parametrize("estimator", PIPELINES.values(), ids=PIPELINES)
def test_probabilities_agree(estimator, path, digits):
    X, y = digits
    estimator = clone(estimator).fit(X[:600], y[:600])
    assert_agrees(estimator, path, X.astype(np.float32))
    # An image of one colour.
    assert_agrees(estimator, path, np.concatenate([X[:20], np.full((1, 64), 5)]).astype("f4"))
    # One row, and none.
    assert run(path, X[:1].astype(np.float32))[1].shape == (1, 10)
    assert run(path, X[:0].astype(np.float32))[1].shape == (0, 10)


@pytest.mark.usefixtures("drawn_weights")
@pytest.mark.parametrize("classifier", [MLP, CNN], ids=["mlp", "cnn"])
@pytest.mark.parametrize(
    "activation", ["elu", "gelu", "leaky_relu", "relu", "selu", "sigmoid", "silu", "tanh"]
)
def test_every_activation(activation, classifier, path, digits):
    X, y = digits
    estimator = clone(classifier).set_params(activation=activation, batch_norm=True)
    assert_agrees(estimator.fit(X[:600], y[:600]), path, X.astype(np.float32))


DIGITS = load_digits().images
# Of every shape, slanted: white on black, dark on light, in colours, of one colour.
IMAGES = {
    "grey": DIGITS,
    "dark on white": 16 - DIGITS,
    "odd sides": np.pad(DIGITS, [(0, 0), (0, 1), (0, 1)]),
    "flat": DIGITS[:, 1:7].repeat(2, axis=2),
    "tall": DIGITS[:, :, 2:7],
    "colours": np.stack([DIGITS, 16 - DIGITS, DIGITS[:, ::-1] / 2], axis=-1),
    "colours, not square": np.stack([DIGITS[:, :5], DIGITS[:, 3:]], axis=-1).repeat(2, axis=1),
    "one row": DIGITS[:, 3:4],
    "one column": DIGITS[:, :, 3:4],
}


@pytest.mark.usefixtures("drawn_weights")
@pytest.mark.parametrize("classifier", [MLP, CNN], ids=["mlp", "cnn"])
@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
@pytest.mark.parametrize("images", IMAGES.values(), ids=IMAGES)
def test_deskewing_is_part_of_the_graph(images, dtype, classifier, path):
    y = load_digits().target[:400]
    of_one_colour = np.full_like(images[:2], [[[3]], [[0]]] if images.ndim == 3 else [[[[3]]]])
    X = np.concatenate([images[:400], of_one_colour, images[400:500]]).astype(dtype)
    if dtype != "uint8":
        X = X / 16 - 0.1
    pipeline = make_digit_pipeline(classifier, image_shape=X.shape[1:], deskew=True)
    pipeline.fit(X[:400], y)
    assert_agrees(pipeline, path, X, dtype=dtype, image_shape=X.shape[1:])
    assert run(path, X[:0])[1].shape == (0, 10)
    without = Pipeline([(name, step) for name, step in pipeline.steps if name != "deskew"])
    changes = np.abs(without.predict_proba(X) - pipeline.predict_proba(X)).max()
    assert (changes > 1e-3) == (min(X.shape[1:3]) > 1)  # lines can't lean


@pytest.mark.usefixtures("drawn_weights")
def test_deskewing_after_scaling(path, digits):
    """One image weighs little ink against a large background, and half of the edge is white."""
    X, y = digits
    X = X / 1e3 + 1e3
    X[::2, :32] = 0
    pipeline = make_pipeline(PixelScaler(), ImageDeskewer(), clone(MLP)).fit(X[:400], y[:400])
    assert_agrees(pipeline, path, X, dtype="float64")


@pytest.mark.usefixtures("drawn_weights")
def test_the_best_of_a_search_and_what_is_frozen(path, few_digits):
    X, y = few_digits
    search = GridSearchCV(clone(MLP), {"alpha": [0, 1e-4]}, cv=2)
    pipeline = make_digit_pipeline(search, deskew=True).fit(X, y)
    assert_agrees(pipeline, path, X.astype(np.float32))
    assert_agrees(FrozenEstimator(pipeline), path, X.astype(np.float32))


@pytest.mark.usefixtures("drawn_weights")
def test_what_rejects_or_votes_names_what_can_be_written(path, few_digits):
    X, y = few_digits
    novelty = NoveltyRejectingClassifier(clone(MLP), random_state=0).fit(X, y)
    with pytest.raises(TypeError, match=r"write its estimator_, and reject by"):
        to_onnx(novelty, path)
    assert_agrees(novelty.estimator_, path, X.astype(np.float32))
    voting = VotingClassifier([("a", clone(MLP)), ("b", SVC())]).fit(X, y)
    with pytest.raises(TypeError, match="average their probabilities"):
        to_onnx(make_digit_pipeline(voting).fit(X, y), path)


@pytest.mark.usefixtures("drawn_weights")
def test_columns_far_from_zero_keep_their_digits(path, digits):
    """Scaled in float64, since nothing of 1e6 + 0.1 is left in float32."""
    X, y = digits
    X = 1e6 + X / 100
    estimator = make_pipeline(StandardScaler(), PCA(10, random_state=0), clone(MLP)).fit(
        X[:600], y[:600]
    )
    assert_agrees(estimator, path, X, dtype="float64")


@pytest.mark.usefixtures("drawn_weights")
def test_options_of_scalers_set_after_the_fit(path, few_digits):
    X, y = few_digits
    estimator = make_pipeline(StandardScaler(), RobustScaler(), clone(MLP)).fit(X, y)
    estimator.set_params(standardscaler__with_std=False, robustscaler__with_centering=False)
    assert_agrees(estimator, path, X.astype(np.float32))


@pytest.mark.usefixtures("drawn_weights")
def test_labels_beyond_int64(path, few_digits):
    X, y = few_digits
    classifier = clone(MLP).fit(X, y.astype(np.uint64) + np.uint64(2**63))
    with pytest.raises(ValueError, match="label 9223372036854775817 is too large"):
        to_onnx(classifier, path)


@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64"])
@pytest.mark.parametrize("classifier", [MLP, CNN], ids=["mlp", "cnn"])
def test_raw_images_of_any_dtype(classifier, dtype, path):
    images, y = load_digits().images.astype(dtype), load_digits().target
    pipeline = make_digit_pipeline(classifier).fit(images[:600], y[:600])
    assert_agrees(pipeline, path, images, dtype=dtype, image_shape=(8, 8))
    rows = images.reshape(-1, 64)
    assert_agrees(pipeline, path, rows, dtype=dtype)


@pytest.mark.usefixtures("drawn_weights")
@pytest.mark.parametrize(
    ("labels", "dtype"),
    [
        (np.array(["zero", "one", "two"]), object),
        (np.array(["zero", "one", "two"], dtype=object), object),
        (np.array([7, 3, 5], dtype=np.uint8), np.int64),
        (np.array([20240131.0, 20240201.0, 7.0]), np.float64),
        (np.array([2**24, 2**24 + 1, 2**60], dtype=np.uint64), np.int64),
    ],
)
def test_labels_of_every_kind(labels, dtype, path, digits):
    X, y = digits
    X, y = X[y < 3], labels[y[y < 3]]
    label = assert_agrees(clone(MLP).fit(X, y), path, X.astype(np.float32))
    assert label.dtype == dtype


@pytest.mark.usefixtures("drawn_weights")
def test_two_booleans(path, digits):
    X, y = digits
    label = assert_agrees(clone(MLP).fit(X, y > 4), path, X.astype(np.float32))
    assert label.dtype == bool


@pytest.mark.usefixtures("drawn_weights")
def test_one_hot_targets_become_column_numbers(path, digits):
    X, y = digits
    classifier = clone(MLP).fit(X, np.eye(10)[y])
    to_onnx(classifier, path)
    label, _ = run(path, X.astype(np.float32))
    assert label.shape == (len(X),)
    np.testing.assert_array_equal(label, classifier.predict(X).argmax(axis=1))


@pytest.mark.parametrize(
    ("estimator", "options", "error", "message"),
    [
        (SVC(), {}, TypeError, r"last step is SVC\(\).*skl2onnx"),
        (make_pipeline(PixelScaler()), {}, TypeError, "last step is PixelScaler"),
        (make_pipeline(SVC(), MLP), {}, TypeError, r"SVC\(\) can't be written.*PCA"),
        (Pipeline([("nothing", "passthrough")]), {}, TypeError, "last step is Pipeline"),
        (MLP, {}, NotFittedError, "not fitted"),
        (MLP, {"dtype": "int8"}, ValueError, "dtype='int8'"),
    ],
)
def test_what_cannot_be_written_is_said_so(estimator, options, error, message, path):
    with pytest.raises(error, match=message):
        to_onnx(estimator, path, **options)
    assert not path.exists()


@pytest.mark.usefixtures("drawn_weights")
def test_image_shape_of_another_size(path, few_digits):
    classifier = clone(MLP).fit(*few_digits)
    for shape in ((28, 28), (-8, -8), (64,), 64, (2, 2, 4, 4)):
        with pytest.raises(ValueError, match="image_shape="):
            to_onnx(classifier, path, image_shape=shape)
    to_onnx(classifier, path, image_shape=(4, 16))  # nobody said otherwise
    of_images = clone(CNN).fit(few_digits[0].reshape(-1, 8, 8), few_digits[1])
    with pytest.raises(ValueError, match=r"\(4, 16\).*of shape \(8, 8\)"):
        to_onnx(of_images, path, image_shape=(4, 16))


@pytest.mark.parametrize("estimator", [MLP, CNN], ids=["mlp", "cnn"])
def test_a_loaded_network_is_written_without_tensorflow(estimator, tmp_path, few_digits):
    classifier = clone(estimator).set_params(epochs=1).fit(*few_digits)
    save(classifier, tmp_path / "model.skmnist")
    code = (
        "import sys, skmnist\n"
        "skmnist.to_onnx(skmnist.load('model.skmnist'), 'model.onnx')\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    _, probabilities = run(tmp_path / "model.onnx", few_digits[0].astype(np.float32))
    np.testing.assert_allclose(probabilities, classifier.predict_proba(few_digits[0]), atol=1e-5)


def test_without_onnx_the_remedy_is_named(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r"pip install 'skmnist\[onnx\]'"):
        to_onnx(MLP, path)
