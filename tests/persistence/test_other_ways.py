"""What pickle and skops.io do with our estimators (docs/deployment.md)."""

import pickle

import numpy as np
import pytest

skops_io = pytest.importorskip("skops.io")


def test_skops_asks_for_our_types_only(classifier, tmp_path, few_digits):
    path = tmp_path / "model.skops"
    skops_io.dump(classifier, path)
    unknown = skops_io.get_untrusted_types(file=path)
    assert unknown
    assert {name.split(".")[0] for name in unknown} == {"skmnist"}
    with pytest.raises(skops_io.exceptions.UntrustedTypesFoundException):
        skops_io.load(path)
    loaded = skops_io.load(path, trusted=unknown)
    np.testing.assert_array_equal(
        loaded.predict_proba(few_digits[0]), classifier.predict_proba(few_digits[0])
    )


def test_a_pickle_names_no_keras_object(classifier):
    # pickletools would say it at length: every module that is imported stands in it as text.
    data = pickle.dumps(classifier, protocol=2)
    for module in (b"ckeras", b"ctensorflow", b"cscikeras"):
        assert module not in data
