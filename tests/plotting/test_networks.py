"""What networks look for, and what their predictions rest on."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MaxAbsScaler, StandardScaler
from sklearn.svm import SVC

from skmnist import KerasMLPClassifier, make_digit_pipeline
from skmnist.plotting import (
    EigendigitsDisplay,
    EmbeddingDisplay,
    FilterDisplay,
    ImageGridDisplay,
    OcclusionDisplay,
    TrainingHistoryDisplay,
)


def texts(ax):
    return [text.get_text() for text in ax.texts]


class TestWeights:
    def test_kernels_of_a_convolution(self, cnn):
        display = FilterDisplay.from_estimator(cnn)
        kernel = cnn.weights_[0]
        assert kernel.shape == (3, 3, 1, 4)
        for i, tile in enumerate(display.tiles_):
            np.testing.assert_array_equal(tile.get_array(), kernel[:, :, 0, i])
        most = np.abs(kernel).max()
        assert display.tiles_[0].get_clim() == (pytest.approx(-most), pytest.approx(most))

    def test_weights_of_units(self, mlp):
        display = FilterDisplay.from_estimator(mlp, n_filters=5)
        assert len(display.tiles_) == 5
        np.testing.assert_array_equal(
            display.tiles_[2].get_array(), mlp.weights_[0][:, 2].reshape(8, 8)
        )

    @pytest.mark.parametrize("whiten", [False, True])
    def test_weights_behind_pca_are_projected_to_pixels(self, whiten, images, y):
        network = KerasMLPClassifier((6,), epochs=1, batch_size=64, standardize=False)
        pca = PCA(7, whiten=whiten, random_state=0)
        pipeline = make_pipeline(pca, network).fit(images.reshape(300, -1), y)
        filters = FilterDisplay.from_estimator(pipeline).images.reshape(6, 64)
        # What enters the units moves with the pixels as the filters say.
        X = images[:20].reshape(20, -1)
        step = np.random.default_rng(0).random((20, 64))
        moved = pipeline[0].transform(X + step) - pipeline[0].transform(X)
        np.testing.assert_allclose(
            moved @ pipeline[1].weights_[0], step @ filters.T, rtol=1e-4, atol=1e-4
        )

    def test_eigendigits(self, images):
        pipeline = make_digit_pipeline(LogisticRegression(), n_components=9)
        pca = PCA(9, random_state=0).fit(images.reshape(300, -1))
        display = EigendigitsDisplay.from_estimator(pca, n_components=4)
        assert len(display.tiles_) == 4
        np.testing.assert_array_equal(
            display.tiles_[1].get_array(), pca.components_[1].reshape(8, 8)
        )
        assert texts(display.ax_)[0] == f"{100 * pca.explained_variance_ratio_[0]:.1f} %"
        with pytest.raises(NotFittedError):
            EigendigitsDisplay.from_estimator(pipeline)

    def test_estimators_without_weights_or_components_are_refused(self, images, y):
        fitted = make_pipeline(SVC()).fit(images.reshape(300, -1), y)
        with pytest.raises(TypeError, match=r"SVC\(\) is no network"):
            FilterDisplay.from_estimator(fitted)
        with pytest.raises(TypeError, match="is no PCA and has no such step"):
            EigendigitsDisplay.from_estimator(fitted)


WRAPPERS = {
    "pipeline": lambda net: make_pipeline(StandardScaler(), net),
    "pipeline in a pipeline": lambda net: make_pipeline(
        StandardScaler(), make_pipeline(MaxAbsScaler(), make_pipeline(net))
    ),
    "search": lambda net: GridSearchCV(net, {}, cv=2),
    "search of a pipeline": lambda net: GridSearchCV(
        make_pipeline(StandardScaler(), net), {}, cv=2
    ),
    "search in a pipeline": lambda net: make_pipeline(
        StandardScaler(), GridSearchCV(make_pipeline(net), {}, cv=2)
    ),
}


@pytest.mark.parametrize("name", WRAPPERS)
def test_the_network_is_found_however_deep_it_lies(name, images, y):
    X = images.reshape(300, -1)
    network = KerasMLPClassifier((5,), epochs=2, batch_size=64, random_state=0)
    wrapped = WRAPPERS[name](network)
    with pytest.raises(NotFittedError):
        TrainingHistoryDisplay.from_estimator(clone(wrapped))
    wrapped.fit(X, y)
    for estimator in (wrapped, FrozenEstimator(wrapped)):
        display = TrainingHistoryDisplay.from_estimator(estimator)
        assert set(display.lines_) == {"loss", "accuracy"}
        assert len(display.history["loss"]) == 2
        assert FilterDisplay.from_estimator(estimator).images.shape == (5, 8, 8)
        embedding = EmbeddingDisplay.from_estimator(estimator, X, y)
        assert embedding.points.shape == (300, 2)
        assert len(ImageGridDisplay.from_estimator(estimator, X, y).images) == 20


def test_components_are_found_and_projected_however_deep_they_lie(images, y):
    X = images.reshape(300, -1)
    network = KerasMLPClassifier((5,), epochs=1, batch_size=64, random_state=0)
    flat = make_pipeline(PCA(7, random_state=0), network).fit(X, y)
    deep = GridSearchCV(make_pipeline(make_pipeline(PCA(7, random_state=0)), network), {}, cv=2)
    deep.fit(X, y)
    for display in (FilterDisplay, EigendigitsDisplay):
        np.testing.assert_array_equal(
            display.from_estimator(deep).images, display.from_estimator(flat).images
        )


def test_a_search_that_kept_no_estimator(images, y):
    search = GridSearchCV(SVC(), {}, cv=2, refit=False)
    search.fit(images.reshape(300, -1), y)
    for display in (TrainingHistoryDisplay, FilterDisplay, EigendigitsDisplay):
        with pytest.raises(TypeError, match=r"fitted with refit=False.*refit=True"):
            display.from_estimator(search)


@pytest.mark.parametrize("nothing", [None, "passthrough", Pipeline([("end", "passthrough")])])
def test_none_and_passthrough_are_no_estimators(nothing):
    for display in (TrainingHistoryDisplay, FilterDisplay, EigendigitsDisplay):
        with pytest.raises(TypeError):
            display.from_estimator(nothing)


class OnePixel:
    """Says "lit" as surely as one pixel is bright."""

    classes_ = np.array(["dark", "lit"])

    def predict_proba(self, X):
        lit = np.asarray(X).reshape(len(X), 6, 6)[:, 2, 3] / 10
        return np.column_stack([1 - lit, lit])


class TestOcclusion:
    @pytest.mark.parametrize("flat", [False, True])
    def test_finds_the_one_pixel_that_counts(self, flat):
        image = np.full((6, 6), 8.0)
        given = image.ravel() if flat else image
        display = OcclusionDisplay.from_estimator(OnePixel(), given, size=1, fill=0)
        expected = np.zeros((6, 6))
        expected[2, 3] = 0.8
        np.testing.assert_allclose(display.effect, expected)
        assert (display.label, display.proba) == ("lit", pytest.approx(0.8))
        np.testing.assert_array_equal(display.tiles_[0].get_array(), image)
        np.testing.assert_allclose(display.tiles_[1].get_array(), expected)
        assert display.ax_.get_title() == "lit: 80.0 %"

    def test_squares_are_averaged(self):
        display = OcclusionDisplay.from_estimator(
            OnePixel(), np.full((6, 6), 8.0), size=2, fill=0, label="dark"
        )
        assert display.effect[2, 3] == pytest.approx(-0.8)
        # Of the four squares that cover its neighbour, two cover the pixel, too.
        assert display.effect[2, 2] == pytest.approx(-0.4)
        assert display.effect[5, 5] == 0

    def test_of_a_network(self, cnn, images):
        display = OcclusionDisplay.from_estimator(cnn, images[0])
        assert display.effect.shape == (8, 8)
        assert display.label == cnn.predict(images[:1])[0]

    @pytest.mark.parametrize("shape", [(40, 40), (40, 40, 3), (6, 2000, 2)])
    def test_memory_is_bounded(self, shape):
        sizes = []

        class Counting:
            classes_ = np.array([0, 1])

            def predict_proba(self, X):
                sizes.append((len(X), X.nbytes))
                return np.full((len(X), 2), 0.5)

        image = np.random.default_rng(0).random(shape)
        OcclusionDisplay.from_estimator(Counting(), image, size=5)
        assert sum(n for n, _ in sizes) == 1 + (shape[0] - 4) * (shape[1] - 4)
        assert max(n for n, _ in sizes) <= 64
        assert max(n_bytes for _, n_bytes in sizes) <= 2**25

    @pytest.mark.parametrize("dtype", [float, np.uint8])
    @pytest.mark.parametrize(("paper", "ink"), [(0, 200), (200, 0), ((250, 240, 200), 0)])
    def test_images_are_covered_with_their_background(self, paper, ink, dtype):
        shape = (6, 6, 3) if isinstance(paper, tuple) else (6, 6)
        image = np.full(shape, paper, dtype)
        image[1:5, 2:4] = ink
        image[0, 0] = 99  # a speck at the edge is not the paper
        seen = []

        class Looking:
            classes_ = np.array([0, 1])

            def predict_proba(self, X):
                seen.extend(X)
                return np.full((len(X), 2), 0.5)

        OcclusionDisplay.from_estimator(Looking(), image, size=2)
        covered = np.array(seen[1:]).reshape(5, 5, *shape)
        np.testing.assert_array_equal(covered[2, 2, 2:4, 2:4], np.full((2, 2, *shape[2:]), paper))
        seen.clear()
        OcclusionDisplay.from_estimator(Looking(), image, size=2, fill=7)
        assert (seen[1][:2, :2] == 7).all()

    def test_bad_input(self, cnn, images):
        with pytest.raises(ValueError, match=r"size=9.*1 to 8"):
            OcclusionDisplay.from_estimator(cnn, images[0], size=9)
        with pytest.raises(ValueError, match="label=11"):
            OcclusionDisplay.from_estimator(cnn, images[0], label=11)
