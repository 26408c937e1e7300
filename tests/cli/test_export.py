"""A model file for other runtimes, on the command line."""

import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn.datasets import load_digits

from skmnist import (
    KerasCNNClassifier,
    KerasMLPClassifier,
    NoveltyRejectingClassifier,
    make_digit_pipeline,
    save,
)
from skmnist import _cli as cli

DIGITS = load_digits()
TRAINING = {"epochs": 6, "batch_size": 64, "random_state": 0}
MLP = KerasMLPClassifier((32,), **TRAINING)
CNN = KerasCNNClassifier((4,), hidden_layer_sizes=(16,), **TRAINING)
PIPELINES = {
    "mlp": make_digit_pipeline(MLP),
    "cnn": make_digit_pipeline(CNN),
    "mlp behind PCA": make_digit_pipeline(MLP, n_components=20),
    "mlp alone": MLP,
}


def run(capsys, *argv):
    """Exit code, lines of stdout and lines of stderr."""
    try:
        code = cli.main([*map(str, argv)])
    except SystemExit as exit_:
        code = exit_.code
    out, err = capsys.readouterr()
    return code, out.splitlines(), err.splitlines()


def run_onnx(path, X):
    onnxruntime = pytest.importorskip("onnxruntime")
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(["probabilities"], {"X": X})[0]


def run_litert(path, X):
    import tensorflow as tf

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it moves to the package ai-edge-litert
        runner = tf.lite.Interpreter(str(path)).get_signature_runner()
    return np.concatenate([runner(X=image[None])["probabilities"] for image in X])


def given(estimator, folder):
    """The name of a model file, and what it holds."""
    X = DIGITS.data if estimator is MLP else DIGITS.images
    estimator = estimator.fit(X[:1000], DIGITS.target[:1000])
    save(estimator, folder / "digits.skmnist")
    return folder / "digits.skmnist", estimator


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    return given(PIPELINES["mlp"], tmp_path_factory.mktemp("models"))


@pytest.mark.parametrize("pipeline", PIPELINES.values(), ids=PIPELINES)
def test_raw_pixels_in_and_probabilities_out(capsys, tmp_path, pipeline):
    model, estimator = given(pipeline, tmp_path)
    X = (DIGITS.data if pipeline is MLP else DIGITS.images)[1000:1100].astype(np.float32)
    expected = estimator.predict_proba(X)
    for target, runtime in (("d.onnx", run_onnx), ("d.tflite", run_litert)):
        code, out, err = run(capsys, "export", model, tmp_path / target)
        assert (code, err) == (0, [])
        shape = "(n, 64)" if pipeline is MLP else "(n, 8, 8)"
        assert f"X of shape {shape}, float32, to probabilities of 0, 1, 2" in out[0]
        np.testing.assert_allclose(runtime(tmp_path / target, X), expected, atol=1e-5)


@pytest.mark.parametrize("name", ["mlp", pytest.param("cnn", marks=pytest.mark.slow)])
def test_int8_is_smaller_and_nearly_the_same(capsys, tmp_path, name):
    model, estimator = given(PIPELINES[name], tmp_path)
    # Images of one's own, without labels: with names, without, and as a stack.
    header = ",".join(f"pixel{i}" for i in range(64))
    named, plain, stack = (tmp_path / f for f in ("named.csv", "plain.csv", "stack.npz"))
    np.savetxt(named, DIGITS.data[:200], "%d", ",", header=header, comments="")
    np.savetxt(plain, DIGITS.data[:200], "%d", ",")
    np.savez(stack, X=DIGITS.images[:200])
    X = DIGITS.images[1000:].astype(np.float32)
    whole, small = tmp_path / "whole.tflite", tmp_path / "small.tflite"
    assert run(capsys, "export", model, whole)[0] == 0
    for data in ("digits", named, plain, stack):
        assert run(capsys, "export", model, small, "--int8", data)[0] == 0
        assert small.stat().st_size < whole.stat().st_size
        probabilities = run_litert(small, X)
        assert not np.allclose(probabilities, estimator.predict_proba(X), atol=1e-5)
        assert (probabilities.argmax(axis=1) == estimator.predict(X)).mean() > 0.97


