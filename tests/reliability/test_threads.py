"""Many fits and predictions at once, in threads, in workers and in forked processes."""

import subprocess
import sys

import numpy as np
import pytest
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.neural_network import MLPClassifier

from skmnist import KerasCNNClassifier

N_THREADS = 8


def fit_and_predict(classifier, X, y, seed):
    classifier = clone(classifier).set_params(random_state=seed)
    return classifier.fit(X, y).predict_proba(X)


@pytest.mark.parametrize("rounds", [2, pytest.param(50, marks=pytest.mark.slow)])
def test_eight_threads_give_the_bits_of_one(classifier, rounds, few_digits):
    # Seeds, and two architectures each: some threads share a kept program, some don't.
    jobs = [
        (clone(classifier).set_params(activation="relu" if i % 2 else "tanh"), *few_digits, i)
        for i in range(N_THREADS)
    ]
    alone = [fit_and_predict(*job) for job in jobs]
    for _ in range(rounds):
        together = Parallel(n_jobs=N_THREADS, prefer="threads")(
            delayed(fit_and_predict)(*job) for job in jobs
        )
        for one, other in zip(alone, together, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("rounds", [20, pytest.param(2000, marks=pytest.mark.slow)])
def test_one_estimator_predicts_in_many_threads(classifier, rounds, digits, few_digits):
    classifier = clone(classifier).fit(*few_digits)
    X = digits[0]
    sizes = [1, 7, 16, 80, 333]
    expected = {n: classifier.predict_proba(X[:n]) for n in sizes}
    found = Parallel(n_jobs=N_THREADS, prefer="threads")(
        delayed(classifier.predict_proba)(X[: sizes[i % 5]]) for i in range(rounds)
    )
    for i, proba in enumerate(found):
        np.testing.assert_array_equal(proba, expected[sizes[i % 5]])


@pytest.mark.slow
def test_two_worker_processes_agree(classifier, few_digits):
    seeds = [0, 1, 0, 1]
    found = Parallel(n_jobs=2)(
        delayed(fit_and_predict)(classifier, *few_digits, seed) for seed in seeds
    )
    np.testing.assert_array_equal(found[0], found[2])
    np.testing.assert_array_equal(found[1], found[3])
    # A worker may have fewer threads, which sum in another order.
    np.testing.assert_allclose(found[0], fit_and_predict(classifier, *few_digits, 0), atol=1e-4)


PREPARE = """
import os, sys, traceback
import numpy as np
from sklearn.datasets import load_digits
from skmnist import KerasCNNClassifier, KerasMLPClassifier, KerasNetworkClassifier
from skmnist._classifiers._small_network import small_network
X, y = load_digits(return_X_y=True)
X, y = X[:100], y[:100]
mlp = KerasMLPClassifier((3,), epochs=1, random_state=0)
cnn = KerasCNNClassifier((2,), hidden_layer_sizes=(3,), epochs=1, random_state=0)
own = KerasNetworkClassifier(small_network, epochs=1, random_state=0)

def in_child(work):
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            work()
        except RuntimeError as error:
            assert "forked" in str(error), error
            os._exit(10)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
"""
FORKS = {
    "before TensorFlow started": """
assert in_child(lambda: cnn.fit(X, y).predict(X)) == 0
assert in_child(lambda: mlp.fit(X, y).predict(X)) == 0
""",
    "after a fit": """
mlp.fit(X, y), cnn.fit(X, y), own.fit(X, y)
expected, of_cnn = mlp.predict_proba(X), cnn.predict_proba(X)
assert in_child(lambda: cnn.fit(X, y)) == 10
assert in_child(lambda: mlp.partial_fit(X, y)) == 10
assert in_child(lambda: own.predict(X)) == 10
assert in_child(lambda: cnn.to_keras()) == 10
# Estimators are shown, and our own networks predict, without TensorFlow, in any process.
assert in_child(cnn._repr_html_) == 0
def predict():
    for model, proba in (mlp, expected), (cnn, of_cnn):
        np.testing.assert_array_equal(model.predict_proba(X), proba)
assert in_child(predict) == 0
mlp.fit(X, y), cnn.fit(X, y)
""",
    "after a fit, in a pool": """
import multiprocessing
mlp.fit(X, y)
with multiprocessing.get_context("fork").Pool(2) as pool:
    try:
        pool.apply(mlp.fit, (X, y))
    except RuntimeError as error:
        assert "forked" in str(error)
    else:
        raise AssertionError("nothing was said")
""",
    "while other threads fit": """
import threading
mlp.fit(X, y)
stop = threading.Event()
def keep_fitting():
    while not stop.is_set():
        KerasMLPClassifier((3,), epochs=1).fit(X, y)
threads = [threading.Thread(target=keep_fitting) for _ in range(3)]
for thread in threads: thread.start()
codes = [in_child(lambda: mlp.fit(X, y)) for _ in range(20)]
stop.set()
for thread in threads: thread.join()
assert codes == [10] * 20, codes
""",
}


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="there is no fork here")
@pytest.mark.parametrize(
    "code",
    [
        pytest.param(code, id=name, marks=[] if name == "after a fit" else pytest.mark.slow)
        for name, code in FORKS.items()
    ],
)
def test_a_fork_works_or_says_why_not(code):
    # The limit is what a hang would meet.
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PREPARE + code],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr


def test_threads_and_other_estimators_get_along(few_digits):
    """Networks beside scikit-learn's own BLAS threads, as in a VotingClassifier."""
    cnn = KerasCNNClassifier((2,), hidden_layer_sizes=(3,), epochs=1, random_state=0)
    mlp = MLPClassifier((5,), max_iter=2, random_state=0, early_stopping=False)
    alone = clone(cnn).fit(*few_digits).predict_proba(few_digits[0])
    with pytest.warns(Warning, match="Maximum iterations"):
        fitted = Parallel(n_jobs=4, prefer="threads")(
            delayed(clone(e).fit)(*few_digits) for e in [cnn, mlp] * 4
        )
    for classifier in fitted[::2]:
        np.testing.assert_array_equal(classifier.predict_proba(few_digits[0]), alone)
