"""Samples of no class: what is rejected, how much of the known is lost, and where it works."""

import io
import json
import pickle
import zipfile

import numpy as np
import pytest
from PIL import Image, ImageDraw
from sklearn.base import clone
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skmnist import (
    KerasMLPClassifier,
    NoveltyRejectingClassifier,
    PixelScaler,
    load,
    make_digit_pipeline,
    save,
)

LDA = LinearDiscriminantAnalysis()
# Features without a network: quickly fitted.
QUICK = NoveltyRejectingClassifier(LDA, cv=2, random_state=0)


@pytest.fixture(scope="module")
def shuffled(digits):
    """The digits in an order in which no writer is met twice in a row."""
    order = np.random.default_rng(0).permutation(len(digits[0]))
    return digits[0][order], digits[1][order]


@pytest.fixture(scope="module")
def network(shuffled):
    """A dense network of the first 900 digits."""
    X, y = shuffled
    network = KerasMLPClassifier((64,), epochs=30, learning_rate=0.005, random_state=0)
    return make_digit_pipeline(network, pixel_range=(0, 16)).fit(X[:900], y[:900])


@pytest.fixture(scope="module")
def rejecting(network, shuffled):
    X, y = shuffled
    frozen = NoveltyRejectingClassifier(FrozenEstimator(network), random_state=0)
    return frozen.fit(X[:900], y[:900], X_val=X[900:1300])


def letters(text="AEFHKMNRWX"):
    """Letters of Pillow's own font, as large as the digits."""
    images = []
    for letter in text:
        picture = Image.new("L", (32, 32))
        ImageDraw.Draw(picture).text((16, 16), letter, 255, anchor="mm", font_size=38)
        images.append(np.asarray(picture.resize((8, 8), Image.Resampling.BOX)) / 255 * 16)
    return np.reshape(images, (-1, 64))


def noise():
    return np.random.default_rng(0).uniform(0, 16, (100, 64))


def blank():
    return np.repeat(np.arange(17.0), 64).reshape(-1, 64)


@pytest.mark.parametrize("make", [letters, noise, blank])
def test_what_is_no_digit_is_told_from_digits(make, rejecting, shuffled):
    known = rejecting.score_samples(shuffled[0][1300:])
    strange = rejecting.score_samples(make())
    is_known = np.repeat([True, False], [len(known), len(strange)])
    assert roc_auc_score(is_known, np.concatenate([known, strange])) > 0.95
    assert rejecting.is_novel(make()).mean() > 0.7


def test_the_share_of_digits_that_is_lost_is_as_promised(network, shuffled):
    X, y = shuffled
    rejecting = NoveltyRejectingClassifier(FrozenEstimator(network), random_state=0)
    for share in (0.05, 0.2):
        rejecting.set_params(rejected_share=share).fit(X[:900], y[:900], X_val=X[900:1300])
        assert rejecting.is_novel(X[900:1300]).mean() == pytest.approx(share, abs=0.005)
        assert rejecting.is_novel(X[1300:]).mean() == pytest.approx(share, abs=share / 2)


def test_cross_fitting_keeps_the_promise_too(shuffled):
    X, y = shuffled
    rejecting = clone(QUICK).set_params(rejected_share=0.05, cv=5).fit(X[:1200], y[:1200])
    assert rejecting.is_novel(X[1200:]).mean() == pytest.approx(0.05, abs=0.03)


def test_scores_are_those_of_a_plain_search(rejecting, network, shuffled):
    X, _ = shuffled

    def coordinates(X):
        features = network.transform(X).astype(float)
        length = np.sqrt((features**2).sum(axis=1))[:, None]
        return np.hstack([features / length, np.log(1 + length)])

    references = coordinates(X[:900])
    expected = [
        -np.sqrt(((references - row) ** 2).sum(axis=1)).min() for row in coordinates(X[900:950])
    ]
    np.testing.assert_allclose(rejecting.score_samples(X[900:950]), expected, atol=1e-5)
    np.testing.assert_allclose(rejecting.score_samples(X[:50]), 0, atol=1e-5)


