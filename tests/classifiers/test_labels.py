import numpy as np
import pytest
from scipy import special
from sklearn.exceptions import DataConversionWarning
from sklearn.utils.class_weight import compute_class_weight

from skmnist._classifiers._labels import Labels, class_weights, log_softmax, logit_scale


@pytest.mark.parametrize(
    "y",
    [
        np.array([3, 1, 3, 2]),
        np.array(["b", "a", "b", "c"]),
        np.array(["b", "a", "b", "c"], dtype=object),
        np.array([True, False, True]),
        np.array([1.0, 0.0, 2.0]),
    ],
    ids=lambda y: str(y.dtype),
)
def test_labels_come_back(y):
    labels = Labels.of(y)
    decoded = labels.decode(labels.encode(y))
    assert decoded.dtype == y.dtype
    np.testing.assert_array_equal(decoded, y)


def test_one_column_is_a_vector():
    column = np.array([[3], [1], [3]])
    labels = Labels.of(column)
    assert labels.classes.tolist() == [1, 3]
    with pytest.warns(DataConversionWarning, match="column-vector"):
        numbers = labels.encode(column)
    assert labels.decode(numbers).tolist() == [3, 1, 3]


@pytest.mark.parametrize("dtype", [np.int64, np.float32, bool, np.uint8])
def test_one_hot_rows_come_back(dtype):
    y = np.eye(4, dtype=dtype)[[3, 0, 2]]
    labels = Labels.of(y)
    assert labels.classes.tolist() == [0, 1, 2, 3]
    decoded = labels.decode(labels.encode(y))
    assert decoded.dtype == dtype
    np.testing.assert_array_equal(decoded, y)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.array([[1, 1], [0, 1]]), "rows are not one-hot"),
        (np.array([[0, 0], [0, 1]]), "rows are not one-hot"),
        (np.array([[1, 2], [0, 1]]), "MultiOutputClassifier"),
        (np.array([["a", "b"], ["a", "c"]]), "rows are not one-hot"),
        (np.array([0.5, 1.5]), "Unknown label type: continuous"),
    ],
)
def test_what_is_no_class_is_said_so(y, message):
    with pytest.raises(ValueError, match=message):
        Labels.of(y)


def test_unknown_labels_are_named():
    with pytest.raises(ValueError, match=r"classes \['a', 'b'\]: \['c'\].*partial_fit"):
        Labels.of(np.array(["a", "b"])).encode(np.array(["a", "c"]))


@pytest.mark.parametrize(("n_classes", "listed"), [(12, ", 11]"), (13, ", 11, ...]")])
def test_messages_list_a_dozen_labels(n_classes, listed):
    labels = Labels.of(np.arange(n_classes))
    with pytest.raises(ValueError, match="not among the classes") as refusal:
        labels.encode(np.array([99]))
    assert f"{listed}: [99]" in str(refusal.value)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("is_one_hot", [True, False])
def test_form_of_the_targets_must_stay(is_one_hot, n_classes):
    first, other = np.eye(n_classes), np.arange(n_classes)
    if not is_one_hot:
        first, other = other, first
    with pytest.raises(ValueError, match=r"y has shape .* expected, as in the first fit"):
        Labels.of(first).encode(other)


class TestClassWeights:
    y = np.array(["a", "a", "a", "b"])
    labels = Labels.of(y)
    numbers = labels.encode(y)

    def weights(self, class_weight, weights=(1.0, 1.0, 1.0, 1.0)):
        return class_weights(class_weight, self.labels, self.numbers, np.array(weights)).tolist()

    def test_balanced_is_that_of_sklearn(self):
        a, b = compute_class_weight("balanced", classes=self.labels.classes, y=self.y)
        assert self.weights("balanced") == pytest.approx([a, a, a, b])

    def test_none_leaves_the_weights(self):
        assert self.weights(None, [1, 2, 3, 4]) == [1, 2, 3, 4]

    def test_balanced_leaves_out_classes_that_do_not_occur(self):
        numbers = np.array([0, 0, 0])
        assert class_weights("balanced", self.labels, numbers, np.ones(3)).tolist() == [1, 1, 1]

    def test_weights_may_be_zero_or_below_one(self):
        assert self.weights({"a": 0, "b": 0.5}) == [0, 0, 0, 0.5]

    def test_balanced_counts_weights_as_copies(self):
        balanced = self.weights("balanced", [1, 0, 0, 3])
        assert balanced[0] == pytest.approx(balanced[3])

    def test_classes_not_named_weigh_one(self):
        assert self.weights({"b": 5}, [1, 2, 3, 4]) == [1, 2, 3, 20]

    def test_a_fold_may_lack_a_class(self):
        assert self.weights({"a": 2, "b": 3, "c": 4}) == [2, 2, 2, 3]

    @pytest.mark.parametrize(
        ("class_weight", "message"),
        [
            ({"c": 1}, r"not classes: \['c'\]"),
            ({"a": -1}, "finite and not negative"),
            ({"a": "2"}, r"class_weight={'a': '2'} was given, but weights must be numbers"),
        ],
    )
    def test_bad_weights_are_said_so(self, class_weight, message):
        with pytest.raises(ValueError, match=message):
            self.weights(class_weight)


@pytest.mark.parametrize("n_classes", [2, 10])
@pytest.mark.parametrize("smoothing", [0.05, 0.1, 0.3])
def test_logit_scale_turns_one_smoothing_into_a_lighter_one(smoothing, n_classes):
    def target(share):
        return np.eye(n_classes)[0] * (1 - share) + share / n_classes

    logits = np.log(target(smoothing)) * logit_scale(smoothing, n_classes)
    np.testing.assert_allclose(special.softmax(logits), target(0.002), rtol=1e-9)


def test_no_smoothing_no_scale():
    assert logit_scale(0.0, 10) == logit_scale(0.002, 10) == 1.0


def test_log_softmax_is_scipys_also_of_large_logits():
    logits = np.random.default_rng(0).normal(size=(7, 4))
    for scale in (1, 1e4):
        expected = special.log_softmax(scale * logits, axis=1)
        np.testing.assert_allclose(log_softmax(scale * logits), expected, rtol=1e-12, atol=1e-12)
