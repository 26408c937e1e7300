import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.base import clone

from skmnist import KerasMLPClassifier
from skmnist._engine import OptimizerRecipe


def test_an_instance_is_copied_and_left_alone():
    given = keras.optimizers.SGD(0.25, momentum=0.5)
    made = OptimizerRecipe(given).make()
    assert made is not given
    assert made.get_config() == given.get_config()


@pytest.mark.parametrize("optimizer", ["sgd", keras.optimizers.SGD, keras.optimizers.SGD()])
def test_name_class_and_instance_make_the_same(optimizer):
    made = OptimizerRecipe(optimizer).make()
    assert type(made) is keras.optimizers.SGD
    assert float(made.learning_rate) == pytest.approx(0.01)


def test_programs_are_shared_across_rates_but_not_across_other_settings():
    def key(*args, **kwargs):
        return OptimizerRecipe(keras.optimizers.SGD(*args, **kwargs)).key

    assert key(0.1) == key(0.2)
    assert key(0.1) != key(0.1, momentum=0.9)
    falling = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
    assert key(falling) != key(0.1)


@pytest.mark.parametrize(
    ("optimizer", "error", "message"),
    [
        ("sdg", ValueError, "optimizer='sdg' is not an optimizer that Keras knows"),
        (3, TypeError, "optimizer=3 was given"),
        (dict, TypeError, "a class or an instance of keras.optimizers is needed"),
    ],
)
def test_what_is_no_optimizer_is_said_so(optimizer, error, message):
    with pytest.raises(error, match=message):
        OptimizerRecipe(optimizer)


class Summing(keras.optimizers.SGD):
    """Asks, as Keras itself does, for the sum of the gradients of all devices."""

    def apply(self, grads, trainable_variables=None):
        replica = tf.distribute.get_replica_context()
        super().apply(replica.all_reduce("sum", grads), trainable_variables)


def test_an_optimizer_of_the_users_own_is_applied_as_keras_would(few_digits):
    X, y = few_digits
    mlp = KerasMLPClassifier((5,), epochs=2, calibrate=False, jit_compile=False, random_state=0)
    fits = [
        clone(mlp).set_params(optimizer=kind(0.1, momentum=0.5)).fit(X, y).weights_
        for kind in (Summing, keras.optimizers.SGD)
    ]
    for one, other in zip(*fits, strict=True):
        np.testing.assert_array_equal(one, other)
