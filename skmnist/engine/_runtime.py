"""How TensorFlow is started, where nobody has started it or said otherwise."""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

# Information of native code, and its report that there is no GPU to find.
_CHATTER = re.compile(
    rb"WARNING: All log messages before absl::|I\d{4} \d\d:\d\d:|E\d{4} .*cuInit.*(303|NO_DEVICE)"
)


@contextmanager
def _without_chatter() -> Iterator[None]:
    """Hold back what is written to stderr; all but TensorFlow's own information follows.

    TensorFlow's native code writes to the file descriptor before any of its settings
    is read, so there is no other place to stop it.
    """
    if "tensorflow" in sys.modules or "TF_CPP_MIN_LOG_LEVEL" in os.environ:
        yield
        return
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
    held = _hold_stderr()
    try:
        yield
    finally:
        if held is not None:
            _release_stderr(*held)
        # Processes started from here are to decide for themselves.
        os.environ.pop("TF_CPP_MIN_LOG_LEVEL", None)


def _hold_stderr() -> tuple[BinaryIO, int] | None:
    """Send stderr to a file; return that and a copy of the descriptor, None if it can't be."""
    try:
        terminal = os.dup(2)
    except OSError:  # a process without stderr has nothing to keep clean
        return None
    try:
        file = tempfile.TemporaryFile()  # noqa: SIM115  closed by _release_stderr
    except OSError:  # no place for temporary files
        os.close(terminal)
        return None
    os.dup2(file.fileno(), 2)
    return file, terminal


def _release_stderr(file: BinaryIO, terminal: int) -> None:
    with suppress(AttributeError, ValueError):  # there may be no stderr, or a closed one
        sys.stderr.flush()
    os.dup2(terminal, 2)
    os.close(terminal)
    with file:
        file.seek(0)
        for line in file:
            if not _CHATTER.match(line):
                os.write(2, line)


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
with _without_chatter():
    import keras
    import tensorflow as tf

    tf.config.list_physical_devices()  # it looks for GPUs here, and not in the first fit

if keras.backend.backend() != "tensorflow":
    raise ImportError(
        f"skmnist trains with TensorFlow, but Keras runs on {keras.backend.backend()!r} here. "
        "Set the environment variable KERAS_BACKEND=tensorflow before Keras is first imported."
    )
