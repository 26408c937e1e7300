"""Drawn networks say the same of drawn images by every way, thread count and processor."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import skmnist

from .every_way import Said, ask, avx512, draw, largest_difference

SCRIPT = Path(__file__).with_name("every_way.py")
N = [pytest.param(6, id="few"), pytest.param(300, id="many", marks=pytest.mark.slow)]


def said_of(n):
    for seed in range(n):
        estimator, X, y = draw(np.random.default_rng(seed))
        estimator.fit(X, y)
        yield Said(estimator, X[:20], ask(estimator, X[:20]))


@pytest.mark.parametrize("n", N)
def test_every_way_says_the_same(n, drawn_weights, monkeypatch):
    differences = []
    for said in said_of(n):
        for n_threads in "12":
            monkeypatch.setenv("OMP_NUM_THREADS", n_threads)
            differences.append(largest_difference(said))
            again = said.estimator.predict_proba(said.X)
            np.testing.assert_array_equal(again, said.proba["ours"])
    assert max(differences) < 1e-5
    assert max(differences) > 0, "Keras and ours can't agree in all bits: nothing was compared"


def without_avx512():
    """Variables with which NumPy, OpenBLAS and oneDNN do as if the processor had none."""
    names = avx512()
    if not names:
        pytest.skip("this processor, or this NumPy, has no AVX-512")
    return {
        "NPY_DISABLE_CPU_FEATURES": " ".join(names),
        "OPENBLAS_CORETYPE": "Haswell",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
    }


@pytest.mark.parametrize("n", N)
@pytest.mark.parametrize(
    ("threads", "instructions"),
    [
        ("1", without_avx512),
        pytest.param("2", without_avx512, marks=pytest.mark.slow),
        pytest.param("1", dict, marks=pytest.mark.slow),
    ],
)
def test_other_processes_say_the_same(n, threads, instructions, drawn_weights, tmp_path):
    path = tmp_path / "said"
    path.write_bytes(pickle.dumps([vars(said) for said in said_of(n)]))
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")
    environment = {**os.environ, **instructions(), **dict.fromkeys(names, threads)}
    environment["PYTHONPATH"] = str(Path(skmnist.__file__).parents[1])
    run = subprocess.run(
        [sys.executable, SCRIPT, path], env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    difference, n_features = run.stdout.split()
    assert 0 < float(difference) < 1e-5
    assert instructions is dict or int(n_features) == 0, "NumPy still uses AVX-512"
