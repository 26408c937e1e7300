"""Draw a hundred fits, run them in an order, and print what each learned."""

import contextlib
import hashlib
import json
import random
import sys
import warnings

import keras
from sklearn.datasets import load_digits

from skmnist import KerasCNNClassifier, KerasMLPClassifier, RandomDistortion

X, Y = (part[:90] for part in load_digits(return_X_y=True))
BYTES = (15 * X).astype("uint8")


class SetsRate(keras.callbacks.Callback):
    """Sets the learning rate, the model's attributes and its own."""

    seen = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.seen += 1
        self.model.marks = [*getattr(self.model, "marks", []), epoch]
        self.model.optimizer.learning_rate = 0.02 * self.seen * len(self.model.marks)


# Instances that several fits share.
SHARED = {
    "sets rate": SetsRate(),
    "plateau": keras.callbacks.ReduceLROnPlateau("loss", patience=0, min_delta=10.0),
    "scheduler": keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2),
}


def falling():
    return keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)


OPTIMIZERS = {
    "name": lambda: "sgd",
    "class": lambda: keras.optimizers.SGD,
    "instance": lambda: keras.optimizers.SGD(0.5),
    "slow instance": lambda: keras.optimizers.SGD(1e-5),
    "momentum": lambda: keras.optimizers.SGD(0.1, momentum=0.9),
    "adam": lambda: "adam",
    "Adam": lambda: keras.optimizers.Adam,
    "averaged": lambda: keras.optimizers.Adam(0.01, use_ema=True),
    "schedule": lambda: keras.optimizers.SGD(falling()),
    "rmsprop": lambda: "rmsprop",
    "RMSprop": lambda: keras.optimizers.RMSprop(1e-5),
}


def draw(rng):
    """Return what one fit is, in plain words."""
    optimizer = rng.choice(sorted(OPTIMIZERS))
    has_schedule = optimizer == "schedule"
    return {
        "kind": rng.choice(["mlp", "mlp", "cnn"]),
        "optimizer": optimizer,
        "learning_rate": None if has_schedule else rng.choice([None, None, 0.3, 0.003]),
        "schedule": rng.choice(["constant", "cosine", "one_cycle"]),
        "callback": None if has_schedule else rng.choice([None, *SHARED, "class"]),
        "augmented": rng.random() < 0.2,
        "precision": rng.choice(["float32", "float32", "bfloat16"]),
        "dropout": rng.choice([0.0, 0.0, 0.3]),
        "batch_norm": rng.random() < 0.3,
        "label_smoothing": rng.choice([0.0, 0.1]),
        "alpha": rng.choice([0.0, 0.1]),
        "then": rng.choice(["nothing", "nothing", "warm start", "partial fit", "divergence"]),
        "bytes": rng.random() < 0.3,
        "validates": rng.random() < 0.3,
        "seed": rng.randrange(3),
    }


def run(fit):
    """Return a digest of the weights."""
    options = {
        name: fit[name]
        for name in (
            *("learning_rate", "schedule", "precision", "dropout", "batch_norm"),
            *("label_smoothing", "alpha"),
        )
    }
    callback = SetsRate if fit["callback"] == "class" else SHARED.get(fit["callback"])
    options |= {
        "optimizer": OPTIMIZERS[fit["optimizer"]](),
        "keras_callbacks": None if callback is None else [callback],
        "augmenter": RandomDistortion() if fit["augmented"] else None,
        "epochs": 2,
        "batch_size": 32,
        "jit_compile": False,
        "random_state": fit["seed"],
    }
    if fit["kind"] == "mlp":
        model = KerasMLPClassifier((4,), **options)
    else:
        model = KerasCNNClassifier((2,), kernel_size=3, hidden_layer_sizes=(4,), **options)
    pixels = BYTES if fit["bytes"] else X
    held = {"X_val": pixels[:30], "y_val": Y[:30]} if fit["validates"] else {}
    model.fit(pixels, Y, **held)
    if fit["then"] == "warm start":
        model.set_params(warm_start=True).fit(pixels, Y, **held)
    if fit["then"] == "partial fit":
        model.partial_fit(pixels[:50], Y[:50])
    digest = hashlib.sha256(b"".join(weight.tobytes() for weight in model.weights_))
    digest.update(model.predict_proba(pixels).round(12).tobytes())
    if fit["then"] == "divergence" and fit["optimizer"] != "schedule":
        with contextlib.suppress(ValueError):
            model.set_params(learning_rate=1e30, keras_callbacks=None, epochs=5).fit(pixels, Y)
    return digest.hexdigest()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    rng = random.Random(0)
    fits = [draw(rng) for _ in range(int(sys.argv[2]))]
    # The fault that was found: an instance's rate stayed for the name and the class.
    same = {**fits[0], "kind": "mlp", "learning_rate": None, "callback": None, "then": "nothing"}
    fits += [{**same, "optimizer": name} for name in ("instance", "name", "class")]
    order = list(range(len(fits)))
    random.Random(int(sys.argv[1])).shuffle(order)
    learned = {i: run(fits[i]) for i in order}
    print(json.dumps([[fits[i], learned[i]] for i in range(len(fits))]))
