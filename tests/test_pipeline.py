import inspect

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, is_classifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC, SVR
from sklearn.utils.validation import validate_data

from skmnist import ImageFlattener, PixelScaler, make_digit_pipeline


@pytest.fixture(scope="module")
def digits():
    return load_digits()


class NearestMeanImage(ClassifierMixin, BaseEstimator):
    """A classifier with an image_shape, as small as can be."""

    def __init__(self, image_shape=None):
        self.image_shape = image_shape

    def fit(self, X, y):
        X, y = validate_data(self, X, y)
        self.classes_ = np.unique(y)
        self.means_ = np.stack([self._images(X[y == c]).mean(axis=0) for c in self.classes_])
        return self

    def predict(self, X):
        images = self._images(validate_data(self, X, reset=False))
        distances = ((images[:, None] - self.means_) ** 2).sum(axis=(2, 3))
        return self.classes_[distances.argmin(axis=1)]

    def _images(self, X):
        side = int(X.shape[1] ** 0.5)
        return X.reshape(-1, *(self.image_shape or (side, side)))


def test_the_steps_and_what_they_hold():
    pipeline = make_digit_pipeline(SVC(C=3), pixel_range=(0, 16), n_components=0.9)
    assert list(pipeline.named_steps) == ["flatten", "scale", "pca", "classify"]
    flatten, scale, pca, classify = pipeline.named_steps.values()
    assert isinstance(flatten, ImageFlattener)
    assert isinstance(scale, PixelScaler)
    assert scale.pixel_range == (0, 16)
    assert isinstance(pca, PCA)
    assert pca.n_components == 0.9
    assert classify.C == 3
    assert is_classifier(pipeline)
    assert "pca" not in make_digit_pipeline(SVC()).named_steps


def test_main_parameter_positional_the_rest_keywords():
    kinds = {
        p.kind.name for p in list(inspect.signature(make_digit_pipeline).parameters.values())[1:]
    }
    assert kinds == {"KEYWORD_ONLY"}


def test_svc_reaches_the_accuracy_of_sklearns_own_example(digits):
    # plot_digits_classification: SVC(gamma=0.001) on pixels 0..16, first half against second,
    # 97 %. Divided by 16, distances shrink by 16 squared, and gamma grows by it.
    raw = SVC(gamma=0.001).fit(digits.data[:898], digits.target[:898])
    pipeline = make_digit_pipeline(SVC(gamma=0.001 * 16**2))
    pipeline.fit(digits.images[:898], digits.target[:898])
    predicted = pipeline.predict(digits.images[898:])
    np.testing.assert_array_equal(predicted, raw.predict(digits.data[898:]))
    assert round(np.mean(predicted == digits.target[898:]), 2) == 0.97


def test_cross_validation_takes_images(digits):
    pipeline = make_digit_pipeline(SVC(gamma=0.001 * 16**2))
    assert cross_val_score(pipeline, digits.images, digits.target, cv=5).mean() > 0.96


def test_stack_rows_and_frame_give_the_same_predictions(digits):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(digits.data, columns=digits.feature_names)
    pipeline = make_digit_pipeline(LogisticRegression(max_iter=200), n_components=20)
    expected = None
    for X in digits.images, digits.data, frame:
        proba = pipeline.fit(X[:500], digits.target[:500]).predict_proba(X[500:600])
        expected = proba if expected is None else expected
        np.testing.assert_allclose(proba, expected, rtol=1e-9)  # memory order moves last bits


def test_it_equals_its_steps_one_after_the_other(digits):
    X, y = digits.data / 16, digits.target
    reduced = PCA(15, svd_solver="covariance_eigh").fit(X[:1000])
    by_hand = KNeighborsClassifier().fit(reduced.transform(X[:1000]), y[:1000])
    pipeline = make_digit_pipeline(KNeighborsClassifier(), n_components=15)
    pipeline.fit(digits.images[:1000], y[:1000])
    np.testing.assert_array_equal(
        pipeline.predict(digits.images[1000:]), by_hand.predict(reduced.transform(X[1000:]))
    )


def test_grid_search_over_components(digits):
    search = GridSearchCV(
        make_digit_pipeline(GaussianNB(), n_components=2),
        {"pca__n_components": [2, 25], "scale__feature_range": [(0, 1), (-1, 1)]},
        cv=3,
    ).fit(digits.images, digits.target)
    assert search.best_params_["pca__n_components"] == 25
    assert search.best_score_ > 0.85
    # The map is affine and PCA and naive Bayes do not care: both ranges score alike.
    scores = search.cv_results_["mean_test_score"].reshape(2, 2)
    np.testing.assert_allclose(scores[:, 0], scores[:, 1], atol=0.005)


def test_set_output_names_the_pixels(digits):
    pd = pytest.importorskip("pandas")
    pipeline = make_digit_pipeline(LogisticRegression(max_iter=200)).set_output(transform="pandas")
    pipeline.fit(digits.images, digits.target)
    table = pipeline[:-1].transform(digits.images)
    assert isinstance(table, pd.DataFrame)
    assert list(table.columns) == digits.feature_names
    assert list(pipeline["classify"].feature_names_in_) == digits.feature_names


def test_uint8_never_becomes_float64(digits):
    pipeline = make_digit_pipeline(SVC(), n_components=5)
    images = digits.images.astype(np.uint8)
    pipeline.fit(images, digits.target)
    assert pipeline[:1].transform(images).dtype == np.uint8
    assert pipeline[:2].transform(images).dtype == np.float32
    assert pipeline[:3].transform(images).dtype == np.float32


