"""Progress of a training, one line an epoch."""

import time
from numbers import Real
from typing import Any

import keras


class EpochLine(keras.callbacks.Callback):
    """Print one line for each epoch, with the time that is left.

    Lines are whole and end with a line feed, never with a carriage return, so they read the
    same in a terminal, a notebook and a file.
    """

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Start the clock of the training."""
        self._training_began, self._n_done, self._last = time.perf_counter(), 0, 0

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Start the clock of the epoch."""
        self._epoch_began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Print the epoch's figures."""
        now = time.perf_counter()
        self._n_done += 1
        n_left = self.params["epochs"] - epoch - 1
        left = (now - self._training_began) / self._n_done * n_left
        times = f"{now - self._epoch_began:.1f} s" + (f", {left:.0f} s left" if n_left else "")
        # Callbacks may put anything into the logs.
        figures = "  ".join(
            f"{name} {value:.4f}"
            for name, value in (logs or {}).items()
            if isinstance(value, Real) and "rate" not in name
        )
        self._last = epoch + 1
        self._print(f"Epoch {epoch + 1}/{self.params['epochs']}  {times}  {figures}")

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Print whether the training came to an early end."""
        if self._last < self.params["epochs"]:
            self._print(f"Stopped after epoch {self._last}")

    def _print(self, text: str) -> None:
        # Subclasses show it elsewhere. At once, also into a file or a pipe that somebody follows.
        print(text, flush=True)
