"""Networks of the user's: objects that change, layers for raw pixels, functions of scikeras."""

import functools
import logging
import threading
from collections import deque
from dataclasses import dataclass, field
from types import SimpleNamespace

import keras
import numpy as np
import pandas as pd
import pytest
from keras import layers
from sklearn.base import clone
from sklearn.datasets import load_digits

from skmnist import KerasCNNClassifier, KerasMLPClassifier, KerasNetworkClassifier, NetworkRecipe
from skmnist._engine import training

X, Y = (part[:100] for part in load_digits(return_X_y=True))
OPTIONS = {"epochs": 1, "batch_size": 32, "optimizer": "sgd", "random_state": 0}


def dense(image_shape, n_classes, width=4, activation="relu"):
    return keras.Sequential(
        [
            keras.Input(image_shape),
            layers.Flatten(),
            layers.Dense(width, activation),
            layers.Dense(n_classes),
        ]
    )


@dataclass(unsafe_hash=True)
class Hashed:
    """Changes its hash with its width."""

    width: int = 4

    def __call__(self, image_shape, n_classes):
        return dense(image_shape, n_classes, self.width)


@dataclass
class Plain:
    """Equal to another one by its value, and not hashable."""

    width: int = 4
    sizes: list = field(default_factory=lambda: [1, 2])

    def __call__(self, image_shape, n_classes):
        return dense(image_shape, n_classes, self.width)


class Object:
    """Equal to nothing but itself."""

    def __init__(self, width=4):
        self.width = width

    def __call__(self, image_shape, n_classes):
        return dense(image_shape, n_classes, self.width)

    def build(self, image_shape, n_classes):
        return self(image_shape, n_classes)


def from_config(image_shape, n_classes, config=None):
    return dense(image_shape, n_classes, config.width)


class Base:
    __slots__ = ("width",)


class SlotAndDict(Base):
    def __init__(self, width=4):
        self.width, self.name = width, "a"

    def __call__(self, image_shape, n_classes):
        return dense(image_shape, n_classes, self.width)


class Slot(Base):
    __slots__ = ()

    def __init__(self, width=4):
        self.width = width

    def __call__(self, image_shape, n_classes):
        return dense(image_shape, n_classes, self.width)


@dataclass(slots=True, unsafe_hash=True)
class HashedSlots:
    width: int = 4

    def __call__(self, image_shape, n_classes):
        return dense(image_shape, n_classes, self.width)


class Node:
    def __init__(self, parent, depth):
        self.parent = parent
        self.children = [Node(self, depth - 1) for _ in range(2 if depth else 0)]


class Knit(Object):
    """Refers to itself, to the process, and to what has no value."""

    def __init__(self, width=4):
        super().__init__(width)
        self.logger = logging.getLogger("knit")
        self.children = [Node(self, 3), Node(self, 3)]
        self.queue = deque([1, 2])
        self.frame = pd.DataFrame({"a": [1, 2]})


class Locked(Object):
    """Can't be copied deeply."""

    def __init__(self, width=4):
        super().__init__(width)
        self.lock = threading.Lock()


def from_list(image_shape, n_classes, configs=()):
    return dense(image_shape, n_classes, configs[0].width)


def width_of(classifier):
    return classifier.weights_[0].shape[1]


KINDS = {
    "hashed": lambda: (network := Hashed(), network),
    "plain": lambda: (network := Plain(), network),
    "object": lambda: (network := Object(), network),
    "slot and dict": lambda: (network := SlotAndDict(), network),
    "slot": lambda: (network := Slot(), network),
    "hashed slots": lambda: (network := HashedSlots(), network),
    "knit": lambda: (network := Knit(), network),
    "locked": lambda: (network := Locked(), network),
    "namespace": lambda: (
        thing := SimpleNamespace(width=4),
        NetworkRecipe(from_config, config=thing),
    ),
    "method": lambda: (thing := Object(), thing.build),
    "partial": lambda: (thing := Object(), functools.partial(from_config, config=thing)),
    "argument": lambda: (thing := Hashed(), NetworkRecipe(from_config, config=thing)),
    "argument in a list": lambda: (thing := Object(), NetworkRecipe(from_list, configs=[thing])),
}


