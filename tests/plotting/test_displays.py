"""What the displays compute, and what stands in their pictures."""

import inspect
import subprocess
import sys
from statistics import NormalDist

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.exceptions import NotFittedError
from sklearn.metrics import ConfusionMatrixDisplay, recall_score
from sklearn.svm import SVC

from skmnist import KerasMLPClassifier, make_digit_pipeline, plotting
from skmnist.plotting import (
    AccuracyCoverageDisplay,
    CharactersDisplay,
    ClassAccuracyDisplay,
    ClassDistributionDisplay,
    EigendigitsDisplay,
    EmbeddingDisplay,
    FilterDisplay,
    ImageGridDisplay,
    OcclusionDisplay,
    PixelDensityDisplay,
    PixelStatisticsDisplay,
    ProbabilityDisplay,
    ReadingDisplay,
    TrainingHistoryDisplay,
)

BLUE, ORANGE = "#0072b2", "#d55e00"
WORDS = np.array(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])


def texts(ax):
    return [text.get_text() for text in ax.texts]


def tick_labels(axis):
    return [label.get_text() for label in axis.get_ticklabels()]


class TestTrainingHistory:
    def test_curves_are_the_history(self, mlp):
        display = TrainingHistoryDisplay.from_estimator(mlp)
        assert set(display.lines_) == {"loss", "val_loss", "accuracy", "val_accuracy"}
        for name, line in display.lines_.items():
            np.testing.assert_array_equal(line.get_ydata(), mlp.history_[name])
            np.testing.assert_array_equal(line.get_xdata(), range(1, 7))
        assert [ax.get_ylabel() for ax in display.ax_] == ["loss", "accuracy"]
        assert [ax.get_xlabel() for ax in display.ax_] == ["epoch"] * 2
        labels = [text.get_text() for text in display.ax_[0].get_legend().get_texts()]
        assert labels == ["training", "validation", f"best epoch, {display.best_epoch_}"]

    def test_best_epoch_is_the_lowest_validation_loss(self):
        history = {"loss": [3, 2, 1.0], "val_loss": [np.nan, 0.5, 0.7]}
        assert TrainingHistoryDisplay(history=history).best_epoch_ == 2
        assert TrainingHistoryDisplay(history={"loss": [3, 2, 1.0]}).best_epoch_ == 3

    def test_without_any_loss_there_is_no_best_epoch(self):
        history = {"loss": [1.0, 0.5], "val_loss": [np.nan, np.nan]}
        display = TrainingHistoryDisplay(history=history).plot()
        labels = [text.get_text() for text in display.ax_[0].get_legend().get_texts()]
        assert labels == ["training", "validation"]

    def test_at_the_end_of_a_pipeline_and_on_given_axes(self, images, y):
        _, axes = plt.subplots(2)
        pipeline = make_digit_pipeline(KerasMLPClassifier(3, epochs=2, batch_size=64))
        display = TrainingHistoryDisplay.from_estimator(pipeline.fit(images, y), ax=axes)
        assert list(display.ax_) == list(axes)
        assert set(display.lines_) == {"loss", "accuracy"}
        with pytest.raises(ValueError, match="ax has 1 Axes, but there are 2 figures"):
            display.plot(axes[0])

    def test_estimators_without_a_history_are_refused(self, images, y):
        with pytest.raises(NotFittedError):
            TrainingHistoryDisplay.from_estimator(KerasMLPClassifier())
        svc = SVC().fit(images.reshape(300, -1), y)
        with pytest.raises(TypeError, match=r"SVC\(\) has no history_"):
            TrainingHistoryDisplay.from_estimator(svc)


