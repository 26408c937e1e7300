"""XLA never gives back the memory that it maps for a program, and Linux limits the mappings."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

from skmnist import KerasMLPClassifier
from skmnist._engine import _runtime, training

MLP = KerasMLPClassifier((5,), epochs=2, batch_size=32, calibrate=False, random_state=0)
FULL = """
import mmap, sys, warnings
from sklearn.datasets import load_digits
from skmnist import KerasMLPClassifier

X, y = load_digits(return_X_y=True)
mlp = KerasMLPClassifier((5,), epochs=2, batch_size=32, random_state=0).fit(X, y)  # by XLA
rights = mmap.PROT_READ, mmap.PROT_READ | mmap.PROT_WRITE  # equal neighbours would be one mapping
limit = int(open("/proc/sys/vm/max_map_count").read())
def count():
    return sum(1 for _ in open("/proc/self/maps"))
kept = [mmap.mmap(-1, 4096, prot=rights[i % 2]) for i in range(limit - count() - 4150)]
mlp.fit(X, y)  # what is compiled goes on
before = count()
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    for width in range(6, 6 + 20):
        mlp.set_params(hidden_layer_sizes=(width,)).fit(X, y)
print({str(warning.message).partition(",")[0] for warning in said})
print(count() - before)
"""


@pytest.fixture
def no_room(monkeypatch):
    training._pool.clear()
    monkeypatch.setattr(_runtime, "_mappings_left", lambda: 4096)
    yield
    training._pool.clear()


@pytest.mark.xla
def test_without_room_a_network_trains_by_the_plain_graph_and_says_so(no_room, few_digits):
    with pytest.warns(RuntimeWarning, match=r"vm\.max_map_count.*plain graph") as said:
        found = clone(MLP).fit(*few_digits)
    assert len(said) == 1
    clone(MLP).fit(*few_digits)  # the same program, and no warning
    plain = clone(MLP).set_params(jit_compile=False).fit(*few_digits)
    for one, other in zip(found.weights_, plain.weights_, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.xla
def test_what_is_compiled_needs_no_room(few_digits, monkeypatch):
    X, y = few_digits
    before = clone(MLP).fit(X, y)
    monkeypatch.setattr(_runtime, "_mappings_left", lambda: 0)
    after = clone(MLP).fit(X, y)
    for one, other in zip(before.weights_, after.weights_, strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.warns(RuntimeWarning, match="plain graph"):  # other shapes are another program
        clone(MLP).fit(X[:40], y[:40])


def test_the_plain_graph_asks_for_no_room(no_room, few_digits):
    clone(MLP).set_params(jit_compile=False).fit(*few_digits)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="mappings are limited by Linux")
def test_the_mappings_left_are_those_that_linux_grants():
    limit = int(Path("/proc/sys/vm/max_map_count").read_text())
    left = _runtime._mappings_left()
    assert 0 < left < limit - len(Path("/proc/self/maps").read_text().splitlines()) + 100


def test_where_nothing_is_known_there_is_room(monkeypatch):
    def missing(self):
        raise FileNotFoundError(self)

    monkeypatch.setattr(_runtime.Path, "read_text", missing)
    assert _runtime.has_room_for_xla()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="mappings are limited by Linux")
def test_a_process_that_may_map_no_more_memory_goes_on_training():
    run = subprocess.run([sys.executable, "-c", FULL], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    said, added = run.stdout.splitlines()
    assert said == "{'Linux lets this process map hardly any more memory (vm.max_map_count)'}"
    assert int(added) < 10 * 90  # XLA has compiled one or two of the 20 networks
