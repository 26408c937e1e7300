from pathlib import Path

from skmnist.datasets._obtain import data_folder, keras_folder


def test_the_argument_comes_before_the_environment(home, tmp_path, monkeypatch):
    assert data_folder(None) == home / ".cache/skmnist"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/ignored")
    assert data_folder(None) == home / ".cache/skmnist"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert data_folder(None) == tmp_path / "xdg/skmnist"
    monkeypatch.setenv("SKMNIST_DATA", "~/data")
    assert data_folder(None) == home / "data"
    assert data_folder("~/mine") == home / "mine"
    assert data_folder(Path("here")) == Path("here")


def test_empty_variables_are_unset_variables(home, monkeypatch):
    for name in ("SKMNIST_DATA", "XDG_CACHE_HOME", "KERAS_HOME"):
        monkeypatch.setenv(name, "")
    assert data_folder(None) == home / ".cache/skmnist"
    assert keras_folder() == home / ".keras/datasets"


def test_keras_home_moves_its_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert keras_folder() == tmp_path / "datasets"
