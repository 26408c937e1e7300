import pytest


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    """Some of these tools write into the folder that they are called in."""
    monkeypatch.chdir(tmp_path)
