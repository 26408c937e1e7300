"""Start TensorFlow with defaults for its threads and its log; limits of the process."""

import math
import os
from pathlib import Path

os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
# joblib sets for OpenMP how many threads a worker has.
_threads = os.environ.get("OMP_NUM_THREADS", "")
if _threads.isdigit() and int(_threads) > 0:
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", _threads)
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", _threads)

_level_is_ours = "TF_CPP_MIN_LOG_LEVEL" not in os.environ
if _level_is_ours:
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"  # warnings and errors alone
try:
    import keras
    import tensorflow as tf

    tf.config.list_physical_devices()  # it looks for GPUs here, and not in the first fit
finally:
    if _level_is_ours:  # processes started from here decide for themselves
        del os.environ["TF_CPP_MIN_LOG_LEVEL"]

if keras.backend.backend() != "tensorflow":
    raise ImportError(
        f"skmnist trains with TensorFlow, but Keras runs on {keras.backend.backend()!r} here. "
        "Set the environment variable KERAS_BACKEND=tensorflow before Keras is first imported."
    )

_starter = os.getpid()
# Mappings of memory that XLA leaves to all else: a network has at most 200, and the program that
# distorts images, of which there is one for each shape, ten.
_SPARE_MAPPINGS = 4096


def check_not_forked() -> None:
    """Refuse to go on in a copy of the process that started TensorFlow: it would hang."""
    if os.getpid() != _starter:
        raise RuntimeError(
            f"This process ({os.getpid()}) was forked from one ({_starter}) in which TensorFlow "
            "was running, and its threads do not live on in a fork. Use joblib's default workers "
            "(n_jobs=...), or multiprocessing.get_context('spawn') or ('forkserver')."
        )


def has_room_for_xla() -> bool:
    """Return whether this process may map the memory of another program of XLA.

    One has a hundred mappings and more, and is never freed. Where Linux grants no more of them,
    XLA ends the process.
    """
    return _mappings_left() > _SPARE_MAPPINGS


def _mappings_left() -> float:
    try:
        limit = int(Path("/proc/sys/vm/max_map_count").read_text())
        with open("/proc/self/maps", "rb") as mappings:
            return limit - sum(1 for _ in mappings)
    except OSError:  # not Linux
        return math.inf
