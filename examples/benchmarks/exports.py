"""A trained network in other runtimes: size of the file, one row's time, exactness.

    pip install '.[clients]'
    python examples/benchmarks/exports.py

Trains a dense and a convolutional network on three quarters of the bundled digits, exports both,
and runs each file on the other quarter, one row at a time, as a service does. Columns: size of the
file; median time of one row, and its ratio to that of `predict_proba`; the largest difference of a
probability from `predict_proba`; how many labels differ. The runtimes take turns. What is not
installed is left out.
"""

import importlib.util
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from skmnist import KerasCNNClassifier, KerasMLPClassifier, make_digit_pipeline, save

N_TURNS = 10
Runner = Callable[[np.ndarray], np.ndarray]
CLASSIFIERS = {
    "KerasMLPClassifier()": KerasMLPClassifier(random_state=0),
    "KerasCNNClassifier()": KerasCNNClassifier(random_state=0),
}


def onnx_runtime(path: Path) -> Runner:
    """Run an ONNX file by ONNX Runtime."""
    import onnxruntime

    session = onnxruntime.InferenceSession(path)
    return lambda X: session.run(["probabilities"], {"X": X})[0]


def openvino(path: Path) -> Runner:
    """Run an ONNX file by OpenVINO, in float32 on every processor, for answers one by one."""
    import openvino

    options = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    compiled = openvino.Core().compile_model(path, "CPU", options)
    return lambda X: compiled({"X": X})["probabilities"]


def litert(path: Path) -> Runner:
    """Run a LiteRT file."""
    from ai_edge_litert.interpreter import Interpreter

    run = Interpreter(str(path)).get_signature_runner()
    return lambda X: run(X=X)["probabilities"]


def saved_model(path: Path) -> Runner:
    """Run a SavedModel, which gives logits of scaled pixels, by TensorFlow."""
    import tensorflow as tf

    model = tf.saved_model.load(path)
    return lambda X: model.serve(X).numpy()


# Title, file, options of `skmnist export`, runtime, its package.
EXPORTS = [
    ("ONNX Runtime", "digits.onnx", [], onnx_runtime, "onnxruntime"),
    ("OpenVINO", "digits.onnx", [], openvino, "openvino"),
    ("LiteRT, float32", "digits.tflite", [], litert, "ai_edge_litert"),
    ("LiteRT, int8", "int8.tflite", ["--int8", "train.npz"], litert, "ai_edge_litert"),
]


def exported(pipeline, X, y, folder: Path) -> dict[str, tuple[int, Runner]]:
    """Return the size in bytes and the runner of every export, by title."""
    save(pipeline, model := folder / "digits.skmnist")
    np.savez(folder / "train.npz", X=X, y=y)
    runners = {"predict_proba": (model.stat().st_size, pipeline.predict_proba)}
    for title, name, options, runtime, package in EXPORTS:
        if importlib.util.find_spec(package) is None:
            print(f"{title} is left out for want of the package {package}", file=sys.stderr)
            continue
        command = [sys.executable, "-m", "skmnist", "export", model.name, name, *options]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        runners[title] = ((folder / name).stat().st_size, runtime(folder / name))
    classifier = pipeline[-1]
    classifier.to_keras().export(folder / "network", verbose=False)
    logits = saved_model(folder / "network")
    shape = classifier.to_keras().input_shape[1:]

    def from_raw_pixels(X: np.ndarray) -> np.ndarray:
        scaled = pipeline[:-1].transform(X).astype(np.float32).reshape(-1, *shape)
        return softmax(logits(scaled) * classifier.logit_scale_)

    files = [path for path in (folder / "network").rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    runners["SavedModel, scaled in NumPy"] = (size, from_raw_pixels)
    return runners


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return probabilities."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def table(runners: dict[str, tuple[int, Runner]], X: np.ndarray, n_turns: int) -> list[str]:
    """Return the rows of the table, for raw images."""
    seconds: dict[str, list[float]] = {title: [] for title in runners}
    probabilities = {}
    for turn in range(n_turns + 1):
        for title, (_, run) in runners.items():
            answers = []
            for i in range(len(X)):
                start = time.perf_counter()
                answers.append(run(X[i : i + 1]))
                seconds[title] += [time.perf_counter() - start] * (turn > 0)  # one to warm up
            probabilities[title] = np.concatenate(answers)
    medians = {title: np.median(times) for title, times in seconds.items()}
    known, ours = probabilities["predict_proba"], medians["predict_proba"]
    rows = [
        "| runtime | file, kB | one row, µs | ratio | largest difference | other labels |",
        "|---|---|---|---|---|---|",
    ]
    for title, (size, _) in runners.items():
        proba = probabilities[title]
        n_other = int((proba.argmax(axis=1) != known.argmax(axis=1)).sum())
        rows.append(
            f"| {title} | {size / 1000:,.0f} | {1e6 * medians[title]:,.0f} | "
            f"{medians[title] / ours:.2f} | {np.abs(proba - known).max():.1e} | "
            f"{n_other} of {len(X)} |"
        )
    return rows


def main() -> None:
    """Print a table for each network."""
    digits = load_digits()
    X, X_test, y, _ = train_test_split(
        digits.images.astype(np.float32), digits.target, stratify=digits.target, random_state=0
    )
    for name, classifier in CLASSIFIERS.items():
        pipeline = make_digit_pipeline(classifier).fit(X, y)
        with tempfile.TemporaryDirectory() as folder:
            print(f"\n{name}\n")
            print(*table(exported(pipeline, X, y, Path(folder)), X_test, N_TURNS), sep="\n")


if __name__ == "__main__":
    main()
