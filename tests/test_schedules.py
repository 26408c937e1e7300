import numpy as np
import pytest

from skmnist._schedules import SCHEDULES


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("n_steps", [1, 2, 7, 1000])
def test_factors_are_shares_of_the_highest_rate(name, n_steps):
    factors = SCHEDULES[name](n_steps)
    assert factors.shape == (n_steps,)
    assert np.all((factors > 0) & (factors <= 1))


def test_constant_is_constant():
    assert set(SCHEDULES["constant"](5)) == {1.0}


def test_cosine_falls_and_passes_half_in_the_middle():
    factors = SCHEDULES["cosine"](1001)
    assert np.all(np.diff(factors) < 0)
    assert factors[500] == pytest.approx(0.5)


def test_one_cycle_peaks_after_a_quarter_and_ends_near_zero():
    factors = SCHEDULES["one_cycle"](1000)
    assert abs(factors.argmax() - 250) <= 1
    assert factors[0] == pytest.approx(0.1, abs=0.01)
    assert factors[-1] < 0.001
