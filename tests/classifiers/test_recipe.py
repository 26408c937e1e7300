"""NetworkRecipe: a function and arguments that can be set, told apart by value."""

import functools
import pickle
import re

import keras
import numpy as np
import pytest
from sklearn.base import clone

from skmnist import KerasNetworkClassifier, NetworkRecipe, small_network
from skmnist._classifiers._recipe import FixedNetwork


def build(image_shape, n_classes, width=8, *, sizes=(3, 4), activation="relu"):
    raise NotImplementedError


def needs_width(image_shape, n_classes, width):
    raise NotImplementedError


def anything(image_shape, n_classes, **options):
    raise NotImplementedError


class TestParameters:
    def test_are_those_of_the_function_after_the_first_two(self):
        recipe = NetworkRecipe(build, width=5)
        assert recipe.get_params() == {"width": 5, "sizes": (3, 4), "activation": "relu"}
        assert recipe.set_params(activation="tanh") is recipe
        assert recipe.get_params()["activation"] == "tanh"
        assert repr(recipe) == "NetworkRecipe(build, width=5, activation='tanh')"

    def test_one_without_a_default_may_come_later(self):
        recipe = NetworkRecipe(needs_width)
        assert recipe.get_params() == {}
        assert recipe.set_params(width=3).get_params() == {"width": 3}

    def test_a_function_may_take_any(self):
        assert NetworkRecipe(anything, depth=2).get_params() == {"depth": 2}

    def test_of_a_partial_function(self):
        recipe = NetworkRecipe(functools.partial(build, width=5))
        assert recipe.get_params()["width"] == 5

    def test_an_unknown_one_is_named_with_what_is_similar(self):
        with pytest.raises(TypeError, match=r"build has no argument 'widht'.*'width'\?"):
            NetworkRecipe(build, widht=5)
        with pytest.raises(TypeError, match="has no argument 'n_classes' besides"):
            NetworkRecipe(build, n_classes=5)

    def test_are_parameters_of_the_classifier(self):
        classifier = KerasNetworkClassifier(NetworkRecipe(build))
        classifier.set_params(network__width=9, epochs=2)
        assert classifier.get_params()["network__width"] == 9
        copy = clone(classifier).set_params(network__width=1)
        assert classifier.get_params()["network__width"] == 9
        assert copy.get_params()["network__width"] == 1
        new = classifier.set_params(network=NetworkRecipe(needs_width), network__width=2)
        assert new.get_params()["network__width"] == 2

    @pytest.mark.parametrize(("network", "name"), [(None, "function"), (build, "build")])
    def test_a_plain_function_has_none(self, network, name):
        with pytest.raises(ValueError, match=rf"network=NetworkRecipe\({name}\)"):
            KerasNetworkClassifier(network).set_params(network__width=3)

    def test_must_belong_to_a_function(self):
        for wrong in (3, NetworkRecipe(build)):
            with pytest.raises(TypeError, match=r"function=.* was given"):
                NetworkRecipe(wrong)


class TestCopies:
    def test_clone_shares_nothing_that_can_be_changed(self):
        sizes = [3, 4]
        recipe = NetworkRecipe(build, sizes=sizes)
        copy = clone(recipe)
        sizes.append(5)
        assert copy.get_params()["sizes"] == [3, 4]
        assert copy != recipe

    @pytest.mark.parametrize(
        "thing",
        [
            NetworkRecipe(small_network, width=3),
            FixedNetwork(NetworkRecipe(small_network, width=3)),
        ],
        ids=["recipe", "fixed"],
    )
    def test_pickles_by_reference_to_the_function(self, thing):
        data = pickle.dumps(thing)
        assert len(data) < 300
        assert pickle.loads(data) == thing


INITIALIZER = keras.initializers.HeNormal
SAME = [
    ({}, {}),
    ({}, {"width": 8}),
    ({"sizes": [1, 2]}, {"sizes": (1, 2)}),
    ({"width": np.int64(3)}, {"width": 3}),
    ({"sizes": np.arange(3)}, {"sizes": np.arange(3)}),
    ({"sizes": {"a": [1], "b": {2}}}, {"sizes": {"a": (1,), "b": {2}}}),
    ({"activation": INITIALIZER()}, {"activation": INITIALIZER()}),
    ({"activation": keras.activations.relu}, {"activation": keras.activations.relu}),
]
OTHER = [
    ({"width": 3}, {"width": 4}),
    ({"width": 1}, {"width": True}),
    ({"width": 1}, {"width": 1.0}),
    ({"sizes": [1, 2]}, {"sizes": [2, 1]}),
    ({"sizes": np.arange(4)}, {"sizes": np.arange(4).reshape(2, 2)}),
    ({"sizes": np.arange(4)}, {"sizes": np.arange(4.0)}),
    ({"activation": INITIALIZER(1)}, {"activation": INITIALIZER(2)}),
]


def short(value):
    """An id that is the same in every process."""
    return re.sub(r" at 0x\w+", "", str(value))


class TestEquality:
    @pytest.mark.parametrize(("one", "other"), SAME, ids=short)
    def test_is_one_of_values(self, one, other):
        one, other = NetworkRecipe(build, **one), NetworkRecipe(build, **other)
        assert one == other == clone(one)
        assert hash(FixedNetwork(one)) == hash(FixedNetwork(other))

    @pytest.mark.parametrize(("one", "other"), OTHER, ids=short)
    def test_tells_values_apart(self, one, other):
        assert NetworkRecipe(build, **one) != NetworkRecipe(build, **other)

    def test_of_what_no_fit_takes_is_identity_or_the_values_there_are(self):
        layer = NetworkRecipe(build, width=keras.layers.Dense(2))
        assert layer == layer
        assert layer != NetworkRecipe(build, width=layer.get_params()["width"])
        missing = NetworkRecipe(lambda image_shape, n_classes, width: None)
        assert missing == clone(missing)

    def test_tells_functions_apart(self):
        assert NetworkRecipe(anything) != NetworkRecipe(build)
        assert FixedNetwork(build) == FixedNetwork(NetworkRecipe(build))

    def test_a_partial_function_is_its_parts(self):
        # clone makes another object of it each time.
        one, other = (functools.partial(build, sizes=[1]) for _ in range(2))
        assert FixedNetwork(one) == FixedNetwork(clone(other, safe=False))
        assert FixedNetwork(one) != FixedNetwork(functools.partial(build, sizes=[2]))

    def test_what_was_fixed_does_not_change(self):
        recipe = NetworkRecipe(build, sizes=[1])
        fixed = FixedNetwork(recipe)
        recipe.get_params()["sizes"].append(2)
        recipe.set_params(width=1)
        assert fixed == FixedNetwork(NetworkRecipe(build, sizes=[1]))
        assert repr(fixed) == "NetworkRecipe(build, sizes=[1])"


class Unhashable:
    __hash__ = None


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (NetworkRecipe(needs_width), r"missing a required argument: 'width'.*NetworkRecipe\("),
        (lambda shape: None, "can't be called with image_shape, n_classes"),
        (NetworkRecipe(build, width=Unhashable()), "network__width has .*which is not hashable"),
        (NetworkRecipe(build, width=[keras.layers.Dense(3)]), "must not share a layer or model"),
        (keras.Sequential(name="built"), "already built.*Give the function that builds it"),
    ],
    ids=["missing", "one parameter", "unhashable", "layer", "model"],
)
def test_what_is_no_network_is_said_so_before_training(network, message, few_digits):
    with pytest.raises(TypeError, match=re.compile(message, re.DOTALL)):
        KerasNetworkClassifier(network).fit(*few_digits)