def test_pca_refits_agree_and_leave_the_global_generator_alone(digits):
    images, y = digits.images[:600], digits.target[:600]  # few rows: the randomised solver

    def draws_on_global_generator(pipeline):
        np.random.seed(1)  # noqa: NPY002
        expected = np.random.random()  # noqa: NPY002
        np.random.seed(1)  # noqa: NPY002
        pipeline.fit(images, y)
        return np.random.random() != expected  # noqa: NPY002

    pipeline = make_digit_pipeline(GaussianNB(), n_components=5)
    first = pipeline.fit(images, y)["pca"].components_
    assert not draws_on_global_generator(pipeline)
    np.testing.assert_array_equal(pipeline["pca"].components_, first)
    assert draws_on_global_generator(pipeline.set_params(pca__random_state=None))


def test_image_shape_goes_to_a_clone(digits):
    classifier = NearestMeanImage()
    images = digits.images[:, 1:]  # 7 x 8: no square
    pipeline = make_digit_pipeline(classifier, image_shape=(np.int64(7), 8))
    assert pipeline["classify"].image_shape == (7, 8)
    assert type(pipeline["classify"].image_shape[0]) is int
    assert pipeline.fit(images, digits.target).score(images, digits.target) > 0.85
    assert vars(classifier) == {"image_shape": None}


def test_the_classifier_given_is_never_fitted(digits):
    classifier = GaussianNB()
    make_digit_pipeline(classifier).fit(digits.images, digits.target)
    assert not hasattr(classifier, "classes_")


def test_without_image_shape_the_classifiers_own_stays(digits):
    assert make_digit_pipeline(NearestMeanImage((4, 16)))["classify"].image_shape == (4, 16)
    pipeline = make_digit_pipeline(NearestMeanImage()).fit(digits.images, digits.target)
    assert pipeline["classify"].means_.shape == (10, 8, 8)


def test_classifiers_without_image_shape_are_left_alone(digits):
    with_shape = make_digit_pipeline(SVC(), image_shape=(8, 8))
    assert with_shape["classify"].get_params() == SVC().get_params()
    assert with_shape.fit(digits.images, digits.target).score(digits.images, digits.target) > 0.99


def test_image_shape_reaches_classifiers_inside_others():
    voting = VotingClassifier([("image", NearestMeanImage()), ("svc", SVC())])
    pipeline = make_digit_pipeline(voting, image_shape=(4, 16))
    assert pipeline["classify"].named_estimators["image"].image_shape == (4, 16)
    assert voting.named_estimators["image"].image_shape is None


@pytest.mark.parametrize(
    "classifier",
    [
        NearestMeanImage(),
        CalibratedClassifierCV(NearestMeanImage()),
        GridSearchCV(NearestMeanImage(), {}),
    ],
    ids=lambda classifier: type(classifier).__name__,
)
def test_components_are_no_pixels(classifier):
    message = rf"n_components=9 .* {type(classifier).__name__}, .* not pixels .*KerasMLPClassifier"
    with pytest.raises(ValueError, match=message):
        make_digit_pipeline(classifier, n_components=9)


@pytest.mark.parametrize(
    "image_shape",
    [8, (8,), (1, 8, 8, 1), [8], "88", (8, 0), (8, -8), (8.0, 8), (True, 8), (None, 8)],
)
@pytest.mark.parametrize("classifier", [SVC(), NearestMeanImage()], ids=["svc", "image"])
def test_wrong_image_shape_is_named(image_shape, classifier):
    with pytest.raises(ValueError, match=r"image_shape=.*positive integers is expected"):
        make_digit_pipeline(classifier, image_shape=image_shape)


def test_a_list_is_an_image_shape():
    pipeline = make_digit_pipeline(NearestMeanImage(), image_shape=[8, 8])
    assert pipeline.named_steps["classify"].image_shape == (8, 8)


@pytest.mark.parametrize(
    ("classifier", "message"),
    [
        (SVC, r"got the class SVC: write SVC\(\)"),
        (SVR(), r"got SVR\(\)\. For any other last step"),
        (GridSearchCV(SVR(), {}), "must be a scikit-learn classifier"),
        (PCA(2), r"got PCA\(n_components=2\)"),
        ("svc", "got 'svc'"),
        (None, "got None"),
    ],
)
def test_other_objects_than_classifiers_are_refused(classifier, message):
    with pytest.raises(TypeError, match=message):
        make_digit_pipeline(classifier)


def test_memory_caches_the_transformers(tmp_path, digits):
    pipeline = make_digit_pipeline(GaussianNB(), n_components=10, memory=str(tmp_path))
    pipeline.fit(digits.images, digits.target)
    assert any(tmp_path.rglob("output.pkl"))
    plain = make_digit_pipeline(GaussianNB(), n_components=10).fit(digits.images, digits.target)
    np.testing.assert_array_equal(pipeline.predict(digits.images), plain.predict(digits.images))


def test_transform_input_sends_validation_images_through_the_steps(digits):
    X, y = digits.images, digits.target
    booster = HistGradientBoostingClassifier(max_iter=2, max_depth=2, early_stopping=True)
    with config_context(enable_metadata_routing=True):
        booster.set_fit_request(X_val=True, y_val=True)
        pipeline = make_digit_pipeline(booster, transform_input=["X_val"])
        # Stacks of images: the booster could not read them if they came as they are.
        pipeline.fit(X[:200], y[:200], X_val=X[200:300], y_val=y[200:300])
    assert len(pipeline["classify"].validation_score_) == 3


def test_without_transform_input_no_metadata_routing_is_needed(digits):
    pipeline = make_digit_pipeline(GaussianNB())
    assert pipeline.transform_input is None
    weights = np.ones(len(digits.target))
    pipeline.fit(digits.images, digits.target, classify__sample_weight=weights)
