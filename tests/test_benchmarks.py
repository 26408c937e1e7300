"""The benchmarks compare like with like, and compute what they print."""

import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

FILES = {
    *("accuracy", "collection", "contenders", "label_errors", "loops", "novelty", "speed"),
    *("speedrun", "works"),
}
FOLDER = Path(__file__).parents[1] / "examples" / "benchmarks"


@pytest.fixture
def module(monkeypatch):
    """Import a benchmark's file by name."""
    monkeypatch.syspath_prepend(FOLDER)
    before = set(sys.modules)

    def load(name):
        pytest.importorskip("resource", reason="the benchmarks measure memory as Unix does")
        return importlib.import_module(name)

    yield load
    for name in set(sys.modules) & FILES - before:
        del sys.modules[name]


def n_parameters(network):
    """Weights and biases of a fitted contender."""
    network = getattr(network, "estimator", network)
    if hasattr(network, "weights_"):
        return sum(weight.size for weight in network.weights_)
    if hasattr(network, "coefs_"):
        return sum(weight.size for weight in network.coefs_ + network.intercepts_)
    if hasattr(network, "model_"):
        return network.model_.count_params()
    network = network.network
    if isinstance(network, list):
        return sum(weight.size for layer in network for weight in layer)
    return network.count_params()


OF_TORCH = "skorch", "torch"
SIZES = [("make_mlp", (784 + 1) * 128 + (128 + 1) * 10), ("make_cnn", 93_322)]


@pytest.mark.filterwarnings("ignore")  # the peers' own
@pytest.mark.parametrize(("make", "expected"), SIZES)
def test_all_contenders_train_the_same_network(make, expected, module):
    contenders = module("contenders")
    X = np.random.default_rng(0).random((40, 784), np.float32)
    y = np.arange(40) % 10
    table = {"make_mlp": contenders._MLPS, "make_cnn": contenders._CNNS}[make]
    arguments = (784,) if make == "make_mlp" else ()
    libraries = [library for library in table if not contenders.missing(library)]
    libraries = [library for library in libraries if library.split()[0] not in OF_TORCH]
    assert {"skmnist", "scikeras"} <= set(libraries)
    for library in libraries:
        network = getattr(contenders, make)(library, *arguments, epochs=1, batch_size=20)
        assert network.fit(X, y) is not None
        assert n_parameters(network) == expected, library
        assert network.predict_proba(X[:3]).shape == (3, 10)


@pytest.mark.parametrize(("make", "expected"), SIZES)
@pytest.mark.parametrize(
    "is_compiled", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["plain", "compiled"]
)
def test_contenders_of_torch_train_the_same_network(make, expected, is_compiled, module):
    contenders = module("contenders")
    table = {"make_mlp": contenders._MLPS, "make_cnn": contenders._CNNS}[make]
    libraries = [name for name in table if name.split()[0] in OF_TORCH]
    libraries = [name for name in libraries if (name == "torch compiled") is is_compiled]
    libraries = [name for name in libraries if not contenders.missing(name)]
    if not libraries:
        pytest.skip("PyTorch, or what its compiler needs, is missing")
    # In a process of its own: Triton and TensorFlow, each with its LLVM, can't share one.
    arguments = "784, " if make == "make_mlp" else ""
    code = f"""
import contenders, numpy as np
X, y = np.random.default_rng(0).random((40, 784), np.float32), np.arange(40) % 10
for library in {libraries}:
    network = contenders.{make}(library, {arguments}epochs=1, batch_size=20).fit(X, y)
    assert network.predict_proba(X[:3]).shape == (3, 10)
    module = network.module_ if library == "skorch" else network.network
    print(sum(weight.numel() for weight in module.parameters()))
"""
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=FOLDER, capture_output=True, text=True, check=True
    )
    assert list(map(int, run.stdout.split())) == [expected] * len(libraries)


def test_goals_are_of_works_and_contenders_that_exist(module):
    speed = module("speed")
    for work, _, against, at_most in speed.GOALS:
        assert against in speed.WORKS[work][1]
        assert 0 < at_most <= 2.5
    for _, libraries in speed.WORKS.values():
        assert libraries[0] == "skmnist"


