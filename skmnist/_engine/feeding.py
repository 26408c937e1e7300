"""How images reach TensorFlow: gathered into small buffers, and not copied again."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import tensorflow as tf

# TensorFlow reads foreign memory only where it is aligned for the widest vector instructions.
_ALIGNMENT = 64


class ImageFeed:
    """Two buffers of `n_rows` that images are gathered into, and that TensorFlow reads in place.

    So no second copy of all images is made. ``augment(images, rng)`` returns other images of the
    same shape, to be fed as float32.
    """

    def __init__(
        self,
        images: np.ndarray,
        n_rows: int,
        augment: Callable[[np.ndarray, np.random.Generator], np.ndarray] | None = None,
    ) -> None:
        self._images, self._augment = images, augment
        dtype = images.dtype if augment is None else np.dtype(np.float32)
        self._buffers = [_aligned((n_rows, *images.shape[1:]), dtype) for _ in range(2)]

    def stream(self, groups: Sequence[np.ndarray], seed: int = 0) -> Iterator[tf.Tensor]:
        """Gather groups of rows, the next one while the caller works on one.

        `groups` are arrays of row numbers, each at most as many as a buffer has; `augment` gets
        another generator of `seed` for each. A tensor is valid until the next one; rows behind
        those of its group are zero or left from groups before.
        """
        with ThreadPoolExecutor(1) as helper:
            coming = None
            for i, rows in enumerate(groups):
                buffer = coming.result() if coming else self._gather(rows, i, seed)
                coming = None
                if i + 1 < len(groups):
                    # A fit may outlive the main thread, after which no thread is started.
                    with suppress(RuntimeError):
                        coming = helper.submit(self._gather, groups[i + 1], i + 1, seed)
                yield tf.experimental.dlpack.from_dlpack(buffer.__dlpack__())

    def _gather(self, rows: np.ndarray, i: int, seed: int) -> np.ndarray:
        buffer = self._buffers[i % 2]
        if self._augment is None:
            # mode: the default would gather into a copy first, to be safe from wrong numbers.
            np.take(self._images, rows, axis=0, out=buffer[: len(rows)], mode="clip")
        else:
            rng = np.random.default_rng([seed, i])
            buffer[: len(rows)] = self._augment(self._images[rows], rng)
        return buffer


def _aligned(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    n_bytes = dtype.itemsize * int(np.prod(shape))
    memory = np.zeros(n_bytes + _ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % _ALIGNMENT
    return memory[start : start + n_bytes].view(dtype).reshape(shape)
