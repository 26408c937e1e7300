"""How TensorFlow starts: nothing that it says at its end may be lost."""

import os
import subprocess
import sys

import pytest

# Native code that gives up while TensorFlow is imported.
ABORT = """
import os, sys
class Abort:
    def find_spec(self, name, path=None, target=None):
        if name == "tensorflow":
            os.write(2, b"F0000 this processor lacks AVX\\n")
            os.abort()
sys.meta_path.insert(0, Abort())
"""
# Which file stderr is while TensorFlow is imported.
WATCH = """
import os, sys
class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "tensorflow":
            at_import.append(os.fstat(2).st_ino)
at_import = []
before = os.fstat(2).st_ino
sys.meta_path.insert(0, Watch())
"""
TRAIN = ["train", "--data", "digits", "--model", "mlp", "--epochs", "1", "--output"]


def run(code, *argv, **environment):
    return subprocess.run(
        [sys.executable, "-c", code, *argv],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "start",
    ["import skmnist._engine", "from skmnist._cli import main; main()"],
    ids=["library", "command"],
)
def test_last_words_reach_the_screen(start, tmp_path):
    done = run(ABORT + start, *TRAIN, str(tmp_path / "digits.skmnist"))
    assert done.returncode == -6
    assert "F0000 this processor lacks AVX\n" in done.stderr


@pytest.mark.parametrize(
    ("start", "environment"),
    [
        ("import skmnist._engine", {}),
        (
            "from skmnist import KerasMLPClassifier as C; C(2, epochs=1).fit([[0], [1]], [0, 1])",
            {"TF_CPP_MIN_LOG_LEVEL": "3"},
        ),
        ("from skmnist._cli import main; assert main(sys.argv[1:]) == 0", {}),
    ],
    ids=["engine", "fit", "command of another process"],
)
def test_what_is_of_another_process_is_left_alone(start, environment, tmp_path):
    done = run(
        f"{WATCH}\n{start}\n"
        "assert at_import == [before], (at_import, before)\n"
        "print(os.environ.get('TF_CPP_MIN_LOG_LEVEL'))",
        *TRAIN,
        str(tmp_path / "digits.skmnist"),
        **environment,
    )
    assert done.returncode == 0, done.stderr
    *_, level = done.stdout.splitlines()
    assert level == environment.get("TF_CPP_MIN_LOG_LEVEL", "None")


@pytest.mark.parametrize("level", [None, "3"])
def test_the_command_keeps_its_screen(level, tmp_path):
    # TF_CPP_MIN_LOG_LEVEL=3 asks for less, and must not show more.
    environment = {} if level is None else {"TF_CPP_MIN_LOG_LEVEL": level}
    code = "from skmnist._cli import main; raise SystemExit(main())"
    done = run(code, *TRAIN, str(tmp_path / "digits.skmnist"), **environment)
    assert done.returncode == 0
    (line,) = done.stderr.splitlines()
    assert line.startswith("scikit-learn's digits: 1,347 images")


def test_who_asks_for_information_gets_it(tmp_path):
    code = "from skmnist._cli import main; raise SystemExit(main())"
    done = run(code, *TRAIN, str(tmp_path / "digits.skmnist"), TF_CPP_MIN_LOG_LEVEL="0")
    assert "oneDNN" in done.stderr
