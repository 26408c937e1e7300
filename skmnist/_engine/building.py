"""Run a user's build function in its own seeded thread.

Keras draws the seeds of initializers and dropout from Python's global generator, and
keeps names, policies and a generator of its own for each thread. So a thread of its own
and a seed make equal networks of equal calls, and leave nothing behind.
"""

import random
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

import numpy as np

T = TypeVar("T")

# The generators of the process can serve one build at a time.
_lock = threading.Lock()
_this_thread = threading.local()


def build_apart(build: Callable[[], T], seed: int) -> T:
    """Call a function under a seed, in a thread of its own.

    The global generators of Python and NumPy are put back as they were.
    """
    if hasattr(_this_thread, "builds"):
        # A build function may build a network of another fitted classifier.
        return build()
    built: Future[T] = Future()

    def run() -> None:
        _this_thread.builds = True
        with _lock:
            before = random.getstate(), np.random.get_state()  # noqa: NPY002
            random.seed(seed)
            np.random.seed(seed)  # noqa: NPY002
            try:
                built.set_result(build())
            except BaseException as error:
                built.set_exception(error)
            finally:
                random.setstate(before[0])
                np.random.set_state(before[1])  # noqa: NPY002

    # Not an executor: a fit may outlive the main thread, after which those take no work.
    builder = threading.Thread(target=run, daemon=True)
    builder.start()
    builder.join()
    return built.result()
