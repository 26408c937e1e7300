"""The same seed gives the same bits, wherever a fit runs; nobody else's numbers change."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone

EVERYWHERE = """
import hashlib, json, sys, threading
import numpy as np
from joblib import Parallel, delayed
from sklearn.datasets import load_digits
from skmnist import KerasCNNClassifier, KerasMLPClassifier

X, y = load_digits(return_X_y=True)
X, y = X[:300], y[:300]
training = {"epochs": 2, "batch_size": 64, "random_state": 7}
makers = {
    "mlp": lambda **kw: KerasMLPClassifier((6,), **{**training, **kw}),
    "dropout": lambda **kw: KerasMLPClassifier((6,), dropout=0.3, **{**training, **kw}),
    "cnn": lambda **kw: KerasCNNClassifier(
        (2,), kernel_size=3, hidden_layer_sizes=(4,), **{**training, **kw}
    ),
}

def bits(classifier):
    return hashlib.sha256(b"".join(w.tobytes() for w in classifier.weights_)).hexdigest()

def fit(make, **changes):
    return make(**changes).fit(X, y)

seen, proba = {}, {}
for name, make in makers.items():
    first = fit(make)
    proba[name] = first.predict_proba(X).tolist()
    found = {"first": bits(first)}
    fit(make, random_state=8, learning_rate=0.1)
    fit(make, random_state=None).predict(X)
    make(random_state=1).partial_fit(X, y, classes=range(10))
    found["after others"] = bits(fit(make))
    order = np.random.default_rng(0).permutation(300)
    found["other order"] = bits(make().fit(X[order], y[order]))
    in_thread = []
    thread = threading.Thread(target=lambda: in_thread.append(bits(fit(make))))
    thread.start()
    thread.join()
    found["thread"] = in_thread[0]
    seen[name] = found

def fit_all(classifiers):
    return [bits(classifier.fit(X, y)) for classifier in classifiers]

# One task: a second worker would start TensorFlow, too.
(fitted,) = Parallel(n_jobs=2)([delayed(fit_all)([make() for make in makers.values()])])
for name, found in zip(makers, fitted):
    seen[name]["worker"] = found
json.dump([seen, proba], sys.stdout)
"""


def run_everywhere(n_threads):
    environment = {
        **os.environ,
        "TF_NUM_INTRAOP_THREADS": str(n_threads),
        "TF_NUM_INTEROP_THREADS": str(n_threads),
    }
    run = subprocess.run(
        [sys.executable, "-c", EVERYWHERE], env=environment, capture_output=True, check=True
    )
    return json.loads(run.stdout)


@pytest.mark.slow
def test_the_same_bits_everywhere_and_nearly_so_across_threads():
    results = [run_everywhere(n_threads) for n_threads in (1, 2)]
    for seen, _ in results:
        for name, found in seen.items():
            assert len(found) == 5
            assert len(set(found.values())) == 1, (name, found)
    (_, with_one), (_, with_two) = results
    for name in with_one:
        np.testing.assert_allclose(with_one[name], with_two[name], atol=1e-4)


@pytest.mark.parametrize("random_state", [None, 0, "RandomState"])
def test_switches_of_the_process_stay_as_they_are(classifier, random_state, few_digits):
    import keras
    import tensorflow as tf
    from tensorflow.python.framework.config import is_op_determinism_enabled

    import skmnist._engine  # noqa: F401  it sets what TensorFlow reads when it starts

    def switches():
        return {
            "determinism": is_op_determinism_enabled(),
            "seed": keras.src.utils.rng_utils.get_random_seed(),
            "threads": tf.config.threading.get_intra_op_parallelism_threads(),
            "eagerly": tf.config.functions_run_eagerly(),
            "jit": tf.config.optimizer.get_jit(),
            "dtype": keras.config.dtype_policy().name,
            "floatx": keras.config.floatx(),
            "environment": dict(os.environ),
        }

    before = switches()
    if random_state == "RandomState":
        random_state = np.random.RandomState(3)
    clone(classifier).set_params(random_state=random_state).fit(*few_digits).predict(few_digits[0])
    assert switches() == before
