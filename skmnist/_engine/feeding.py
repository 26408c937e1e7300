"""How images reach TensorFlow: small sets as a whole, large ones through two small buffers."""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

import numpy as np
import tensorflow as tf

# TensorFlow reads foreign memory only where it is aligned for the widest vector instructions.
_ALIGNMENT = 64
# Bytes of a small set, of which a fit makes a copy.
_SMALL = 2**28


class ImageFeed:
    """Images as tensors that TensorFlow reads in place, for steps that gather rows of them.

    Small sets are copied once. Of larger ones the rows that come next are gathered into one of two
    buffers of `n_rows`, so that no second copy of all images is made; and so are the images that
    ``augment(images, rng)`` returns, of the same shape and fed as float32.
    """

    def __init__(
        self,
        images: np.ndarray,
        n_rows: int,
        augment: Callable[[np.ndarray, np.random.Generator], np.ndarray] | None = None,
    ) -> None:
        self._images, self._augment = images, augment
        self._whole = None
        if augment is None and images.nbytes <= _SMALL:
            self._whole = _aligned((_rounded_up(len(images)), *images.shape[1:]), images.dtype)
            self._whole[: len(images)] = images
        else:
            dtype = images.dtype if augment is None else np.dtype(np.float32)
            self._buffers = [_aligned((n_rows, *images.shape[1:]), dtype) for _ in range(2)]

    def stream(
        self, groups: Sequence[np.ndarray], seed: int = 0
    ) -> Generator[tuple[tf.Tensor, np.ndarray]]:
        """Yield for each group of row numbers a tensor, and where in it the rows are.

        A group has at most as many rows as a buffer; `augment` gets another generator of `seed`
        for each. A tensor is valid until the next one.
        """
        if self._whole is not None:
            images = _as_tensor(self._whole)
            yield from ((images, rows.astype(np.int32)) for rows in groups)
            return
        with closing(self._gathered(groups, seed)) as buffers:
            for rows, buffer in zip(groups, buffers, strict=True):
                yield _as_tensor(buffer), np.arange(len(rows), dtype=np.int32)

    def _gathered(self, groups: Sequence[np.ndarray], seed: int) -> Generator[np.ndarray]:
        """Gather groups into buffers, the next one while the caller works on one."""
        with ThreadPoolExecutor(1) as helper:
            coming = None
            for i, rows in enumerate(groups):
                buffer = coming.result() if coming else self._gather(rows, i, seed)
                coming = None
                if i + 1 < len(groups):
                    # A fit may outlive the main thread, after which no thread is started.
                    with suppress(RuntimeError):
                        coming = helper.submit(self._gather, groups[i + 1], i + 1, seed)
                yield buffer

    def _gather(self, rows: np.ndarray, i: int, seed: int) -> np.ndarray:
        buffer = self._buffers[i % 2]
        if self._augment is None:
            # mode: the default would gather into a copy first, to be safe from wrong numbers.
            np.take(self._images, rows, axis=0, out=buffer[: len(rows)], mode="clip")
        else:
            rng = np.random.default_rng([seed, i])
            buffer[: len(rows)] = self._augment(self._images[rows], rng)
        return buffer


def _rounded_up(n_images: int) -> int:
    """Round up to four binary digits: the number is part of an XLA program, which folds share."""
    unit = 1 << max(0, n_images.bit_length() - 4)
    return -(-n_images // unit) * unit


def _as_tensor(array: np.ndarray) -> tf.Tensor:
    return tf.experimental.dlpack.from_dlpack(array.__dlpack__())


def _aligned(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    n_bytes = dtype.itemsize * int(np.prod(shape))
    memory = np.zeros(n_bytes + _ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % _ALIGNMENT
    return memory[start : start + n_bytes].view(dtype).reshape(shape)