def test_libraries_take_turns_and_medians_and_ratios_are_printed(module, monkeypatch, capsys):
    speed = module("speed")
    runs = []

    def measure(work, library, n_samples):
        runs.append((work, library))
        return {"first fit": 9.0, "later fit": len(runs) * (1.0 if library == "skmnist" else 2.0)}

    monkeypatch.setattr(speed, "measure", measure)
    monkeypatch.setitem(speed.WORKS, "mlp", (None, ["skmnist", "sklearn", "absent"]))
    figures = speed.measure_all(["mlp"], 3, 100)
    assert runs == [("mlp", "skmnist"), ("mlp", "sklearn")] * 3
    # Turns 1, 3, 5 and 2, 4, 6.
    assert figures["mlp", "later fit", "skmnist"] == 3
    assert figures["mlp", "later fit", "sklearn"] == 8
    speed.print_table(figures)
    lines = capsys.readouterr().out.splitlines()
    assert "| mlp: later fit, s | 3 | 8 |" in lines
    assert "| mlp: later fit | sklearn | 0.6 | 0.375 |" in lines
    assert "| mlp: first fit | sklearn | 0.8 | 1 (missed) |" in lines


def test_a_failing_work_is_shown(module):
    with pytest.raises(
        SystemExit, match=r"(?s)growth with nothing failed:\n.*KeyError: 'nothing'"
    ):
        module("speed").measure("growth", "nothing", 10)


def test_what_a_contender_lacks_is_said(module, monkeypatch, capsys):
    contenders = module("contenders")
    speed = module("speed")
    monkeypatch.setattr(
        contenders.importlib.util, "find_spec", lambda name: name != "onnx" or None
    )
    assert contenders.missing("skmnist bfloat16") == ""
    assert contenders.missing("onnxruntime") == "the package onnx"
    monkeypatch.setenv("CXX", "no-such-compiler")
    assert contenders.missing("torch") == ""
    assert contenders.missing("torch compiled").startswith("the compiler no-such-compiler")
    monkeypatch.setitem(speed.WORKS, "cnn", (None, ["torch compiled"]))
    assert speed.measure_all(["cnn"], 1, 10) == {}
    assert "torch compiled is left out for want of the compiler" in capsys.readouterr().err


def test_adam_of_the_jax_loop_is_that_of_keras(module):
    jax = pytest.importorskip("jax")
    import keras

    loop = module("loops").JaxLoop([6, 4, 10], epochs=1, batch_size=5)
    rng = np.random.default_rng(0)
    X, y = rng.random((5, 6), np.float32), np.arange(5)
    weights = [rng.normal(size=shape).astype(np.float32) for shape in ((6, 4), 4, (4, 10), 10)]
    network = keras.Sequential(
        [keras.Input((6,)), keras.layers.Dense(4, "relu"), keras.layers.Dense(10, "softmax")]
    )
    network.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    network.set_weights(weights)
    layers = [tuple(map(jax.numpy.asarray, weights[i : i + 2])) for i in (0, 2)]
    zeros = jax.tree.map(jax.numpy.zeros_like, layers)
    state = layers, zeros, zeros, np.float32(0)
    for _ in range(3):
        network.train_on_batch(X, y)
        state = loop._step(state, X, y)
    ours = jax.tree.leaves(state[0])
    for mine, theirs in zip(ours, network.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-5)


@pytest.mark.filterwarnings("ignore")
def test_a_speedrun_has_a_row_for_each_recipe(module, monkeypatch, capsys):
    speedrun = module("speedrun")
    rng = np.random.default_rng(0)
    monkeypatch.setattr(
        speedrun, "fetch_mnist", lambda **_: (rng.random((60, 784)), np.arange(60) % 10)
    )
    monkeypatch.setattr(speedrun, "N_TRAIN", 40)
    arguments = ["98", "--seeds", "2", "--set", "epochs=1"]
    monkeypatch.setattr(sys, "argv", ["speedrun.py", *arguments, "--validation"])
    speedrun.main()
    *_, row = capsys.readouterr().out.splitlines()
    assert row.count("|") == 11
    assert "epochs=1" in row
    assert row.endswith("| – |")
    monkeypatch.setattr(sys, "argv", ["speedrun.py", *arguments])
    with pytest.raises(SystemExit):  # nothing is chosen on the test images
        speedrun.main()


