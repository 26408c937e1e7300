"""Images above the probabilities of their classes."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from sklearn.datasets import load_digits

from skmnist import KerasMLPClassifier
from skmnist.plotting import ProbabilityDisplay

BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#999999"
IMAGES = load_digits().images[:3]
PROBA = np.array([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4], [0.0, 0.9, 0.1]])


def colours(bars):
    return [to_hex(bar.get_facecolor()) for bar in bars]


def insets(display):
    return display.ax_.child_axes


def test_bars_are_the_probabilities():
    display = ProbabilityDisplay.from_predictions(IMAGES, ["a", "b", "c"], PROBA)
    assert len(display.tiles_) == len(display.bars_) == 3
    for bars, row in zip(display.bars_, PROBA, strict=True):
        assert [bar.get_height() for bar in bars] == list(row)
    names = [label.get_text() for label in insets(display)[0].get_xticklabels()]
    assert names == ["a", "b", "c"]
    assert {inset.get_ylim() for inset in insets(display)} == {(0, 1)}


def test_colours_tell_the_truth_from_the_prediction():
    display = ProbabilityDisplay.from_predictions(IMAGES, ["a", "b", "c"], PROBA)
    assert [colours(bars) for bars in display.bars_] == [
        [BLUE, GREY, GREY],
        [GREY, BLUE, ORANGE],
        [GREY, ORANGE, BLUE],
    ]
    frames = [to_hex(patch.get_edgecolor()) for patch in display.ax_.patches]
    assert frames == [BLUE, ORANGE, ORANGE]
    assert [text.get_text() for text in display.ax_.texts] == [
        "a, 70 %",
        "c, 40 %\nis b",
        "b, 90 %\nis c",
    ]


def test_unsure_and_mistaken_ones():
    def labels(select):
        return list(
            ProbabilityDisplay.from_predictions(
                IMAGES, ["a", "b", "c"], PROBA, select=select
            ).labels
        )

    assert labels("unsure") == ["b", "a", "c"]
    assert labels("mistakes") == ["c", "b"]


@pytest.mark.parametrize("n_columns", [1, 2, 3])
@pytest.mark.parametrize("names", [["a", "b", "c"], ["a long name", "b", "another one"]])
def test_bars_stand_below_their_image_and_above_the_next(n_columns, names):
    display = ProbabilityDisplay.from_predictions(
        IMAGES, names, PROBA, classes=names, n_columns=n_columns
    )
    display.figure_.canvas.draw()
    tiles = [tile.get_window_extent() for tile in display.tiles_]
    for i, inset in enumerate(insets(display)):
        whole = inset.get_tightbbox()  # the names included
        box = inset.get_window_extent()
        assert box.x0 == pytest.approx(tiles[i].x0, abs=1)
        assert box.x1 == pytest.approx(tiles[i].x1, abs=1)
        assert 0 <= tiles[i].y0 - box.y1 < 0.1 * tiles[i].height
        if i + n_columns < 3:
            assert whole.y0 > tiles[i + n_columns].y1
        assert whole.y0 > 0


def test_of_a_classifier_of_one_hot_rows():
    digits = load_digits()
    X, rows = digits.images[:200], np.eye(10)[digits.target[:200]]
    classifier = KerasMLPClassifier(5, epochs=1, batch_size=64, random_state=0).fit(X, rows)
    display = ProbabilityDisplay.from_estimator(classifier, X, rows, n_images=4)
    np.testing.assert_array_equal(display.proba, classifier.predict_proba(X)[:4])
    np.testing.assert_array_equal(display.labels, digits.target[:4])


def test_no_mistakes():
    display = ProbabilityDisplay.from_predictions(
        IMAGES[:1], ["a"], PROBA[:1], classes=["a", "b", "c"], select="mistakes"
    )
    assert display.bars_ == display.tiles_ == []
    assert [text.get_text() for text in display.ax_.texts] == ["no images"]
    plt.close()


def test_bad_input():
    with pytest.raises(ValueError, match=r"select='worst'.*'random', 'mistakes' or 'unsure'"):
        ProbabilityDisplay.from_predictions(IMAGES, ["a", "b", "c"], PROBA, select="worst")
