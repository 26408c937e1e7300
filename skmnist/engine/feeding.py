"""How images reach TensorFlow: gathered into one small buffer, and not copied again."""

import numpy as np
import tensorflow as tf

# TensorFlow reads foreign memory only where it is aligned for the widest vector instructions.
_ALIGNMENT = 64


class ImageFeed:
    r"""A buffer that rows of images are gathered into, and that TensorFlow reads in place.

    So the images stay where the user has them, in one copy, whatever their number.

    Parameters
    ----------
    images : ndarray of shape (n_images, \*input_shape), uint8 or float32
    n_rows : int
        Size of the buffer.
    """

    def __init__(self, images: np.ndarray, n_rows: int) -> None:
        self._images = images
        shape = (n_rows, *images.shape[1:])
        n_bytes = images.itemsize * int(np.prod(shape))
        memory = np.zeros(n_bytes + _ALIGNMENT, np.uint8)
        start = -memory.ctypes.data % _ALIGNMENT
        self._buffer = memory[start : start + n_bytes].view(images.dtype).reshape(shape)

    def gather(self, rows: np.ndarray) -> tf.Tensor:
        r"""Return images by number; valid until the next call.

        Parameters
        ----------
        rows : ndarray of shape (n,), int
            At most as many as the buffer has.

        Returns
        -------
        images : tf.Tensor of shape (n_rows, \*input_shape)
            The whole buffer: what follows the first n is zero or left from calls before.
        """
        # mode: the default would gather into a copy first, to be safe from wrong numbers.
        np.take(self._images, rows, axis=0, out=self._buffer[: len(rows)], mode="clip")
        return tf.experimental.dlpack.from_dlpack(self._buffer.__dlpack__())
