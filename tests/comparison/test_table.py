import csv
import json
import math
import sys

import pytest

from skmnist.comparison import Comparison, ComparisonRow
from skmnist.comparison._statistics import wilson_interval

FOREST = ComparisonRow("forest", 0.9705, 9.214, 0.13, 60_000, 10_000)
SVC = ComparisonRow("svc", 0.9852, 131.6, 18.37, 60_000, 10_000)
LOGISTIC = ComparisonRow("logistic", 0.9256, 20.0, 0.001, 60_000, 10_000)
NAN = math.nan
BROKEN = ComparisonRow("broken", NAN, NAN, NAN, 60_000, 10_000, "ValueError: no\n  good, at all")


def test_text_is_aligned_and_best_first():
    lines = str(Comparison((FOREST, BROKEN, SVC, LOGISTIC))).splitlines()
    assert lines == [
        "model     accuracy       fit  predict",
        "-------------------------------------",
        "svc        98.52 %  131.60 s  18.37 s",
        "forest     97.05 %    9.21 s   0.13 s",
        "logistic   92.56 %   20.00 s  <0.01 s",
        "broken    failed: ValueError: no good, at all",
    ]


def test_equal_accuracies_keep_their_order():
    twins = [ComparisonRow(name, 0.5, 1.0, 1.0, 8, 2) for name in ("b", "a", "c")]
    assert [line[0] for line in str(Comparison(twins)).splitlines()[2:]] == ["b", "a", "c"]


def test_a_long_message_is_cut_in_the_text_only():
    row = ComparisonRow("x", NAN, NAN, NAN, 1, 1, "E: " + "long " * 100)
    comparison = Comparison((row,))
    last = str(comparison).splitlines()[-1]
    assert len(last) < 120
    assert last.endswith("long ...")
    assert comparison.rows[0].error == row.error


def test_text_without_rows_is_the_header():
    header, rule = str(Comparison(())).splitlines()
    assert header.split() == ["model", "accuracy", "fit", "predict"]
    assert rule == "-" * len(header)


def test_csv_holds_the_figures_of_the_rows(tmp_path):
    path = tmp_path / "table.CSV"
    Comparison((FOREST, BROKEN)).save(path)
    with path.open(newline="") as stream:
        forest, broken = csv.DictReader(stream)
    assert list(forest) == [
        "name",
        "accuracy",
        "accuracy_low",
        "accuracy_high",
        "log_loss",
        "calibration_error",
        "fit_seconds",
        "predict_seconds",
        "n_train",
        "n_test",
        "error",
        "classifier",
    ]
    assert forest["name"] == "forest"
    assert (float(forest["accuracy"]), float(forest["fit_seconds"])) == (0.9705, 9.214)
    assert (int(forest["n_train"]), int(forest["n_test"])) == (60_000, 10_000)
    assert forest["error"] == ""
    assert broken["accuracy"] == broken["predict_seconds"] == ""
    assert broken["error"] == BROKEN.error


def test_json_holds_the_figures_of_the_rows(tmp_path):
    path = tmp_path / "table.json"
    Comparison((FOREST, BROKEN)).save(str(path))

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    forest, broken = json.loads(path.read_text(), parse_constant=refuse)["rows"]
    assert (forest.pop("accuracy_low"), forest.pop("accuracy_high")) == FOREST.accuracy_interval
    assert forest.pop("log_loss") is forest.pop("calibration_error") is None
    assert forest.pop("split_accuracies") == []
    assert ComparisonRow(**forest) == FOREST
    assert broken["accuracy"] is broken["fit_seconds"] is None
    assert broken["error"] == BROKEN.error


def test_accuracies_of_splits_are_in_json(tmp_path):
    row = ComparisonRow("svc", 0.97, 1.0, 1.0, 80, 20, split_accuracies=(0.96, 0.98))
    Comparison((row,)).save(tmp_path / "table.json")
    (saved,) = json.loads((tmp_path / "table.json").read_text())["rows"]
    assert saved["split_accuracies"] == [0.96, 0.98]
    assert saved["accuracy_high"] == 1  # the interval is cut to what an accuracy can be


def test_saving_again_replaces_and_leaves_nothing_beside(tmp_path):
    path = tmp_path / "table.json"
    Comparison((FOREST, SVC)).save(path)
    Comparison((SVC,)).save(path)
    assert [row["name"] for row in json.loads(path.read_text())["rows"]] == ["svc"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "table.json"
    Comparison((FOREST,)).save(path)
    old = path.read_bytes()
    with pytest.raises(TypeError):
        Comparison((ComparisonRow("x", object(), 1.0, 1.0, 1, 1),)).save(path)
    assert path.read_bytes() == old
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["table.txt", "table", "table.csv.gz"])
def test_other_suffixes_are_refused(tmp_path, name):
    with pytest.raises(ValueError, match=r"must end in \.csv or \.json"):
        Comparison((FOREST,)).save(tmp_path / name)


def test_a_path_that_cannot_be_a_file_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        Comparison((FOREST,)).save(tmp_path / "no" / "table.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(IsADirectoryError, match="is a folder"):
        Comparison((FOREST,)).save(tmp_path / "folder.csv")


def test_frame_has_a_line_a_row():
    pytest.importorskip("pandas")
    frame = Comparison((FOREST, BROKEN)).to_frame()
    assert frame["name"].tolist() == ["forest", "broken"]
    assert frame["accuracy"].isna().tolist() == [False, True]
    assert frame.loc[0, "fit_seconds"] == 9.214
    assert frame.loc[0, ["accuracy_low", "accuracy_high"]].tolist() == [
        *wilson_interval(9705, 10_000)
    ]
    assert list(Comparison(()).to_frame().columns) == list(frame.columns)


def test_frame_without_pandas_names_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"pandas.*install it, or use Comparison\.rows"):
        Comparison((FOREST,)).to_frame()
