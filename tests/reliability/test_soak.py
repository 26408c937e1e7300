"""Hundreds of fits, many thousand predictions and pictures in one process: memory stays flat."""

import subprocess
import sys
from pathlib import Path

import pytest

SOAK = """
import os, resource, sys
import numpy as np
from sklearn.datasets import load_digits
from skmnist import KerasCNNClassifier, KerasMLPClassifier

n_fits, n_predictions = map(int, sys.argv[1:])
X, y = load_digits(return_X_y=True)

def megabytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

def fit(i):
    # Folds of changing size, rates, seeds and weights; dense and convolutional in turn.
    options = {
        "epochs": 2,
        "batch_size": 64,
        "random_state": i,
        "learning_rate": 0.001 * (1 + i % 7),
        "class_weight": {i % 10: 2.0},
        "early_stopping": i % 3 == 0,
        "n_iter_no_change": 1,
    }
    if i % 2:
        network = KerasMLPClassifier((8,), **options)
    else:
        network = KerasCNNClassifier((2,), kernel_size=3, hidden_layer_sizes=(4,), **options)
    return network.fit(X[: 500 + i], y[: 500 + i])

def measure(work, n):
    start = megabytes()
    for i in range(n):
        work(i)
    return megabytes() - start

for i in range(20):
    networks = [fit(i), fit(i + 1)]
print("fits", n_fits, measure(fit, n_fits))
for network in networks:
    predict = lambda i: network.predict_proba(X[i % 1000 : i % 1000 + 1 + i % 40])
    measure(predict, 100)
    print(type(network).__name__, n_predictions, measure(predict, n_predictions))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize(
    ("n_fits", "n_predictions"), [(20, 500), pytest.param(500, 50_000, marks=pytest.mark.slow)]
)
def test_memory_stays_flat(n_fits, n_predictions):
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SOAK, str(n_fits), str(n_predictions)],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    print(run.stdout)  # shown by -s: the figures of docs/reliability.md
    growth = [float(line.split()[2]) for line in run.stdout.splitlines()]
    assert len(growth) == 3
    # Two fits of three train a second network: some 830 trainings in the long run.
    assert max(growth) < 50, run.stdout


PICTURES = """
import os, random, sys
from fuzz_readers import picture_seeds, try_reader

draw = random.Random(0)

def megabytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

def changed(picture):
    picture = bytearray(picture)
    for _ in range(draw.randint(1, 6)):
        place = draw.randrange(len(picture))
        picture[place : place + draw.randint(0, 4)] = draw.randbytes(draw.randint(0, 4))
    return bytes(picture)

def read(seed, n):
    for _ in range(n):
        try_reader("read_picture", changed(seed))

seeds = picture_seeds()
for seed in seeds:
    read(seed, 100)
for seed in seeds:
    start = megabytes()
    read(seed, int(sys.argv[1]))
    print(seed[:4].hex(), megabytes() - start)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.slow
def test_memory_stays_flat_where_pictures_are_damaged():
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PICTURES, "3000"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent,
    )
    assert run.returncode == 0, run.stderr
    print(run.stdout)  # shown by -s: the figures of docs/reliability.md
    growth = [float(line.split()[1]) for line in run.stdout.splitlines()]
    assert len(growth) == 13
    assert max(growth) < 10, run.stdout
