"""Interrupts, full disks and killed processes: nothing is lost."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

from skmnist import KerasMLPClassifier, load, save
from skmnist.exceptions import TrainingInterruptedWarning

from .conftest import MLP

FIT_FOR_LONG = """
import signal
import warnings
import numpy as np
from sklearn.datasets import load_digits
from skmnist import KerasCNNClassifier, KerasMLPClassifier
from skmnist.exceptions import TrainingInterruptedWarning
signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background, shells ignore it
X, y = load_digits(return_X_y=True)
training = {{"epochs": 100_000, "batch_size": 64, "schedule": "constant", "random_state": 0}}
classifier = {make}
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    classifier.set_params(verbose=1).fit(X, y)
assert [w.category for w in caught] == [TrainingInterruptedWarning], caught
print("stopped")
n = classifier.n_iter_
assert 0 < n < 100_000
assert {{len(values) for values in classifier.history_.values()}} == {{n}}
same = classifier.__class__(**{{**classifier.get_params(), "epochs": n, "verbose": 0}}).fit(X, y)
for a, b in zip(classifier.weights_, same.weights_):
    np.testing.assert_array_equal(a, b)
print("usable", classifier.score(X, y))
"""


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent in another way there")
@pytest.mark.parametrize(
    "make",
    [
        "KerasMLPClassifier((8,), **training)",
        "KerasCNNClassifier((2,), kernel_size=3, hidden_layer_sizes=(4,), **training)",
    ],
)
def test_ctrl_c_keeps_the_last_epoch_and_is_heard_soon(make):
    with subprocess.Popen(
        [sys.executable, "-u", "-c", FIT_FOR_LONG.format(make=make)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            for _ in range(3):  # three lines of three epochs
                assert process.stdout.readline().startswith("Epoch")
            process.send_signal(signal.SIGINT)
            sent = time.monotonic()
            while "stopped" not in process.stdout.readline():
                pass
            assert time.monotonic() - sent < 10  # a second of work, and a busy machine
            rest, errors = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0, errors
    assert "usable" in rest


@pytest.fixture
def large(few_digits):
    """A model file of a megabyte."""
    return KerasMLPClassifier((4000,), epochs=1, batch_size=300).fit(*few_digits)


def test_a_full_disk_leaves_the_old_model(
    classifier, large, few_digits, tmp_path, disk_with_room_for
):
    path = tmp_path / "model.skmnist"
    small = clone(classifier).fit(*few_digits)
    save(small, path)
    with disk_with_room_for(200_000), pytest.raises(OSError, match="too large"):
        save(large, path)
    np.testing.assert_array_equal(
        load(path).predict_proba(few_digits[0]), small.predict_proba(few_digits[0])
    )
    assert os.listdir(tmp_path) == [path.name]


def test_a_full_disk_leaves_the_old_onnx_file(large, tmp_path, disk_with_room_for):
    pytest.importorskip("onnx")
    from skmnist import to_onnx

    path = tmp_path / "model.onnx"
    path.write_bytes(b"the old one")
    with disk_with_room_for(200_000), pytest.raises(OSError, match="too large"):
        to_onnx(large, path)
    assert path.read_bytes() == b"the old one"
    assert os.listdir(tmp_path) == [path.name]


SAVE_FOR_EVER = """
import sys
from skmnist import load, save
models = [load(path) for path in sys.argv[2:]]
print("saving", flush=True)
while True:
    for model in models:
        save(model, sys.argv[1])
"""


@pytest.mark.parametrize("n_kills", [3, pytest.param(40, marks=pytest.mark.slow)])
def test_a_killed_process_leaves_a_whole_model(n_kills, large, few_digits, tmp_path):
    sources = [tmp_path / "one", tmp_path / "other"]
    save(large, sources[0])
    save(clone(large).set_params(random_state=1, alpha=0.1).fit(*few_digits), sources[1])
    target = tmp_path / "models" / "model.skmnist"
    target.parent.mkdir()
    save(large, target)
    whole = {source.read_bytes() for source in sources}
    assert len(whole) == 2
    rng = np.random.default_rng(0)
    for _ in range(n_kills):
        process = subprocess.Popen(
            [sys.executable, "-c", SAVE_FOR_EVER, target, *sources], stdout=subprocess.PIPE
        )
        assert process.stdout.readline() == b"saving\n"
        time.sleep(rng.uniform(0, 0.1))
        process.kill()
        process.wait()
        process.stdout.close()
        assert Path(target).read_bytes() in whole
        assert load(target).predict(few_digits[0][:1]).shape == (1,)


def test_ctrl_c_with_early_stopping_keeps_the_best_weights(few_digits):
    import keras

    class GoWrong(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                self.model.optimizer.learning_rate = 100.0
            if epoch == 3:
                raise KeyboardInterrupt

    X, y = few_digits
    held = {"X_val": X[:100], "y_val": y[:100]}
    classifier = clone(MLP).set_params(
        epochs=10,
        early_stopping=True,
        n_iter_no_change=9,
        schedule="constant",
    )
    classifier.set_params(keras_callbacks=GoWrong())
    with pytest.warns(TrainingInterruptedWarning, match="best weights until epoch 3 of 10"):
        classifier.fit(X[100:], y[100:], **held)
    losses = classifier.history_["val_loss"]
    assert len(losses) == 3
    logits = classifier.decision_function(held["X_val"])
    logits -= logits.max(axis=1, keepdims=True)
    loss = (np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(100), held["y_val"]]).mean()
    assert loss == pytest.approx(min(losses), rel=1e-4)
    assert np.argmin(losses) != 2, "the last epoch is the best one: this shows nothing"


def test_a_failing_fit_harms_no_other_one(classifier, few_digits):
    """Non-finite loss, an error in a callback: the next fit has the bits of an undisturbed one."""
    import keras

    def fail(epoch, logs=None):
        raise MemoryError("from a callback")

    X, y = few_digits
    expected = clone(classifier).fit(X, y)
    diverging = clone(classifier).set_params(learning_rate=1e30, schedule="constant")
    failing = clone(classifier).set_params(
        keras_callbacks=keras.callbacks.LambdaCallback(on_epoch_end=fail)
    )
    for _ in range(3):
        with pytest.raises(ValueError, match=r"diverged.*smaller learning_rate"):
            diverging.fit(X, y)
        with pytest.raises(MemoryError, match="from a callback"):
            failing.fit(X, y)
        assert not hasattr(failing, "weights_")
        again = clone(classifier).fit(X, y)
        for one, other in zip(expected.weights_, again.weights_, strict=True):
            np.testing.assert_array_equal(one, other)
