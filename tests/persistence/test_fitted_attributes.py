"""What a model file may say that an estimator has learned: which attributes, of which values."""

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

from skmnist import (
    ImageDeskewer,
    ImageFlattener,
    KerasCNNClassifier,
    KerasMLPClassifier,
    NoveltyRejectingClassifier,
    PixelScaler,
    RandomDistortion,
)
from skmnist._persistence._fitted import FITTED, check_fitted
from skmnist._persistence._values import InvalidModelFileError

# Of images of 2 x 3 pixels.
X = np.random.default_rng(0).random((8, 6))
WORDS = np.array(["a", "b"])
RESUMPTION = {
    "shuffling": np.random.default_rng(0).bit_generator.state,
    "dropout_seeds": [np.array([0, 7], np.uint32)],
    "optimizer": [np.float32(1), np.zeros((2, 3), "f4"), np.array(3)],
    "optimizer_settings": "[]",
    "hold_out_seed": None,
}
NETWORK = {
    "n_features_in_": 6,
    "image_shape": (2, 3),
    "classes": WORDS,
    "one_hot": None,
    "parameters": {"alpha": 0.1},
    "weights": [np.zeros((6, 2), "f4"), np.zeros(2, "f4")],
    "pixel_mean": 0.5,
    "pixel_scale": np.float32(2),
    "logit_scale": 1,
    "history": {"loss": [0.5], "accuracy": [float("nan")]},
    "resumption": RESUMPTION,
}


def learned(transformer):
    """What a transformer learns of X."""
    return {name: vars(transformer.fit(X))[name] for name in FITTED[type(transformer)]}


GOOD = {
    KerasMLPClassifier: NETWORK,
    KerasCNNClassifier: NETWORK,
    ImageFlattener: {"n_features_in_": 6, "image_shape_": (2, 3)},
    ImageDeskewer: {"n_features_in_": 6, "image_shape_": (2, 3)},
    PixelScaler: {"n_features_in_": 6, "pixel_range_": (0.0, 255.0)},
    NoveltyRejectingClassifier: {
        "n_features_in_": 6,
        "estimator_": DummyClassifier().fit(X, np.tile(WORDS, 4)),
        "classes_": WORDS,
        "reject_label_": "unknown",
        "references_": np.zeros((2, 3), "f4"),
        "offset_": -1.5,
    },
    **{type(one): learned(one) for one in (PCA(2), MinMaxScaler(), MaxAbsScaler())},
    **{type(one): learned(one) for one in (StandardScaler(), RobustScaler())},
}
# (class, attribute): values that it may have, values that it can't.
_COUNT = (1, np.int64(3)), (0, -1, True, 1.0, "1", None, [1])
_SIZE = (0, np.uint8(3), None), (-1, True, 1.0, "1")
_NUMBER = (
    (0, -2, np.float32(0.5), np.int64(3)),
    (True, "1", None, np.nan, np.inf, np.float32("nan"), 10**400, 1j, np.array([1.0, 2.0])),
)
_SHAPE = (
    ((1, 6), (3, 2), (2, 3, 1), (1, 6, 1), (np.int64(2), 3)),
    ((6,), (2, 3, 1, 1), [2, 3], (2, 2), (-2, -3), (2.0, 3.0), "ab", np.array([2, 3])),
)
_LABELS = (
    (np.array([0.5, 2]), np.array([False, True]), np.array(["a", "b"], object)),
    (["a", "b"], np.array(["a"]), np.array(["b", "a"]), np.array([1, 1]), np.array(3), [[0], [1]]),
)
_COLUMNS = (np.zeros(6),), (np.zeros(5), np.zeros((6, 1)), np.zeros(6, int), [0.0] * 6, 0.0)
_NAMES = (
    (np.array(list("abcdef"), object),),
    (
        list("abcdef"),
        np.array(list("abcdef")),
        np.array(list("abcde"), object),
        None,
        np.array([*"abcde", 1], object),
    ),
)
VALUES = {
    (KerasMLPClassifier, "image_shape"): ((None,), _SHAPE[1]),
    (KerasMLPClassifier, "classes"): _LABELS,
    (KerasMLPClassifier, "one_hot"): ((), (np.dtype("f4"), "f4", False)),  # of classes a, b
    (KerasMLPClassifier, "parameters"): (({},), ([], None, {1: 2}, {"a": 1, None: 2})),
    (KerasMLPClassifier, "weights"): (
        ([],),
        ((np.zeros(2, "f4"),), None, [np.zeros(2)], [np.float32(1)], [[0.0]], np.zeros(2, "f4")),
    ),
    (KerasMLPClassifier, "pixel_mean"): _NUMBER,
    (KerasMLPClassifier, "history"): (
        ({"loss": [0.5]}, {"loss": [0.5, 0.1], "b": [1.0, 2.0]}),
        (
            {},
            {"loss": []},
            {"accuracy": [0.5]},
            {"loss": [1]},
            {"loss": (0.5,)},
            [],
            None,
            {"loss": [0.5], 1: [0.5]},
            {"loss": [0.5], "b": []},
            {"loss": [0.5], "b": [0.5, 1.0]},
        ),
    ),
    (ImageFlattener, "image_shape_"): ((*_SHAPE[0], None), _SHAPE[1]),
    (ImageDeskewer, "image_shape_"): (_SHAPE[0], (*_SHAPE[1], None)),
    (PixelScaler, "n_features_in_"): _COUNT,
    (PixelScaler, "pixel_range_"): (
        ((-1, 1), (0, np.float32(1))),
        ([0, 1], (0,), (0, 1, 2), (0, "1"), (np.nan, 1), None, np.array([0.0, 1.0])),
    ),
    (PixelScaler, "feature_names_in_"): _NAMES,
    (PCA, "mean_"): _COLUMNS,
    (PCA, "n_samples_"): _COUNT,
    (PCA, "components_"): ((np.zeros((2, 6)),), (np.zeros((6, 2)), np.zeros(12), None)),
    (StandardScaler, "mean_"): ((*_COLUMNS[0], None), _COLUMNS[1]),
    (StandardScaler, "n_samples_seen_"): (
        (1, 0.5, np.int64(3), np.arange(6), np.arange(6, dtype="u1"), np.ones(6)),
        (
            0,
            -1,
            True,
            np.nan,
            "1",
            None,
            np.arange(5),
            np.arange(12).reshape(6, 2),
            np.ones(6, bool),
            np.ones(6, complex),
            np.array(list("abcdef")),
            [1] * 6,
        ),
    ),
    (NoveltyRejectingClassifier, "estimator_"): (
        (),
        (
            DummyClassifier().fit(X, np.tile(["a", "c"], 4)),
            DummyClassifier(),
            SimpleNamespace(classes_=WORDS),
            None,
        ),
    ),
    (NoveltyRejectingClassifier, "reject_label_"): (
        ("c", -1, 0.5, True, np.int64(-1), np.str_("c")),
        ("a", np.str_("b"), None, ["c"], np.array(["c"])),
    ),
    (NoveltyRejectingClassifier, "references_"): (
        (np.zeros((1, 1), "f4"),),
        (
            np.zeros((2, 3)),
            np.zeros(3, "f4"),
            np.zeros((0, 3), "f4"),
            np.zeros((2, 3, 1), "f4"),
            np.float32([[0, np.nan]]),
            np.float32([[np.inf]]),
            [[0.0]],
        ),
    ),
}
RESUMING = {
    "start_seed": _SIZE,
    "hold_out_seed": _SIZE,
    "unseen": ((None, "validation", "spared"), ("all", 1, [], WORDS)),
    "optimizer_settings": (("",), (None, 1, {})),
    "shuffling": ((np.random.default_rng(1).bit_generator.state,), (1, None, {}, "PCG64")),
    "dropout_seeds": (([], [np.float32(1)]), (None, 1, [1], [np.bool_(True)], ["a"])),
    "optimizer": (
        ([], [np.uint8(1), np.zeros(3, int)]),
        ([1.0], [np.array("a")], [np.zeros(2, bool)], [np.zeros(1, object)], None),
    ),
    "distortion": (
        (None, {}, {"rotation": 5.0}, RandomDistortion().get_params()),
        ([], "rotation", {"colour": 5.0}, {"rotation": "5"}, {"rotation": np.nan}),
    ),
}


