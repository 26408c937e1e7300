"""From a command line to a model file, and from that and pictures to labels."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmnist import KerasCNNClassifier, KerasMLPClassifier, load, make_digit_pipeline, save
from skmnist import _cli as cli
from skmnist.datasets import read_picture

DIGITS = load_digits()


def run(capsys, *argv):
    """Exit code, lines of stdout and lines of stderr."""
    try:
        code = cli.main([*map(str, argv)])
    except SystemExit as exit_:
        code = exit_.code
    out, err = capsys.readouterr()
    return code, out.splitlines(), err.splitlines()


def picture(folder, i):
    """A dark digit on light paper."""
    ink = Image.fromarray(np.round(DIGITS.images[i] * (255 / 16)).astype(np.uint8))
    ink = np.asarray(ink.resize((160, 160), Image.Resampling.BICUBIC))
    path = folder / f"{i}.png"
    Image.fromarray(np.pad(255 - ink, 60, constant_values=255)).save(path)
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "digits.skmnist"
    argv = ["train", "--model", "mlp", "--data", "digits", "--output", str(path), "--quiet"]
    assert cli.main(argv) == 0
    return path


def test_train_saves_the_pipeline(trained):
    model = load(trained)
    assert list(model.named_steps) == ["flatten", "scale", "classify"]
    assert model["classify"].random_state == 0
    assert model["classify"].verbose == 0
    assert model.score(DIGITS.images, DIGITS.target) > 0.98


def test_train_prints_the_accuracy(capsys, tmp_path):
    path = tmp_path / "cnn.skmnist"
    code, out, err = run(
        capsys,
        *("train", "--data", "digits", "--output", path, "--epochs", 2, "--augment"),
        *("--train-size", 300),
    )
    assert code == 0
    (line,) = [line for line in out if "test images" in line]
    accuracy = float(line.split(" %")[0])
    model = load(path)
    assert model["classify"].image_shape_ == (8, 8)
    assert model["classify"].n_iter_ == 2
    assert 100 * model.score(DIGITS.images, DIGITS.target) == pytest.approx(accuracy, abs=5)
    assert line.endswith(str(path))
    assert "300 images to train on" in err[0]


def test_pictures_are_recognised(capsys, tmp_path, trained):
    numbers = range(1500, 1520)
    paths = [picture(tmp_path, i) for i in numbers]
    code, out, _ = run(capsys, "predict", trained, *paths)
    assert (code, len(out)) == (0, 20)
    labels = [int(line.split()[1]) for line in out]
    assert np.mean(labels == DIGITS.target[list(numbers)]) >= 0.85
    assert out[0].startswith(str(paths[0]))
    sure, other = (float(part.split()[-1]) for part in out[0].split(" %")[:2])
    assert 10 < sure <= 100
    assert other <= sure
    code, quiet, _ = run(capsys, "predict", trained, *paths, "--quiet")
    assert list(map(int, quiet)) == labels


def test_pictures_are_recognised_without_tensorflow(tmp_path):
    cnn = KerasCNNClassifier((2,), hidden_layer_sizes=(3,), epochs=1, random_state=0)
    pipeline = make_digit_pipeline(cnn).fit(DIGITS.images[:100], DIGITS.target[:100])
    save(pipeline, tmp_path / "cnn.skmnist")
    argv = ["predict", str(tmp_path / "cnn.skmnist"), str(picture(tmp_path, 0))]
    code = (
        f"import sys, skmnist._cli\nassert skmnist._cli.main({argv!r}) == 0\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    assert "0.png" in found.stdout


def test_pictures_as_they_are(capsys, tmp_path, trained):
    # In the range of bytes, which the model's own range is made of.
    Image.fromarray(np.round(DIGITS.images[5] * (255 / 16)).astype(np.uint8)).save(
        tmp_path / "small.png"
    )
    code, out, _ = run(
        capsys, "predict", trained, tmp_path / "small.png", "--as-they-are", "--quiet"
    )
    assert (code, out) == (0, [str(DIGITS.target[5])])


def test_a_bad_picture_leaves_the_others(capsys, tmp_path, trained):
    good = picture(tmp_path, 1500)
    code, out, err = run(capsys, "predict", trained, tmp_path / "missing.png", good)
    assert (code, len(out)) == (1, 1)
    assert "missing.png" in err[0]
    assert err[0].startswith("skmnist: error: ")


def test_models_without_a_scaler_or_a_shape(capsys, tmp_path):
    X = np.round(DIGITS.data * (255 / 16))
    network = KerasMLPClassifier(epochs=20, random_state=0)
    save(network.fit(X[:1400], DIGITS.target[:1400]), tmp_path / "flat.skmnist")
    path = picture(tmp_path, 1500)
    code, out, _ = run(capsys, "predict", tmp_path / "flat.skmnist", path, "--quiet")
    assert (code, out) == (0, [str(DIGITS.target[1500])])
    pipeline = make_digit_pipeline(KerasMLPClassifier(2, epochs=1), n_components=9)
    save(pipeline.fit(DIGITS.data[:, :60], DIGITS.target), tmp_path / "odd.skmnist")
    code, _, err = run(capsys, "predict", tmp_path / "odd.skmnist", path)
    assert code == 1
    assert "rows of 60 pixels" in err[0]


def test_a_network_of_rows_is_no_network_of_images(capsys, tmp_path):
    cnn = KerasCNNClassifier(2, kernel_size=1, hidden_layer_sizes=(), epochs=1)
    save(make_digit_pipeline(cnn).fit(DIGITS.data[:, :60], DIGITS.target), tmp_path / "odd")
    code, out, err = run(capsys, "predict", tmp_path / "odd", picture(tmp_path, 1500))
    assert (code, out) == (1, [])
    assert "rows of 60 pixels" in err[0]


def test_steps_of_others_take_flat_rows(capsys, tmp_path, trained):
    network = load(trained)["classify"].set_params(image_shape=None)
    pipeline = make_pipeline(StandardScaler(), PCA(20), network)
    save(pipeline.fit(DIGITS.data * (255 / 16), DIGITS.target), tmp_path / "model")
    path = picture(tmp_path, 1500)
    code, out, _ = run(capsys, "predict", tmp_path / "model", path, "--quiet")
    assert (code, out) == (0, [str(DIGITS.target[1500])])


def test_a_model_that_is_not_fitted(capsys, tmp_path):
    for i, model in enumerate([KerasMLPClassifier(), make_digit_pipeline(KerasMLPClassifier())]):
        save(model, tmp_path / f"{i}")
        code, _, err = run(capsys, "predict", tmp_path / f"{i}", picture(tmp_path, 1500))
        assert code == 1
        assert err[0].endswith(f"{i} holds a classifier that is not fitted.")


@pytest.mark.filterwarnings("default")
def test_channels_first_are_warned_of(capsys, tmp_path):
    X = np.repeat(DIGITS.images[:100, None], 3, axis=1)
    np.savez(tmp_path / "colours.npz", X=X, y=DIGITS.target[:100])
    argv = "train", "--data", tmp_path / "colours.npz", "--output", tmp_path / "model"
    code, _, err = run(capsys, *argv, "--model", "mlp", "--epochs", 1)
    assert code == 0
    assert any("3 high and 8 wide with 8 channels" in line for line in err)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["train"], "--output"),
        (["train", "--output", "no such folder/x"], "there is no folder"),
        (["train", "--output", "x", "--epochs", "0"], "not a whole number from 1"),
        (["train", "--output", "x", "--model", "svc"], "invalid choice"),
        (["predict", "x"], "PICTURE"),
    ],
)
def test_usage_errors(capsys, argv, said):
    code, out, err = run(capsys, *argv)
    assert (code, out) == (2, [])
    assert said in err[-1]


def test_a_file_that_is_no_model_is_refused(capsys, tmp_path):
    path = picture(tmp_path, 1)
    code, out, err = run(capsys, "predict", path, path)
    assert (code, out) == (1, [])
    assert err[0].startswith("skmnist: error: ")


def test_photos_of_mnist_are_read_as_mnist(tmp_path, mnist):
    rng, alike = np.random.default_rng(0), []
    for i, image in enumerate(mnist.images[60_000:60_020]):
        ink = Image.fromarray(image).resize((336, 336), Image.Resampling.BICUBIC)
        paper = np.pad(220.0 - 0.75 * np.asarray(ink), rng.integers(20, 200, size=(2, 2)), "edge")
        paper += rng.normal(scale=4, size=paper.shape) - np.linspace(0, 20, paper.shape[1])
        Image.fromarray(paper.clip(0, 255).astype(np.uint8)).save(tmp_path / f"{i}.jpg")
        again = read_picture(tmp_path / f"{i}.jpg")
        # Noise may move the centre of mass over the border of a pixel.
        moved = [np.roll(again, step, (0, 1)) for step in np.ndindex(3, 3)]
        images = [np.roll(other, (-1, -1), (0, 1)).ravel() for other in moved]
        alike.append(max(np.corrcoef(other, image.ravel())[0, 1] for other in images))
    assert np.mean(alike) > 0.9
    assert min(alike) > 0.75  # a pen that is thinner than most


def board(folder):
    """A checker board, which is no digit."""
    squares = np.indices((8, 8)).sum(axis=0) % 2 * 255
    path = folder / "board.png"
    Image.fromarray(np.kron(squares, np.ones((20, 20))).astype(np.uint8)).save(path)
    return path


def test_what_is_no_digit_is_rejected(capsys, tmp_path, trained):
    paths = [picture(tmp_path, i) for i in range(1500, 1510)]
    argv = ("predict", trained, *paths, board(tmp_path))
    code, out, _ = run(capsys, *argv, "--reject")
    assert code == 0
    assert out[-1].split()[1:5] == ["-1", "no", "known", "class"]
    assert float(out[-1].split("distance ")[1].split(",")[0]) > 1
    # Digits are said as without the option.
    _, without, _ = run(capsys, *argv)
    kept = [line for line in out[:-1] if "no known class" not in line]
    assert len(kept) >= 5  # pictures are cut out anew, which is not how the images were framed
    assert set(kept) <= set(without)
    _, quiet, _ = run(capsys, *argv, "--reject", "--quiet")
    assert quiet[-1] == "-1"


def test_a_file_without_a_threshold_rejects_nothing(capsys, tmp_path, trained):
    save(load(trained), tmp_path / "plain.skmnist")
    code, out, err = run(capsys, "predict", tmp_path / "plain.skmnist", "x.png", "--reject")
    assert (code, out) == (1, [])
    assert "plain.skmnist holds no threshold for --reject. `skmnist train` keeps one" in err[0]


def test_a_saved_rejecting_classifier_predicts(capsys, tmp_path, trained):
    save(load(trained, rejecting=True), tmp_path / "rejecting.skmnist")
    path = picture(tmp_path, 1500)
    for options in ((), ("--reject",)):
        assert run(capsys, "predict", tmp_path / "rejecting.skmnist", path, *options) == run(
            capsys, "predict", trained, path, *options
        )


def test_too_few_images_to_hold_any_out(capsys, tmp_path):
    argv = ("train", "--model", "mlp", "--data", "digits", "--epochs", 1, "--train-size", 60)
    code, _, _ = run(capsys, *argv, "--output", tmp_path / "few.skmnist")
    assert code == 0
    assert len(load(tmp_path / "few.skmnist", rejecting=True).references_) == 50


def test_an_accurate_network_is_kept(capsys, tmp_path):
    argv = ("train", "--recipe", "accurate", "--data", "digits", "--train-size", 60)
    code, out, _ = run(capsys, *argv, "--epochs", 1, "--output", tmp_path / "accurate.skmnist")
    assert code == 0
    assert "test images right" in out[-1]
    classifier = load(tmp_path / "accurate.skmnist").steps[-1][1]
    assert (classifier.filters, classifier.augmenter) == ((32, 64, 96), "auto")


def test_recipes_are_those_of_the_cnn(capsys, tmp_path):
    argv = ("train", "--model", "mlp", "--recipe", "accurate", "--data", "digits")
    code, out, err = run(capsys, *argv, "--output", tmp_path / "none.skmnist")
    assert (code, out) == (2, [])
    assert "--recipe accurate is one of --model cnn" in err[-1]
    assert list(tmp_path.iterdir()) == []