class TestImageGrid:
    def test_a_row_for_each_class(self, images, y):
        display = ImageGridDisplay.from_data(images, WORDS[y], n_per_class=4)
        assert len(display.tiles_) == 40
        names = sorted(WORDS)
        assert texts(display.ax_) == [name for name in names for _ in range(4)]
        first_eight = np.flatnonzero(y == 8)[:4]
        for tile, row in zip(display.tiles_[:4], first_eight, strict=True):
            np.testing.assert_array_equal(tile.get_array(), images[row])
        tops = [tile.get_extent()[3] for tile in display.tiles_]
        assert len(set(tops)) == 10

    @pytest.mark.parametrize("counts", [(4, 1, 4), (1, 4, 2), (2, 1, 2), (1, 1, 1), (0, 3, 9)])
    def test_a_rare_class_has_a_row_of_its_own(self, images, counts):
        y = np.repeat([10, 20, 30], counts)
        display = ImageGridDisplay.from_data(images[: len(y)], y, n_per_class=4)
        used = [min(n, 4) for n in counts if n]
        labels = [label for label, n in zip(("10", "20", "30"), counts, strict=True) if n]
        assert texts(display.ax_) == np.repeat(labels, used).tolist()
        # (left, top) of each tile: every class starts a row, and no row is broken.
        corners = [(tile.get_extent()[0], tile.get_extent()[3]) for tile in display.tiles_]
        lefts = sorted({left for left, _ in corners})
        tops = sorted({top for _, top in corners})
        assert (len(lefts), len(tops)) == (max(used), len(used))
        assert corners == [(left, tops[i]) for i, n in enumerate(used) for left in lefts[:n]]
        # No wider than the tiles, one above the other.
        assert display.ax_.get_xlim()[1] < lefts[-1] + 10
        assert display.plot().ax_.get_ylim()[0] > tops[-1]

    def test_numbers_below_one_are_refused(self, images, y):
        with pytest.raises(ValueError, match="n_per_class=0 was given; expected 1 or more"):
            ImageGridDisplay.from_data(images, y, n_per_class=0)
        with pytest.raises(ValueError, match="n_columns=0 was given; expected 1 or more"):
            ImageGridDisplay(images=images, n_columns=0).plot()
        with pytest.raises(ValueError, match="bins=0 was given; expected 1 or more"):
            PixelDensityDisplay.from_data(images, bins=0)

    def test_chosen_by_seed(self, images, y):
        picks = [
            ImageGridDisplay.from_data(images, y, n_per_class=3, random_state=seed).images
            for seed in (0, 0, 1)
        ]
        np.testing.assert_array_equal(picks[0], picks[1])
        assert not np.array_equal(picks[0], picks[2])

    def test_flat_rows_and_colours(self):
        X = np.random.default_rng(0).integers(256, size=(6, 4, 5, 3), dtype=np.uint8)
        display = ImageGridDisplay.from_data(X.reshape(6, -1), image_shape=(4, 5, 3))
        assert len(display.tiles_) == 6
        low, high = X.min(), X.max()
        np.testing.assert_allclose(display.tiles_[2].get_array(), (X[2] - low) / (high - low))
        assert texts(display.ax_) == []
        with pytest.raises(ValueError, match=r"image_shape=\(4, 4\) has 16 pixels.*60"):
            ImageGridDisplay.from_data(X.reshape(6, -1), image_shape=(4, 4))

    def test_predictions_are_framed_by_right_and_wrong(self, images):
        proba = np.array([[0.9, 0.1], [0.3, 0.7], [0.2, 0.8]])
        display = ImageGridDisplay.from_predictions(images[:3], ["a", "a", "b"], proba)
        assert texts(display.ax_) == ["a, 90 %", "b, 70 %\nis a", "b, 80 %"]
        frames = [to_hex(patch.get_edgecolor()) for patch in display.ax_.patches]
        assert frames == [BLUE, ORANGE, BLUE]

    def test_the_worst_mistakes_come_first(self, images):
        proba = np.array([[0.9, 0.1], [0.3, 0.7], [0.2, 0.8], [0.05, 0.95]])
        display = ImageGridDisplay.from_predictions(
            images[:4], [0, 0, 1, 0], proba, select="mistakes"
        )
        assert texts(display.ax_) == ["1, 95 %\nis 0", "1, 70 %\nis 0"]
        np.testing.assert_array_equal(display.images, images[[3, 1]])

    def test_the_least_sure_ones_come_first(self, images):
        proba = np.array([[0.9, 0.1], [0.45, 0.55], [0.2, 0.8], [0.6, 0.4]])
        display = ImageGridDisplay.from_predictions(
            images[:4], [0, 0, 1, 0], proba, select="unsure", n_images=3
        )
        assert texts(display.ax_) == ["1, 55 %\nis 0", "0, 60 %", "1, 80 %"]

    def test_from_a_fitted_classifier(self, mlp, images, y):
        display = ImageGridDisplay.from_estimator(mlp, images, y, select="mistakes", n_images=7)
        wrong = mlp.predict(images) != y
        assert len(display.images) == min(7, wrong.sum()) > 0
        assert not display.right.any()
        display = ImageGridDisplay.from_estimator(mlp, images, y, random_state=0)
        assert len(display.images) == 20

    def test_no_mistakes(self, images):
        display = ImageGridDisplay.from_predictions(
            images[:2], [0, 1], np.eye(2), select="mistakes"
        )
        assert display.tiles_ == []
        assert texts(display.ax_) == ["no images"]

    def test_bad_input(self, images):
        with pytest.raises(ValueError, match="select='worst'"):
            ImageGridDisplay.from_predictions(images[:2], [0, 1], np.eye(2), select="worst")
        with pytest.raises(ValueError, match=r"y_proba has shape \(2, 3\).*2 classes"):
            ImageGridDisplay.from_predictions(images[:2], [0, 1], np.ones((2, 3)))