def is_possible(kind, **values):
    """Whether fitted attributes of a class may have other values."""
    try:
        check_fitted(kind, {**GOOD[kind], **values})
    except InvalidModelFileError as error:
        message = str(error)
    else:
        return True
    (name, *_) = values
    assert message == f"{kind.__name__} can't have such a value of {name}"
    return False


@pytest.mark.parametrize("kind", GOOD)
def test_all_is_there_and_nothing_else(kind):
    check_fitted(kind, GOOD[kind])
    for name in GOOD[kind]:
        less = {other: value for other, value in GOOD[kind].items() if other != name}
        message = rf"^{kind.__name__} lacks \['{name}'\] and has \[\] too many$"
        with pytest.raises(InvalidModelFileError, match=message):
            check_fitted(kind, less)
    with pytest.raises(InvalidModelFileError, match=r"lacks \[\] and has \['predict'\] too many"):
        check_fitted(kind, {**GOOD[kind], "predict": 1})


@pytest.mark.parametrize("place", VALUES, ids=lambda place: f"{place[0].__name__} {place[1]}")
def test_values_of_an_attribute(place):
    kind, name = place
    possible, impossible = VALUES[place]
    assert not [value for value in possible if not is_possible(kind, **{name: value})]
    assert not [value for value in impossible if is_possible(kind, **{name: value})]


@pytest.mark.parametrize("name", RESUMING)
def test_values_to_go_on_from(name):
    def may_be(value):
        return is_possible(KerasMLPClassifier, resumption={**RESUMPTION, name: value})

    possible, impossible = RESUMING[name]
    assert not [value for value in possible if not may_be(value)]
    assert not [value for value in impossible if may_be(value)]


def test_one_hot_rows_have_the_classes_0_1_and_so_on():
    for classes, expected in ((np.arange(2), True), (np.arange(1, 3), False), (WORDS, False)):
        values = {"one_hot": np.dtype("f4"), "classes": classes}
        assert is_possible(KerasMLPClassifier, **values) == expected
