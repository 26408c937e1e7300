"""The same networks in every library, each as something with ``fit`` and ``predict_proba``.

Each library trains with Adam at a rate of 0.001 and its other settings as they come.
skmnist's own training does more in a step (label smoothing, an L2 penalty, a schedule).
"""

import functools
import importlib.util
import io
import itertools
import os
import shutil
import sys
import sysconfig
import warnings
from pathlib import Path

from loops import (
    ChannelsLastTorchLoop,
    CompiledTorchLoop,
    JaxLoop,
    KerasLoop,
    TorchLoop,
    TracedTorchLoop,
)


def make_mlp(library, n_features, hidden=(128,), *, epochs=10, batch_size=128):
    """Build a dense classifier of ten classes."""
    return _MLPS[library](n_features, hidden, epochs, batch_size)


def make_cnn(library, *, epochs=2, batch_size=64):
    """Build a convolutional classifier of ten classes on 28 x 28 pixels.

    Three 3 x 3 convolutions of 32, 64 and 64 filters with pooling after the first two,
    a dense layer of 64: 93,322 parameters.
    """
    return _CNNS[library](epochs, batch_size)


def missing(contender):
    """Say what this machine lacks to run a contender; empty if nothing."""
    lacking = [
        f"the package {name}"
        for name in (contender.split()[0], *_ALSO_NEEDED.get(contender, ()))
        if importlib.util.find_spec(name) is None
    ]
    if contender == "torch compiled":  # Inductor writes C++
        compiler = os.environ.get("CXX", "clang++" if sys.platform == "darwin" else "g++")
        if not shutil.which(compiler):
            lacking.append(f"the compiler {compiler}")
        if not Path(sysconfig.get_path("include"), "Python.h").exists():
            lacking.append("the headers of Python")
    return " and ".join(lacking)


class OnnxRuntime:
    """An estimator of skmnist that predicts by ONNX Runtime, from the file that it exports."""

    def __init__(self, estimator):
        import onnx  # noqa: F401
        import onnxruntime

        self.estimator, self.start_session = estimator, onnxruntime.InferenceSession

    def fit(self, X, y):
        from skmnist import to_onnx

        to_onnx(self.estimator.fit(X, y), file := io.BytesIO())
        self.session = self.start_session(file.getvalue())
        return self

    def predict_proba(self, X):
        return self.session.run(["probabilities"], {"X": X})[0]


def _skmnist_mlp(n_features, hidden, epochs, batch_size):
    import skmnist._engine  # noqa: F401  imports are not part of a fit
    from skmnist import KerasMLPClassifier

    return KerasMLPClassifier(
        hidden,
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=0.001,
        calibrate=False,
        random_state=0,
    )


def _sklearn_mlp(n_features, hidden, epochs, batch_size):
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    warnings.simplefilter("ignore", ConvergenceWarning)
    return MLPClassifier(hidden, batch_size=batch_size, max_iter=epochs, random_state=0)


def _keras_mlp(n_features, hidden):
    import keras

    return keras.Sequential(
        [
            keras.Input((n_features,)),
            *(keras.layers.Dense(size, activation="relu") for size in hidden),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


def _scikeras_mlp(n_features, hidden, epochs, batch_size):
    from scikeras.wrappers import KerasClassifier

    def build(hidden):
        return _keras_mlp(n_features, hidden)

    return KerasClassifier(
        model=build,
        model__hidden=hidden,
        loss="sparse_categorical_crossentropy",
        optimizer="adam",
        epochs=epochs,
        batch_size=batch_size,
        verbose=0,
    )


def _torch_network(n_features, hidden):
    from torch import nn

    sizes = [n_features, *hidden]
    layers = []
    for size, next_size in itertools.pairwise(sizes):
        layers += [nn.Linear(size, next_size), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(sizes[-1], 10))


def _skorch_mlp(n_features, hidden, epochs, batch_size):
    import torch
    from skorch import NeuralNetClassifier

    return NeuralNetClassifier(
        _torch_network,
        module__n_features=n_features,
        module__hidden=hidden,
        criterion=torch.nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        lr=0.001,
        max_epochs=epochs,
        batch_size=batch_size,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
    )


def _torch_mlp(n_features, hidden, epochs, batch_size, loop=TorchLoop):
    return loop(lambda: _torch_network(n_features, hidden), (n_features,), epochs, batch_size)


def _jax_mlp(n_features, hidden, epochs, batch_size):
    return JaxLoop([n_features, *hidden, 10], epochs, batch_size)


def _onnxruntime_mlp(*arguments):
    return OnnxRuntime(_skmnist_mlp(*arguments))


def _skmnist_cnn(epochs, batch_size, **options):
    import skmnist._engine  # noqa: F401  imports are not part of a fit
    from skmnist import KerasCNNClassifier

    return KerasCNNClassifier(
        filters=(32, 64, 64),
        kernel_size=3,
        pool_size=(2, 2, 1),
        padding="valid",
        hidden_layer_sizes=(64,),
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=0.001,
        image_norm=False,
        calibrate=False,
        random_state=0,
        **options,
    )


def _skmnist_bfloat16_cnn(epochs, batch_size):
    return _skmnist_cnn(epochs, batch_size, precision="bfloat16")


def _keras_network():
    import keras

    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((784,)),
            layers.Reshape((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def _keras_cnn(epochs, batch_size):
    return KerasLoop(_keras_network, epochs, batch_size)


def _scikeras_cnn(epochs, batch_size):
    from scikeras.wrappers import KerasClassifier

    return KerasClassifier(
        model=_keras_network,
        loss="sparse_categorical_crossentropy",
        optimizer="adam",
        epochs=epochs,
        batch_size=batch_size,
        verbose=0,
    )


def _torch_cnn(epochs, batch_size, loop=TorchLoop):
    from torch import nn

    def build():
        return nn.Sequential(
            nn.Conv2d(1, 32, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(64, 64, 3),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(576, 64),
            nn.ReLU(),
            nn.Linear(64, 10),
        )

    return loop(build, (1, 28, 28), epochs, batch_size)


def _onnxruntime_cnn(*arguments):
    return OnnxRuntime(_skmnist_cnn(*arguments))


_MLPS = {
    "skmnist": _skmnist_mlp,
    "sklearn": _sklearn_mlp,
    "scikeras": _scikeras_mlp,
    "skorch": _skorch_mlp,
    "torch": _torch_mlp,
    "torch compiled": functools.partial(_torch_mlp, loop=CompiledTorchLoop),
    "torch jit": functools.partial(_torch_mlp, loop=TracedTorchLoop),
    "jax": _jax_mlp,
    "onnxruntime": _onnxruntime_mlp,
}
_CNNS = {
    "skmnist": _skmnist_cnn,
    "skmnist bfloat16": _skmnist_bfloat16_cnn,
    "keras": _keras_cnn,
    "scikeras": _scikeras_cnn,
    "torch": _torch_cnn,
    "torch compiled": functools.partial(_torch_cnn, loop=CompiledTorchLoop),
    "torch channels-last": functools.partial(_torch_cnn, loop=ChannelsLastTorchLoop),
    "torch jit": functools.partial(_torch_cnn, loop=TracedTorchLoop),
    "onnxruntime": _onnxruntime_cnn,
}
_ALSO_NEEDED = {"onnxruntime": ("onnx",)}
