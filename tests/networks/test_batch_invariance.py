"""The same row gives the same bits alone and among others, in whatever network."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skmnist._networks import ACTIVATIONS, cnn, mlp, run_in_numpy, weight_shapes

SCALING = 0.5, 3.0


def random_weights(network):
    rng = np.random.default_rng(0)
    return [
        (rng.normal(size=shape) / max(1, np.prod(shape[:-1])) ** 0.5).astype(np.float32)
        if len(shape) > 1
        else rng.uniform(0.1, 1, shape).astype(np.float32)
        for shape in weight_shapes(network)
    ]


def rows_of(network, n):
    shape = (n, int(np.prod(network.input_shape)))
    return np.random.default_rng(1).random(shape, np.float32)


def bits(network, rows, output="logits"):
    """Return each row's outputs as bytes: floats that are equal may differ in the sign of zero."""
    outputs = run_in_numpy(network, random_weights(network), rows, *SCALING, output=output)
    return [one.tobytes() for one in outputs]


@st.composite
def networks(draw):
    common = {
        "hidden_layer_sizes": draw(st.lists(st.integers(1, 40), max_size=2)),
        "activation": draw(st.sampled_from(sorted(ACTIVATIONS))),
        "batch_norm": draw(st.booleans()),
    }
    if draw(st.integers(0, 3)) == 0:
        return mlp((draw(st.integers(1, 60)),), draw(st.integers(1, 9)), **common)
    n_layers = draw(st.integers(1, 3))
    each = {
        name: draw(st.lists(st.integers(1, most), min_size=n_layers, max_size=n_layers))
        for name, most in [("filters", 20), ("kernel_size", 6), ("pool_size", 3)]
    }
    side = st.integers(1, 13)  # kernels are cut to what is left, down to 1 x 1
    shape = draw(st.tuples(side, side, st.integers(1, 6)))
    padding = draw(st.sampled_from(["auto", "same", "valid"]))
    common["image_norm"] = draw(st.booleans())
    return cnn(shape, draw(st.integers(1, 9)), padding=padding, **each, **common)


@settings(max_examples=60, deadline=None)
@given(networks(), st.data(), st.sampled_from(["logits", "features"]))
def test_a_row_has_the_same_bits_alone_and_among_others(network, data, output):
    rows = rows_of(network, data.draw(st.sampled_from([2, 17, 33, 90])))
    together = bits(network, rows, output)
    start = data.draw(st.integers(0, len(rows) - 1))
    n = data.draw(st.sampled_from([1, 2, 16, 17, 33]))
    chosen = rows[start : start + n].copy()
    assert bits(network, chosen, output) == together[start : start + n]
    order = np.random.default_rng(2).permutation(len(rows))
    assert bits(network, rows[order], output) == [together[i] for i in order]


LARGE = {
    "the default": cnn(
        (28, 28, 1),
        10,
        filters=(16, 32),
        kernel_size=(5, 5),
        pool_size=(2, 2),
        hidden_layer_sizes=(256,),
        image_norm=True,
    ),
    # Products so large that OpenBLAS has them done by threads.
    "many filters": cnn(
        (6, 6, 64),
        10,
        filters=(512,),
        kernel_size=(3,),
        pool_size=(1,),
        hidden_layer_sizes=(40,),
    ),
    "one filter, one position": cnn(
        (9, 9, 1),
        2,
        filters=(1, 1),
        kernel_size=(3, 7),
        pool_size=(1, 1),
        hidden_layer_sizes=(),
        activation="tanh",
    ),
}


@pytest.mark.parametrize("name", LARGE)
def test_one_row_again_and_again_gives_the_same_bits(name):
    (alone,) = bits(LARGE[name], rows_of(LARGE[name], 1))
    n = 3000 if name != "many filters" else 300
    rows = np.repeat(rows_of(LARGE[name], 1), n, axis=0)
    assert set(bits(LARGE[name], rows)) == {alone}


@pytest.mark.parametrize("n_threads", ["", "1", "3"])
def test_the_number_of_threads_changes_nothing(n_threads, monkeypatch):
    network = LARGE["the default"]
    rows = rows_of(network, 150)
    expected = bits(network, rows)
    monkeypatch.setenv("OMP_NUM_THREADS", n_threads)
    assert bits(network, rows) == expected


def digest():
    """A hash of what drawn rows become: of one row, and of many that must be the same."""
    found = hashlib.sha256()
    for name in ("the default", "one filter, one position"):
        rows = np.repeat(rows_of(LARGE[name], 1), 99, axis=0)
        (alone,) = bits(LARGE[name], rows[:1])
        assert set(bits(LARGE[name], rows)) == {alone}, name
        found.update(alone)
    return found.hexdigest()


DIGEST = """
import runpy, sys
print(runpy.run_path(sys.argv[1])["digest"]())
"""


@pytest.mark.parametrize(
    "kernels",
    [
        "Haswell",
        pytest.param("SkylakeX", marks=pytest.mark.slow),
        pytest.param("Sandybridge", marks=pytest.mark.slow),
        pytest.param("Prescott", marks=pytest.mark.slow),
    ],
)
def test_convolutions_by_the_products_of_every_processor(kernels):
    # OpenBLAS takes these names, where it is what NumPy multiplies with; others ignore them.
    needs = {"SkylakeX": "AVX512F", "Haswell": "AVX2"}.get(kernels)
    if needs and not np._core._multiarray_umath.__cpu_features__.get(needs):
        pytest.skip(f"this processor has no {needs}")
    digests = set()
    for n_threads in "12":
        threads = {"OPENBLAS_CORETYPE": kernels, "OPENBLAS_NUM_THREADS": n_threads}
        run = subprocess.run(
            [sys.executable, "-c", DIGEST, __file__],
            env={**os.environ, **threads},
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stderr
        digests.add(run.stdout)
    assert len(digests) == 1  # one thread of OpenBLAS and two give the same bits, too
