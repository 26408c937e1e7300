"""What docs/guide/out_of_python.md says, run in the runtimes that it names."""

import re
import runpy
import shlex
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from skmnist import KerasCNNClassifier, make_digit_pipeline, to_onnx
from skmnist import _cli as cli

pytestmark = pytest.mark.filterwarnings("ignore")  # theirs

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "guide" / "out_of_python.md"
DIGITS = load_digits()
IN_FLOAT32 = {"INFERENCE_PRECISION_HINT": "f32"}  # else some processors round to bfloat16


def test_the_page_runs_as_it_stands(tmp_path, monkeypatch):
    for package in ("ai_edge_litert", "onnxruntime", "openvino"):
        pytest.importorskip(package)
    monkeypatch.chdir(tmp_path)
    found = {}
    for language, block in re.findall(r"(?ms)^```(\w+)\n(.*?)^```", PAGE.read_text()):
        if language == "sh":
            for line in block.splitlines():
                skmnist, *argv = shlex.split(line)
                assert skmnist == "skmnist"
                assert cli.main(argv) == 0
        else:
            exec(compile(block, PAGE.name, "exec"), found)
    for name in ("of_onnx", "of_openvino", "of_litert", "of_saved_model"):
        np.testing.assert_allclose(found[name], found["expected"], atol=1e-5, err_msg=name)
    difference = np.abs(found["of_int8"] - found["expected"])
    assert 1e-4 < difference.max() < 0.2
    same = found["of_int8"].argmax(axis=1) == found["expected"].argmax(axis=1)
    assert same.mean() > 0.98


def test_openvino_reads_deskewing_and_names_of_classes(tmp_path):
    openvino = pytest.importorskip("openvino")
    colours = np.stack([DIGITS.images, 16 - DIGITS.images, DIGITS.images[:, ::-1]], axis=-1)
    X, y = colours[:, :, 1:7].astype(np.float32), np.char.add("digit ", DIGITS.target.astype(str))
    network = KerasCNNClassifier((4,), epochs=5, random_state=0)
    pipeline = make_digit_pipeline(network, deskew=True).fit(X[:600], y[:600])
    to_onnx(pipeline, tmp_path / "digits.onnx", image_shape=(8, 6, 3))
    compiled = openvino.Core().compile_model(tmp_path / "digits.onnx", "CPU", IN_FLOAT32)
    answer = compiled({"X": X[600:700]})
    expected = pipeline.predict_proba(X[600:700])
    np.testing.assert_allclose(answer["probabilities"], expected, atol=1e-5)
    assert (answer["label"].astype(str) == pipeline.predict(X[600:700])).all()


def test_the_table_of_the_page_is_what_the_command_prints(tmp_path):
    for package in ("ai_edge_litert", "onnxruntime", "openvino"):
        pytest.importorskip(package)
    exports = runpy.run_path(str(ROOT / "examples" / "benchmarks" / "exports.py"))
    X = DIGITS.images.astype(np.float32)
    network = KerasCNNClassifier((4,), epochs=5, random_state=0)
    pipeline = make_digit_pipeline(network).fit(X[:600], DIGITS.target[:600])
    runners = exports["exported"](pipeline, X[:600], DIGITS.target[:600], tmp_path)
    head, _, *rows = exports["table"](runners, X[600:640], n_turns=1)
    assert head in PAGE.read_text()
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    for title, size, _, _, difference, other in cells:
        assert f"| {title} |" in PAGE.read_text()
        assert int(size) > 0
        assert (float(difference) < 1e-5) == (title != "LiteRT, int8")
        assert other in ("0 of 40", "1 of 40")
    assert len(cells) == PAGE.read_text().count("of 450 |") / 2