def test_class_distribution(y):
    display = ClassDistributionDisplay.from_data(
        {"training": WORDS[y[:200]], "test": WORDS[y[200:]]}
    )
    assert tick_labels(display.ax_.xaxis) == sorted(WORDS)
    for name, labels in (("training", y[:200]), ("test", y[200:])):
        heights = [bar.get_height() for bar in display.bars_[name]]
        assert heights == [(WORDS[labels] == word).sum() for word in sorted(WORDS)]
    assert [t.get_text() for t in display.ax_.get_legend().get_texts()] == ["training", "test"]
    assert ClassDistributionDisplay.from_data(y).ax_.get_legend() is None


def test_pixel_density(images):
    display = PixelDensityDisplay.from_data(images, bins=17)
    widths = np.diff(display.edges)
    np.testing.assert_allclose((display.density * widths).sum(), 1)
    share = np.mean(images < display.edges[1])
    np.testing.assert_allclose(display.density[0] * widths[0], share)
    np.testing.assert_array_equal(display.stairs_.get_data().values, display.density)
    assert display.ax_.get_yscale() == "log"


@pytest.mark.parametrize(
    ("n_values", "bins", "width"),
    [(256, 50, 8), (256, 256, 1), (17, 50, 1), (17, 5, 4), (2, 50, 1), (251, 50, 6)],
)
def test_bins_of_whole_numbers_hold_equally_many(n_values, bins, width):
    # Else some hold five intensities and some six, which looks like a pattern in the images.
    X = np.arange(n_values)[None]
    display = PixelDensityDisplay.from_data(X, bins=bins)
    assert np.unique(np.diff(display.edges)) == width
    assert len(display.density) <= bins
    np.testing.assert_allclose(display.density[:-1], display.density[0])
    halves = PixelDensityDisplay.from_data(X / 2, bins=bins)
    assert len(halves.density) == bins


@pytest.mark.parametrize(("statistic", "compute"), [("mean", np.mean), ("variance", np.var)])
def test_pixel_statistics(statistic, compute, images, y):
    display = PixelStatisticsDisplay.from_data(images, y, statistic=statistic)
    assert texts(display.ax_) == [str(label) for label in range(10)]
    np.testing.assert_allclose(display.tiles_[3].get_array(), compute(images[y == 3], axis=0))
    (tile,) = PixelStatisticsDisplay.from_data(images.reshape(300, -1), statistic=statistic).tiles_
    np.testing.assert_allclose(tile.get_array(), compute(images, axis=0))
    with pytest.raises(ValueError, match="statistic='median'"):
        PixelStatisticsDisplay.from_data(images, statistic="median")


class TestClassAccuracy:
    def test_accuracy_is_recall(self, mlp, images, y):
        display = ClassAccuracyDisplay.from_estimator(mlp, images, y)
        np.testing.assert_allclose(
            display.accuracy_, recall_score(y, mlp.predict(images), average=None)
        )
        np.testing.assert_array_equal(display.points_.lines[0].get_ydata(), display.accuracy_)
        (bars,) = display.points_.lines[2]
        ends = np.array([bar[:, 1] for bar in bars.get_segments()])
        np.testing.assert_allclose(ends, display.intervals_)
        assert display.ax_.get_title() == f"all classes: {mlp.score(images, y):.4g}"
        assert tick_labels(display.ax_.xaxis) == [str(label) for label in range(10)]

    @pytest.mark.parametrize("confidence", [0.8, 0.95])
    @pytest.mark.parametrize(("n_right", "n"), [(0, 7), (7, 7), (3, 10), (990, 1000)])
    def test_intervals_are_wilsons(self, n_right, n, confidence):
        # Wilson's own formula, 1927.
        z = NormalDist().inv_cdf((1 + confidence) / 2)
        p = n_right / n
        centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
        y_pred = [1] * n_right + [0] * (n - n_right)
        display = ClassAccuracyDisplay.from_predictions([1] * n, y_pred, confidence=confidence)
        np.testing.assert_allclose(
            display.intervals_, [[centre - half, centre + half]], atol=1e-12
        )

    def test_bad_confidence(self):
        with pytest.raises(ValueError, match="confidence=95"):
            ClassAccuracyDisplay.from_predictions([0], [0], confidence=95)


