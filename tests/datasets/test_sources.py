import re

import pytest

from skmnist.datasets._sources import DATASETS


@pytest.mark.parametrize("name", DATASETS)
def test_every_layout_holds_every_array_once(name):
    dataset = DATASETS[name]
    assert list(dataset.arrays) == ["x_train", "y_train", "x_test", "y_test"]
    for files in dataset.layouts:
        assert sorted(key for file in files for key in file.keys) == sorted(dataset.arrays)


@pytest.mark.parametrize("name", DATASETS)
def test_every_array_has_a_checksum(name):
    dataset = DATASETS[name]
    for files in dataset.layouts:
        for file in files:
            sums = [file.md5] if file.md5 else [dataset.arrays[key].sha256 for key in file.keys]
            assert all(re.fullmatch("[0-9a-f]{32}|[0-9a-f]{64}", value) for value in sums)


@pytest.mark.parametrize("name", DATASETS)
def test_sources_are_several_folders_on_the_web(name):
    urls = [source.base_url for source in DATASETS[name].sources]
    assert len(set(urls)) == len(urls) >= 2
    assert all(re.fullmatch("https?://[^ ]+/", url) for url in urls)


def test_layouts_are_the_distinct_ones_in_order():
    assert [len(files) for files in DATASETS["mnist"].layouts] == [1, 4]
    assert [len(files) for files in DATASETS["fashion-mnist"].layouts] == [4]
