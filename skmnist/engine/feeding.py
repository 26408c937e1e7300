"""How images reach TensorFlow: gathered into small buffers, and not copied again."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import tensorflow as tf

# TensorFlow reads foreign memory only where it is aligned for the widest vector instructions.
_ALIGNMENT = 64


class ImageFeed:
    r"""Two buffers that rows of images are gathered into, and that TensorFlow reads in place.

    So the images stay where the user has them, in one copy, whatever their number.

    Parameters
    ----------
    images : ndarray of shape (n_images, \*input_shape), uint8 or float32
    n_rows : int
        Size of a buffer.
    """

    def __init__(self, images: np.ndarray, n_rows: int) -> None:
        self._images = images
        self._buffers = [_aligned((n_rows, *images.shape[1:]), images.dtype) for _ in range(2)]

    def stream(self, groups: Sequence[np.ndarray]) -> Iterator[tf.Tensor]:
        r"""Gather images by number, the next group while the caller works on one.

        Parameters
        ----------
        groups : sequence of ndarray of shape (n,), int
            Each at most as many as a buffer has.

        Yields
        ------
        images : tf.Tensor of shape (n_rows, \*input_shape)
            A whole buffer, valid until the next one: what follows the first n is zero or
            left from groups before.
        """
        with ThreadPoolExecutor(1) as helper:
            coming = None
            for i, rows in enumerate(groups):
                buffer = coming.result() if coming else self._gather(rows, i % 2)
                coming = None
                if i + 1 < len(groups):
                    # A fit may outlive the main thread, after which no thread is started.
                    with suppress(RuntimeError):
                        coming = helper.submit(self._gather, groups[i + 1], (i + 1) % 2)
                yield tf.experimental.dlpack.from_dlpack(buffer.__dlpack__())

    def _gather(self, rows: np.ndarray, which: int) -> np.ndarray:
        buffer = self._buffers[which]
        # mode: the default would gather into a copy first, to be safe from wrong numbers.
        np.take(self._images, rows, axis=0, out=buffer[: len(rows)], mode="clip")
        return buffer


def _aligned(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    n_bytes = dtype.itemsize * int(np.prod(shape))
    memory = np.zeros(n_bytes + _ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % _ALIGNMENT
    return memory[start : start + n_bytes].view(dtype).reshape(shape)
