import csv
import json
import os
import signal
import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.naive_bayes import GaussianNB

import skmnist
from skmnist import _cli as cli
from skmnist import comparison, make_digit_pipeline
from skmnist._cli import _images
from skmnist._cli._compare import MODELS
from skmnist.comparison import default_classifiers

DIGITS = load_digits()


class Told(ClassifierMixin, BaseEstimator):
    """Calls a function in fit and predicts zeros."""

    def __init__(self, call=None):
        self.call = call

    def fit(self, X, y):
        if self.call:
            self.call(X, y)
        return self

    def predict(self, X):
        return np.zeros(len(X), int)


@pytest.fixture
def models(monkeypatch):
    """Stand-ins that need no time, to be replaced by the name of a model."""
    stand_ins = {name: Told() for name in MODELS}
    monkeypatch.setattr(
        comparison,
        "default_classifiers",
        lambda X, names, random_state: {name: stand_ins[name] for name in names},
    )
    return stand_ins


def run(capsys, *argv):
    """Exit code, lines of stdout and lines of stderr of `skmnist compare`."""
    try:
        code = cli.main(["compare", *map(str, argv)])
    except SystemExit as exit_:
        code = exit_.code
    out, err = capsys.readouterr()
    return code, out.splitlines(), err.splitlines()


SLOW = ["boosting", "cnn-accurate", "cnn-best"]


def test_the_models_offered_are_those_there_are():
    defaults = default_classifiers(DIGITS.images)
    assert list(MODELS) == [*defaults, *SLOW]
    assert list(default_classifiers(DIGITS.images, names=MODELS)) == list(MODELS)


def test_table_to_stdout_progress_to_stderr(capsys, models):
    models["svc"] = Told(lambda X, y: None)
    code, out, err = run(capsys, "--data", "digits", "--models", "svc, knn,svc")
    assert code == 0
    assert out[0].split() == ["model", "accuracy", "fit", "predict"]
    assert [line.split()[0] for line in out[2:]] == ["svc", "knn"]
    assert err[0] == (
        "scikit-learn's digits: 1,347 images to train on, 450 to test on, 8 x 8 pixels each"
    )
    assert err[1].startswith("[1/2] svc ... 10.00 % in ")
    assert err[2].startswith("[2/2] knn ... 10.00 % in ")


def test_quiet_leaves_the_table_alone(capsys, models):
    code, out, err = run(capsys, "--data", "digits", "--models", "svc", "--quiet")
    assert (code, len(out), err) == (0, 3, [])


def test_all_models_but_the_slow_ones_by_default(capsys, models):
    code, out, _ = run(capsys, "--data", "digits", "--quiet")
    assert code == 0
    assert [line.split()[0] for line in out[2:]] == [name for name in MODELS if name not in SLOW]


def test_a_published_split_is_kept_in_order(capsys, models, tmp_path):
    rng = np.random.default_rng(0)
    images = rng.integers(256, size=(7, 2, 2), dtype=np.uint8)
    labels = np.array([0, 1, 0, 1, 0, 0, 1])
    path = tmp_path / "own.npz"
    np.savez(path, x_train=images[:4], y_train=labels[:4], x_test=images[4:], y_test=labels[4:])
    seen = []
    models["svc"] = Told(lambda X, y: seen.extend([X, y]))
    _, out, err = run(capsys, "--data", path, "--models", "svc")
    np.testing.assert_array_equal(seen[0], images[:4])
    np.testing.assert_array_equal(seen[1], labels[:4])
    assert out[2].split()[1] == "66.67"  # two zeros of three
    assert err[0] == "own.npz: 4 images to train on, 3 to test on, 2 x 2 pixels each"


def test_train_size_keeps_the_classes_in_proportion(capsys, models):
    seen = []
    models["svc"] = Told(lambda X, y: seen.append(y))
    for seed in (0, 0, 1):
        run(
            capsys,
            *("--data", "digits", "--models", "svc", "--train-size", 200, "--random-state", seed),
        )
    share = np.bincount(DIGITS.target) / len(DIGITS.target) * 200
    assert np.all(np.abs(np.bincount(seen[0]) - share) <= 1)
    np.testing.assert_array_equal(seen[0], seen[1])
    assert not np.array_equal(seen[0], seen[2])


