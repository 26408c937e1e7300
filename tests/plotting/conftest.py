"""Pictures are drawn on no screen."""

import matplotlib as mpl
import pytest
from sklearn.datasets import load_digits

from skmnist import KerasCNNClassifier, KerasMLPClassifier

mpl.use("agg")


@pytest.fixture
def ax():
    import matplotlib.pyplot as plt

    return plt.figure().add_subplot()


@pytest.fixture(scope="module")
def images():
    return load_digits().images[:300]


@pytest.fixture(scope="module")
def y():
    return load_digits().target[:300]


@pytest.fixture(scope="module")
def mlp(images, y):
    return KerasMLPClassifier((12,), epochs=6, batch_size=64, random_state=0).fit(
        images, y, X_val=images[:50], y_val=y[:50]
    )


@pytest.fixture(scope="module")
def cnn(images, y):
    cnn = KerasCNNClassifier((4,), kernel_size=3, hidden_layer_sizes=(8,), epochs=2, batch_size=64)
    return cnn.set_params(random_state=0).fit(images, y)
