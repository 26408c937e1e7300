"""A build function of a user's is called apart from the rest of the process.

Keras draws the seeds of initializers and dropout from Python's global generator, and
keeps names, policies and a generator of its own for each thread. So a thread of its own
and a seed make equal networks of equal calls, and leave nothing behind.
"""

import random
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")

# The generators of the process can serve one build at a time.
_lock = threading.Lock()


def build_apart(build: Callable[[], T], seed: int) -> T:
    """Call a function under a seed, in a thread of its own.

    The global generators of Python and NumPy are put back as they were.
    """
    if isinstance(threading.current_thread(), _Builder):
        # A build function may build a network of another fitted classifier.
        return build()
    builder = _Builder(build, seed)
    builder.start()
    builder.join()
    if builder.error is not None:
        raise builder.error
    return builder.built


class _Builder(threading.Thread):
    def __init__(self, build: Callable[[], Any], seed: int) -> None:
        super().__init__(daemon=True)
        self.build, self.seed = build, seed
        self.built: Any = None
        self.error: BaseException | None = None

    def run(self) -> None:
        with _lock:
            before = random.getstate(), np.random.get_state()  # noqa: NPY002
            random.seed(self.seed)
            np.random.seed(self.seed)  # noqa: NPY002
            try:
                self.built = self.build()
            except BaseException as error:
                self.error = error
            finally:
                random.setstate(before[0])
                np.random.set_state(before[1])  # noqa: NPY002
