"""Every public estimator through scikit-learn's checks, nothing excused.

``check_estimator`` is called as a user would call it: a check that fails raises, one
that is skipped warns, and warnings are errors. Its array API check runs because
conftest.py sets SCIPY_ARRAY_API.

The quick part of the suite checks networks that are small and soon trained, the slow part those
that the defaults make, compiled as they are for users.
"""

import keras
import pytest
from sklearn.base import clone
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_estimator,
    check_get_feature_names_out_error,
    check_global_output_transform_pandas,
    check_global_set_output_transform_polars,
    check_inplace_ensure_writeable,
    check_methods_sample_order_invariance,
    check_methods_subset_invariance,
    check_param_validation,
    check_set_output_transform,
    check_set_output_transform_pandas,
    check_set_output_transform_polars,
    check_transformer_get_feature_names_out,
    check_transformer_get_feature_names_out_pandas,
)

import skmnist
from skmnist import (
    ImageDeskewer,
    ImageFlattener,
    KerasCNNClassifier,
    KerasMLPClassifier,
    KerasNetworkClassifier,
    NetworkRecipe,
    NoveltyRejectingClassifier,
    PixelScaler,
)


def user_network(image_shape, n_classes, *, width=16):
    """As a user may write one: a branch, a random layer, statistics, a softmax at the end."""
    pixels = keras.Input(image_shape)
    x = keras.layers.Dense(width, activation="tanh")(keras.layers.Flatten()(pixels))
    y = keras.layers.Dropout(0.05)(keras.layers.BatchNormalization()(x))
    x = keras.layers.Concatenate()([x, y])
    return keras.Model(pixels, keras.layers.Dense(n_classes, activation="softmax")(x))


# Steps of SGD are compiled in half the time, and a third of the memory, of Adam's.
SHORT = {"epochs": 12, "batch_size": 32, "optimizer": "sgd", "learning_rate": 0.1}
SMALL = [
    KerasMLPClassifier((16,), **SHORT | {"optimizer": "adam", "learning_rate": 0.01}),
    KerasCNNClassifier((4,), kernel_size=3, hidden_layer_sizes=(16,), **SHORT),
    KerasNetworkClassifier(**SHORT),
]
OWN = KerasNetworkClassifier(NetworkRecipe(user_network, width=24), **SHORT)
DEFAULTS = [KerasMLPClassifier(), KerasCNNClassifier(), KerasNetworkClassifier()]
TRANSFORMERS = [
    ImageDeskewer(),
    ImageFlattener(),
    PixelScaler(),
    PixelScaler((-1, 1), pixel_range=(-5, 5)),
]
# Nested seeds are not set by the checks.
SEEDED = KerasMLPClassifier((16,), **SHORT, random_state=0)
META = [
    NoveltyRejectingClassifier(LinearDiscriminantAnalysis(), cv=2),
    pytest.param(NoveltyRejectingClassifier(SEEDED, cv=2), marks=pytest.mark.slow),
]
LONG = [pytest.param(network, marks=pytest.mark.slow) for network in (OWN, *DEFAULTS)]
NETWORKS = SMALL + LONG
ESTIMATORS = NETWORKS + TRANSFORMERS


def short_name(estimator):
    return " ".join(str(estimator).split())


def test_every_public_estimator_is_here():
    public = [getattr(skmnist, name) for name in skmnist.__all__]
    estimators = {thing for thing in public if hasattr(thing, "fit")}
    others = [META[0], *TRANSFORMERS]
    assert estimators == {type(estimator) for estimator in SMALL + others}
    assert estimators == {type(estimator) for estimator in DEFAULTS + others}


# Some processors warn when scikit-learn's dtype check casts -0.7 to uint8.
@pytest.mark.filterwarnings("ignore:invalid value encountered in cast:RuntimeWarning")
@pytest.mark.parametrize("estimator", ESTIMATORS + META, ids=short_name)
def test_check_estimator(estimator):
    check_estimator(clone(estimator))


@pytest.mark.xla
@pytest.mark.parametrize("estimator", DEFAULTS, ids=short_name)
def test_defaults_learn(estimator, few_digits):
    X, y = few_digits
    assert clone(estimator).set_params(random_state=0).fit(X[:200], y[:200]).score(X, y) > 0.9


@pytest.mark.parametrize("estimator", SMALL + DEFAULTS, ids=short_name)
def test_no_tag_switches_a_check_off(estimator):
    tags = estimator.__sklearn_tags__()
    off = [tags.non_deterministic, tags.no_validation, tags._skip_test]
    assert not any([*off, tags.classifier_tags.poor_score])
    assert tags.input_tags.two_d_array
    assert tags.classifier_tags.multi_class
    assert tags.transformer_tags.preserves_dtype == ["float32"]


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=short_name)
@pytest.mark.parametrize(
    "check",
    [
        check_get_feature_names_out_error,
        check_inplace_ensure_writeable,
        check_param_validation,
        check_set_output_transform,
        check_transformer_get_feature_names_out,
    ],
)
def test_own_checks_of_sklearn(check, estimator):
    check(type(estimator).__name__, clone(estimator))


# The set_output checks mix frames and arrays, which makes any transformer warn.
@pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature names:UserWarning")
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=short_name)
@pytest.mark.parametrize(
    ("library", "check"),
    [
        ("pandas", check_dataframe_column_names_consistency),
        ("pandas", check_global_output_transform_pandas),
        ("pandas", check_set_output_transform_pandas),
        ("pandas", check_transformer_get_feature_names_out_pandas),
        ("polars", check_global_set_output_transform_polars),
        ("polars", check_set_output_transform_polars),
    ],
)
def test_own_checks_of_sklearn_on_frames(library, check, estimator):
    pytest.importorskip(library)
    check(type(estimator).__name__, clone(estimator))


@pytest.mark.parametrize(
    ("estimator", "repetitions"),
    [
        *(pytest.param(network, 3, id=f"few-{short_name(network)}") for network in [*SMALL, OWN]),
        *(
            pytest.param(network, 200, marks=pytest.mark.slow, id=f"many-{short_name(network)}")
            for network in [*DEFAULTS, OWN]
        ),
    ],
)
@pytest.mark.parametrize(
    "check", [check_methods_sample_order_invariance, check_methods_subset_invariance]
)
def test_invariances_hold_again_and_again(estimator, check, repetitions):
    # The permutations in these checks are not seeded: one pass proves little.
    for _ in range(repetitions):
        check(type(estimator).__name__, clone(estimator))