def test_others_keep_the_class_of_the_estimator(rejecting, network, shuffled):
    X = np.concatenate([shuffled[0][1300:], noise()])
    novel, y = rejecting.is_novel(X), rejecting.predict(X)
    np.testing.assert_array_equal(y[~novel], network.predict(X[~novel]))
    assert set(y[novel]) == {-1}
    np.testing.assert_array_equal(novel, rejecting.score_samples(X) < rejecting.offset_)


@pytest.mark.parametrize(
    ("labels", "reject_label", "expected"),
    [
        (["no", "yes"], "auto", "?"),
        (["no", "yes"], "neither", "neither"),
        (["no", "yes"], -1, -1),
        (np.array(["a", "b"], object), "auto", "?"),
        (np.array([0, 1], np.uint8), "auto", -1),
        ([-1, 1], "auto", -2),
        ([False, True], "auto", -1),
        ([0, 1], 99, 99),
        ([0, 1], "none", "none"),
    ],
)
def test_labels_of_every_kind(labels, reject_label, expected, shuffled):
    X, y = shuffled
    y = np.asarray(labels)[(y[:300] > 4).astype(int)]
    rejecting = clone(QUICK).set_params(reject_label=reject_label).fit(X[:300], y)
    assert rejecting.reject_label_ == expected
    predicted = rejecting.predict(np.concatenate([X[:300], 100 * noise()]))
    assert set(predicted.tolist()) == {*np.asarray(labels).tolist(), expected}
    np.testing.assert_array_equal(rejecting.classes_, np.unique(labels))


def test_a_label_of_a_class_is_refused(shuffled):
    X, y = shuffled
    with pytest.raises(ValueError, match=r"reject_label=3 is one of the classes"):
        clone(QUICK).set_params(reject_label=3).fit(X[:300], y[:300])


def test_a_classifier_without_features_is_refused(shuffled):
    X, y = shuffled
    with pytest.raises(TypeError, match=r"estimator=SVC\(\) has no transform"):
        NoveltyRejectingClassifier(SVC()).fit(X[:300], y[:300])


def test_a_class_of_one_sample_needs_held_out_samples(shuffled):
    X, y = shuffled[0][:300], np.minimum(np.arange(300), 2) // 2
    y[1] = 1
    with pytest.raises(ValueError, match=r"Class .*0.* has one sample only.*X_val"):
        clone(QUICK).fit(X, y)
    assert clone(QUICK).fit(X, y, X_val=noise()).offset_ < 0


def test_not_fitted():
    with pytest.raises(NotFittedError):
        QUICK.predict(noise())


def test_references_are_few_and_of_all_classes(network, shuffled):
    X, y = shuffled
    rejecting = NoveltyRejectingClassifier(
        FrozenEstimator(network), max_references=25, random_state=0
    ).fit(X, y)
    assert rejecting.references_.shape == (30, 65)  # 3 of each class
    assert rejecting.references_.dtype == np.float32
    # A reference lies at no distance from itself: how many there are of each class.
    counts = np.bincount(y[rejecting.score_samples(X) > -1e-6], minlength=10)
    assert (counts >= 3).all()
    again = clone(rejecting).fit(X, y)
    np.testing.assert_array_equal(again.references_, rejecting.references_)


def test_a_frozen_classifier_stays_as_it_is(rejecting, network):
    assert rejecting.estimator_.estimator is network


def test_in_pipelines_searches_and_frames(shuffled):
    pandas = pytest.importorskip("pandas")
    X, y = shuffled
    frame = pandas.DataFrame(X[:300]).add_prefix("pixel")
    pipeline = make_pipeline(PixelScaler().set_output(transform="pandas"), QUICK)
    search = GridSearchCV(
        pipeline, {"noveltyrejectingclassifier__rejected_share": [0.01, 0.4]}, cv=2
    ).fit(frame, y[:300])
    # What is rejected counts as wrong.
    assert search.best_params_ == {"noveltyrejectingclassifier__rejected_share": 0.01}
    assert list(search.best_estimator_[-1].feature_names_in_) == list(frame.columns)
    assert search.best_estimator_[-1].n_features_in_ == 64


