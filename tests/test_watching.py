"""docs/watching.md does what it says."""

import importlib.util
import logging
import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "watching.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"(?ms)^```python\n(.*?)^```", PAGE)


@pytest.fixture(scope="module")
def variables():
    """What the first block leaves to the later ones."""
    return {}


def run(word, variables, capsys):
    """What the one block that has a word prints."""
    (block,) = [block for block in BLOCKS if word in block]
    exec(compile(block, "docs/watching.md", "exec"), variables)
    return capsys.readouterr().out.splitlines()


def test_a_line_for_each_epoch(variables, capsys):
    lines = run("verbose=1", variables, capsys)
    assert [line.split()[1] for line in lines] == [f"{i}/5" for i in range(1, 6)]


def test_live_plot_prints_where_there_is_no_notebook(variables, capsys):
    lines = run("LivePlot", variables, capsys)
    assert len(lines) == 20
    assert "val_loss" in lines[0]


@pytest.mark.skipif(not importlib.util.find_spec("tensorboard"), reason="needs tensorboard")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of TensorFlow itself
def test_tensorboard_gets_its_files(variables, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("TensorBoard", variables, capsys)
    assert list(tmp_path.glob("logs/train/events*"))


def test_a_line_for_each_fit_of_a_search(variables, capsys):
    lines = run("GridSearchCV(", variables, capsys)
    assert sum(line.startswith("[CV ") for line in lines) == 4


def test_bars_for_a_search_and_its_fits(variables, capsys):
    pytest.importorskip("sklearn.callback", reason="since scikit-learn 1.9")
    lines = run("ProgressBar", variables, capsys)
    assert all(line.strip().startswith("GridSearchCV") for line in lines)
    # Two values and two folds; and once more on all samples.
    assert sum("KerasMLPClassifier - fit" in line for line in lines) == 5


def test_a_monitor_has_a_row_for_each_epoch(variables, capsys):
    pytest.importorskip("sklearn.callback", reason="since scikit-learn 1.9")
    run("ScoringMonitor", variables, capsys)
    rows = variables["monitor"].get_logs().data
    epochs = [row for row in rows if row["task_name"] == "epoch"]
    assert len(epochs) == 3
    assert all(0 < row["accuracy"] < 1 and row["neg_log_loss"] < 0 for row in epochs)


def test_the_log_is_the_one_that_tells_of_downloads(monkeypatch, capsys):
    logger = logging.getLogger("skmnist.datasets")
    monkeypatch.setattr(logger, "level", logging.NOTSET)
    run("basicConfig", {}, capsys)
    assert logger.level == logging.INFO
    logger.setLevel(logging.NOTSET)
