"""Networks that users build: brought to one form, started from a seed, or refused."""

import random
import threading

import keras
import numpy as np
import pytest
from keras import layers

from skmnist._engine import inspect_network, run_network
from skmnist._engine.building import build_apart
from skmnist._engine.models import build_model, draw_start, to_keras_model
from skmnist._engine.training_program import TrainingProgram
from skmnist._networks import CustomNetwork

SHAPE, N_CLASSES = (4, 4, 1), 3


def architecture(*parts, start=True):
    """A sequential network of layers that are made anew by functions."""

    def build(shape, n_classes):
        inputs = [keras.Input(shape)] if start else []
        return keras.Sequential([*inputs, *(part() for part in parts)])

    return CustomNetwork(build, SHAPE, N_CLASSES)


def functional(make_output):
    def build(shape, n_classes):
        pixels = keras.Input(shape)
        return keras.Model(pixels, make_output(layers.Flatten()(pixels)))

    return CustomNetwork(build, SHAPE, N_CLASSES)


def dense(activation=None, units=N_CLASSES):
    return lambda: layers.Dense(units, activation=activation)


class Subclass(keras.Model):
    def __init__(self, shape, n_classes):
        super().__init__()
        self.flatten = layers.Flatten()
        self.hidden = layers.Dense(5, activation="relu")
        self.out = layers.Dense(n_classes)

    def call(self, pixels, training=False):
        return self.out(self.hidden(self.flatten(pixels)))


def draw(network, seed=0):
    return draw_start(network, build_model(network), np.random.default_rng(seed))


def images(n=5):
    return np.random.default_rng(1).normal(size=(n, *SHAPE)).astype(np.float32)


class TestForms:
    @pytest.mark.parametrize(
        "form",
        [
            architecture(layers.Flatten, dense()),
            architecture(layers.Flatten, dense(), start=False),
            functional(lambda x: dense()()(x)),
            functional(lambda x: [dense()()(x)]),
            CustomNetwork(Subclass, SHAPE, N_CLASSES),
            CustomNetwork(
                lambda _, n: keras.Sequential(
                    [
                        keras.Input((None, None, 1)),
                        layers.Conv2D(n, 3),
                        layers.GlobalMaxPooling2D(),
                    ]
                ),
                SHAPE,
                N_CLASSES,
            ),
        ],
        ids=["sequential", "no input", "functional", "list", "subclass", "open size"],
    )
    def test_every_form_runs_from_arrays(self, form):
        weights, _ = draw(form)
        outputs = run_network(form, weights, images(), 0.0, 1.0)
        network = build_model(form)
        network.set_weights(weights)
        assert network.output_shape == (None, N_CLASSES)
        np.testing.assert_allclose(outputs, network(images()), rtol=1e-4, atol=1e-5)
        whole = to_keras_model(form, weights, 0.5, 2.0)
        np.testing.assert_allclose(
            whole(images() / 2 + 0.5), network(images()), rtol=1e-4, atol=1e-5
        )

    def test_layers_of_an_earlier_call_are_refused(self):
        with pytest.raises(ValueError, match=r"layers of an earlier call.*inside the function"):
            draw(functional(dense()()))

    def test_a_compiled_model_is_taken_as_it_was(self):
        def build(shape, n_classes):
            network = keras.Sequential([keras.Input(shape), layers.Flatten(), dense()()])
            network.compile("adam", "mse", metrics=["mse"])
            return network

        weights, seeds = draw(CustomNetwork(build, SHAPE, N_CLASSES))
        assert [w.shape for w in weights] == [(16, 3), (3,)]
        assert seeds == []


class TestSoftmax:
    @pytest.mark.parametrize(
        ("with_softmax", "without"),
        [
            (
                architecture(layers.Flatten, dense("softmax")),
                architecture(layers.Flatten, dense()),
            ),
            (
                architecture(layers.Flatten, dense(), layers.Softmax),
                architecture(layers.Flatten, dense()),
            ),
            (functional(lambda x: dense("softmax")()(x)), functional(lambda x: dense()()(x))),
            (
                functional(lambda x: layers.Activation("softmax")(dense()()(x))),
                functional(lambda x: dense()()(x)),
            ),
        ],
    )
    def test_at_the_end_is_left_out(self, with_softmax, without):
        weights, _ = draw(with_softmax)
        np.testing.assert_array_equal(
            run_network(with_softmax, weights, images(), 0.0, 1.0),
            run_network(without, weights, images(), 0.0, 1.0),
        )

    @pytest.mark.parametrize(
        "hidden",
        [
            functional(lambda x: keras.ops.softmax(dense()()(x))),
            functional(lambda x: keras.Sequential([dense("softmax")()])(x)),
        ],
        ids=["operation", "inner network"],
    )
    def test_that_is_hidden_is_found_in_the_outputs(self, hidden):
        with pytest.raises(ValueError, match="gives probabilities, but logits are expected"):
            build_model(hidden)


