"""The fused Adam computes what Keras' own does, whatever its options.

Up to rounding: it forms 1 - beta_2 in float32, which is off by 5e-5 of it.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf

from skmnist import KerasMLPClassifier
from skmnist._engine import OptimizerRecipe
from skmnist._engine.adam import FusedAdam
from skmnist._engine.training_program import TrainingProgram
from skmnist._networks import mlp

OPTIONS = [
    {},
    {"learning_rate": 0.3, "beta_1": 0.5, "beta_2": 0.7, "epsilon": 0.1},
    {"amsgrad": True},
    {"weight_decay": 0.1},
    {"clipnorm": 0.5},
    {"clipvalue": 0.1},
    {"global_clipnorm": 0.5},
    {"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 3},
    {"gradient_accumulation_steps": 2},
    {"loss_scale_factor": 2.0},
    {"learning_rate": keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)},
]


def trained(optimizer):
    """Weights after ten steps down a bowl, one of them kept at a norm of at most 1."""
    rng = np.random.default_rng(0)
    variables = [
        keras.Variable(rng.normal(size=(5, 3)).astype("float32")),
        keras.Variable(rng.normal(size=4).astype("float32")),
    ]
    variables[0].constraint = keras.constraints.MaxNorm(1)
    optimizer.build(variables)

    @tf.function
    def step():
        optimizer.apply([variable.value * 3.0 for variable in variables], variables)

    for _ in range(10):
        step()
    optimizer.finalize_variable_values(variables)
    return [v.numpy() for v in (*variables, *optimizer.variables)]


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: "-".join(options) or "defaults")
def test_equals_adam_of_keras(options):
    fused = OptimizerRecipe(keras.optimizers.Adam(**options)).make()
    assert type(fused) is FusedAdam
    expected = trained(keras.optimizers.Adam(**options))
    found = trained(fused)
    assert len(found) == len(expected)
    for value, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(value, other, rtol=1e-3, atol=1e-5)


def test_sparse_gradients_are_those_of_keras():
    def gathered(kind):
        table = keras.Variable(np.ones((4, 2), "float32"))
        optimizer = kind(0.1)
        optimizer.build([table])
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.gather(table.value, [1, 1, 3]) ** 2)
        optimizer.apply(tape.gradient(loss, [table.value]), [table])
        return table.numpy()

    np.testing.assert_allclose(gathered(FusedAdam), gathered(keras.optimizers.Adam), rtol=1e-5)


@pytest.mark.parametrize("kind", [keras.optimizers.AdamW, keras.optimizers.Nadam])
def test_other_optimizers_stay_as_they_are(kind):
    assert type(OptimizerRecipe(kind).make()) is kind


@pytest.mark.parametrize("optimizer", ["adam", "Adam", keras.optimizers.Adam])
def test_a_step_updates_each_variable_by_one_operation(optimizer):
    program = TrainingProgram(mlp((4,), 3, hidden_layer_sizes=(5,)), jit_compile=False)
    program.trainee.compile(optimizer=OptimizerRecipe(optimizer).make())
    program.start(0)
    steps = program._make_steps(tf.float32, False).get_concrete_function()
    graph = steps.graph.as_graph_def()
    nodes = [node.op for function in graph.library.function for node in function.node_def]
    assert nodes.count("ResourceApplyAdam") == 4
    assert "Sqrt" not in nodes


def test_callbacks_see_an_adam_of_keras():
    seen = []

    class Look(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            seen.append(isinstance(self.model.optimizer, keras.optimizers.Adam))

    X = np.eye(10, dtype=np.float32)
    KerasMLPClassifier((2,), epochs=1, keras_callbacks=[Look()]).fit(X, range(10))
    assert seen == [True]
