"""Whatever holds pictures, on the command line."""

import csv

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from skmnist import KerasMLPClassifier, load, make_digit_pipeline, save
from skmnist import _cli as cli

DIGITS = load_digits()
NUMBERS = range(1500, 1506)


def run(capsys, *argv):
    """Exit code, lines of stdout and lines of stderr."""
    try:
        code = cli.main([*map(str, argv)])
    except SystemExit as exit_:
        code = exit_.code
    out, err = capsys.readouterr()
    return code, out.splitlines(), err.splitlines()


def ink(i):
    """A dark digit on white paper."""
    digit = Image.fromarray(np.round(DIGITS.images[i] * (255 / 16)).astype(np.uint8))
    digit = np.asarray(digit.resize((160, 160), Image.Resampling.BICUBIC))
    return np.pad(255 - digit, 40, constant_values=255)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "digits.skmnist"
    network = KerasMLPClassifier(epochs=15, random_state=0)
    save(make_digit_pipeline(network).fit(DIGITS.images, DIGITS.target), path)
    return path


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "scans").mkdir()
    for i in NUMBERS:
        Image.fromarray(ink(i)).save(tmp_path / "scans" / f"{i}.png")
    (tmp_path / "scans" / "notes.txt").write_text("no picture")
    return tmp_path / "scans"


def table(path):
    return list(csv.reader(path.read_text().splitlines()))


def test_a_folder_and_a_pattern_stand_for_their_pictures(capsys, model, folder):
    code, of_folder, _ = run(capsys, "predict", model, folder)
    assert (code, len(of_folder)) == (0, len(NUMBERS))
    assert [line.split()[0] for line in of_folder] == [str(folder / f"{i}.png") for i in NUMBERS]
    assert run(capsys, "predict", model, folder / "*.png")[1] == of_folder
    one_by_one = run(capsys, "predict", model, *sorted(folder.glob("*.png")))[1]
    assert one_by_one == of_folder


def test_answers_in_a_csv_file(capsys, model, folder, tmp_path):
    code, out, _ = run(capsys, "predict", model, folder, "--output", tmp_path / "answers.csv")
    assert (code, out) == (0, [])
    head, *rows = table(tmp_path / "answers.csv")
    assert head == ["file", "label", "probability"]
    lines = run(capsys, "predict", model, folder)[1]
    assert [row[:2] for row in rows] == [line.split()[:2] for line in lines]


def test_the_rows_of_a_csv_file_are_images(capsys, model, tmp_path):
    # As Kaggle's test.csv: names, no labels, values as in training.
    names = ",".join(f"pixel{i}" for i in range(64))
    pixels = DIGITS.data[1500:1540]
    path = tmp_path / "test.csv"
    np.savetxt(path, pixels, "%d", ",", header=names, comments="")
    code, out, _ = run(capsys, "predict", model, path, "--output", tmp_path / "submission.csv")
    assert (code, out) == (0, [])
    head, *rows = table(tmp_path / "submission.csv")
    assert head == ["ImageId", "Label"]
    assert [int(row[0]) for row in rows] == list(range(1, 41))
    assert [int(row[1]) for row in rows] == load(model).predict(pixels).tolist()
    quiet = run(capsys, "predict", model, path, "--quiet")[1]
    assert quiet == [row[1] for row in rows]
    # With their labels, which are left out.
    labelled = np.column_stack([DIGITS.target[1500:1540], pixels])
    np.savetxt(path, labelled, "%d", ",", header=f"label,{names}", comments="")
    assert run(capsys, "predict", model, path, "--quiet")[1] == quiet


def test_a_csv_file_of_other_images_is_refused(capsys, model, folder, tmp_path):
    path = tmp_path / "test.csv"
    np.savetxt(path, np.zeros((3, 10)), "%d", ",", header=",".join("abcdefghij"), comments="")
    code, out, err = run(capsys, "predict", model, path)
    assert (code, out) == (1, [])
    assert "rows of 10 numbers, expected the 64 pixels" in err[0]
    assert "expected no other pictures" in run(capsys, "predict", model, path, folder)[2][0]
    assert "leave out --several" in run(capsys, "predict", model, path, "--several")[2][0]


def test_several_characters_are_printed_row_by_row(capsys, model, tmp_path):
    rows = [NUMBERS[:4], NUMBERS[4:]]
    page = np.full((2 * 240, 4 * 240), 255, np.uint8)
    for r, numbers in enumerate(rows):
        for c, i in enumerate(numbers):
            page[240 * r : 240 * (r + 1), 240 * c : 240 * (c + 1)] = ink(i)
    path = tmp_path / "page.png"
    Image.fromarray(page).save(path)
    code, texts, _ = run(capsys, "predict", model, path, "--several", "--quiet")
    assert code == 0
    assert [len(text) for text in texts] == [4, 2]
    truth = "".join(str(DIGITS.target[i]) for i in NUMBERS)
    assert sum(a == b for a, b in zip("".join(texts), truth, strict=True)) >= 4
    code, lines, _ = run(capsys, "predict", model, path, "--several")
    assert [line.split()[1] for line in lines] == texts
    assert all("least sure: " in line and " at place " in line for line in lines)
    output = tmp_path / "page.csv"
    run(capsys, "predict", model, path, "--several", "--output", output)
    head, *cells = table(output)
    assert head == ["file", "row", "place", "label", "probability"]
    assert [cell[1:3] for cell in cells][3:5] == [["1", "4"], ["2", "1"]]
    assert "".join(cell[3] for cell in cells) == "".join(texts)


@pytest.mark.parametrize("several", [False, True])
def test_what_was_read_is_drawn(capsys, model, folder, tmp_path, several):
    pytest.importorskip("matplotlib").use("Agg")
    path = folder / "1500.png"
    options = ["--several"] if several else []
    code, _, _ = run(capsys, "predict", model, path, "--show", tmp_path / "shown.png", *options)
    assert code == 0
    with Image.open(tmp_path / "shown.png") as shown:
        assert np.ptp(np.asarray(shown.convert("L"))) > 100


def test_progress_of_many_pictures(capsys, model, folder, monkeypatch):
    monkeypatch.setattr("skmnist._cli._pictures._STEP", 2)
    _, out, err = run(capsys, "predict", model, folder)
    assert err[0] == "2 of 6 pictures read"
    assert len(out) == len(NUMBERS)
    assert run(capsys, "predict", model, folder, "--quiet")[2] == []


def test_one_call_predicts_all(capsys, model, folder, monkeypatch):
    calls = []
    classifier = load(model)
    kept = type(classifier).predict_proba
    monkeypatch.setattr(
        type(classifier), "predict_proba", lambda self, X: calls.append(len(X)) or kept(self, X)
    )
    run(capsys, "predict", model, folder)
    assert calls == [len(NUMBERS)]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["empty"], "is a folder without pictures, expected files that end in .bmp, "),
        (["none/*.png"], "fits no file: name one, or the folder it is in."),
        (["a.png", "b.png", "--several", "--show", "x.png"], "--show draws one page"),
    ],
)
def test_names_without_pictures(capsys, model, tmp_path, monkeypatch, argv, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    code, out, err = run(capsys, "predict", model, *argv)
    assert (code, out) == (1, [])
    assert said in err[0]


def test_train_distorts_all_of_mnist_alone(capsys, tmp_path):
    for options in ([], ["--no-augment"]):
        path = tmp_path / "model.skmnist"
        code, _, _ = run(
            capsys, "train", "--data", "digits", "--epochs", 1, "--output", path, *options
        )
        assert code == 0
        assert load(path)["classify"].augmenter is None