class TestEmbedding:
    def test_pixels_by_pca(self, images, y):
        display = EmbeddingDisplay.from_data(images, WORDS[y], random_state=0)
        expected = PCA(2, random_state=0).fit_transform(images.reshape(300, -1))
        np.testing.assert_allclose(display.points, expected)
        assert set(display.scatter_) == set(WORDS)
        np.testing.assert_allclose(
            display.scatter_["three"].get_offsets(), expected[WORDS[y] == "three"]
        )
        assert set(texts(display.ax_)) == set(WORDS)
        assert display.ax_.get_xlabel() == "PCA 1"
        share = expected.var(axis=0).sum() / images.reshape(300, -1).var(axis=0).sum()
        assert display.ax_.get_title() == f"{100 * share:.1f} % of the variance"

    def test_hidden_activations_in_three_dimensions(self, cnn, images, y):
        display = EmbeddingDisplay.from_estimator(cnn, images, y, n_components=3)
        assert display.points.shape == (300, 3)
        assert display.ax_.name == "3d"
        assert display.ax_.get_zlabel() == "PCA 3"
        expected = PCA(3).fit_transform(cnn.transform(images))
        np.testing.assert_allclose(np.abs(display.points), np.abs(expected), rtol=1e-3, atol=1e-3)

    def test_tsne_and_own_transformers(self, images):
        display = EmbeddingDisplay.from_data(images[:60], reducer="tsne", random_state=0)
        assert display.points.shape == (60, 2)
        assert display.ax_.get_title() == ""
        svd = TruncatedSVD(2, random_state=0)
        display = EmbeddingDisplay.from_data(images, reducer=svd)
        assert display.ax_.get_ylabel() == "TruncatedSVD 2"
        assert not hasattr(svd, "components_")

    def test_without_umap_the_remedy_is_named(self, images, monkeypatch):
        monkeypatch.setitem(sys.modules, "umap", None)
        with pytest.raises(ImportError, match="pip install umap-learn"):
            EmbeddingDisplay.from_data(images, reducer="umap")

    def test_bad_input(self, images, ax):
        with pytest.raises(ValueError, match="reducer='lda'"):
            EmbeddingDisplay.from_data(images, reducer="lda")
        with pytest.raises(ValueError, match=r"shape \(300, 5\)"):
            EmbeddingDisplay.from_data(images, reducer=PCA(5))
        with pytest.raises(ValueError, match="projection='3d'"):
            EmbeddingDisplay.from_data(images, n_components=3, ax=ax)


def test_rows_that_are_no_square_need_a_shape(images):
    with pytest.raises(ValueError, match=r"X has 60 columns, which is no square.*image_shape="):
        ImageGridDisplay.from_data(images.reshape(300, -1)[:, :60])


def test_one_hot_targets_are_column_numbers(images, y):
    rows = np.eye(10)[y]
    classifier = KerasMLPClassifier(3, epochs=1, batch_size=64).fit(images, rows)
    display = ClassAccuracyDisplay.from_estimator(classifier, images, rows)
    np.testing.assert_array_equal(display.n_samples, np.bincount(y))
    assert display.n_right.sum() == (classifier.predict(images).argmax(axis=1) == y).sum()
    counts = ClassDistributionDisplay.from_data(rows).counts["samples"]
    np.testing.assert_array_equal(counts, np.bincount(y))
    grid = ImageGridDisplay.from_estimator(classifier, images, rows, n_images=5)
    assert len(grid.right) == 5
    assert set(EmbeddingDisplay.from_data(images, rows).scatter_) == set(range(10))


def test_text_and_numbers_are_no_labels_together(y):
    with pytest.raises(ValueError, match="Mix of label input types"):
        ClassAccuracyDisplay.from_predictions(y.astype(str), y)


def test_letters_shrink_with_their_tiles(images, y):
    sizes = []
    for n in (1, 4):
        ax = plt.subplots(n, n, figsize=(8, 8), squeeze=False)[1][0, 0]
        display = ImageGridDisplay.from_data(images, WORDS[y], ax=ax)
        sizes.append(display.ax_.texts[0].get_fontsize())
    assert sizes[1] < sizes[0] / 2


def test_confusions_have_scikit_learns_own_display(mlp, images, y):
    display = ConfusionMatrixDisplay.from_estimator(mlp, images, y)
    assert display.confusion_matrix.sum() == 300


