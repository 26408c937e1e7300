"""The classifiers as steps: last, first, frozen, beside others, behind tables with names."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.svm import SVC

from skmnist import PixelScaler, make_digit_pipeline


def test_last_step_gets_what_the_steps_before_give(tiny, few_digits, other_digits):
    X, y = few_digits
    pipeline = make_pipeline(PixelScaler(), clone(tiny)).fit(X, y)
    by_hand = clone(tiny).fit(X / 16, y)
    proba = pipeline.predict_proba(other_digits[0])
    np.testing.assert_allclose(proba, by_hand.predict_proba(other_digits[0] / 16), atol=1e-4)
    assert pipeline.score(*other_digits) > 0.7
    np.testing.assert_array_equal(pipeline.classes_, np.arange(10))


def test_digit_pipeline_puts_components_before_the_mlp(mlp, few_digits, other_digits):
    pipeline = make_digit_pipeline(mlp, n_components=20).fit(*few_digits)
    assert pipeline["classify"].n_features_in_ == 20
    assert pipeline.score(*other_digits) > 0.7


def test_digit_pipeline_takes_stacks_and_rows(tiny, few_digits, other_digits):
    X, y = few_digits
    from_rows = make_digit_pipeline(tiny).fit(X, y)
    from_stack = make_digit_pipeline(tiny).fit(X.reshape(-1, 8, 8), y)
    images = other_digits[0].reshape(-1, 8, 8)
    np.testing.assert_array_equal(
        from_rows.predict_proba(other_digits[0]), from_stack.predict_proba(images)
    )
    assert from_stack.score(images, other_digits[1]) > 0.7


def test_digit_pipeline_tells_the_cnn_a_shape_that_is_not_square(cnn, few_digits, other_digits):
    X, y = few_digits
    wide = X.reshape(-1, 8, 8)[:, 1:]  # the first row of pixels says little
    pipeline = make_digit_pipeline(cnn, image_shape=(7, 8)).fit(wide, y)
    assert pipeline["classify"].image_shape_ == (7, 8)
    assert pipeline.score(other_digits[0].reshape(-1, 8, 8)[:, 1:], other_digits[1]) > 0.65


def test_first_step_hands_on_its_hidden_layer(tiny, few_digits, other_digits):
    X, y = few_digits
    pipeline = make_pipeline(clone(tiny), SVC()).set_output(transform="pandas").fit(X, y)
    network, svc = pipeline[0], pipeline[1]
    table = network.transform(X)
    name = type(tiny).__name__.lower()
    assert isinstance(table, pd.DataFrame)
    assert list(table.columns) == [f"{name}{i}" for i in range(16)]
    assert list(svc.feature_names_in_) == list(table.columns)
    assert set(table.dtypes) == {np.dtype(np.float32)}
    # The features are those of the network: a linear classifier on them is the network.
    kernel, bias = network.weights_[-2:]
    np.testing.assert_allclose(
        table.to_numpy() @ kernel + bias, network.decision_function(X), rtol=1e-4, atol=1e-4
    )
    assert pipeline.score(*other_digits) > 0.7


def test_feature_union_stands_networks_beside_pca(tiny, fitted, few_digits, other_digits):
    X, y = few_digits
    union = FeatureUnion([("pca", PCA(10, random_state=0)), ("net", clone(tiny))])
    pipeline = make_pipeline(union, LogisticRegression(max_iter=5000)).fit(X, y)
    features = pipeline[0].transform(other_digits[0])
    assert features.shape == (300, 10 + 16)
    np.testing.assert_array_equal(
        features[:, 10:].astype(np.float32), fitted.transform(other_digits[0])
    )
    assert pipeline[0].get_feature_names_out()[-1].startswith("net__keras")
    assert pipeline.score(*other_digits) > 0.7


def test_frozen_network_is_not_trained_again(fitted, few_digits, other_digits):
    before = [weight.copy() for weight in fitted.weights_]
    parity = few_digits[1] % 2
    pipeline = make_pipeline(FrozenEstimator(fitted), LogisticRegression(max_iter=5000))
    pipeline.fit(few_digits[0], parity)
    assert all(map(np.array_equal, before, fitted.weights_))
    # Learned to tell ten digits apart, the hidden layer tells odd from even, too.
    assert pipeline.score(other_digits[0], other_digits[1] % 2) > 0.8


@pytest.fixture(scope="module")
def names():
    return [f"pixel_{i // 8}_{i % 8}" for i in range(64)]


def test_data_frame_names_the_features(tiny, fitted, few_digits, names):
    X, y = few_digits
    frame = pd.DataFrame(X, columns=names)
    classifier = clone(tiny).fit(frame, y)
    assert list(classifier.feature_names_in_) == names
    np.testing.assert_array_equal(classifier.predict_proba(frame), fitted.predict_proba(X))
    assert not hasattr(fitted, "feature_names_in_")


def test_columns_in_another_order_are_refused(tiny, few_digits, names):
    X, y = few_digits
    frame = pd.DataFrame(X, columns=names)
    classifier = clone(tiny).fit(frame, y)
    with pytest.raises(ValueError, match="Feature names must be in the same order"):
        classifier.predict(frame[names[::-1]])
    with pytest.raises(ValueError, match=r"(?s)unseen at fit time.*wrong"):
        classifier.predict(frame.rename(columns={"pixel_0_0": "wrong"}))
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        classifier.predict(X)


def test_polars_frame_is_a_table_like_any_other(tiny, fitted, few_digits, names):
    pl = pytest.importorskip("polars")
    X, y = few_digits
    frame = pl.DataFrame(X, schema=names)
    classifier = clone(tiny).fit(frame, pl.Series(y)).set_output(transform="polars")
    assert list(classifier.feature_names_in_) == names
    np.testing.assert_array_equal(classifier.predict(frame), fitted.predict(X))
    assert isinstance(classifier.transform(frame), pl.DataFrame)
    with pytest.raises(ValueError, match="same order"):
        classifier.predict(frame[names[::-1]])


def test_frame_of_mixed_integer_pixels(mlp, few_digits, other_digits, names):
    X, y = few_digits
    frame = pd.DataFrame(X, columns=names).astype({names[0]: "uint8", names[1]: "int64"})
    labels = pd.Series(y, index=frame.index[::-1]).map(lambda digit: f"digit {digit}")
    classifier = mlp.fit(frame, labels)
    # Rows are paired by position, as everywhere in scikit-learn, never by the index.
    predicted = classifier.predict(pd.DataFrame(other_digits[0], columns=names))
    assert np.mean(predicted == [f"digit {digit}" for digit in other_digits[1]]) > 0.7