@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_output_holds_the_table(capsys, models, tmp_path, suffix):
    models["svc"] = GaussianNB()
    flat, path = tmp_path / "flat.csv", tmp_path / f"table.{suffix}"
    rows = np.column_stack([DIGITS.target, DIGITS.data])[:, :64]  # 63 pixels are no square
    np.savetxt(flat, rows, fmt="%d", delimiter=",")
    code, out, err = run(capsys, "--data", flat, "--models", "svc,knn", "--output", path)
    assert code == 0
    assert err[0].endswith("63 pixels each")
    with path.open(newline="") as stream:
        saved = json.load(stream)["rows"] if suffix == "json" else list(csv.DictReader(stream))
    printed = {line.split()[0]: line.split()[1] for line in out[2:]}
    assert {row["name"]: f"{float(row['accuracy']):.2%}"[:-1] for row in saved} == printed


def test_output_can_be_a_page(capsys, models, tmp_path):
    models["svc"] = make_digit_pipeline(GaussianNB())
    path = tmp_path / "report.html"
    code, _, err = run(capsys, "--data", "digits", "--models", "svc,knn", "--output", path)
    assert (code, err[-1]) == (0, "")
    page = path.read_text(encoding="utf-8")
    assert "<h1>Classifiers compared on scikit-learn&#x27;s digits</h1>" in page
    assert page.count("confusion matrix of") == 2


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--data", "foo"], "'foo' is none of digits, mnist, fashion, and there is no such file"),
        (["--models", "svc,foo"], "no model is called 'foo', there are: cnn, mlp, svc, forest"),
        (["--models", ","], "no model is called ','"),
        (["--train-size", "0"], "'0' is not a whole number from 1"),
        (["--train-size", "1.5"], "'1.5' is not a whole number from 1"),
        (["--random-state", "-1"], "expected one argument|not a whole number"),
        (["--random-state", "4294967296"], "not a whole number from 0"),
        (["--output", "table.txt"], "must end in .csv or .json or .html"),
        (["--output", "no such folder/table.csv"], "there is no folder"),
        (["--nonsense"], "unrecognized arguments"),
    ],
)
def test_usage_errors(capsys, models, argv, said):
    models["svc"] = Told(lambda X, y: pytest.fail("trained all the same"))
    code, out, err = run(capsys, *argv)
    assert (code, out) == (2, [])
    assert any(part in err[-1] for part in said.split("|"))


def test_without_a_command_there_is_help(capsys):
    assert cli.main([]) == 2
    assert "compare" in capsys.readouterr().err


def test_version(capsys):
    with pytest.raises(SystemExit) as exit_:
        cli.main(["--version"])
    assert exit_.value.code == 0
    assert capsys.readouterr().out == f"skmnist {skmnist.__version__}\n"


def test_help_names_every_option_and_model(capsys):
    code, out, _ = run(capsys, "--help")
    assert code == 0
    text = "\n".join(out)
    options = ["--data", "--models", "--train-size", "--random-state", "--output", "--quiet"]
    assert all(word in text for word in [*options, *MODELS])
    assert max(map(len, out)) <= 80


def offline(**_):
    raise OSError("MNIST was not found\n  - here: no network\nPut it there.")


def test_without_network_the_default_is_the_digits(capsys, models, monkeypatch):
    monkeypatch.setattr(_images, "fetch_mnist", offline)
    code, out, err = run(capsys, "--models", "svc", "--quiet")
    assert code == 0
    assert len(out) == 3
    (line,) = err
    assert line.startswith("skmnist: MNIST can't be had here, so scikit-learn's digits")


def test_without_network_mnist_asked_for_is_an_error(capsys, models, monkeypatch):
    monkeypatch.setattr(_images, "fetch_mnist", offline)
    code, out, err = run(capsys, "--data", "mnist", "--models", "svc", "--quiet")
    assert (code, out) == (1, [])
    assert err == [
        "skmnist: error: --data mnist: MNIST was not found - here: no network Put it there. "
        "Or use --data digits."
    ]


def test_a_file_that_is_not_there_or_damaged(capsys, models, tmp_path):
    for name, said in (("no.csv", "No such file"), ("bad.npz", "not a readable npz file")):
        (tmp_path / "bad.npz").write_bytes(b"PK nonsense")
        code, out, err = run(capsys, "--data", tmp_path / name, "--models", "svc")
        assert (code, out) == (1, [])
        (line,) = err
        assert line.startswith("skmnist: error: ")
        assert said in line


