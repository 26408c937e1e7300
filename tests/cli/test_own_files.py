"""Files of one's own on the command line: their labels, their shape, and what is refused."""

import io
import struct
import warnings

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from skmnist import _cli as cli
from skmnist import load
from skmnist._cli import _images
from skmnist._cli._screen import Screen

DIGITS = load_digits()
RNG = np.random.default_rng(0)


def run(capsys, *argv):
    """Exit code, lines of stdout and lines of stderr."""
    try:
        code = cli.main([*map(str, argv)])
    except SystemExit as exit_:
        code = exit_.code
    out, err = capsys.readouterr()
    return code, out.splitlines(), err.splitlines()


def write_csv(path, *columns, header=None):
    stream = io.StringIO()
    np.savetxt(stream, np.column_stack(columns), "%d", delimiter=",")
    path.write_text((f"{header}\n" if header else "") + stream.getvalue())
    return path


@pytest.fixture
def colours(tmp_path):
    """Digits in red, green and blue, a row for each image: by rows, columns and channels."""
    X = np.stack([DIGITS.images, 16 - DIGITS.images, DIGITS.images * 0], axis=-1)[:400]
    return write_csv(tmp_path / "colours.csv", DIGITS.target[:400], X.reshape(400, 192))


@pytest.mark.parametrize("command", ["train", "compare"])
def test_the_label_can_be_anywhere(capsys, tmp_path, command):
    header = ",".join([f"x{i}" for i in range(64)] + ["digit_seen"])
    path = write_csv(tmp_path / "own.csv", DIGITS.data, DIGITS.target, header=header)
    rest = {"train": ["--model", "mlp", "--output", tmp_path / "m"], "compare": []}[command]
    if command == "compare":
        rest = ["--models", "logistic"]
    code, out, err = run(capsys, command, "--data", path, *rest)
    assert (code, out) == (1, [])
    assert "column 65 (digit_seen) is no pixel" in err[-1]
    assert err[-1].endswith("give --label 'digit_seen'")
    for label in ("digit_seen", "last", "64", "-1"):
        code, out, _ = run(capsys, command, "--data", path, "--label", label, *rest)
        assert code == 0
        share = out[-1].split()[1] if command == "compare" else out[-1].split()[0]
        assert float(share) > 80


def test_a_label_that_is_no_column_is_refused(capsys, tmp_path):
    path = write_csv(tmp_path / "own.csv", [[5, 1], [3, 2]], header="label,pixel0")
    for label, said in (
        ("digit", "--label 'digit' is no column, expected"),
        ("none", "--label None says"),
    ):
        code, _, err = run(capsys, "compare", "--data", path, "--label", label)
        assert code == 1
        assert said in err[-1]


@pytest.mark.parametrize("data", [[], ["--data", "digits"], ["--data", "mnist"]])
def test_a_label_without_a_csv_file(capsys, data):
    code, _, err = run(capsys, "compare", *data, "--label", "last")
    assert code == 1
    assert err[-1].startswith("skmnist: error: --label last: ")


@pytest.mark.parametrize("model", ["mlp", "cnn"])
def test_rows_of_unknown_shape_are_not_trained_on(capsys, tmp_path, colours, model):
    output = tmp_path / "model"
    argv = "train", "--data", colours, "--model", model, "--output", output
    code, out, err = run(capsys, *argv)
    assert (code, out) == (1, [])
    assert err == [
        "skmnist: error: colours.csv: rows of 192 pixels are no square images: give --image-shape "
        "HEIGHT,WIDTH or HEIGHT,WIDTH,CHANNELS, such as --image-shape 8,8,3."
    ]
    assert not output.exists()


def test_the_shape_goes_with_the_model_to_predict(capsys, tmp_path, colours):
    output = tmp_path / "model"
    argv = "train", "--data", colours, "--model", "mlp", "--output", output, "--epochs", 30
    code, _, err = run(capsys, *argv, "--image-shape", "8,8,3")
    assert code == 0
    assert err[0].endswith("8 x 8 x 3 pixels each")
    assert load(output)["classify"].n_features_in_ == 192
    X = np.stack([DIGITS.images, 16 - DIGITS.images, DIGITS.images * 0], axis=-1)
    Image.fromarray(np.round(X[7] * (255 / 16)).astype(np.uint8)).save(tmp_path / "seven.png")
    code, out, _ = run(capsys, "predict", output, tmp_path / "seven.png", "--quiet")
    assert (code, out) == (0, ["7"])


