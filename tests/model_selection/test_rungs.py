"""How candidates and epochs are handed out."""

from math import floor, log

import pytest

from skmnist.model_selection._rungs import plan_rungs


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ((9, 3, "exhaust", 9), [1, 3, 9]),
        ((9, 3, "exhaust", 30), [3, 9, 30]),  # the last is not 27
        ((6, 3, 2, 18), [2, 18]),  # one rung leaves two
        ((100, 3, "exhaust", 5), [1, 5]),  # no epochs for more rungs
        ((2, 3, "exhaust", 7), [7]),
        ((8, 2, 7, 7), [7]),
        ((9, 1.2, 1, 3), [1, 2, 3]),  # 1, 1.2, 1.44 are all one epoch
    ],
)
def test_rungs(plan, expected):
    assert plan_rungs(*plan).n_epochs == expected


@pytest.mark.parametrize("factor", [2, 3, 4])
@pytest.mark.parametrize("n_candidates", [1, 2, 3, 5, 17, 100])
@pytest.mark.parametrize("most", [1, 10, 100])
def test_as_many_rungs_as_scikit_learn_has(n_candidates, factor, most):
    # The formulas of its documentation; a little more than each, against rounding.
    required = 1 + floor(log(n_candidates + 0.01, factor))
    fewest = max(1, most // factor ** (required - 1))
    possible = 1 + floor(log(most // fewest + 0.01, factor))
    rungs = plan_rungs(n_candidates, factor, "exhaust", most)
    assert (rungs.n_required, rungs.n_possible) == (required, possible)
    assert len(rungs.n_epochs) == min(required, possible)
    assert rungs.n_epochs[-1] == most
    assert rungs.n_epochs[:-1] == [fewest * factor**i for i in range(len(rungs.n_epochs) - 1)]


def test_a_power_is_not_rounded_away():
    # log(243, 3) is 4.999..., and scikit-learn has five rungs where six were due.
    assert len(plan_rungs(243, 3, "exhaust", 243).n_epochs) == 6
