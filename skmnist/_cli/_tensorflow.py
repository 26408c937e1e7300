"""TensorFlow without the information that its native code prints about itself."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# A process of its own, so that the last words of a TensorFlow that aborts reach the screen.
_FILTER = r"""
import re, sys
chatter = re.compile(
    rb"WARNING: All log messages before absl::"
    rb"|I\d{4} \d\d:\d\d:"  # information
    rb"|E\d{4} .*cuInit.*(303|NO_DEVICE)"  # no GPU to be found
    rb"|fully_quantize: "  # the converter to LiteRT
)
for line in sys.stdin.buffer:
    if not chatter.match(line):
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()
"""


def start_tensorflow(*, owns_process: bool) -> None:
    """Import the engine, with a filter on stderr if the process is the command `skmnist`."""
    with filtered_stderr(owns_process=owns_process and "tensorflow" not in sys.modules):
        from .. import _engine  # noqa: F401


@contextmanager
def filtered_stderr(*, owns_process: bool) -> Iterator[None]:
    """Leave out what TensorFlow prints about itself, if the process is the command `skmnist`."""
    # A user may want TensorFlow's information.
    wants_all = os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2") in ("0", "1")
    try:
        terminal = os.dup(2) if owns_process and not wants_all else None
    except OSError:  # a process without stderr has nothing to keep clean
        terminal = None
    if terminal is None:
        yield
        return
    with subprocess.Popen([sys.executable, "-ISc", _FILTER], stdin=subprocess.PIPE) as reader:
        assert reader.stdin is not None  # it is a pipe
        os.dup2(reader.stdin.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(terminal, 2)  # all that was written is in the pipe, which ends here
            os.close(terminal)
            reader.stdin.close()
