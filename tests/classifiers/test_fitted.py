"""What was learned is one value, taken over at the end of a training and not before."""

from dataclasses import FrozenInstanceError

import keras
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from skmnist import KerasCNNClassifier, KerasMLPClassifier, KerasNetworkClassifier

CLASSIFIERS = [
    KerasMLPClassifier((5,), epochs=2, batch_size=64, jit_compile=False, random_state=0),
    KerasCNNClassifier((3,), hidden_layer_sizes=(4,), epochs=2, batch_size=64, random_state=0),
    KerasNetworkClassifier(epochs=2, batch_size=64, jit_compile=False, random_state=0),
]
VIEWS = {
    "weights_": "weights",
    "classes_": "classes",
    "image_shape_": "image_shape",
    "pixel_mean_": "pixel_mean",
    "pixel_scale_": "pixel_scale",
    "logit_scale_": "logit_scale",
    "history_": "history",
    "n_iter_": "n_iter",
}


@pytest.fixture(params=CLASSIFIERS, ids=["mlp", "cnn", "custom"])
def classifier(request):
    return clone(request.param)


def test_attributes_show_the_value(classifier, few_digits):
    classifier.fit(*few_digits)
    for attribute, field in VIEWS.items():
        shown = getattr(classifier, attribute)
        assert shown is getattr(classifier.fitted_network_, field) or shown == 2
    assert classifier.classes_ is classifier.fitted_network_.setup.labels.classes
    assert classifier.n_iter_ == classifier.fitted_network_.n_iter == 2
    assert set(vars(classifier)) - set(classifier.get_params(deep=False)) == {
        "fitted_network_",
        "n_features_in_",
    }


@pytest.mark.parametrize("n_classes", [2, 10])
@pytest.mark.parametrize("classifier", CLASSIFIERS[:2], ids=["mlp", "cnn"])
def test_predictions_are_batch_invariant(classifier, n_classes, few_digits):
    X, y = few_digits
    classifier = clone(classifier).fit(X, y % n_classes)
    for method in ("predict_proba", "predict_log_proba", "decision_function", "transform"):
        predict = getattr(classifier, method)
        together = [row.tobytes() for row in predict(X)]
        for i, n in [(0, 1), (41, 1), (299, 1), (3, 2), (50, 33), (7, 200)]:
            assert [row.tobytes() for row in predict(X[i : i + n])] == together[i : i + n]


def test_an_unfitted_classifier_has_none_of_them(classifier):
    for attribute in VIEWS:
        assert not hasattr(classifier, attribute)
        with pytest.raises(AttributeError, match=f"no attribute '{attribute}' before fit"):
            getattr(classifier, attribute)


def test_the_value_never_changes_but_can_be_replaced(few_digits):
    X, y = few_digits
    classifier = clone(CLASSIFIERS[0]).fit(X, y)
    before = classifier.fitted_network_
    with pytest.raises(FrozenInstanceError):
        before.weights = []
    with pytest.raises(AttributeError, match="classes_ can't be set"):
        classifier.classes_ = list("abcdefghij")
    classifier.weights_ = [np.zeros_like(weight) for weight in classifier.weights_]
    np.testing.assert_allclose(classifier.predict_proba(X), 0.1)
    assert before.weights[0].any()
    classifier.partial_fit(X, y)
    assert before.n_iter == 2
    assert classifier.n_iter_ == 3


@pytest.mark.parametrize("method", ["fit", "partial_fit", "fit_until"])
def test_nothing_is_written_before_the_end(classifier, method, few_digits):
    X, y = few_digits
    seen = []

    def state():
        # All but what scikit-learn keeps of its callbacks until the fit ends.
        return {name: value for name, value in vars(classifier).items() if name[0] != "_"}

    class Watch(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(state())

    classifier.set_params(keras_callbacks=[Watch])
    before = state()
    if method == "partial_fit":
        classifier.partial_fit(X, y, classes=np.unique(y))
    elif method == "fit_until":
        classifier.fit_until(1, X, y)
    else:
        classifier.fit(X, y)
    assert seen == [before] * classifier.n_iter_
    check_is_fitted(classifier)


def test_a_failed_fit_leaves_a_clone_like_the_first(classifier, few_digits):
    X, y = few_digits
    with pytest.raises(ValueError, match="one class only"):
        classifier.fit(X, np.zeros(len(y)))
    assert vars(classifier).keys() == classifier.get_params(deep=False).keys()
    fitted = classifier.fit(X, y).fitted_network_
    with pytest.raises(ValueError, match="one class only"):
        classifier.fit(X, np.zeros(len(y)))
    assert classifier.fitted_network_ is fitted


def test_names_of_columns_go_with_the_next_fit(few_digits):
    pd = pytest.importorskip("pandas")
    X, y = few_digits
    classifier = clone(CLASSIFIERS[0]).fit(pd.DataFrame(X).add_prefix("p"), y)
    assert classifier.feature_names_in_[0] == "p0"
    assert not hasattr(classifier.fit(X, y), "feature_names_in_")


class Narrow(KerasMLPClassifier):
    """A subclass as users write them: parameters of its own, those of the base class set."""

    n_made = 0

    def __init__(self, width=5, filters=None):
        super().__init__((width,), epochs=30, jit_compile=False, random_state=0)
        self.width, self.filters = width, filters
        self.class_weight = {0: 0.0, 1: 0.0}
        type(self).n_made += 1

    def network(self):
        return "a method of its own"


def test_subclasses_with_other_parameters(few_digits):
    X, y = few_digits
    model = Narrow()
    Narrow.n_made = 0
    model.fit(X, y)
    assert Narrow.n_made == 0
    plain = KerasMLPClassifier(
        (5,), epochs=30, jit_compile=False, random_state=0, class_weight={0: 0.0, 1: 0.0}
    )
    for one, other in zip(model.weights_, plain.fit(X, y).weights_, strict=True):
        np.testing.assert_array_equal(one, other)
    assert not np.isin(model.predict(X), [0, 1]).any()
