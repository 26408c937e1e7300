"""Training against a reference in plain NumPy, and what must not be done twice."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy.special import softmax

from skmnist._engine import (
    Examples,
    OptimizerRecipe,
    TrainingPlan,
    run_network,
    train,
    training_program,
)
from skmnist._engine.models import initial_weights
from skmnist._networks import CustomNetwork, cnn, mlp, run_in_numpy
from skmnist._networks.keras_model import keras_model

LINEAR = mlp((3,), 4, hidden_layer_sizes=())


def examples(n=10, seed=0, shape=(3,), n_classes=4):
    rng = np.random.default_rng(seed)
    return Examples(
        images=rng.normal(size=(n, *shape)).astype(np.float32),
        labels=rng.integers(n_classes, size=n).astype(np.int32),
        rows=np.arange(n),
        weights=np.ones(n),
    )


def plan(**changes):
    settings = {"optimizer": OptimizerRecipe("sgd"), "epochs": 1, "batch_size": 4} | changes
    return TrainingPlan(**settings)


def gradient_descent(data, plan, seed, rates):
    """The same training in NumPy: a linear network, one batch after the other."""
    rng = np.random.default_rng(seed)
    kernel, bias = (w.astype(float) for w in initial_weights(keras_model(LINEAR), rng))
    x = (data.images.astype(float) - plan.pixel_mean) * plan.pixel_scale
    weights = data.weights / data.weights.mean()
    target = np.eye(4)[data.labels] * (1 - plan.label_smoothing) + plan.label_smoothing / 4
    for _ in range(plan.epochs):
        order = rng.permutation(len(data.rows))
        for i in range(0, len(order), plan.batch_size):
            batch = order[i : i + plan.batch_size]
            rows = data.rows[batch]
            error = softmax(x[rows] @ kernel + bias, axis=1) - target[rows]
            error *= weights[batch, None] / len(batch)
            rate = next(rates)
            decay = plan.alpha / data.weights.sum() * kernel
            kernel -= rate * (x[rows].T @ error + decay)
            bias -= rate * error.sum(axis=0)
    return kernel, bias


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"label_smoothing": 0.2},
        {"alpha": 5.0},
        {"pixel_mean": 0.3, "pixel_scale": 2.0},
        {"batch_size": 3, "epochs": 2},
        {"batch_size": 64},
        {"batch_size": 1},
        {
            "callbacks": [
                keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)
            ]
        },
    ],
    ids=lambda changes: "-".join(changes),
)
def test_training_is_gradient_descent(changes):
    data = examples()
    data.weights[:] = np.linspace(0.5, 2, 10)
    steps = plan(learning_rate=0.5, **changes)
    state, _ = train(LINEAR, data, steps, start=7)
    kernel, bias = gradient_descent(data, steps, seed=7, rates=iter([0.5] * 100))
    np.testing.assert_allclose(state.weights[0], kernel, rtol=2e-5, atol=2e-6)
    np.testing.assert_allclose(state.weights[1], bias, rtol=2e-5, atol=2e-6)


def test_schedule_sets_the_rate_of_every_step():
    data = examples()
    steps = plan(learning_rate=0.5, schedule="cosine", epochs=2)
    state, _ = train(LINEAR, data, steps, start=7)
    middles = (np.arange(6) + 0.5) / 6
    kernel, _ = gradient_descent(data, steps, 7, iter(0.25 * (1 + np.cos(np.pi * middles))))
    np.testing.assert_allclose(state.weights[0], kernel, rtol=2e-5, atol=2e-6)


def test_only_the_rows_given_are_used():
    data = examples(20)
    half = data.take(np.arange(10))
    bad = data.images.copy()
    bad[10:] = 1e6
    state, _ = train(LINEAR, half, plan(), start=0)
    again, _ = train(LINEAR, Examples(bad, half.labels, half.rows, half.weights), plan(), start=0)
    np.testing.assert_array_equal(state.weights[0], again.weights[0])


def test_loss_of_the_history_is_the_log_loss_of_the_batches():
    data = examples()
    _, history = train(LINEAR, data, plan(learning_rate=1e-9), start=7)
    logits = run_in_numpy(LINEAR, first_weights(7), data.images, 0.0, 1.0)
    log_loss = -np.log(softmax(logits, axis=1)[np.arange(10), data.labels]).mean()
    assert history["loss"] == [pytest.approx(log_loss, rel=1e-5)]
    assert history["accuracy"] == [pytest.approx((logits.argmax(1) == data.labels).mean())]


def first_weights(seed):
    return initial_weights(keras_model(LINEAR), np.random.default_rng(seed))


def test_validation_scores_are_those_of_the_weights_after_the_epoch():
    data, held = examples(), examples(700, seed=1)
    held.weights[:] = np.linspace(0.1, 3, 700)
    state, history = train(LINEAR, data, plan(), start=0, validation=held)
    logits = run_in_numpy(LINEAR, state.weights, held.images, 0.0, 1.0)
    losses = -np.log(softmax(logits, axis=1)[np.arange(700), held.labels])
    hits = logits.argmax(axis=1) == held.labels
    assert history["val_loss"] == [pytest.approx(np.average(losses, weights=held.weights), 1e-5)]
    assert history["val_accuracy"] == [pytest.approx(np.average(hits, weights=held.weights))]


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_going_on_equals_never_having_stopped(optimizer, dropout):
    network = mlp((3,), 4, hidden_layer_sizes=(8,), dropout=dropout)
    data, recipe = examples(), OptimizerRecipe(optimizer)
    half = plan(optimizer=recipe, epochs=5)
    state, _ = train(network, data, half, start=3)
    state, _ = train(network, data, half, start=state, initial_epoch=5)
    whole, history = train(network, data, plan(optimizer=recipe, epochs=10), start=3)
    assert len(history["loss"]) == 10
    for one, other in zip(state.weights, whole.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_weights_train_alike_whatever_their_scale():
    data = examples()
    heavy = Examples(data.images, data.labels, data.rows, data.weights * 1e6)
    light, _ = train(LINEAR, data, plan(), start=0)
    same, _ = train(LINEAR, heavy, plan(), start=0)
    np.testing.assert_allclose(light.weights[0], same.weights[0], rtol=1e-6)


def test_uint8_and_float32_pixels_train_alike():
    data = examples()
    bytes_ = (data.images * 40 + 128).astype(np.uint8)
    results = [
        train(
            LINEAR,
            Examples(images, data.labels, data.rows, data.weights),
            plan(pixel_mean=128.0, pixel_scale=1 / 40),
            start=0,
        )[0].weights[0]
        for images in (bytes_, bytes_.astype(np.float32))
    ]
    np.testing.assert_array_equal(*results)


def test_one_program_serves_every_size_rate_seed_and_weight(monkeypatch):
    made = []
    monkeypatch.setattr(
        training_program.TrainingProgram,
        "_make_steps",
        counting(made, training_program.TrainingProgram._make_steps),
    )
    network = mlp((3,), 4, hidden_layer_sizes=(6, 5))
    for n, rate, seed, smoothing, alpha in [
        (10, 0.1, 0, 0.0, 0.0),
        (11, 0.2, 1, 0.1, 1.0),
        (97, 0.3, 2, 0.2, 2.0),
    ]:
        steps = plan(learning_rate=rate, label_smoothing=smoothing, alpha=alpha, epochs=2)
        train(network, examples(n), steps, start=seed)
    assert len(made) == 1


def counting(calls, function):
    def counted(*args):
        calls.append(args)
        return function(*args)

    return counted


def test_a_kept_program_gives_the_bits_of_a_new_one():
    first, _ = train(LINEAR, examples(), plan(learning_rate=0.1), start=0)
    train(LINEAR, examples(seed=5), plan(learning_rate=0.9), start=1)
    again, _ = train(LINEAR, examples(), plan(learning_rate=0.1), start=0)
    np.testing.assert_array_equal(first.weights[0], again.weights[0])


def test_learning_rate_of_an_earlier_fit_does_not_stay():
    default, _ = train(LINEAR, examples(), plan(), start=0)
    train(LINEAR, examples(), plan(learning_rate=5.0), start=0)
    again, _ = train(LINEAR, examples(), plan(), start=0)
    np.testing.assert_array_equal(default.weights[0], again.weights[0])


def test_learning_rate_of_an_instance_counts_though_its_program_is_shared():
    def kernel(optimizer):
        state, _ = train(LINEAR, examples(), plan(optimizer=OptimizerRecipe(optimizer)), start=0)
        return state.weights[0]

    slow = kernel(keras.optimizers.SGD(1e-6))
    fast = kernel(keras.optimizers.SGD(0.5))
    np.testing.assert_array_equal(kernel(keras.optimizers.SGD(1e-6)), slow)
    assert np.abs(fast - slow).max() > 0.01


def test_a_schedule_of_the_optimizer_is_kept():
    falling = keras.optimizers.schedules.PiecewiseConstantDecay([1], [0.5, 0.0])
    frozen_after_two_steps = keras.optimizers.SGD(falling)
    steps = plan(optimizer=OptimizerRecipe(frozen_after_two_steps), schedule="one_cycle")
    state, history = train(LINEAR, examples(), steps, start=0)
    longer = plan(optimizer=OptimizerRecipe(frozen_after_two_steps), batch_size=4, epochs=3)
    more, _ = train(LINEAR, examples(), longer, start=0)
    np.testing.assert_array_equal(state.weights[0], more.weights[0])
    assert history["learning_rate"] == [0.0]


def test_batch_hooks_are_called_for_every_batch():
    seen = []
    hook = keras.callbacks.LambdaCallback(
        on_train_batch_begin=lambda batch, logs: seen.append(batch),
        on_train_batch_end=lambda batch, logs: seen.append(logs["loss"]),
    )
    _, history = train(LINEAR, examples(), plan(callbacks=[hook], epochs=2), start=0)
    assert seen[::2] == [0, 1, 2, 0, 1, 2]
    assert [seen[5], seen[11]] == pytest.approx(history["loss"])


def test_divergence_raises_with_advice():
    with pytest.raises(ValueError, match=r"diverged.*learning_rate=1e\+38.*smaller"):
        train(LINEAR, examples(), plan(learning_rate=1e38, epochs=3), start=0)


CNN_OPTIONS = {
    "filters": (3,),
    "kernel_size": (3,),
    "pool_size": (2,),
    "hidden_layer_sizes": (5,),
}


@pytest.mark.xla
def test_what_is_faster_on_a_cpu_is_not_taken_for_granted_on_a_gpu(monkeypatch):
    network = mlp((6,), 4, hidden_layer_sizes=(5,))
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [kind])
    assert training_program.TrainingProgram(network).uses_xla is False
    assert training_program.TrainingProgram(network, jit_compile=True).uses_xla is True


@pytest.mark.xla
@pytest.mark.parametrize(
    ("describe", "options", "uses_xla"),
    [
        (mlp, {"hidden_layer_sizes": (5,)}, True),
        (mlp, {"hidden_layer_sizes": (5,), "batch_norm": True}, True),
        (mlp, {"hidden_layer_sizes": (5,), "dropout": 0.5}, False),
        (cnn, CNN_OPTIONS, False),
    ],
    ids=["dense", "batch norm", "dropout", "convolution"],
)
def test_xla_compiles_where_that_is_faster_or_asked_for(describe, options, uses_xla):
    network = describe((6, 6, 1) if describe is cnn else (6,), 4, **options)
    made = training_program.TrainingProgram
    assert made(network).uses_xla is uses_xla
    for asked in (True, False):
        assert made(network, jit_compile=asked).uses_xla is asked
    if "dropout" in options:
        return
    data = examples(50, shape=network.input_shape)
    one, other = (
        train(network, data, plan(jit_compile=asked, epochs=3), start=1)[0].weights
        for asked in (True, False)
    )
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)


class TestPrediction:
    """By a network of the user's own, which is a CNN here."""

    described = cnn(
        (6, 6, 1),
        3,
        filters=(4,),
        kernel_size=(3,),
        pool_size=(2,),
        hidden_layer_sizes=(5,),
        dropout=0.5,
        batch_norm=True,
    )
    network = CustomNetwork(lambda *_: keras_model(TestPrediction.described), (6, 6, 1), 3)

    def weights(self):
        return initial_weights(keras_model(self.described), np.random.default_rng(0))

    def images(self, n):
        return np.random.default_rng(1).integers(256, size=(n, 6, 6, 1)).astype(np.uint8)

    def test_equals_keras(self):
        model = keras_model(self.described)
        model.set_weights(self.weights())
        images = self.images(75)
        expected = model((images.astype(np.float32) - 100) * 0.01)
        logits = run_network(self.network, self.weights(), images, 100.0, 0.01)
        np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-5)

    def test_features_enter_the_logits(self):
        weights = self.weights()
        arguments = (self.network, weights, self.images(40), 100.0, 0.01)
        features = run_network(*arguments, output="features")
        assert features.shape == (40, 5)
        expected = features @ weights[-2] + weights[-1]
        np.testing.assert_allclose(run_network(*arguments), expected, rtol=1e-4, atol=1e-5)

    def test_a_row_has_the_same_bits_in_any_company(self):
        images = self.images(101)
        together = run_network(self.network, self.weights(), images, 100.0, 0.01)
        alone = [
            run_network(self.network, self.weights(), images[i : i + 1], 100.0, 0.01)[0]
            for i in range(101)
        ]
        np.testing.assert_array_equal(together, alone)
