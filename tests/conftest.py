"""Shared fixtures: real digits, tiny networks, and a place for MNIST where it lies at hand."""

import os
import stat
import sys

# Read when scipy is first imported: without it, scikit-learn skips a check.
os.environ.setdefault("SCIPY_ARRAY_API", "1")

from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits

from skmnist import KerasCNNClassifier, KerasMLPClassifier

# A type checker reads it; nothing in it is run.
collect_ignore = ["typing"]


@pytest.fixture(autouse=True)
def _seeded():
    """Every test starts from the same global generators."""
    np.random.seed(0)  # noqa: NPY002  the global generator is what is seeded


@pytest.fixture(scope="module", autouse=True)
def _no_idle_workers():
    """Worker processes of joblib end with the module: each of them holds TensorFlow."""
    yield
    reusable = sys.modules.get("joblib.externals.loky.reusable_executor")
    if reusable is not None and reusable._executor is not None:
        reusable._executor.shutdown(wait=True, kill_workers=True)


@pytest.fixture
def disk_with_room_for():
    """A context in which no file grows beyond some bytes: writing fails as on a full disk."""
    resource = pytest.importorskip("resource")

    @contextmanager
    def limited(n_bytes):
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return limited


@pytest.fixture
def drawn_weights(monkeypatch):
    """A fit trains nothing, but draws weights: for tests of what a network then computes."""
    from skmnist import _engine as engine
    from skmnist._networks import weight_shapes

    def draw(network, examples, plan, **options):
        rng = np.random.default_rng(0)
        weights = [
            rng.normal(0, np.prod(shape[:-1]) ** -0.5, shape)
            if len(shape) > 1
            else rng.uniform(0.2, 2, shape)  # one of them may be a variance
            for shape in weight_shapes(network)
        ]
        state = engine.TrainingState(
            [weight.astype(np.float32) for weight in weights], rng.bit_generator.state, [], []
        )
        return state, {"loss": [1.0] * plan.epochs}

    monkeypatch.setattr(engine, "train", draw)


@pytest.fixture(scope="session")
def digits():
    """The 1,797 bundled digits: flat pixels in 0..16 (float64) and labels."""
    return load_digits(return_X_y=True)


@pytest.fixture(scope="session")
def few_digits(digits):
    """300 digits, enough for a network to learn something in no time."""
    X, y = digits
    return X[:300], y[:300]


# Networks as small as can be, one architecture each: their programs are compiled only once.
_TRAINING = {
    "calibrate": False,
    "epochs": 10,
    "batch_size": 32,
    "learning_rate": 0.02,
    "random_state": 0,
}
_TINY = {
    "mlp": KerasMLPClassifier((16,), **_TRAINING),
    "cnn": KerasCNNClassifier((4,), kernel_size=3, hidden_layer_sizes=(16,), **_TRAINING),
}


@pytest.fixture
def mlp():
    """A dense network, not fitted."""
    return clone(_TINY["mlp"])


@pytest.fixture
def cnn():
    """A convolutional network, not fitted."""
    return clone(_TINY["cnn"])


@pytest.fixture(params=_TINY, scope="session")
def tiny(request):
    """Either classifier, for tests that fit clones of it only."""
    return _TINY[request.param]


@pytest.fixture(scope="session")
def fitted(tiny, few_digits):
    """Either classifier fitted on `few_digits`, for tests that only read it."""
    return clone(tiny).fit(*few_digits)


@pytest.fixture(scope="session")
def fitted_mlp(few_digits):
    """A dense network fitted on `few_digits`, for tests that only read it."""
    return clone(_TINY["mlp"]).fit(*few_digits)


@pytest.fixture(scope="session")
def mnist():
    """All of MNIST from the folder that SKMNIST_DATA names."""
    folder = Path(os.environ.get("SKMNIST_DATA", "no-such-folder"))
    if not (folder / "mnist.npz").exists():
        pytest.skip("SKMNIST_DATA names no folder with mnist.npz")
    from skmnist.datasets import fetch_mnist

    return fetch_mnist(data_home=folder, download_if_missing=False)


@pytest.fixture
def null_device(tmp_path_factory):
    """A device that swallows what is written. Root, who could replace /dev/null, has another."""
    path = tmp_path_factory.mktemp("devices") / "null"
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 3))
        path.write_bytes(b"any")
    except (AttributeError, OSError):
        return Path(os.devnull)
    return path