class TestRefusals:
    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            (architecture(layers.Flatten, dense(units=1)), r"\(None, 1\), but \(None, 3\) is"),
            (architecture(dense()), r"\(None, 4, 4, 3\), but \(None, 3\) is expected"),
            (architecture(layers.Flatten, dense("sigmoid")), "ends in a sigmoid"),
            (
                architecture(layers.Flatten, dense(units=1), lambda: layers.Activation("sigmoid")),
                "ends in a sigmoid, but logits are expected, one for each class, of two",
            ),
            (
                architecture(layers.Flatten, lambda: layers.Dense(3, trainable=False)),
                "without weights to train",
            ),
            (
                CustomNetwork(
                    lambda shape, n: keras.Sequential([keras.Input((16,)), layers.Dense(n)]),
                    SHAPE,
                    N_CLASSES,
                ),
                r"shape \(None, 16\), but images come as \(None, 4, 4, 1\).*Flatten",
            ),
            (
                CustomNetwork(
                    lambda shape, n: keras.Model(
                        inputs := [keras.Input(shape), keras.Input(shape)],
                        layers.Dense(n)(layers.Flatten()(layers.Add()(inputs))),
                    ),
                    SHAPE,
                    N_CLASSES,
                ),
                "2 inputs and 1 outputs",
            ),
        ],
    )
    def test_of_what_can_not_be_trained(self, wrong, message):
        with pytest.raises(ValueError, match=message):
            build_model(wrong)

    @pytest.mark.parametrize("returned", [None, 3, [layers.Flatten()]])
    def test_of_what_is_no_model(self, returned):
        with pytest.raises(TypeError, match=r"must return a keras\.Model.* but returned"):
            build_model(CustomNetwork(lambda shape, n: returned, SHAPE, N_CLASSES))

    def test_errors_of_the_function_are_its_own(self):
        def build(shape, n_classes):
            raise ZeroDivisionError("of mine")

        with pytest.raises(ZeroDivisionError, match="of mine"):
            build_model(CustomNetwork(build, SHAPE, N_CLASSES))

    def test_of_a_function_that_reads_from_outside(self):
        width = [2]

        def build(shape, n_classes):
            return keras.Sequential(
                [keras.Input(shape), layers.Flatten(), layers.Dense(width[0]), dense()()]
            )

        outside = CustomNetwork(build, SHAPE, N_CLASSES)
        network = build_model(outside)
        width[0] = 3
        with pytest.raises(ValueError, match="another network than before from the same"):
            draw_start(outside, network, np.random.default_rng(0))


class Odd(layers.Layer):
    """Weights with an initializer under no name, and one that draws on its own."""

    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],), initializer="random_normal")
        start = np.random.normal(size=shape[-1])  # noqa: NPY002
        self.shift = self.add_weight(
            shape=(shape[-1],), initializer=lambda *_, **__: keras.ops.array(start, "float32")
        )
        self.unseeded = self.add_weight(
            shape=(shape[-1],), initializer=lambda shape, **_: keras.random.normal(shape)
        )

    def call(self, x):
        return x * self.scale + self.shift + self.unseeded


ANY = architecture(
    lambda: layers.RandomFlip("horizontal"),
    lambda: layers.Conv2D(2, 2),
    layers.BatchNormalization,
    lambda: keras.Sequential([layers.Flatten(), Odd(), layers.Dropout(0.3)]),
    lambda: layers.Reshape((3, 6)),
    lambda: layers.LSTM(4),
    lambda: layers.GaussianNoise(0.2),
    dense(),
)


class TestStart:
    def test_comes_from_the_seed_and_from_nothing_else(self):
        def fresh(seed, *before):
            random.seed(before[0])
            np.random.seed(before[0])  # noqa: NPY002
            weights, seeds = draw(ANY, seed)
            return [*weights, *seeds]

        first, again, other = fresh(0, 1), fresh(0, 2), fresh(1, 1)
        for a, b in zip(first, again, strict=True):
            np.testing.assert_array_equal(a, b)
        # Kernels of four layers and Odd's three weights, and the generators of three layers.
        differs = [not np.array_equal(a, b) for a, b in zip(first, other, strict=True)]
        assert sum(differs) >= 10

    def test_has_what_each_initializer_says(self):
        weights, _ = draw(ANY)
        forget_gate = next(w for w in weights if w.shape == (16,))  # the bias of the LSTM
        np.testing.assert_array_equal(forget_gate, np.repeat([0, 1, 0, 0], 4))

    def test_leaves_global_generators_alone(self):
        random.seed(3)
        np.random.seed(3)  # noqa: NPY002
        keras.utils.set_random_seed(3)
        before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
        drawn = np.asarray(keras.random.normal((2,)))
        keras.utils.set_random_seed(3)
        draw(ANY)
        assert before == (random.getstate(), np.random.get_state()[1].tolist())  # noqa: NPY002
        np.testing.assert_array_equal(drawn, keras.random.normal((2,)))

    def test_keeps_seeds_and_weights_of_the_function(self):
        fixed = architecture(
            layers.Flatten,
            lambda: layers.Dense(5, kernel_initializer=keras.initializers.GlorotUniform(7)),
            lambda: layers.Dropout(0.5, seed=8),
            dense(),
        )
        (one, one_seed), (other, other_seed) = draw(fixed, 0), draw(fixed, 1)
        np.testing.assert_array_equal(one[0], other[0])
        np.testing.assert_array_equal(one_seed, other_seed)
        assert not np.array_equal(one[2], other[2])


