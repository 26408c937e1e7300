"""The page of examples/draw_a_digit.py, served and opened (``pip install '.[draw]'``)."""

import re
import runpy
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from copy import copy
from html import unescape
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.frozen import FrozenEstimator

from skmnist import KerasMLPClassifier, NoveltyRejectingClassifier, make_digit_pipeline, save
from skmnist.datasets import read_picture

pytestmark = pytest.mark.skipif(find_spec("gradio") is None, reason="needs skmnist[draw]")

EXAMPLE = Path(__file__).parents[2] / "examples" / "draw_a_digit.py"
DRAW = runpy.run_path(str(EXAMPLE))
BROWSER = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
DIGITS = load_digits()
N_TRAIN, N_KNOWN = 700, 900  # trained on; with those that the threshold is measured on


def drawn(number=None):
    """What gradio's editor hands over of a digit in black: red, green, blue and opacity."""
    layer = np.zeros((100, 100, 4), np.uint8)
    if number is not None:
        ink = Image.fromarray((DIGITS.images[number] * 15).astype(np.uint8))
        layer[15:79, 30:94, 3] = np.asarray(ink.resize((64, 64), Image.Resampling.BICUBIC))
    return {"background": np.zeros_like(layer), "layers": [layer], "composite": layer}


@pytest.fixture(scope="module")
def fitted():
    """A network that was trained on such drawings, and its threshold."""
    images = np.stack([read_picture(drawn(i)["composite"]) for i in range(N_KNOWN)])
    y = DIGITS.target[:N_KNOWN]
    network = KerasMLPClassifier((64,), epochs=20, calibrate=False, random_state=0)
    pipeline = make_digit_pipeline(network).fit(images[:N_TRAIN], y[:N_TRAIN])
    rejecting = NoveltyRejectingClassifier(FrozenEstimator(pipeline), random_state=0)
    return pipeline, rejecting.fit(images[:N_TRAIN], y[:N_TRAIN], X_val=images[N_TRAIN:])


@pytest.fixture(scope="module")
def model_files(fitted, tmp_path_factory):
    pipeline, rejecting = fitted
    folder = tmp_path_factory.mktemp("models")
    save(pipeline, folder / "plain.skmnist")
    save(pipeline, folder / "rejecting.skmnist", rejecting=rejecting)
    return folder


@pytest.mark.parametrize("name", ["plain", "rejecting"])
def test_drawings_are_recognised(model_files, name):
    classifier, rejecting = DRAW["load_model"](model_files / f"{name}.skmnist")
    n_right = 0
    for number in range(N_KNOWN, N_KNOWN + 20):
        value = drawn(number)
        answer, image, verdict = DRAW["recognise"](value, classifier, rejecting)
        assert sum(answer.values()) == pytest.approx(1, abs=1e-5)
        np.testing.assert_array_equal(image, read_picture(value["composite"]))
        assert ("no threshold" in verdict) == (name == "plain")
        n_right += max(answer, key=answer.get) == str(DIGITS.target[number])
    assert n_right >= 16


def test_the_verdict_follows_the_threshold(fitted):
    classifier, rejecting = fitted
    assert DRAW["recognise"](drawn(N_KNOWN), *fitted)[2].startswith("A known class (distance 0.")
    strict = copy(rejecting)
    strict.offset_ = -1e-6  # of a distance that no drawing has
    answer, _, verdict = DRAW["recognise"](drawn(N_KNOWN), classifier, strict)
    assert len(answer) == 10
    assert verdict.startswith("No known class (distance ")


@pytest.mark.parametrize("value", [None, {"composite": None}, drawn()], ids=["no", "none", "0"])
def test_an_empty_sheet_has_no_answer(fitted, value):
    """The editor hands over None once it is cleared, and transparent pixels once all is erased."""
    assert DRAW["recognise"](value, *fitted) == (None, None, "Draw a digit.")


def test_a_network_of_other_images_is_refused(tmp_path):
    network = KerasMLPClassifier((8,), epochs=1, calibrate=False, random_state=0)
    save(network.fit(DIGITS.images[:100], DIGITS.target[:100]), tmp_path / "small.skmnist")
    with pytest.raises(ValueError, match="of 64 pixels, expected a fitted classifier of 28 x 28"):
        DRAW["load_model"](tmp_path / "small.skmnist")


def test_errors_say_what_is_missing(fitted, tmp_path, monkeypatch):
    run = subprocess.run(
        [sys.executable, EXAMPLE, tmp_path / "none.skmnist"], capture_output=True, text=True
    )
    assert run.returncode == 1
    assert re.search(r"^error: .*none\.skmnist", run.stderr, re.MULTILINE)
    assert "Traceback" not in run.stderr
    monkeypatch.setitem(sys.modules, "gradio", None)
    with pytest.raises(ImportError, match=r"pip install 'skmnist\[draw\]'"):
        DRAW["make_page"](*fitted)


@pytest.fixture(scope="module")
def address(model_files, tmp_path_factory):
    """The page, served by the example's own command until the tests are through."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    log = tmp_path_factory.mktemp("served") / "log"
    command = [sys.executable, EXAMPLE, model_files / "rejecting.skmnist", "--port", str(port)]
    with log.open("w") as output:
        server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except (urllib.error.URLError, OSError):
                assert server.poll() is None, log.read_text()
                time.sleep(0.1)
        yield address
    finally:
        server.kill()
        server.wait(30)


@pytest.mark.filterwarnings("ignore")  # of gradio
def test_the_server_answers_a_drawing(address, fitted, tmp_path):
    """As the browser asks it, with the drawing as a PNG file."""
    import gradio_client

    layer = tmp_path / "layer.png"
    Image.fromarray(drawn(N_KNOWN)["composite"]).save(layer)
    sheet = gradio_client.handle_file(layer)
    client = gradio_client.Client(address, verbose=False, analytics_enabled=False)
    value = {"background": None, "layers": [sheet], "composite": sheet}
    label, image, verdict = client.predict(value, api_name="/answer")
    answer, image_here, verdict_here = DRAW["recognise"](drawn(N_KNOWN), *fitted)
    best = sorted(answer, key=answer.get, reverse=True)[:3]
    assert [row["label"] for row in label["confidences"]] == best
    enlarged = np.asarray(Image.open(image).convert("L"))
    assert enlarged.shape == (7 * 28, 7 * 28)
    np.testing.assert_array_equal(enlarged[::7, ::7], image_here)
    assert verdict == verdict_here


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium")
def test_a_browser_shows_the_page(address, tmp_path):
    options = (
        "--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync --window-size=1000,800 "
        "--virtual-time-budget=20000 --dump-dom"
    )
    run = subprocess.run(
        [BROWSER, *options.split(), f"--user-data-dir={tmp_path / 'profile'}", address],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    dom = unescape(run.stdout)
    # Labels stand in the page's settings, too: only what is drawn counts.
    body = re.sub(r"<(script|style)\b.*?</\1>", "", dom, flags=re.DOTALL)
    for label in ("Drawing", "Most probable classes", "What the network sees"):
        assert label in body
    assert "<canvas" in body
