import numpy as np

from skmnist._engine import to_keras_model
from skmnist._engine.models import initial_weights
from skmnist._networks import cnn, mlp
from skmnist._networks.keras_model import keras_model

CNN = {
    "filters": (32, 64, 64),
    "kernel_size": (3, 3, 3),
    "pool_size": (2, 2, 1),
    "hidden_layer_sizes": (64,),
}


def build_mlp(*arguments, **options):
    return keras_model(mlp(*arguments, **options))


def test_logits_come_last_and_have_no_activation():
    network = build_mlp((3,), 2, hidden_layer_sizes=(4,), dropout=0.5, batch_norm=True)
    assert network.layers[-1].name == "logits"
    assert network.layers[-1].activation.__name__ == "linear"


def test_batch_norm_replaces_the_bias_before_it():
    names = [v.path for v in build_mlp((3,), 2, hidden_layer_sizes=(4,), batch_norm=True).weights]
    assert "dense_1/bias" not in " ".join(names)
    assert [v for v in names if "norm_1" in v] != []


def test_what_is_normalised_is_pooled_before():
    names = [
        layer.name for layer in keras_model(cnn((28, 28, 1), 10, batch_norm=True, **CNN)).layers
    ]
    assert names[:4] == ["conv_1", "pool_1", "norm_1", "activation_1"]


def test_statistics_of_batches_forget_their_start_in_a_hundred_steps():
    network = build_mlp((3,), 2, hidden_layer_sizes=(4,), batch_norm=True)
    norm = network.get_layer("norm_1")
    for _ in range(100):
        norm(np.full((2, 4), 5.0), training=True)
    np.testing.assert_allclose(norm.moving_mean, 5.0, rtol=0.01)
    np.testing.assert_allclose(norm.moving_variance, 0.0, atol=0.01)


def test_no_hidden_layer_is_a_linear_classifier():
    assert build_mlp((5,), 3, hidden_layer_sizes=()).count_params() == 5 * 3 + 3


class TestInitialWeights:
    network = staticmethod(lambda: build_mlp((30,), 10, hidden_layer_sizes=(20,), batch_norm=True))

    def test_same_seed_same_bits_other_seed_other_kernels(self):
        network = self.network()
        first, again, other = (
            initial_weights(network, np.random.default_rng(seed)) for seed in (0, 0, 1)
        )
        assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
        assert not np.array_equal(first[0], other[0])

    def test_kernels_keep_to_the_bounds_of_glorot_and_bengio(self):
        kernel = initial_weights(self.network(), np.random.default_rng(0))[0]
        bound = np.sqrt(6 / (30 + 20))
        assert 0.95 * bound < np.abs(kernel).max() <= bound

    def test_all_else_starts_as_keras_starts_it(self):
        network = self.network()
        drawn = initial_weights(network, np.random.default_rng(0))
        for variable, value in zip(network.weights, drawn, strict=True):
            if variable.name != "kernel":
                np.testing.assert_array_equal(value, variable.numpy())


def test_keras_model_standardizes_raw_pixels():
    network = mlp((2,), 2, hidden_layer_sizes=())
    kernel, bias = np.array([[1, 2], [3, 4]], np.float32), np.array([5, 6], np.float32)
    model = to_keras_model(network, [kernel, bias], pixel_mean=10.0, pixel_scale=0.5)
    x = np.array([[12, 14]], np.float32)
    np.testing.assert_allclose(model(x), (x - 10) * 0.5 @ kernel + bias)
