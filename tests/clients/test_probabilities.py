"""Packages that wrap probabilities, run for real where they are installed (``'.[clients]'``)."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits

from skmnist import KerasCNNClassifier, KerasMLPClassifier, make_digit_pipeline

pytestmark = pytest.mark.filterwarnings("ignore")  # theirs

DIGITS = load_digits()
IMAGES, Y = DIGITS.images, DIGITS.target
MLP = KerasMLPClassifier((16,), epochs=12, random_state=0)


def parity_gap(y, labels, group):
    """How much more often one group is given the label 1 than the other."""
    from fairlearn.metrics import demographic_parity_difference

    return demographic_parity_difference(y, labels, sensitive_features=group)


def test_fairlearn_equalizes_the_rates_of_two_groups():
    post = pytest.importorskip("fairlearn.postprocessing")
    y = (Y >= 5).astype(int)
    group = np.where(IMAGES.sum(axis=(1, 2)) > 312, "bold", "thin")
    train, test = slice(0, 1000), slice(1000, None)
    network = make_digit_pipeline(MLP).fit(IMAGES[train], y[train])
    fair = post.ThresholdOptimizer(
        estimator=network,
        constraints="demographic_parity",
        prefit=True,
        predict_method="predict_proba",
    ).fit(IMAGES[train], y[train], sensitive_features=group[train])
    labels = fair.predict(IMAGES[test], sensitive_features=group[test], random_state=0)

    assert set(labels) == {0, 1}
    assert parity_gap(y[test], labels, group[test]) < parity_gap(
        y[test], network.predict(IMAGES[test]), group[test]
    )


def test_fairlearn_reweights_fits():
    reductions = pytest.importorskip("fairlearn.reductions")
    y = (Y >= 5).astype(int)
    group = np.where(np.random.default_rng(0).random(len(y)) < 0.3, 1 - y, y)
    train, test = slice(0, 1000), slice(1000, None)
    network = KerasMLPClassifier((8,), epochs=5, calibrate=False, random_state=0)
    search = reductions.ExponentiatedGradient(network, reductions.DemographicParity(), max_iter=5)
    search.fit(DIGITS.data[train], y[train], sensitive_features=group[train])

    plain = clone(network).fit(DIGITS.data[train], y[train]).predict(DIGITS.data[test])
    fair = search.predict(DIGITS.data[test], random_state=0)
    assert parity_gap(y[test], fair, group[test]) < parity_gap(y[test], plain, group[test]) - 0.1


@pytest.mark.parametrize("kind", [KerasCNNClassifier, KerasMLPClassifier])
def test_crepes_sets_hold_the_true_class_as_often_as_asked(kind):
    crepes = pytest.importorskip("crepes")
    names = np.array([f"digit {label}" for label in Y])
    shape = {"filters": (8,)} if kind is KerasCNNClassifier else {}
    network = make_digit_pipeline(kind(epochs=5, calibrate=False, random_state=0, **shape))
    wrapped = crepes.WrapClassifier(network)
    wrapped.fit(IMAGES[:600], names[:600])
    wrapped.calibrate(IMAGES[600:1200], names[600:1200], seed=0)
    sets = wrapped.predict_set(IMAGES[1200:], confidence=0.9, seed=0)
    is_in = [name in held for name, held in zip(names[1200:], sets, strict=True)]
    assert 0.85 <= np.mean(is_in) <= 0.96


def test_interpret_shows_how_probabilities_depend_on_a_pixel():
    blackbox = pytest.importorskip("interpret.blackbox")
    y = (Y >= 5).astype(int)
    network = clone(MLP).fit(DIGITS.data[:1000], y[:1000])
    explained = blackbox.PartialDependence(network, DIGITS.data[:100]).explain_global()
    shown = explained.data(20)
    row = DIGITS.data[:100].copy()
    row[:, 20] = shown["names"][3]
    assert shown["scores"][3] == pytest.approx(network.predict_proba(row)[:, 1].mean(), abs=1e-6)
    local = blackbox.LimeTabular(network, DIGITS.data[:100]).explain_local(
        DIGITS.data[1000:1002], y[1000:1002]
    )
    np.testing.assert_allclose(
        local.data(0)["perf"]["predicted_score"],
        network.predict_proba(DIGITS.data[1000:1001])[0, 1],
        atol=1e-6,
    )
