"""What a fit learns does not depend on the fits before it in the process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("hundred_fits.py")


@pytest.mark.parametrize(
    "n_fits",
    [pytest.param(12, id="a dozen"), pytest.param(100, id="a hundred", marks=pytest.mark.slow)],
)
def test_two_orders_give_the_same_bits(n_fits):
    # By all threads, as users fit.
    env = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    runs = [
        subprocess.run(
            [sys.executable, str(SCRIPT), order, str(n_fits)],
            capture_output=True,
            text=True,
            env=env,
        )
        for order in ("1", "2")
    ]
    assert [run.returncode for run in runs] == [0, 0], runs[0].stderr + runs[1].stderr
    one, other = (json.loads(run.stdout) for run in runs)
    assert len(one) == n_fits + 3
    assert [fit for fit, _ in one] == [fit for fit, _ in other]
    assert [fit for (fit, a), (_, b) in zip(one, other, strict=True) if a != b] == []