@pytest.mark.parametrize("kind", KINDS)
class TestChangedObjects:
    def test_are_what_they_are_at_the_fit(self, kind):
        thing, network = KINDS[kind]()
        first = KerasNetworkClassifier(network, **OPTIONS).fit(X, Y)
        before = first.predict_proba(X)
        thing.width = 8
        second = KerasNetworkClassifier(network, **OPTIONS).fit(X, Y)
        assert (width_of(first), width_of(second)) == (4, 8)
        # The first one still is what it was.
        np.testing.assert_array_equal(first.predict_proba(X), before)
        assert first.transform(X).shape[1] == len(first.get_feature_names_out()) == 4

    def test_do_not_reach_other_estimators(self, kind):
        thing, network = KINDS[kind]()
        KerasNetworkClassifier(network, **OPTIONS).fit(X, Y)
        for width in range(5, 9):
            thing.width = width
            KerasMLPClassifier((3,), **OPTIONS).fit(X, Y)
            KerasCNNClassifier((2,), **OPTIONS).fit(X, Y)
            KerasNetworkClassifier(dense, **OPTIONS).fit(X, Y)

    def test_of_equal_state_share_a_program(self, kind):
        _, network = KINDS[kind]()
        if kind == "locked":
            pytest.skip("scikit-learn's clone can't copy it")
        model = KerasNetworkClassifier(network, **OPTIONS).fit(X, Y)
        n_programs = len(training._pool)
        for _ in range(3):
            clone(model).fit(X, Y)
        model.fit(X, Y).partial_fit(X, Y)
        assert len(training._pool) == n_programs

    def test_are_another_network_to_go_on_with(self, kind):
        thing, network = KINDS[kind]()
        model = KerasNetworkClassifier(network, warm_start=True, **OPTIONS).fit(X, Y)
        thing.width = 8
        with pytest.raises(ValueError, match="can't go on with another network: network changed"):
            model.fit(X, Y)


def test_an_object_that_changes_itself_builds_the_same():
    class Counts(Object):
        def __call__(self, image_shape, n_classes):
            self.width += 1
            return super().__call__(image_shape, n_classes)

    network = Counts()
    model = KerasNetworkClassifier(network, **OPTIONS).fit(X, Y).fit(X, Y)
    assert width_of(model) == 5
    assert network.width == 4


def test_numbers_with_attributes_count_with_their_value():
    class Unit(int):
        pass

    def sized(width):
        width = Unit(width)
        width.unit = "px"
        return NetworkRecipe(dense, width=width)

    assert sized(4) == sized(4)
    assert sized(4) != sized(8)
    for width in (4, 8):
        assert width_of(KerasNetworkClassifier(sized(width), **OPTIONS).fit(X, Y)) == width


def test_constraints_of_ones_own_count_with_their_attributes():
    class Clip(keras.constraints.Constraint):  # get_config of Keras itself tells nothing
        def __init__(self, most):
            self.most = most

        def __call__(self, kernel):
            return keras.ops.clip(kernel, -self.most, self.most)

    def clipped(image_shape, n_classes, constraint=None):
        dense = layers.Dense(n_classes, kernel_constraint=constraint)
        return keras.Sequential([keras.Input(image_shape), layers.Flatten(), dense])

    for most in (0.01, 0.1):
        network = NetworkRecipe(clipped, constraint=Clip(most))
        weights = KerasNetworkClassifier(network, **OPTIONS).fit(X, Y).weights_
        assert np.abs(weights[0]).max() == np.float32(most)


def test_optimizers_that_do_not_tell_what_they_were_made_with_are_refused():
    class Boosted(keras.optimizers.SGD):
        def __init__(self, learning_rate=0.01, boost=1.0, **options):
            super().__init__(learning_rate, **options)
            self.boost = boost

    with pytest.raises(TypeError, match=r"Boosted\.get_config\(\) lacks \['boost'\]"):
        KerasMLPClassifier((3,), **OPTIONS | {"optimizer": Boosted(boost=5.0)}).fit(X, Y)


@pytest.mark.parametrize(
    "change", [{"width": 5}, {"activation": "tanh"}], ids=["shape", "activation"]
)
def test_a_function_that_reads_what_changed_is_refused(change):
    settings = {"width": 4, "activation": "relu"}

    def reads(image_shape, n_classes):
        return dense(image_shape, n_classes, **settings)

    model = KerasNetworkClassifier(reads, **OPTIONS).fit(X, Y)
    settings.update(change)
    with pytest.raises(ValueError, match=r"built another network than before.*an argument"):
        clone(model).fit(X, Y)
    KerasMLPClassifier((3,), **OPTIONS).fit(X, Y)


class TestRecipes:
    def test_with_dicts_in_another_order_are_equal(self):
        one = NetworkRecipe(dense, width={"a": 1, "b": [{"c": 2, "d": 3}]})
        other = NetworkRecipe(dense, width={"b": [{"d": 3, "c": 2}], "a": 1})
        assert one == other
        assert one != NetworkRecipe(dense, width={"a": 1, "b": [{"c": 3, "d": 2}]})

    def test_but_their_networks_may_differ(self):
        def in_order(image_shape, n_classes, sizes=None):
            hidden = [layers.Dense(size) for size in sizes.values()]
            return keras.Sequential(
                [keras.Input(image_shape), layers.Flatten(), *hidden, layers.Dense(n_classes)]
            )

        for sizes in ({"a": 3, "b": 5}, {"b": 5, "a": 3}):
            model = KerasNetworkClassifier(NetworkRecipe(in_order, sizes=sizes), **OPTIONS)
            shapes = [weight.shape[0] for weight in model.fit(X, Y).weights_[1::2]]
            assert shapes == [*sizes.values(), 10]

    def test_with_unknown_arguments_raise_as_estimators_do(self):
        model = KerasNetworkClassifier(NetworkRecipe(dense))
        with pytest.raises(ValueError, match=r"no argument 'widthz'.*Did you mean 'width'\?"):
            model.set_params(network__widthz=3)


