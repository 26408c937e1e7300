"""What stands in the picture of a comparison."""

import matplotlib as mpl
import numpy as np
import pytest

from skmnist.comparison import Comparison, ComparisonRow
from skmnist.comparison._statistics import wilson_interval

mpl.use("agg")

ROWS = (
    ComparisonRow("slow and good", 0.99, 20.0, 0.5, 100, 1000),
    ComparisonRow("quick", 0.95, 0.5, 5.0, 100, 1000),
    ComparisonRow("slow and bad", 0.94, 30.0, 6.0, 100, 1000),
    ComparisonRow("as good, slower", 0.99, 25.0, 0.4, 100, 1000),
    ComparisonRow("broken", np.nan, np.nan, np.nan, 100, 1000, "ValueError"),
)


@pytest.fixture
def display():
    return Comparison(ROWS).plot()


def test_the_front_holds_rows_that_no_other_beats(display):
    def beaten(row, field):
        return any(
            other.accuracy >= row.accuracy
            and getattr(other, field) <= getattr(row, field)
            and (other.accuracy, getattr(other, field)) != (row.accuracy, getattr(row, field))
            for other in ROWS[:4]
        )

    for front, field in zip(display.fronts_, ("fit_seconds", "predict_seconds"), strict=True):
        assert set(front) == {row.name for row in ROWS[:4] if not beaten(row, field)}
    assert display.fronts_ == (["quick", "slow and good"], ["as good, slower"])


def test_points_names_and_intervals(display):
    fit, predict = display.ax_
    assert fit.get_xlabel() == "seconds to fit"
    assert predict.get_xlabel().startswith("seconds to predict")
    assert fit.get_xscale() == "log"
    for axes in display.ax_:
        assert [text.get_text() for text in axes.texts] == [row.name for row in ROWS[:4]]
    points = [bar.lines[0].get_xydata()[0].tolist() for bar in fit.containers]
    assert points == [[row.fit_seconds, row.accuracy] for row in ROWS[:4]]
    (segment,) = fit.containers[0].lines[2][0].get_segments()
    np.testing.assert_allclose(segment[:, 1], wilson_interval(990, 1000))


def test_names_do_not_lie_upon_each_other():
    rows = [ComparisonRow(f"classifier {i}", 0.98, 1 + i / 100, 0.1, 100, 1000) for i in range(4)]
    for axes in Comparison(rows).plot().ax_:
        boxes = [text.get_window_extent() for text in axes.texts]
        assert all(box.count_overlaps(boxes) == 1 for box in boxes)  # with itself


def test_given_axes(display):
    other = Comparison(ROWS).plot(display.ax_)
    assert other.figure_ is display.figure_
    with pytest.raises(ValueError, match="ax has 1 Axes, but there are 2 figures"):
        Comparison(ROWS).plot(display.ax_[0])
