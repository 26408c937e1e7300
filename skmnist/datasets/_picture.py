"""A scan or a photo of one character, made to look as the images of MNIST do."""

import os
from collections.abc import Sequence
from typing import BinaryIO

import numpy as np
from PIL import Image

from .._images import checked_image_shape, with_channel
from .._streams import name_of
from ._character import one_character, without_edges
from ._framing import framed
from ._ink import even_ink, find_contrast
from ._opening import on_paper, open_picture
from ._rulings import written_ink

_ENOUGH_PIXELS = 280
_FILTER = Image.Resampling.LANCZOS


def read_picture(
    path: str | os.PathLike[str] | BinaryIO | bytes | Image.Image | np.ndarray,
    *,
    image_shape: Sequence[int] = (28, 28),
    centre: bool = True,
) -> np.ndarray:
    """Read a picture of one character as an image to predict.

    Parameters
    ----------
    path : str, path-like, binary stream, bytes, PIL picture or ndarray
        A PNG, JPEG, TIFF, BMP, WebP, GIF or PPM file: its path, an open stream, or its
        content. Or a picture of Pillow's. Or an array of shape (height,
        width) or (height, width, n_channels), where the channels are grey, grey and opacity,
        red, green and blue, or these and opacity; with bytes, 16 bits (uint16; up to 255 they
        are bytes), other whole numbers from 0 to 255, or numbers from 0 to 1.
    image_shape : tuple of int, default=(28, 28)
        (height, width) or (height, width, n_channels) of the result.
    centre : bool, default=True
        Whether to cut out the character, light on dark or dark on light, scale it to 20 of 28
        pixels (to all of them where a side has at most 16) and move its centre of mass to the
        middle, as was done for MNIST [1]_. Shade, ruled lines, frames, a line under it, dust and
        what reaches in from the edge of the picture are left out; strokes thinner or thicker
        than those of MNIST's digits become as wide as these. False only resizes, and so do
        images of several channels.
        Transparent pixels become white, or black behind ink that is all light; images of two
        or four channels keep them.

    Returns
    -------
    image : ndarray of shape `image_shape`, uint8
        With `centre` the ink is 255, the background 0.

    Raises
    ------
    OSError
        If there is no such file, or it is no picture.
    TypeError
        If `path` is none of the above, such as a dictionary that holds a picture.
    ValueError
        If it is of one colour, larger than can be meant, an array of another shape or range,
        or a URL.

    Warns
    -----
    UserWarning
        If parts of a file are damaged that the pixels don't need, such as how the camera was held.

    See Also
    --------
    read_characters : Reads a picture of several characters.
    load_file : Reads files of many images.

    Notes
    -----
    The paper is what a morphological closing leaves of the picture, along the direction of
    colours in which strokes stand out most; ink is told from it by Otsu's threshold [2]_, and
    where it is fainter but goes on from darker ink. A stroke is as wide as four times the mean
    distance of its pixels from its edge.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-Based Learning Applied to
       Document Recognition", Proceedings of the IEEE 86 (1998), section III.A.
    .. [2] N. Otsu, "A Threshold Selection Method from Gray-Level Histograms", IEEE
       Transactions on Systems, Man, and Cybernetics 9 (1979).

    Examples
    --------
    >>> import numpy as np
    >>> from skmnist.datasets import read_picture
    >>> paper = np.full((300, 200), 230, np.uint8)
    >>> paper[50:170, 40:55] = 20  # a stroke of ink, far from the middle
    >>> one = read_picture(paper)  # or the path of a file
    >>> one.shape, np.flatnonzero(one.max(axis=0)), len(np.flatnonzero(one.max(axis=1)))
    ((28, 28), array([13, 14, 15]), 20)
    """
    shape = checked_image_shape(image_shape)
    height, width, n_channels = with_channel(shape)
    if n_channels > 4:
        raise ValueError(f"image_shape={image_shape!r}: a picture has up to four channels.")
    is_cut_out = n_channels == 1 and centre
    name = name_of(path, "the stream" if hasattr(path, "read") else "the picture")
    picture = open_picture(path, name, keeps_levels=not is_cut_out)
    if n_channels % 2:
        picture = on_paper(picture)
    if is_cut_out:
        # Smaller pixels than the image needs are only noise.
        picture = picture.reduce(max(1, min(picture.size) // _ENOUGH_PIXELS))
        ink = _character_ink(np.asarray(picture, np.float32))
        if ink is None:
            raise ValueError(f"{name} is of one colour: there is nothing to recognise.")
        return framed(ink, shape).reshape(shape)
    mode = ("L", "LA", "RGB", "RGBA")[n_channels - 1]
    return np.asarray(picture.convert(mode).resize((width, height), _FILTER)).reshape(shape)


def _character_ink(pixels: np.ndarray) -> np.ndarray | None:
    """Return how much ink of the character each pixel has, 0 to 1; None if there is none."""
    contrast, threshold = without_edges(*find_contrast(pixels))
    mask = written_ink(contrast, threshold)
    if not mask.any():
        return None
    return even_ink(contrast, one_character(contrast, mask))
