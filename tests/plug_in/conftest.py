"""Networks as small as can be, one architecture each: their program is compiled only once."""

import pytest
from sklearn.base import clone

from skmnist import KerasCNNClassifier, KerasMLPClassifier

_TRAINING = {"epochs": 10, "batch_size": 32, "learning_rate": 0.02, "random_state": 0}
_TINY = {
    "mlp": KerasMLPClassifier((16,), **_TRAINING),
    "cnn": KerasCNNClassifier((4,), kernel_size=3, hidden_layer_sizes=(16,), **_TRAINING),
}


@pytest.fixture
def mlp():
    return clone(_TINY["mlp"])


@pytest.fixture
def cnn():
    return clone(_TINY["cnn"])


@pytest.fixture(params=_TINY, scope="package")
def tiny(request):
    """Either classifier, for tests that fit clones of it only."""
    return _TINY[request.param]


@pytest.fixture(scope="package")
def other_digits(digits):
    """300 digits that are not among `few_digits`."""
    X, y = digits
    return X[300:600], y[300:600]


@pytest.fixture(scope="package")
def fitted(tiny, few_digits):
    """Either classifier fitted on `few_digits`, for tests that only read it."""
    return clone(tiny).fit(*few_digits)