def test_a_mark_is_reached_by_the_mean(module):
    speedrun = module("speedrun")
    row = speedrun.row(99.0, "a CNN", [98.9, 99.0, 99.1], [3.0, 1.0, 2.0])
    assert row == "| 99 | a CNN | 99.000 ± 0.058 (3 seeds) | 98.90 | 99.10 | 2.00 | 3.00 | yes |"
    assert speedrun.row(99.0, "a CNN", [98.9, 99.0], [1.0, 1.0]).endswith("| no |")


def test_recipes_of_a_mark_are_estimators_that_can_be_made(module):
    from sklearn.base import clone

    for mark, text, estimator in module("speedrun").RECIPES.values():
        assert 98 <= mark < 100
        assert text
        assert clone(estimator)._validate_params() is None


def test_novelty_is_told_by_a_table(module):
    benchmark = module("novelty")

    class Rejecting:
        offset_ = -2.0

        def score_samples(self, images):
            return -images.mean(axis=(1, 2))

    digits = np.broadcast_to(np.linspace(0, 2.5, 101)[:, None, None], (101, 4, 4))
    rows = benchmark.table(
        Rejecting(), digits, {"far": digits + 9.0, "same": digits, "near": digits * 0}
    )
    lost = 100 * np.mean(np.linspace(0, 2.5, 101) > 2)
    assert rows[2] == f"| digits | 101 | – | 1.0 | {lost:.2f} |"
    assert rows[3] == "| far | 101 | 1.0000 | 100.0 | 100.0 |"
    assert rows[4].startswith("| same | 101 | 0.5000 | 1.0 |")
    assert rows[5].endswith("| 0.0 | 0.0 |")


def test_drawn_images_are_no_copies(module):
    drawn = module("novelty").drawn((28, 28), np.random.default_rng(0))
    for name, images in drawn.items():
        assert images.shape[1:] == (28, 28), name
        assert images.dtype == np.uint8, name
        assert len(np.unique(images, axis=0)) > 50, name


def test_a_collection_is_measured_set_by_set(tmp_path, module, monkeypatch, capsys, digits):
    X, y = (15 * digits[0]).reshape(-1, 8, 8).astype(np.uint8), digits[1]
    names = np.array([f"class {number}" for number in y])
    arrays = {"x_train": X[:300], "y_train": names[:300], "x_test": X[300:500]}
    np.savez(tmp_path / "some.npz", y_test=names[300:500], **arrays)
    collection = module("collection")
    argv = ["collection.py", str(tmp_path), "--models", "knn,svc,logistic"]
    monkeypatch.setattr(sys, "argv", argv)
    collection.main()
    _, _, knn, svc, logistic = capsys.readouterr().out.splitlines()
    assert svc.split("|")[1:3] == [" some ", " svc "]
    assert svc.split("|")[4:7] == [" – "] * 3
    accuracy, error = map(float, logistic.split("|")[3].split("±"))
    assert error == pytest.approx((accuracy * (100 - accuracy) / 200) ** 0.5, abs=0.05)
    assert accuracy > 85
    # Votes of three neighbours are far from probabilities, a logistic regression is near them.
    assert float(knn.split("|")[5]) > float(logistic.split("|")[5]) >= 1


def test_suspects_begin_with_the_least_probable_label(module):
    label_errors = module("label_errors")
    proba = np.array([[0.9, 0.1], [0.6, 0.4], [0.3, 0.7], [0.2, 0.8]])
    assert label_errors.suspects_first(np.array([0, 1, 0, 1]), proba).tolist() == [2, 1, 3, 0]
    wrong = label_errors.WRONG_LABELS
    right = np.setdiff1d(np.arange(10_000), wrong)
    # Ten of the wrong ones at once, then 80 others, then the last five.
    suspects = np.concatenate([wrong[:10], right[:80], wrong[10:], right[80:]])
    assert label_errors.row(suspects) == "10 | 15 | 8"