@pytest.mark.parametrize(
    ("n_pixels", "shape"),
    [(192, "8,8,3"), (60, "6,10"), (13, "1,13"), (12, "2,2,3")],
)
def test_the_example_of_a_shape_has_as_many_pixels(n_pixels, shape):
    assert _images._example(n_pixels) == shape


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("8", "not HEIGHT,WIDTH"),
        ("8,8,3,1", "not HEIGHT,WIDTH"),
        ("8,0", "'0' is not a whole number from 1"),
        ("8,a", "'a' is not a whole number from 1"),
    ],
)
def test_image_shapes_that_are_none_are_refused(capsys, text, said):
    code, _, err = run(capsys, "compare", "--image-shape", text)
    assert code == 2
    assert said in err[-1]


def test_a_shape_that_does_not_fit(capsys, tmp_path, colours):
    code, _, err = run(capsys, "compare", "--data", colours, "--image-shape", "8,8")
    assert code == 1
    assert err[-1].endswith("8,8 has 64 pixels, but colours.csv has 192 in each image.")
    np.savez(tmp_path / "own.npz", X=DIGITS.images, y=DIGITS.target)
    for shape in ("4,16", "8,8,1"):
        argv = "--data", tmp_path / "own.npz", "--image-shape", shape, "--models", "logistic"
        code, _, err = run(capsys, "compare", *argv)
        assert code == (shape == "4,16")
    assert "has images of shape (8, 8)" not in err[-1]


def test_a_square_of_a_csv_file_is_a_guess(capsys, tmp_path):
    path = write_csv(tmp_path / "own.csv", DIGITS.target, DIGITS.data)
    argv = "--data", path, "--models", "logistic"
    _, _, err = run(capsys, "compare", *argv)
    assert err[0].endswith("8 x 8 pixels each")
    _, _, err = run(capsys, "compare", *argv, "--image-shape", "4x16")
    assert err[0].endswith("4 x 16 pixels each")


def test_a_table_is_compared_without_a_network_of_images(capsys, tmp_path):
    path = write_csv(tmp_path / "own.csv", DIGITS.target, DIGITS.data[:, :60])
    code, _, err = run(capsys, "compare", "--data", path, "--models", "cnn,logistic")
    assert code == 1
    assert err[-1].endswith("such as --image-shape 6,10, or leave cnn out of --models.")
    assert run(capsys, "compare", "--data", path, "--models", "logistic")[0] == 0


def write_idx(path, array):
    header = struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    path.write_bytes(header + array.astype(np.uint8).tobytes())


def test_idx_files_and_folders(capsys, tmp_path):
    for part, rows in (("train", slice(1300)), ("t10k", slice(1300, 1797))):
        write_idx(tmp_path / f"{part}-images-idx3-ubyte", DIGITS.images[rows])
    code, _, err = run(capsys, "compare", "--data", tmp_path, "--models", "logistic")
    assert code == 1
    assert "images without labels" in err[-1]
    assert "train-labels-idx1-ubyte" in err[-1]
    for part, rows in (("train", slice(1300)), ("t10k", slice(1300, 1797))):
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte", DIGITS.target[rows])
    code, _, err = run(capsys, "compare", "--data", tmp_path, "--models", "logistic")
    assert code == 0
    assert err[0] == (
        f"{tmp_path.name}: 1,300 images to train on, 497 to test on, 8 x 8 pixels each"
    )
    path = tmp_path / "train-images-idx3-ubyte"
    _, _, err = run(capsys, "compare", "--data", path, "--models", "logistic")
    assert err[0].startswith("train-images-idx3-ubyte: 975 images to train on, 325 to test on")


@pytest.mark.parametrize("message", ["", " \n", Warning(), UserWarning("\n\nfirst\nsecond")])
def test_a_warning_may_be_empty(capsys, message):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = Screen(quiet=False).show_warning
        warnings.warn(message, stacklevel=1)
    _, err = capsys.readouterr()
    name = type(message).__name__ if isinstance(message, Warning) else "UserWarning"
    first = ": first" if "first" in str(message) else ""
    assert err == f"skmnist: warning: {name}{first}\n"


@pytest.mark.parametrize("kind", [RuntimeError, TypeError, NotImplementedError])
def test_an_error_is_one_line(capsys, monkeypatch, tmp_path, kind):
    def fail(*_, **__):
        raise kind("out of\nluck")

    monkeypatch.setattr(_images, "load_digits", fail)
    argv = "train", "--data", "digits", "--output", tmp_path / "model"
    code, out, err = run(capsys, *argv)
    assert (code, out, err) == (1, [], ["skmnist: error: out of luck"])