def sequential(*parts):
    return lambda shape, n: keras.Sequential(
        [keras.Input(shape), *(part() for part in parts), layers.Flatten(), layers.Dense(n)]
    )


def functional(scale):
    def build(shape, n):
        pixels = keras.Input(shape)
        return keras.Model(pixels, layers.Dense(n)(layers.Flatten()(scale(pixels))))

    return build


class Subclass(keras.Model):
    def __init__(self, shape, n):
        super().__init__()
        self.parts = [layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(n)]

    def call(self, pixels):
        for part in self.parts:
            pixels = part(pixels)
        return pixels


FOR_RAW_PIXELS = {
    "Rescaling": sequential(lambda: layers.Rescaling(1 / 127.5, offset=-1)),
    "Lambda": sequential(lambda: layers.Lambda(lambda x: x / 255)),
    "Normalization": sequential(lambda: layers.Normalization(mean=127.5, variance=127.5**2)),
    "RandomBrightness": sequential(lambda: layers.RandomBrightness(0.1)),
    "RandomContrast": sequential(lambda: layers.RandomFlip(), lambda: layers.RandomContrast(0.1)),
    "TrueDivide": functional(lambda pixels: pixels / 255.0),
    "Subtract": functional(lambda pixels: pixels - 110.0),
    "Greater": functional(lambda pixels: keras.ops.cast(pixels > 127, "float32")),
    "Rescaling to zero": sequential(lambda: layers.Rescaling(1.0, offset=-127.5)),
    "Multiply": functional(lambda pixels: pixels * (1 / 255)),
    "Rescaling in a model": sequential(lambda: keras.Sequential([layers.Rescaling(1 / 255)])),
    "Rescaling of a subclass": Subclass,
}
FOR_ANY_PIXELS = {
    "identity": sequential(lambda: layers.Rescaling(1.0)),
    "geometry": sequential(lambda: layers.RandomRotation(0.1), lambda: layers.RandomZoom(0.1)),
    "pooling": sequential(lambda: layers.AveragePooling2D(4)),
    "own range": sequential(lambda: layers.RandomBrightness(0.1, value_range=(-2, 2))),
    "normalization": sequential(layers.BatchNormalization, lambda: layers.Rescaling(1 / 255)),
    "of each image": sequential(lambda: layers.Lambda(lambda x: x - keras.ops.mean(x))),
    "unit": sequential(layers.Flatten, layers.UnitNormalization),
    "branches": functional(lambda pixels: layers.Concatenate()([pixels, pixels])),
}


# The name of a lambda layer's function is no matter here.
@pytest.mark.filterwarnings("ignore:The object being serialized includes a `lambda`")
class TestLayersForRawPixels:
    @pytest.mark.parametrize("name", FOR_RAW_PIXELS)
    def test_are_warned_of_by_name(self, name):
        model = KerasNetworkClassifier(FOR_RAW_PIXELS[name], **OPTIONS)
        message = rf"has {name.partition(' ')[0]} \(.*standardized.*set standardize=False"
        with pytest.warns(UserWarning, match=message):
            model.fit(X, Y)
        clone(model).set_params(standardize=False).fit(X, Y)

    @pytest.mark.parametrize("name", FOR_ANY_PIXELS)
    def test_others_are_not(self, name):
        KerasNetworkClassifier(FOR_ANY_PIXELS[name], **OPTIONS).fit(X, Y)


def scikeras_builder(meta, units=3):
    raise NotImplementedError


def scikeras_builder_with_defaults(units=3, meta=None, compile_kwargs=None):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (scikeras_builder, "first two parameters are image_shape and n_classes"),
        (scikeras_builder_with_defaults, "first two parameters are image_shape and n_classes"),
        (keras.Sequential, "network=Sequential is one of Keras itself"),
        (keras.Model, "network=Model is one of Keras itself"),
        (keras.applications.MobileNetV2, "network=MobileNetV2 is one of Keras itself"),
    ],
    ids=["meta", "defaults", "Sequential", "Model", "application"],
)
def test_functions_of_others_are_told_apart(network, message):
    with pytest.raises(TypeError, match=message):
        KerasNetworkClassifier(network).fit(X, Y)
    with pytest.raises(TypeError, match=message):
        NetworkRecipe(network)


def test_meta_may_be_an_argument_of_ones_own():
    def build(image_shape, n_classes, meta=4):
        return dense(image_shape, n_classes, meta)

    assert width_of(KerasNetworkClassifier(build, **OPTIONS).fit(X, Y)) == 4
