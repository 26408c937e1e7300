"""A network as small as can be, and how often it is trained."""

import pytest
from sklearn.base import clone

from skmnist import KerasMLPClassifier

_MLP = KerasMLPClassifier((8,), epochs=9, batch_size=32, learning_rate=0.02, random_state=0)


@pytest.fixture
def mlp():
    return clone(_MLP)


@pytest.fixture
def trained(monkeypatch):
    """A list that grows by an item with every epoch that is trained in this process."""
    from skmnist._engine.training import TrainingRun

    epochs, train_epoch = [], TrainingRun._epoch

    def counted(self, *args):
        epochs.append(None)
        return train_epoch(self, *args)

    monkeypatch.setattr(TrainingRun, "_epoch", counted)
    return epochs