PICTURES = [np.full((40, 30), 200, np.uint8), np.zeros((9, 20, 3), np.uint8)]
BOXES = [(2, 3, 10, 20), (12, 3, 25, 20)]
MAKE = {
    "ReadingDisplay": lambda mlp, images, y, ax: ReadingDisplay(
        pictures=PICTURES, images=images[:2].astype(np.uint8), labels=y[:2]
    ).plot(ax),
    "CharactersDisplay": lambda mlp, images, y, ax: CharactersDisplay(
        picture=PICTURES[0], boxes=BOXES, labels=y[:2], proba=[0.95, 0.5]
    ).plot(ax),
    "AccuracyCoverageDisplay": lambda m, X, y, ax: AccuracyCoverageDisplay.from_estimator(
        m, X, y, ax=ax
    ),
    "ClassAccuracyDisplay": lambda m, X, y, ax: ClassAccuracyDisplay.from_estimator(
        m, X, y, ax=ax
    ),
    "ClassDistributionDisplay": lambda m, X, y, ax: ClassDistributionDisplay.from_data(y, ax=ax),
    "EigendigitsDisplay": lambda m, X, y, ax: EigendigitsDisplay.from_estimator(
        PCA(4).fit(X.reshape(len(X), -1)), ax=ax
    ),
    "EmbeddingDisplay": lambda m, X, y, ax: EmbeddingDisplay.from_data(X, y, ax=ax),
    "FilterDisplay": lambda m, X, y, ax: FilterDisplay.from_estimator(m, ax=ax),
    "ImageGridDisplay": lambda m, X, y, ax: ImageGridDisplay.from_data(X, y, ax=ax),
    "OcclusionDisplay": lambda m, X, y, ax: OcclusionDisplay.from_estimator(m, X[0], ax=ax),
    "PixelDensityDisplay": lambda m, X, y, ax: PixelDensityDisplay.from_data(X, ax=ax),
    "PixelStatisticsDisplay": lambda m, X, y, ax: PixelStatisticsDisplay.from_data(X, y, ax=ax),
    "ProbabilityDisplay": lambda m, X, y, ax: ProbabilityDisplay.from_estimator(m, X, y, ax=ax),
}


@pytest.mark.parametrize("name", MAKE)
def test_a_given_axes_is_drawn_on(name, mlp, images, y, ax):
    display = MAKE[name](mlp, images, y, ax)
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    assert ax.has_data()
    # plot can be called again, on a new figure.
    assert display.plot() is display
    assert display.ax_ is not ax


@pytest.mark.parametrize("name", MAKE)
def test_several_axes_are_too_many(name, mlp, images, y, ax):
    with pytest.raises(TypeError, match="ax holds 2 Axes; one is drawn on"):
        MAKE[name](mlp, images, y, np.array([ax, ax]))


def test_unsure_characters_have_boxes_of_another_colour(mlp, images, y):
    display = MAKE["CharactersDisplay"](mlp, images, y, None)
    colours = [to_hex(box.get_edgecolor()) for box in display.boxes_]
    assert colours == [plotting.BLUE.lower(), plotting.ORANGE.lower()]
    assert [text.get_text() for text in display.ax_.texts] == [str(label) for label in y[:2]]
    assert display.boxes_[1].get_bbox().extents.tolist() == list(BOXES[1])


def test_readings_need_an_image_for_each_picture(images):
    with pytest.raises(ValueError, match=r"images has 1 images, expected 2, one for each"):
        ReadingDisplay(pictures=PICTURES, images=images[:1]).plot()


def test_every_display_is_tested_above():
    assert set(MAKE) | {"TrainingHistoryDisplay", "LivePlot"} == set(plotting.__all__)


@pytest.mark.parametrize("name", plotting.__all__)
def test_constructors_take_data_by_name(name):
    parameters = list(inspect.signature(getattr(plotting, name)).parameters.values())
    assert {p.kind for p in parameters} == {inspect.Parameter.KEYWORD_ONLY}
    assert not {"ax", "estimator"} & {p.name for p in parameters}


def test_matplotlib_is_imported_by_the_first_picture():
    code = (
        "import sys; from skmnist.plotting import PixelDensityDisplay as D\n"
        "assert 'matplotlib' not in sys.modules\n"
        "import matplotlib; matplotlib.use('agg')\n"
        "D.from_data([[0.0, 1.0, 2.0, 3.0]])\n"
        "assert 'tensorflow' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
