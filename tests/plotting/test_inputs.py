"""Every display that takes X takes what check_array takes, and refuses the rest by name."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.decomposition import PCA

from skmnist import KerasMLPClassifier, plotting
from skmnist.plotting import (
    AccuracyCoverageDisplay,
    ClassAccuracyDisplay,
    EigendigitsDisplay,
    EmbeddingDisplay,
    ImageGridDisplay,
    OcclusionDisplay,
    PixelDensityDisplay,
    PixelStatisticsDisplay,
    ProbabilityDisplay,
)

NAMES = [f"pixel{i}" for i in range(1, 65)]
PROBA, CLASSES = np.full((300, 10), 0.1), range(10)
# Each way to give X, and what of the display is computed from it.
FROM_DATA = {
    "ImageGridDisplay.from_data": (lambda m, X, y: ImageGridDisplay.from_data(X, y), "images"),
    "ImageGridDisplay.from_predictions": (
        lambda m, X, y: ImageGridDisplay.from_predictions(X, y, PROBA[: len(y)], classes=CLASSES),
        "images",
    ),
    "ProbabilityDisplay.from_predictions": (
        lambda m, X, y: ProbabilityDisplay.from_predictions(
            X, y, PROBA[: len(y)], classes=CLASSES
        ),
        "images",
    ),
    "EmbeddingDisplay.from_data": (lambda m, X, y: EmbeddingDisplay.from_data(X, y), "points"),
    "PixelDensityDisplay.from_data": (lambda m, X, y: PixelDensityDisplay.from_data(X), "density"),
    "PixelStatisticsDisplay.from_data": (
        lambda m, X, y: PixelStatisticsDisplay.from_data(X, y),
        "images",
    ),
}
FROM_ESTIMATOR = {
    "AccuracyCoverageDisplay.from_estimator": (AccuracyCoverageDisplay.from_estimator, "accuracy"),
    "ClassAccuracyDisplay.from_estimator": (ClassAccuracyDisplay.from_estimator, "n_right"),
    "EmbeddingDisplay.from_estimator": (EmbeddingDisplay.from_estimator, "points"),
    "ImageGridDisplay.from_estimator": (ImageGridDisplay.from_estimator, "images"),
    "ProbabilityDisplay.from_estimator": (ProbabilityDisplay.from_estimator, "proba"),
    "OcclusionDisplay.from_estimator": (
        lambda m, X, y: OcclusionDisplay.from_estimator(m, one_row(X)),
        "effect",
    ),
    "EigendigitsDisplay.from_estimator": (
        lambda m, X, y: EigendigitsDisplay.from_estimator(PCA(4, random_state=0).fit(X)),
        "images",
    ),
}
TAKE_NO_X = {
    "CharactersDisplay",
    "ReadingDisplay",
    "ClassDistributionDisplay",
    "FilterDisplay",
    "LivePlot",
    "TrainingHistoryDisplay",
}
KINDS = {
    "pandas": lambda X: pd.DataFrame(X, columns=NAMES),
    "pandas, numbered": pd.DataFrame,
    "pandas, mixed": lambda X: pd.DataFrame(X, columns=NAMES).astype({"pixel1": "float32"}),
    "pandas, other index": lambda X: pd.DataFrame(X, columns=NAMES, index=range(7, 7 + len(X))),
    "polars": lambda X: pl.DataFrame(X, schema=NAMES),
    "list": lambda X: X.tolist(),
    "bool": lambda X: X > 8,
    "uint8": lambda X: X.astype(np.uint8),
    "int8": lambda X: X.astype(np.int8),
}


def one_row(X):
    if isinstance(X, pd.DataFrame):
        return X.iloc[0]
    return X[:1] if isinstance(X, pl.DataFrame) else X[0]


def test_every_display_is_tested_here():
    tested = {name.partition(".")[0] for name in {**FROM_DATA, **FROM_ESTIMATOR}}
    assert tested | TAKE_NO_X == set(plotting.__all__)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", {**FROM_DATA, **FROM_ESTIMATOR})
def test_in_every_form(name, kind, images, y):
    make, computed = {**FROM_DATA, **FROM_ESTIMATOR}[name]
    X = images.reshape(300, -1)
    given = KINDS[kind](X)
    # Networks keep bytes as they are, and round otherwise than with floats.
    expected = np.asarray(given).astype("uint8" if kind == "uint8" else float)
    network = KerasMLPClassifier((4,), epochs=1, batch_size=64, random_state=0)
    shown = []
    for form in (given, expected):
        fitted = network.fit(form, y) if name in FROM_ESTIMATOR else None
        shown.append(getattr(make(fitted, form, y), computed))
    np.testing.assert_allclose(*shown, atol=1e-5)


@pytest.mark.parametrize("name", FROM_DATA)
@pytest.mark.parametrize("kind", ["array", "frame", "stack"])
def test_nan_and_infinity_are_named(name, kind, images, y):
    make, _ = FROM_DATA[name]
    for value, what in ((np.nan, "NaN"), (np.inf, "infinity")):
        X = images.copy()
        X[3, 4, 5] = value
        X = {"array": X.reshape(300, -1), "frame": pd.DataFrame(X.reshape(300, -1)), "stack": X}
        with pytest.raises(ValueError, match=f"Input X contains {what}"):
            make(None, X[kind], y)


@pytest.mark.parametrize("name", FROM_DATA)
@pytest.mark.parametrize(
    ("X", "said"),
    [
        (np.zeros((0, 64)), "0 sample"),
        (np.zeros((0, 8, 8)), "0 sample"),
        (pd.DataFrame(columns=NAMES, dtype=float), "0 sample"),
        ([], "Expected 2D array|0 sample"),
        (np.zeros(64), "Expected 2D array"),
        (np.zeros((3, 0)), "0 feature"),
        ([["a", "b", "c", "d"]], "could not convert|dtype='numeric'"),
    ],
    ids=repr,
)
def test_inputs_without_images_are_refused(name, X, said):
    make, _ = FROM_DATA[name]
    with pytest.raises(ValueError, match=said):
        make(None, X, np.zeros(len(X), int))


def test_an_image_that_is_no_number(mlp, images):
    image = images[0].copy()
    image[2, 2] = np.nan
    with pytest.raises(ValueError, match="Input image contains NaN"):
        OcclusionDisplay.from_estimator(mlp, image)


def test_colours_of_small_integers_keep_their_range():
    X = np.array([[[[-128, 0, 127]] * 2] * 2], np.int8)
    (tile,) = ImageGridDisplay.from_data(X).tiles_
    np.testing.assert_allclose(tile.get_array()[0, 0], [0, 128 / 255, 1])


def test_the_density_of_a_frame_of_bytes_has_even_bins(images):
    X = pd.DataFrame(images.reshape(300, -1).astype(np.uint8), columns=NAMES)
    display = PixelDensityDisplay.from_data(X, bins=17)
    np.testing.assert_array_equal(display.edges, np.arange(18) - 0.5)
