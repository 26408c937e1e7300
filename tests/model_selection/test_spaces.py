"""Search spaces: every value that they offer can be fitted with."""

import numpy as np
import pytest
from sklearn.model_selection import ParameterGrid, ParameterSampler, RandomizedSearchCV
from sklearn.svm import SVC

from skmnist import KerasCNNClassifier, KerasMLPClassifier, make_digit_pipeline
from skmnist.model_selection import HalvingEpochsSearchCV, search_space, suggest_parameters

KINDS = [KerasCNNClassifier, KerasMLPClassifier]


@pytest.mark.parametrize("kind", KINDS)
def test_every_value_is_one_of_the_parameter(kind):
    candidates = list(ParameterGrid(search_space(kind(), "grid")))
    assert len(candidates) == 8
    space = search_space(kind())
    candidates += list(ParameterSampler(space, 40, random_state=0))
    candidates += [
        {name: value}
        for name, values in space.items()
        if isinstance(values, list)
        for value in values
    ]
    for parameters in candidates:
        kind(**parameters)._validate_params()


@pytest.mark.parametrize("kind", KINDS)
def test_the_defaults_are_among_the_candidates(kind):
    for name, values in search_space(kind(), "grid").items():
        default = getattr(kind(), name)
        if name != "learning_rate" and default in values:
            continue
        assert name in ("learning_rate", "hidden_layer_sizes")


def test_names_of_steps_are_put_before(few_digits):
    mlp = KerasMLPClassifier(jit_compile=False, random_state=0)
    pipeline = make_digit_pipeline(mlp)
    space = search_space(pipeline)
    assert all(name.startswith("classify__") for name in space)
    space |= {"classify__epochs": [1], "classify__hidden_layer_sizes": [(4,)]}
    search = RandomizedSearchCV(pipeline, space, n_iter=2, cv=2, random_state=0).fit(*few_digits)
    assert set(search.best_params_) == set(space)


def test_a_grid_is_searched_by_the_resuming_search(few_digits):
    X, y = few_digits
    cnn = KerasCNNClassifier((2,), hidden_layer_sizes=(4,), epochs=1, random_state=0)
    search = HalvingEpochsSearchCV(cnn, search_space(cnn, "grid"), cv=2)
    search.fit(X.reshape(-1, 8, 8), y)
    assert search.n_candidates_[0] == 8


def test_a_space_is_a_new_one_each_time():
    space = search_space(KerasMLPClassifier())
    space["dropout"].append("nonsense")
    assert "nonsense" not in search_space(KerasMLPClassifier())["dropout"]


def test_a_trial_draws_from_lists_by_number_and_from_distributions():
    class Trial:
        def suggest_categorical(self, name, choices):
            return choices[len(name) % len(choices)]

        def suggest_float(self, name, low, high, *, log):
            assert log
            return float(np.sqrt(low * high))

    space = search_space(KerasCNNClassifier())
    parameters = suggest_parameters(Trial(), space)
    assert set(parameters) == set(space)
    KerasCNNClassifier(**parameters)._validate_params()
    assert 0.002 < parameters["learning_rate"] < 0.02


def test_other_classifiers_and_kinds_are_refused():
    with pytest.raises(TypeError, match=r"SVC\(\) was given, expected KerasCNNClassifier"):
        search_space(make_digit_pipeline(SVC()).steps[-1][1])
    with pytest.raises(ValueError, match="kind='random' was given, expected 'grid' or"):
        search_space(KerasMLPClassifier(), "random")
