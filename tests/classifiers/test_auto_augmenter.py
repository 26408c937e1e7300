"""augmenter="auto": the fit chooses a distortion on held-out training images."""

import numpy as np
import pytest
from sklearn.base import clone

import skmnist
from skmnist import KerasCNNClassifier, KerasMLPClassifier, RandomDistortion
from skmnist._classifiers import _second_network
from skmnist._classifiers._plan import training_plan
from skmnist._classifiers._second_network import DISTORTIONS

CNN = KerasCNNClassifier(
    (4,), hidden_layer_sizes=(16,), augmenter="auto", calibrate=False, random_state=0
)


@pytest.fixture(scope="module")
def places():
    """Images of noise whose class is the row of a bright spot: a shift makes another class."""
    rng = np.random.default_rng(0)
    numbers = np.arange(400) % 12
    images = rng.normal(size=(400, 12, 12)).astype(np.float32)
    images[np.arange(400), numbers, rng.integers(12, size=400)] += 12
    return images, numbers


def test_no_distortion_where_places_are_what_counts(places):
    classifier = clone(CNN).set_params(epochs=30).fit(*places)
    assert classifier.augmenter_ is None
    plain = clone(CNN).set_params(epochs=30, augmenter=None).fit(*places)
    for one, other in zip(classifier.weights_, plain.weights_, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("chosen", DISTORTIONS[1:])
def test_the_choice_is_what_the_network_is_trained_with(chosen, places, monkeypatch):
    monkeypatch.setattr(_second_network, "DISTORTIONS", (chosen,))
    classifier = clone(CNN).set_params(epochs=2).fit(*places)
    expected = RandomDistortion(**chosen)
    assert classifier.augmenter_.get_params() == expected.get_params()
    given = clone(CNN).set_params(epochs=2, augmenter=expected).fit(*places)
    for one, other in zip(classifier.weights_, given.weights_, strict=True):
        np.testing.assert_array_equal(one, other)


def test_it_stays_where_training_goes_on_and_in_files(places, monkeypatch, tmp_path):
    chosen = DISTORTIONS[1]
    monkeypatch.setattr(_second_network, "DISTORTIONS", (chosen,))
    classifier = clone(CNN).set_params(epochs=4).fit_until(2, *places)
    skmnist.save(classifier, tmp_path / "model.skmnist")
    monkeypatch.undo()
    loaded = skmnist.load(tmp_path / "model.skmnist")
    assert loaded.augmenter_.get_params() == RandomDistortion(**chosen).get_params()
    given = clone(CNN).set_params(epochs=4, augmenter=RandomDistortion(**chosen)).fit(*places)
    for one, other in zip(loaded.fit_until(4, *places).weights_, given.weights_, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(("epochs", "tried"), [(2, 10), (60, 100), ("auto", 100), (120, 120)])
def test_trials_on_fewer_samples_have_as_many_steps_up_to_those_of_auto(
    epochs, tried, places, monkeypatch
):
    class Enough(Exception):
        pass

    def watched(network, part, plan, **options):
        assert (-(-len(part.rows) // plan.batch_size), plan.epochs) == (5, tried)
        raise Enough

    monkeypatch.setattr(_second_network, "_MOST_TO_CHOOSE_ON", 100)
    monkeypatch.setattr(skmnist._engine, "train", watched)
    with pytest.raises(Enough):  # 25 batches an epoch of the fit
        clone(CNN).set_params(epochs=epochs).fit(*places)


def test_early_stopping_that_can_not_stop_is_said_once(places):
    images, numbers = places
    with pytest.warns(UserWarning, match="can't stop a training of 1 epochs") as caught:
        clone(CNN).set_params(epochs=1, early_stopping=True).fit(images, numbers)
    assert len(caught) == 1


def test_too_few_samples_have_none(places):
    images, numbers = places
    assert clone(CNN).set_params(epochs=2).fit(images[:90], numbers[:90]).augmenter_ is None


def test_what_is_given_is_what_is_shown(places):
    given = RandomDistortion(shift=0.1)
    classifier = KerasMLPClassifier(
        (8,), epochs=1, augmenter=given, calibrate=False, random_state=0
    )
    images, numbers = places
    assert classifier.fit(images[:90], numbers[:90]).augmenter_ is given


def test_long_is_three_times_auto(places):
    images, numbers = places
    n_epochs = [
        clone(CNN)
        .set_params(augmenter=None, epochs=epochs)
        .fit(images[:100], numbers[:100])
        .n_iter_
        for epochs in ("auto", "long")
    ]
    assert n_epochs[1] == 3 * n_epochs[0]


@pytest.mark.parametrize("kind", [KerasMLPClassifier, KerasCNNClassifier])
@pytest.mark.parametrize("n_samples", [300, 3_000, 60_000])
@pytest.mark.filterwarnings("error")
def test_early_stopping_can_stop_with_epochs_auto(kind, n_samples):
    stopping = kind(early_stopping=True)
    plan = training_plan(stopping, kind._auto, n_samples, partial=False)
    assert plan.epochs > plan.patience
    assert plan.epochs >= training_plan(kind(), kind._auto, n_samples, partial=False).epochs


def test_the_choice_is_printed_with_verbose(places, capsys):
    clone(CNN).set_params(epochs=1, verbose=1).fit(*places)
    assert capsys.readouterr().out.startswith("augmenter='auto' means ")