def test_images_and_rows_are_one(rejecting, shuffled):
    X = shuffled[0][:20]
    np.testing.assert_array_equal(
        rejecting.score_samples(X.reshape(-1, 8, 8)), rejecting.score_samples(X)
    )


def test_pickles(rejecting):
    copy = pickle.loads(pickle.dumps(rejecting))
    np.testing.assert_array_equal(copy.score_samples(noise()), rejecting.score_samples(noise()))


def saved(*args, **options):
    stream = io.BytesIO()
    save(args[0], stream, **options)
    stream.seek(0)
    return stream


def test_model_files(rejecting, network, shuffled):
    X, y = shuffled
    inner = clone(network).set_params(classify__epochs=1)
    fitted = NoveltyRejectingClassifier(inner, cv=2, random_state=0).fit(X[:300], y[:300])
    for classifier in (rejecting, fitted):
        loaded = load(saved(classifier))
        np.testing.assert_array_equal(loaded.predict(X), classifier.predict(X))
        np.testing.assert_array_equal(loaded.score_samples(X), classifier.score_samples(X))
        assert str(loaded) == str(classifier)
    # The frozen network is written once, the other one has its parameters beside it.
    assert len(saved(rejecting).getvalue()) < len(saved(network).getvalue()) + 900 * 65 * 4 + 3000


def test_beside_its_estimator_in_a_model_file(rejecting, network, shuffled):
    X, _ = shuffled
    stream = saved(network, rejecting=rejecting)
    both = load(stream, rejecting=True)
    np.testing.assert_array_equal(both.score_samples(X), rejecting.score_samples(X))
    stream.seek(0)
    alone = load(stream)
    assert list(alone.named_steps) == list(network.named_steps)
    np.testing.assert_array_equal(alone.predict_proba(X), network.predict_proba(X))


def test_what_is_beside_belongs_to_the_estimator(rejecting, network):
    with pytest.raises(ValueError, match=r"(?s)rejecting=.*FrozenEstimator\(estimator\)"):
        save(clone(network), io.BytesIO(), rejecting=rejecting)
    with pytest.raises(NotFittedError):
        save(network, io.BytesIO(), rejecting=clone(rejecting))
    with pytest.raises(ValueError, match="without a NoveltyRejectingClassifier"):
        load(saved(network), rejecting=True)


def test_impossible_values_are_not_saved(rejecting):
    for name, value in {
        "references_": np.full((2, 65), np.nan, np.float32),
        "reject_label_": 3,
        "offset_": np.inf,
    }.items():
        changed = pickle.loads(pickle.dumps(rejecting))
        setattr(changed, name, value)
        with pytest.raises(ValueError, match=f"such a value of {name}"):
            save(changed, io.BytesIO())


@pytest.mark.parametrize(
    ("lie", "message"),
    [
        (lambda node: [node], "holds no estimator"),
        (lambda node: {**node, "estimator": "PCA"}, "no NoveltyRejectingClassifier"),
        (lambda node: {**node, "fitted": {**node["fitted"], "offset_": "far"}}, "offset_"),
        (lambda node: {**node, "parameters": {"cv": 1}}, "cv"),
    ],
)
def test_what_a_file_says_beside_its_estimator_is_checked(lie, message, rejecting, network):
    stream = saved(network, rejecting=rejecting)
    forged = io.BytesIO()
    with zipfile.ZipFile(stream) as before, zipfile.ZipFile(forged, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "model.json":
                manifest = json.loads(content)
                manifest["rejecting"] = lie(manifest["rejecting"])
                content = json.dumps(manifest)
            after.writestr(name, content)
    # Whichever of the two is asked for.
    for options in ({}, {"rejecting": True}):
        forged.seek(0)
        with pytest.raises(ValueError, match=rf"can't be loaded: .*{message}"):
            load(forged, **options)
