"""Accuracy on what is answered, against its share."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from skmnist import KerasMLPClassifier
from skmnist.plotting import AccuracyCoverageDisplay

PROBA = np.array([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4], [0.0, 0.9, 0.1], [0.1, 0.2, 0.7]])


def test_every_point_is_what_its_threshold_leaves(mlp, images, y):
    display = AccuracyCoverageDisplay.from_estimator(mlp, images, y)
    proba = mlp.predict_proba(images)
    for share, accuracy, threshold in zip(
        display.coverage, display.accuracy, display.thresholds, strict=True
    ):
        answered = proba.max(axis=1) >= threshold
        assert answered.mean() == share
        assert mlp.score(images[answered], y[answered]) == pytest.approx(accuracy)
    assert (np.diff(display.coverage) > 0).all()
    assert (np.diff(display.thresholds) < 0).all()
    assert (display.coverage[-1], display.accuracy[-1]) == (1, mlp.score(images, y))


def test_equally_sure_samples_are_answered_together():
    # The surest is wrong; two of 0.7, one of them right, in whatever order.
    for order in ([0, 1, 2, 3], [3, 2, 1, 0]):
        display = AccuracyCoverageDisplay.from_predictions(
            np.array(["a", "c", "c", "b"])[order], PROBA[order]
        )
        assert display.thresholds.tolist() == [0.9, 0.7, 0.4]
        np.testing.assert_allclose(display.coverage, [1 / 4, 3 / 4, 1])
        np.testing.assert_allclose(display.accuracy, [0, 1 / 3, 1 / 2])


def test_the_line_is_the_curve_and_its_dot_the_accuracy_of_all():
    display = AccuracyCoverageDisplay.from_predictions(["a", "c", "c", "b"], PROBA)
    np.testing.assert_array_equal(display.line_.get_xdata(), display.coverage)
    np.testing.assert_array_equal(display.line_.get_ydata(), display.accuracy)
    assert display.line_.get_markevery() == [2]
    assert display.ax_.get_legend() is None
    display.figure_.canvas.draw()
    assert display.ax_.get_xticklabels()[-1].get_text() == "100 %"


def test_curves_on_one_axes_are_told_apart():
    ax = plt.figure().add_subplot()
    lines = [
        AccuracyCoverageDisplay.from_predictions(
            ["a", "c", "c", "b"], PROBA, name=name, ax=ax
        ).line_
        for name in ("first", "second")
    ]
    assert len({to_hex(line.get_color()) for line in lines}) == 2
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["first", "second"]


def test_of_a_classifier_of_one_hot_rows(images, y):
    rows = np.eye(10)[y]
    classifier = KerasMLPClassifier(5, epochs=1, batch_size=64, random_state=0).fit(images, rows)
    display = AccuracyCoverageDisplay.from_estimator(classifier, images, rows)
    assert display.accuracy[-1] == (classifier.predict(images).argmax(axis=1) == y).mean()


def test_bad_input():
    with pytest.raises(ValueError, match=r"shape \(4, 3\), expected .* 2 classes.*give classes="):
        AccuracyCoverageDisplay.from_predictions([0, 1, 1, 1], PROBA)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        AccuracyCoverageDisplay.from_predictions([0, 1, 2], PROBA)
    with pytest.raises(ValueError, match="Mix of label input types"):
        AccuracyCoverageDisplay.from_predictions([0, 1, 2, 2], PROBA, classes=list("abc"))
    with pytest.raises(ValueError, match="Input y_proba contains NaN"):
        AccuracyCoverageDisplay.from_predictions([0, 1, 2, 2], np.full((4, 3), np.nan))
