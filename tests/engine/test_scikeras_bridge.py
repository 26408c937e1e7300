"""The one file that knows scikeras."""

import sys
from types import ModuleType

import keras
import pytest

from skmnist._engine import scikeras_bridge


@pytest.mark.parametrize("module", [None, ModuleType("scikeras.wrappers")], ids=["gone", "other"])
def test_a_scikeras_that_does_not_fit_is_named(module, monkeypatch):
    monkeypatch.setitem(sys.modules, "scikeras.wrappers", module)
    before = vars(keras.Model).get("__reduce__")
    with pytest.raises(ImportError, match=r"through scikeras 0\.13\.0, .*Keras 3.*pip install"):
        scikeras_bridge.import_scikeras.__wrapped__()
    assert vars(keras.Model).get("__reduce__") is before
