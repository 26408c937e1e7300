"""What the whole suite shares, doctests too: threads, figures, and what XLA compiles.

XLA takes seconds to compile a network that a test then trains for a fraction of one. So
``jit_compile="auto"`` means TensorFlow's plain graph, but in tests marked ``xla`` (they are about
XLA, or train for long) or ``slow``, and in the processes that tests start.
"""

import gc
import importlib.util
import os
import sys

import pytest

_MODULE = "skmnist._engine.training_program"


class _Table:
    """The layers that XLA makes faster: what the package says, or none."""

    def __init__(self):
        self.real = None
        self.in_use = False

    def find_spec(self, name, path=None, target=None):
        """Set the table when the module is imported, and not import it for that."""
        if name != _MODULE:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            self._set(module)

        spec.loader.exec_module = exec_module
        return spec

    def use(self, real):
        changes = real is not self.in_use
        self.in_use = real
        if changes and _MODULE in sys.modules:
            self._set(sys.modules[_MODULE])
            if training := sys.modules.get("skmnist._engine.training"):
                training._pool.clear()  # programs compiled by the other table

    def _set(self, module):
        if self.real is None:
            self.real = module._FASTER_BY_XLA
        module._FASTER_BY_XLA = self.real if self.in_use else set()


_table = _Table()
sys.meta_path.insert(0, _table)


def pytest_configure(config):
    """Let workers of the quick suite, and what they start, compute by a share of the processors.

    NumPy, OpenMP and TensorFlow would take all of them in each, and wait for each other. Long
    tests, and tests/clients by itself, compare figures that were printed by all threads.
    """
    workers = config.getoption("numprocesses", None)
    is_quick = config.option.markexpr == "not slow"
    if workers and is_quick and not any("clients" in arg for arg in config.args):
        share = max(1, (os.cpu_count() or 1) // workers)
        os.environ.setdefault("OMP_NUM_THREADS", str(share))  # the workers inherit it


def pytest_collection_finish():
    """Spare every collection of garbage what stays: thousands of tests, and imported modules."""
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Before fixtures of any scope, so that these are trained alike."""
    _table.use(any(item.get_closest_marker(name) for name in ("xla", "slow")))
    return (yield)


@pytest.fixture(autouse=True)
def _figures_closed():
    """No test meets a figure that another has drawn."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


@pytest.fixture(autouse=True, scope="module")
def _networks_forgotten():
    """Networks of one file do not fill the memory of the next."""
    yield
    training = sys.modules.get("skmnist._engine.training")
    if training and len(training._pool):
        training._pool.clear()
        # TensorFlow keeps what it prepared for every shape that a variable had.
        sys.modules["keras"].utils.clear_session()