@pytest.mark.parametrize(
    ("images", "said"),
    [
        (DIGITS.data[:50, :49], "images of 49 pixels, but the network was trained on 64"),
        (DIGITS.data[:50] * 15, "pixels from 0 to 240, but the network was trained on those from"),
        (DIGITS.data[:50] > 8, "pixels from 0 to 1, but the network"),
    ],
)
def test_int8_by_other_images_is_refused(capsys, tmp_path, trained, images, said):
    path, target = tmp_path / "others.npz", tmp_path / "digits.tflite"
    np.savez(path, X=images.astype(np.uint8), y=DIGITS.target[:50])
    code, out, err = run(capsys, "export", trained[0], target, "--int8", path)
    assert (code, out, len(err)) == (1, [], 1)
    assert said in err[0]
    assert not target.exists()


def test_what_a_format_cannot_hold_is_refused_and_the_old_file_stays(capsys, tmp_path):
    X, y = DIGITS.images[:300], DIGITS.target[:300]
    deskewing = make_digit_pipeline(MLP, deskew=True).fit(X, y)
    novelty = NoveltyRejectingClassifier(make_digit_pipeline(MLP)).fit(X, y)
    shifting = make_digit_pipeline(CNN).set_params(classify__test_shift=1).fit(X, y)
    for estimator, ending, said in (
        (deskewing, ".tflite", "ImageDeskewer() can't be written to LiteRT"),
        (deskewing, ".tflite", "Write an ONNX file, or leave it out"),
        (novelty, ".tflite", "write its estimator_"),
        (novelty, ".onnx", "write its estimator_"),
        (shifting, ".tflite", "Use set_params(test_shift=0) first"),
    ):
        save(estimator, tmp_path / "model.skmnist")
        target = tmp_path / f"old{ending}"
        target.write_bytes(b"old")
        code, out, err = run(capsys, "export", tmp_path / "model.skmnist", target)
        assert (code, out, len(err)) == (1, [], 1)
        assert said in err[0]
        assert target.read_bytes() == b"old"
    save(deskewing, tmp_path / "model.skmnist")
    target = tmp_path / "old.onnx"
    assert run(capsys, "export", tmp_path / "model.skmnist", target)[0] == 0
    slanted = DIGITS.images[300:350].astype(np.float32)
    expected = deskewing.predict_proba(slanted)
    np.testing.assert_allclose(run_onnx(target, slanted), expected, atol=1e-5)


def test_arguments_that_make_no_sense(capsys, tmp_path, trained):
    model = trained[0]
    code, _, err = run(capsys, "export", model, tmp_path / "digits.pb")
    assert code == 2
    assert "must end in .onnx or .tflite" in err[-1]
    code, _, err = run(capsys, "export", model, tmp_path / "d.onnx", "--int8", "digits")
    assert code == 2
    assert "--int8 goes with a .tflite file" in err[-1]
    code, _, err = run(capsys, "export", tmp_path / "none.skmnist", tmp_path / "d.onnx")
    assert (code, len(err)) == (1, 1)
    assert "none.skmnist" in err[0]
    assert not list(tmp_path.iterdir())


def test_the_command_prints_one_line(tmp_path, trained):
    """The converter speaks to the descriptors of the process, which the command filters."""
    argv = [sys.executable, "-m", "skmnist", "export", trained[0], "d.tflite", "--int8", "digits"]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


def test_help_names_the_formats(capsys):
    code, out, _ = run(capsys, "export", "--help")
    assert code == 0
    assert {".onnx", ".tflite", "--int8"} <= set(" ".join(out).replace(",", " ").split())
