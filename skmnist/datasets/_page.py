"""Pictures of several characters."""

import os
from collections.abc import Sequence
from typing import BinaryIO

import numpy as np
from PIL import Image
from sklearn.utils import Bunch

from .._images import checked_image_shape, with_channel
from .._streams import name_of
from ._characters import find_characters
from ._framing import framed
from ._ink import even_ink, find_contrast
from ._opening import on_paper, open_picture
from ._rulings import written_ink

_ENOUGH_PIXELS = 900  # along the longer side; at most twice as many are looked at
_WIDEST_STROKE = 0.1  # of the longer side


def read_characters(
    path: str | os.PathLike[str] | BinaryIO | bytes | Image.Image | np.ndarray,
    *,
    image_shape: Sequence[int] = (28, 28),
) -> Bunch:
    """Find the characters of a page, and read each as an image to predict.

    Parts of the ink that lie above each other are one character, such as a 5 of two strokes;
    characters that touch are cut apart where the least ink is cut. Commas, dust, ruled lines,
    underlines, boxes of forms and the edges of the sheet are left out.

    Parameters
    ----------
    path : str, path-like, binary stream, bytes, PIL picture or ndarray
        The picture, in all forms that :func:`read_picture` takes.
    image_shape : tuple of int, default=(28, 28)
        (height, width) or (height, width, 1) of each image.

    Returns
    -------
    page : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, with the following attributes.

        images : ndarray of shape (n_characters, height, width[, 1]), uint8
            As of :func:`read_picture`: ink is 255, the background 0. Row by row, each from left
            to right.
        boxes : ndarray of shape (n_characters, 4), int
            Left, upper, right and lower end of each in pixels of the picture (as it is seen,
            turned as the camera was held), as :meth:`PIL.Image.Image.crop` takes them.
        rows : ndarray of shape (n_characters,), int
            The row of each, from 0.

    Raises
    ------
    OSError, TypeError, ValueError
        As :func:`read_picture`; a ValueError as well if nothing is written there, or if
        `image_shape` has several channels.

    Warns
    -----
    UserWarning
        If parts of a file are damaged that the pixels don't need, such as how the camera was held.

    See Also
    --------
    read_picture : Reads a picture of one character.
    skmnist.plotting.CharactersDisplay : Draws boxes and labels on the picture.

    Examples
    --------
    >>> import numpy as np
    >>> from skmnist.datasets import read_characters
    >>> paper = np.full((300, 400), 230, np.uint8)
    >>> paper[50:120, [*range(60, 70), *range(160, 170)]] = 20  # two strokes of a pen
    >>> paper[180:250, 60:70] = 20  # and one below
    >>> page = read_characters(paper)
    >>> page.images.shape, page.rows
    ((3, 28, 28), array([0, 0, 1]))
    >>> page.boxes[0]
    array([ 60,  50,  70, 120])
    """
    shape = checked_image_shape(image_shape)
    if with_channel(shape)[2] > 1:
        raise ValueError(
            f"image_shape={image_shape!r}: characters are of one channel, expected (height, width)"
        )
    name = name_of(path, "the stream" if hasattr(path, "read") else "the picture")
    picture = on_paper(open_picture(path, name, keeps_levels=False))
    size = np.array(picture.size)
    picture = picture.reduce(max(1, max(picture.size) // _ENOUGH_PIXELS))
    contrast, threshold = find_contrast(np.asarray(picture, np.float32), _WIDEST_STROKE)
    mask = written_ink(contrast, threshold)
    found = find_characters(mask)
    if not found:
        raise ValueError(f"{name}: nothing is written there that could be a character.")
    images, boxes, rows = [], [], []
    for number, row in enumerate(found):
        for character in row:
            ink = even_ink(contrast[character.box], character.mask)
            images.append(framed(ink, shape).reshape(shape))
            boxes.append((character.left, character.top, character.right, character.bottom))
            rows.append(number)
    scale = np.tile(size / picture.size, 2)
    return Bunch(
        images=np.stack(images), boxes=np.round(boxes * scale).astype(int), rows=np.array(rows)
    )
