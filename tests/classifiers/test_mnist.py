"""The defaults on real MNIST, scored on training rows that were held out."""

import numpy as np
import pytest
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

from skmnist import KerasCNNClassifier, KerasMLPClassifier

pytestmark = pytest.mark.mnist


@pytest.fixture(scope="module")
def split(mnist):
    """6,000 training images, and 4,000 others of the training part to score on."""
    X, y = mnist.images[:60_000], mnist.target[:60_000]
    rows = np.random.default_rng(0).permutation(60_000)
    fit, held = rows[:6_000], rows[6_000:10_000]
    return X[fit], y[fit], X[held], y[held]


@pytest.mark.parametrize(
    ("classifier", "floor"), [(KerasMLPClassifier(), 0.955), (KerasCNNClassifier(), 0.975)]
)
def test_accuracy_with_a_tenth_of_the_images(classifier, floor, split):
    X, y, X_held, y_held = split
    assert classifier.set_params(random_state=0).fit(X, y).score(X_held, y_held) > floor


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # ten epochs each
def test_probabilities_are_better_than_those_of_sklearns_mlp(split):
    X, y, X_held, y_held = split
    ours = KerasMLPClassifier(random_state=0).fit(X, y).predict_proba(X_held)
    peer = MLPClassifier((128,), batch_size=128, max_iter=10, random_state=0)
    peer.fit(X.reshape(len(X), -1) / 255, y)
    theirs = peer.predict_proba(X_held.reshape(len(X_held), -1) / 255)
    assert log_loss(y_held, ours) < log_loss(y_held, theirs)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("classifier", "floor"), [(KerasMLPClassifier(), 0.981), (KerasCNNClassifier(), 0.988)]
)
def test_accuracy_with_most_of_the_images(classifier, floor, mnist):
    X, y = mnist.images[:60_000], mnist.target[:60_000]
    classifier.set_params(random_state=0).fit(X[5_000:], y[5_000:])
    assert classifier.score(X[:5_000], y[:5_000]) > floor
