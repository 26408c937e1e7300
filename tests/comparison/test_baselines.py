import warnings

import numpy as np
import pytest
from sklearn.base import clone, is_classifier
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

from skmnist import KerasCNNClassifier, KerasMLPClassifier
from skmnist.comparison import default_classifiers

CLASSICAL = ("svc", "forest", "knn", "logistic", "sklearn-mlp")
ALL = ("cnn", "mlp", *CLASSICAL, "boosting")


@pytest.fixture(scope="module")
def digits():
    return load_digits()


def test_ours_come_as_they_are():
    defaults = default_classifiers(np.zeros((100, 8, 8)), random_state=3)
    assert tuple(defaults) == ("cnn", "mlp", *CLASSICAL)
    assert all(map(is_classifier, defaults.values()))
    for name, ours in (("cnn", KerasCNNClassifier), ("mlp", KerasMLPClassifier)):
        assert type(defaults[name]) is ours
        assert defaults[name].get_params() == ours(random_state=3).get_params()


def test_everything_random_is_seeded():
    images = np.zeros((100, 8, 8))
    for classifier in default_classifiers(images, names=ALL, random_state=3).values():
        params = classifier.get_params()
        # An SVC uses its seed for probabilities only, which nobody asks of it.
        seeds = {k: v for k, v in params.items() if k.endswith("random_state")}
        if type(params.get("classify")).__name__ == "SVC":
            del seeds["classify__random_state"]
        assert set(seeds.values()) <= {3}


@pytest.mark.parametrize(
    ("shape", "svc", "knn"),
    [((100, 28, 28), 50, 40), ((100, 45), 45, 40), ((30, 8, 8, 3), 30, 30)],
)
def test_principal_components_fit_the_images(shape, svc, knn):
    defaults = default_classifiers(np.zeros(shape))
    assert defaults["svc"]["pca"].n_components == svc
    assert defaults["knn"]["pca"].n_components == knn


def test_ten_epochs_on_mnist_and_more_on_less():
    mnist = np.broadcast_to(np.uint8(0), (60_000, 28, 28))
    assert default_classifiers(mnist)["sklearn-mlp"]["classify"].max_iter == 10
    assert default_classifiers(mnist[:1000])["sklearn-mlp"]["classify"].max_iter == 563


def test_names_choose():
    images = np.zeros((100, 8, 8))
    assert list(default_classifiers(images, names=("boosting", "mlp"))) == ["boosting", "mlp"]
    with pytest.raises(ValueError, match=r"names=\['mlp', 'gbm'\]: 'gbm' is none of cnn, "):
        default_classifiers(images, names=["mlp", "gbm"])


@pytest.mark.parametrize("name", [*CLASSICAL, "boosting"])
def test_no_baseline_is_handicapped(digits, name):
    # Each comes within a percent of the same classifier on raw pixels at sklearn's settings,
    # given all the iterations it needs.
    plain = {
        "svc": SVC(),
        "forest": RandomForestClassifier(random_state=0),
        "knn": KNeighborsClassifier(3),
        "logistic": LogisticRegression(max_iter=10_000),
        "sklearn-mlp": MLPClassifier((128,), max_iter=1000, random_state=0),
        "boosting": HistGradientBoostingClassifier(random_state=0),
    }[name]
    ours = default_classifiers(digits.images[::2], names=[name], random_state=0)[name]
    with threadpool_limits(1):  # on a busy machine, threads wait for each other
        plain.fit(digits.data[::2], digits.target[::2])
        ours.fit(digits.images[::2], digits.target[::2])
    accuracy = ours.score(digits.images[1::2], digits.target[1::2])
    assert accuracy >= plain.score(digits.data[1::2], digits.target[1::2]) - 0.01


def test_only_the_expected_warning_of_the_network_is_hidden(digits):
    X, y = digits.images[:200], digits.target[:200]
    network = clone(default_classifiers(X, random_state=0)["sklearn-mlp"])
    network.set_params(classify__max_iter=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        network.fit(X, y)
    with pytest.warns(UserWarning, match="batch_size"):
        network.set_params(classify__batch_size=500).fit(X, y)
