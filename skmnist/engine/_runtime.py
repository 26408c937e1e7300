"""Start TensorFlow with defaults for its threads and its log; the user's settings win."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _without_information() -> Iterator[None]:
    """Ask TensorFlow for warnings and errors alone, unless the user set a level."""
    if "TF_CPP_MIN_LOG_LEVEL" in os.environ:
        yield
        return
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
    try:
        yield
    finally:
        # Processes started from here are to decide for themselves.
        del os.environ["TF_CPP_MIN_LOG_LEVEL"]


def _set_defaults() -> None:
    """Fill in settings that TensorFlow reads when it starts; those of the user stand."""
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    # joblib tells OpenMP how many threads a worker has.
    threads = os.environ.get("OMP_NUM_THREADS", "")
    if threads.isdigit() and int(threads) > 0:
        os.environ.setdefault("TF_NUM_INTRAOP_THREADS", threads)
        os.environ.setdefault("TF_NUM_INTEROP_THREADS", threads)


_starter = os.getpid()


def check_not_forked() -> None:
    """Refuse to go on in a copy of the process that started TensorFlow: it would hang."""
    if os.getpid() != _starter:
        raise RuntimeError(
            f"This process ({os.getpid()}) was forked from one ({_starter}) in which TensorFlow "
            "was running, and its threads do not live on in a fork. Use joblib's default workers "
            "(n_jobs=...), or multiprocessing.get_context('spawn') or ('forkserver')."
        )


_set_defaults()
with _without_information():
    import keras
    import tensorflow as tf

    tf.config.list_physical_devices()  # it looks for GPUs here, and not in the first fit

if keras.backend.backend() != "tensorflow":
    raise ImportError(
        f"skmnist trains with TensorFlow, but Keras runs on {keras.backend.backend()!r} here. "
        "Set the environment variable KERAS_BACKEND=tensorflow before Keras is first imported."
    )
