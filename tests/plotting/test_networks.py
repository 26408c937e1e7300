"""What networks look for, and what their predictions rest on."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skmnist import KerasMLPClassifier, make_digit_pipeline
from skmnist.plotting import EigendigitsDisplay, FilterDisplay, OcclusionDisplay


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
        assert texts(display.ax_)[0] == f"{100 * pca.explained_variance_ratio_[0]:.1f}%"
        with pytest.raises(NotFittedError):
            EigendigitsDisplay.from_estimator(pipeline)

    def test_what_has_none(self, images, y):
        fitted = make_pipeline(SVC()).fit(images.reshape(300, -1), y)
        with pytest.raises(TypeError, match=r"SVC\(\) is no network"):
            FilterDisplay.from_estimator(fitted)
        with pytest.raises(TypeError, match="is no PCA and has no such step"):
            EigendigitsDisplay.from_estimator(fitted)


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
        assert display.ax_.get_title() == "lit: 80.0%"

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

    def test_bad_input(self, cnn, images):
        with pytest.raises(ValueError, match=r"size=9.*1 to 8"):
            OcclusionDisplay.from_estimator(cnn, images[0], size=9)
        with pytest.raises(ValueError, match="label=11"):
            OcclusionDisplay.from_estimator(cnn, images[0], label=11)
