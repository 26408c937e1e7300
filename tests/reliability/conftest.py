"""How much is tried: a quick part in every run, a long one by `python -m pytest -m slow`."""

import os

import pytest
from hypothesis import HealthCheck, settings

from skmnist import KerasCNNClassifier, KerasMLPClassifier

TRAINING = {"epochs": 2, "batch_size": 64, "random_state": 0}
MLP = KerasMLPClassifier((5,), **TRAINING)
CNN = KerasCNNClassifier((2,), kernel_size=3, hidden_layer_sizes=(4,), **TRAINING)

# The same examples in every run: who wants others says how many.
settings.register_profile(
    "skmnist",
    max_examples=int(os.environ.get("SKMNIST_EXAMPLES", "100")),
    derandomize="SKMNIST_EXAMPLES" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("skmnist")


@pytest.fixture(scope="package", params=[MLP, CNN], ids=["mlp", "cnn"])
def classifier(request):
    """Either classifier, not fitted; fit clones of it only."""
    return request.param
