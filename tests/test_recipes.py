"""make_image_classifier: recipes are plain estimators."""

import pytest
from sklearn.base import clone
from sklearn.ensemble import VotingClassifier
from sklearn.model_selection import GridSearchCV

from skmnist import KerasCNNClassifier, make_image_classifier


def test_fast_is_the_classifier_as_it_comes():
    expected = KerasCNNClassifier(random_state=3).get_params()
    assert make_image_classifier("fast", random_state=3).get_params() == expected


def test_a_recipe_is_what_its_parameters_say():
    accurate = make_image_classifier()
    parameters = accurate.get_params()
    assert KerasCNNClassifier(**parameters).get_params() == parameters
    assert clone(accurate).set_params(dropout=0.1).dropout == 0.1
    assert make_image_classifier("accurate", dropout=0.1, epochs=2).epochs == 2
    assert "augmenter='auto'" in repr(accurate)


def test_members_of_a_vote_differ_in_their_seeds():
    best = make_image_classifier("best", random_state=0)
    assert isinstance(best, VotingClassifier)
    seeds = [member.random_state for _, member in best.estimators]
    assert len(set(seeds)) == 5
    again = [m.random_state for _, m in make_image_classifier("best", random_state=0).estimators]
    assert again == seeds
    assert all(m.random_state is None for _, m in make_image_classifier("best").estimators)


def test_a_vote_predicts_and_is_searched(few_digits):
    X, y = few_digits
    small = {"augmenter": None, "calibrate": False, "batch_norm": False, "dropout": 0.0}
    small |= {"filters": (2,), "kernel_size": 3, "pool_size": 2, "hidden_layer_sizes": (4,)}
    vote = make_image_classifier("best", random_state=0, epochs=1, **small)
    search = GridSearchCV(vote, {"cnn1__alpha": [0.0, 0.2]}, cv=2).fit(X.reshape(-1, 8, 8), y)
    proba = search.predict_proba(X.reshape(-1, 8, 8))
    members = [m.predict_proba(X.reshape(-1, 8, 8)) for m in search.best_estimator_.estimators_]
    assert proba == pytest.approx(sum(members) / 5)


def test_an_unknown_recipe_is_refused():
    with pytest.raises(ValueError, match="recipe='slow' was given, but there are: fast, accurate"):
        make_image_classifier("slow")