def test_more_training_images_than_there_are(capsys, models):
    code, _, err = run(capsys, "--data", "digits", "--train-size", 5000)
    assert code == 1
    assert err == [
        "skmnist: error: train_size=5000 is more than the 1347 training images there are: "
        "give that number or a smaller one."
    ]


def fail(X, y):
    raise RuntimeError("out of luck")


def test_a_model_that_fails_is_in_the_table_and_in_the_code(capsys, models, tmp_path):
    models["svc"] = Told(fail)
    path = tmp_path / "table.json"
    code, out, err = run(capsys, "--data", "digits", "--models", "svc,knn", "--output", path)
    assert code == 1
    assert out[2].startswith("knn ")
    assert out[3].split(maxsplit=1) == ["svc", "failed: RuntimeError: out of luck"]
    assert "[1/2] svc ... failed" in err
    assert err[-1] == "skmnist: error: svc failed, the table says why"
    assert [row["error"] for row in json.loads(path.read_text())["rows"]][1] is None


def interrupt(X, y):
    raise KeyboardInterrupt


def test_ctrl_c_prints_what_is_finished(capsys, models, tmp_path):
    models["knn"] = Told(interrupt)
    path = tmp_path / "table.csv"
    code, out, err = run(capsys, "--data", "digits", "--models", "svc,knn,mlp", "--output", path)
    assert code == 130
    assert [line.split()[0] for line in out[2:]] == ["svc"]
    assert err[-1] == "skmnist: interrupted"
    assert not path.exists()


def test_ctrl_c_before_anything_is_finished(capsys, models):
    models["svc"] = Told(interrupt)
    code, out, _ = run(capsys, "--data", "digits", "--models", "svc")
    assert (code, out) == (130, [])


def test_a_warning_is_one_line_and_breaks_no_other(capsys, models):
    def warn(X, y):
        # What tests make an error is, for the command, a warning.
        warnings.simplefilter("always")
        warnings.warn("did not converge\nand many\nlines more", ConvergenceWarning, stacklevel=2)

    models["svc"] = Told(warn)
    code, _, err = run(capsys, "--data", "digits", "--models", "svc")
    assert code == 0
    assert err[1] == "[1/1] svc ... "
    assert err[2] == "skmnist: warning: ConvergenceWarning: did not converge"
    assert err[3].startswith("[1/1] svc ... 10.00 % in ")
    assert len([line for line in err if "lines more" in line]) == 0


def spawn(*argv, **options):
    return subprocess.Popen(
        [sys.executable, *argv],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "error"},
        **options,
    )


def test_help_imports_nothing_heavy():
    code = (
        "import sys, skmnist._cli\n"
        "try: skmnist._cli.main(['compare', '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'sklearn', 'keras', 'tensorflow'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    process = spawn("-c", code)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err


def test_two_quick_models_for_real():
    process = spawn(
        *("-m", "skmnist", "compare", "--data", "digits", "--models", "knn,logistic", "--quiet")
    )
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert err == ""
    header, rule, *rows = out.splitlines()
    assert header.split() == ["model", "accuracy", "fit", "predict"]
    assert {len(line) for line in (header, rule, *rows)} == {len(header)}
    accuracies = {row.split()[0]: float(row.split()[1]) for row in rows}
    assert list(accuracies) == ["knn", "logistic"]  # best first
    assert accuracies["knn"] > accuracies["logistic"] > 94


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT to send to another process")
def test_ctrl_c_for_real(tmp_path):
    # Enough work that the second model is running when the signal comes.
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "noise.npz", X=rng.random((4000, 784)), y=rng.integers(10, size=4000))
    process = spawn(
        *("-m", "skmnist", "compare", "--data", str(tmp_path / "noise.npz")),
        *("--models", "knn,sklearn-mlp"),
        # What runs in the background of a shell ignores Ctrl-C, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    seen = ""
    while "sklearn-mlp" not in seen:
        piece = process.stderr.read(1)
        assert piece, seen
        seen += piece
    process.send_signal(signal.SIGINT)
    try:
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130, err
    assert [line.split()[0] for line in out.splitlines()[2:]] == ["knn"]
    assert "Traceback" not in err
    assert err.endswith("skmnist: interrupted\n")