class TestBuildApart:
    def test_names_begin_anew(self):
        names = [[layer.name for layer in build_model(ANY).layers] for _ in range(2)]
        assert names[0] == names[1]
        assert names[0][-1] == "dense"

    def test_a_policy_of_the_thread_does_not_reach_it(self):
        keras.config.set_dtype_policy("mixed_float16")
        try:
            assert {
                v.dtype for v in build_model(architecture(layers.Flatten, dense())).weights
            } == {"float32"}
        finally:
            keras.config.set_dtype_policy("float32")

    def test_may_build_within_a_build(self):
        assert build_apart(lambda: build_apart(lambda: random.random(), 5), 4) == build_apart(
            random.random, 4
        )

    def test_builds_of_threads_do_not_disturb_each_other(self):
        expected = [draw(ANY, seed)[0] for seed in range(3)]
        found = {}
        threads = [
            threading.Thread(target=lambda seed=seed: found.update({seed: draw(ANY, seed)[0]}))
            for seed in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for seed in range(3):
            for a, b in zip(expected[seed], found[seed], strict=True):
                np.testing.assert_array_equal(a, b)


class TestPrograms:
    @pytest.mark.xla
    @pytest.mark.parametrize(
        ("network", "uses_xla", "mixes_rows"),
        [
            (architecture(layers.Flatten, dense(units=4), layers.ReLU, dense()), True, False),
            (architecture(layers.Flatten, layers.BatchNormalization, dense()), True, True),
            (architecture(layers.Flatten, lambda: layers.Dropout(0.1), dense()), False, False),
            (architecture(layers.Flatten, Odd, dense()), False, True),
            (functional(lambda x: keras.Sequential([dense()()])(x)), True, False),
            (functional(lambda x: keras.Sequential([Odd(), dense()()])(x)), False, True),
            (functional(lambda x: keras.ops.sin(dense()()(x))), False, True),
            (ANY, False, True),
            (CustomNetwork(Subclass, SHAPE, N_CLASSES), False, True),
        ],
    )
    def test_take_for_harmless_only_what_is_known(self, network, uses_xla, mixes_rows):
        program = TrainingProgram(network)
        assert (program.uses_xla, program.mixes_rows) == (uses_xla, mixes_rows)


class TestFeatures:
    @pytest.mark.parametrize(
        ("network", "width"),
        [
            (architecture(layers.Flatten, dense(units=5), dense()), 5),
            (architecture(layers.Flatten, dense(units=5), dense(), layers.Softmax), 5),
            (architecture(lambda: layers.Dense(2), layers.Flatten, dense()), 32),
            (functional(lambda x: dense()()(dense(units=6)()(x))), 6),
            (functional(lambda x: layers.Activation("linear")(dense()()(dense(units=6)()(x)))), 6),
            (
                architecture(
                    lambda: layers.Conv2D(5, 2),
                    lambda: layers.Conv2D(N_CLASSES, 2),
                    layers.GlobalAveragePooling2D,
                ),
                45,
            ),
        ],
    )
    def test_are_what_enters_the_last_layer_with_weights(self, network, width):
        weights, _ = draw(network)
        features = run_network(network, weights, images(), 0.0, 1.0, output="features")
        assert features.shape == (5, width)
        assert inspect_network(network).n_features == width

    @pytest.mark.parametrize(
        "network",
        [
            CustomNetwork(Subclass, SHAPE, N_CLASSES),
            functional(lambda x: layers.Add()([dense()()(x), dense()()(x)])),
            functional(lambda x: 2 * dense()()(x)),
            architecture(lambda: layers.Conv2D(N_CLASSES, 2), layers.GlobalAveragePooling2D),
        ],
        ids=["subclass", "two layers", "operation", "nothing before"],
    )
    def test_are_refused_where_there_is_no_such_layer(self, network):
        assert inspect_network(network).n_features is None
        weights, _ = draw(network)
        with pytest.raises(ValueError, match="this network has no single such layer"):
            run_network(network, weights, images(), 0.0, 1.0, output="features")
