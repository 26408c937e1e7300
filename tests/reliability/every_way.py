"""What a fitted classifier says of images, by every way that there is to ask it.

    python tests/reliability/every_way.py FILE

prints the largest difference between the ways, and from what another process said, as
test_every_way.py has written it to FILE; and how many kinds of AVX-512 instructions NumPy uses.
"""

import io
import pickle
import sys
from dataclasses import dataclass, field

import numpy as np
from sklearn.pipeline import make_pipeline

import skmnist
from skmnist import ImageFlattener, KerasCNNClassifier, KerasMLPClassifier, PixelScaler


@dataclass
class Said:
    """A fitted estimator, images, and the probabilities by each way."""

    estimator: object
    X: np.ndarray
    proba: dict = field(default_factory=dict)


def draw(rng):
    """An estimator that is not fitted, images and labels."""
    n_classes = int(rng.integers(2, 6))
    options = {
        "activation": str(rng.choice(["relu", "tanh", "elu", "sigmoid", "gelu", "silu"])),
        "hidden_layer_sizes": tuple(rng.integers(1, 20, rng.integers(0, 3)).tolist()),
        "batch_norm": bool(rng.integers(2)),
        "dropout": float(rng.choice([0.0, 0.3])),
        "standardize": bool(rng.integers(5)),
        "epochs": 1,
        "batch_size": 16,
        "calibrate": bool(rng.integers(2)),
        "random_state": int(rng.integers(2**31)),
    }
    shape = rng.integers(1, 12, 2).tolist() + rng.choice([1, 3], rng.integers(2)).tolist()
    if rng.integers(2):
        estimator = KerasMLPClassifier(**options)
    else:
        n_layers = rng.integers(0, 3)
        estimator = KerasCNNClassifier(
            filters=tuple(rng.integers(1, 6, n_layers).tolist()),
            kernel_size=int(rng.integers(1, 5)),
            pool_size=int(rng.integers(1, 3)),
            padding=str(rng.choice(["auto", "same", "valid"])),
            image_norm=bool(rng.integers(2)),
            **options,
        )
    X = rng.integers(256, size=(60, *shape), dtype=np.uint8)
    kind = rng.integers(4)
    if kind == 0 or not options["standardize"]:
        X = (X / 255).astype(np.float32)
    if kind == 1:
        estimator = make_pipeline(ImageFlattener(), PixelScaler(), estimator)
    y = np.arange(60) % n_classes
    return estimator, X, np.array(list("abcdef"))[y] if rng.integers(2) else y


def ask(estimator, X):
    """Return the probabilities of each way by its name, where the way is to be had."""
    stream = io.BytesIO()
    skmnist.save(estimator, stream)
    stream.seek(0)
    ways = {
        "ours": estimator,
        "loaded": skmnist.load(stream),
        "pickled": pickle.loads(pickle.dumps(estimator)),
    }
    proba = {name: way.predict_proba(X) for name, way in ways.items()}

    classifier, pixels = estimator, X
    if hasattr(estimator, "steps"):
        classifier, pixels = estimator[-1], estimator[:-1].transform(X)
    model = classifier.to_keras()
    logits = model(pixels.reshape(-1, *model.input_shape[1:]).astype(np.float32))
    scaled = np.asarray(logits, np.float64) * classifier.logit_scale_
    likely = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    proba["Keras"] = likely / likely.sum(axis=1, keepdims=True)

    try:
        import onnxruntime
    except ImportError:
        return proba
    graph = io.BytesIO()
    skmnist.to_onnx(estimator, graph, image_shape=X.shape[1:], dtype=str(X.dtype))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        graph.getvalue(), options, providers=["CPUExecutionProvider"]
    )
    (proba["ONNX Runtime"],) = session.run(["probabilities"], {"X": X})
    return proba


def largest_difference(said):
    """Between what was said and is said now; files and pickles give equal bits."""
    now = ask(said.estimator, said.X)
    for same in ("loaded", "pickled"):
        np.testing.assert_array_equal(now[same], now["ours"])
    expected = said.proba.get("ours", now["ours"])
    return max(np.abs(proba - expected).max() for proba in [*now.values(), *said.proba.values()])


def avx512():
    """Name the kinds of AVX-512 instructions that NumPy would choose here."""
    found = np._core._multiarray_umath
    names = [name for name in found.__cpu_dispatch__ if "AVX512" in name or name == "X86_V4"]
    return [name for name in names if found.__cpu_features__.get(name)]


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        print(max(largest_difference(Said(**said)) for said in pickle.load(file)), len(avx512()))
