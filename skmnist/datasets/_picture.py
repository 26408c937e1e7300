"""A scan or a photo of one character, made to look as the images of MNIST do."""

import io
import os
import warnings
from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np
from PIL import Image, ImageOps
from scipy.ndimage import center_of_mass, find_objects, label, sum_labels

from .._images import checked_image_shape, with_channel
from .._streams import name_of, readable_stream

# MNIST's digits fill 20 of 28 pixels; images as small as 8 x 8 have no margin to spare.
_FILLED, _LARGEST_WITHOUT_MARGIN = 20 / 28, 16
_FAINTEST_INK = 0.35  # of the darkest; less is uneven paper or light
_DUST = 0.05  # of the ink of the largest stroke; less is dust
_ENOUGH_PIXELS = 280
_FILTER = Image.Resampling.LANCZOS
_EXPECTED = "a path, a binary stream, a PIL picture or an array"


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
        A file of any kind that Pillow reads (PNG, JPEG, TIFF, BMP, WebP, ...): its path, an
        open stream, or its content. Or a picture of Pillow's. Or an array of shape (height,
        width) or (height, width, n_channels), where the channels are grey, grey and opacity,
        red, green and blue, or these and opacity; with bytes, 16 bits (uint16; up to 255 they
        are bytes), other whole numbers from 0 to 255, or numbers from 0 to 1.
    image_shape : tuple of int, default=(28, 28)
        (height, width) or (height, width, n_channels) of the result.
    centre : bool, default=True
        Whether to cut out the ink, light on dark or dark on light, scale it to 20 of 28 pixels
        (to all of them where a side has at most 16) and move its centre of mass to the middle,
        as was done for MNIST [1]_. False only resizes, and so do images of several channels.
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

    See Also
    --------
    load_file : Reads files of many images.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-Based Learning Applied to
       Document Recognition", Proceedings of the IEEE 86 (1998), section III.A.

    Examples
    --------
    >>> import numpy as np
    >>> from skmnist.datasets import read_picture
    >>> paper = np.full((300, 200), 230, np.uint8)
    >>> paper[50:170, 40:55] = 20  # a stroke of ink, far from the middle
    >>> one = read_picture(paper)  # or the path of a file
    >>> one.shape, np.flatnonzero(one.max(axis=0)), len(np.flatnonzero(one.max(axis=1)))
    ((28, 28), array([13, 14]), 20)
    """
    shape = checked_image_shape(image_shape)
    height, width, n_channels = with_channel(shape)
    if n_channels > 4:
        raise ValueError(f"image_shape={image_shape!r}: a picture has up to four channels.")
    is_cut_out = n_channels == 1 and centre
    name = name_of(path, "the stream" if hasattr(path, "read") else "the picture")
    picture = _open(path, name, keeps_levels=not is_cut_out)
    if n_channels % 2:
        picture = _on_paper(picture)
    if is_cut_out:
        # Smaller pixels than the image needs are only noise.
        picture = picture.reduce(max(1, min(picture.size) // _ENOUGH_PIXELS))
        return _centred(name, np.asarray(picture, np.float32), shape).reshape(shape)
    mode = ("L", "LA", "RGB", "RGBA")[n_channels - 1]
    return np.asarray(picture.convert(mode).resize((width, height), _FILTER)).reshape(shape)


def _open(picture: Any, name: str, *, keeps_levels: bool) -> Image.Image:
    """Read a picture as RGBA, turned as the camera was held.

    With `keeps_levels`, the darkest and the lightest of 16 bits stay what they are.
    """
    # Lists have no dtype, and strings of NumPy's are paths.
    is_array = hasattr(picture, "__array__") and not isinstance(picture, str | os.PathLike)
    if isinstance(picture, bytes | bytearray | memoryview):
        picture = io.BytesIO(picture)
    elif not is_array and not isinstance(picture, Image.Image):
        readable_stream(picture, expected=_EXPECTED)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            if isinstance(picture, Image.Image):
                turned = ImageOps.exif_transpose(picture)
            elif is_array:
                turned = _from_array(np.asarray(picture))
            else:
                with Image.open(picture) as file:
                    turned = ImageOps.exif_transpose(file)
            if turned.mode.startswith("I") or turned.mode == "F":
                # More than 8 bits: convert would cut them off.
                turned = Image.fromarray(_in_bytes(turned, keeps_levels))
            return turned.convert("RGBA")
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise ValueError(f"{name}: {error} Make the picture smaller.") from error
    except Image.UnidentifiedImageError as error:
        raise OSError(f"{name} is no picture that can be read.") from error
    except (OSError, SyntaxError) as error:  # Pillow raises either for broken files
        if getattr(error, "filename", None) is not None:
            raise
        raise OSError(f"{name} is a broken picture: {error}") from error


def _from_array(pixels: np.ndarray) -> Image.Image:
    n_channels = pixels.shape[2] if pixels.ndim == 3 else 1
    if pixels.ndim not in (2, 3) or not 1 <= n_channels <= 4 or not pixels.size:
        if pixels.ndim == 1:
            remedy = "give it as an image, pixels.reshape(height, width)"
        elif pixels.ndim == 3 and pixels.shape[0] in (1, 3, 4):
            remedy = "if its channels come first, give np.moveaxis(pixels, 0, -1)"
        else:
            remedy = "give one image"
        raise ValueError(
            f"the picture is an array of shape {pixels.shape}, expected (height, width), or "
            f"(height, width, n_channels) of up to four channels: {remedy}"
        )
    if n_channels == 1:
        pixels = pixels.reshape(pixels.shape[:2])
    is_deep = pixels.dtype == np.uint16 and n_channels == 1
    return Image.fromarray(pixels if is_deep else _as_bytes(pixels))


def _as_bytes(pixels: np.ndarray) -> np.ndarray:
    """Scale pixels to bytes from the range that is usual for their dtype."""
    kind = pixels.dtype.kind
    if kind not in "buif":
        raise ValueError(
            f"the picture is an array of dtype {pixels.dtype}, expected numbers: "
            "give it as uint8, from 0 to 255"
        )
    low, high = pixels.min(), pixels.max()
    if kind == "b" or (kind == "f" and low >= 0 and high <= 1):
        white = 1
    elif low >= 0 and high <= 255 and np.array_equal(pixels, np.trunc(pixels)):
        white = 255
    elif pixels.dtype == np.uint16:
        white = 2**16 - 1
    else:
        expected = "0 to 1 or whole numbers from 0 to 255" if kind == "f" else "0 to 255"
        raise ValueError(
            f"the picture is an array of dtype {pixels.dtype} with values from {low} to {high}, "
            f"expected {expected}: scale or clip it"
        )
    return (pixels * (255 / white)).round().astype(np.uint8)


def _in_bytes(picture: Image.Image, keeps_levels: bool) -> np.ndarray:
    """Scale 16 bits to 8; stretch pixels without a known range, or whose levels don't matter."""
    values = np.asarray(picture, np.float64)
    low, high = values.min(), values.max()
    if keeps_levels and picture.mode != "F" and low >= 0 and high < 2**16:
        # 16 bits that are all this dark hold bytes.
        low, high = 0, 255 if high <= 255 else 2**16 - 1
    return ((values - low) * (255 / ((high - low) or 1))).round().astype(np.uint8)


def _on_paper(picture: Image.Image) -> Image.Image:
    """Put what is transparent on white paper, or on black if all ink is light."""
    opaque = np.asarray(picture.getchannel("A")) > 127
    grey = np.asarray(picture.convert("L"))
    colour = "black" if opaque.any() and grey[opaque].min() > 127 else "white"
    paper = Image.new("RGBA", picture.size, colour)
    return Image.alpha_composite(paper, picture).convert("RGB")


def _centred(name: str, pixels: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Cut out the ink, scale it and move its centre of mass to the middle."""
    ink = _find_ink(pixels)
    box = find_objects((ink > 0).astype(int))
    if not box:
        raise ValueError(f"{name} is of one colour: there is nothing to recognise.")
    ink = ink[box[0]]

    room = shape[:2]
    filled = min(room) if min(room) <= _LARGEST_WITHOUT_MARGIN else round(min(room) * _FILLED)
    height, width = (max(1, round(side * filled / max(ink.shape))) for side in ink.shape)
    small = np.asarray(Image.fromarray(ink).resize((width, height), _FILTER))
    small = np.clip(small / (small.max() or 1), 0, 1)
    middle = (np.array(room) - 1) / 2 - center_of_mass(small)
    top, left = np.clip(middle.round().astype(int), 0, np.subtract(room, small.shape))
    image = np.zeros(room, np.float32)
    image[top : top + height, left : left + width] = small
    return np.round(255 * image).astype(np.uint8)


def _find_ink(pixels: np.ndarray) -> np.ndarray:
    """Return how much ink each pixel has, 0 to 1: strokes without paper, shade and dust."""
    edge = np.concatenate([pixels[0], pixels[-1], pixels[1:-1, 0], pixels[1:-1, -1]])
    # Ink may be as bright as its paper and of another colour.
    ink = np.linalg.norm(pixels - np.median(edge, axis=0), axis=-1)
    ink = np.clip((ink / (ink.max() or 1) - _FAINTEST_INK) / (1 - _FAINTEST_INK), 0, 1)
    strokes, n_strokes = label(ink > 0, structure=np.ones((3, 3)))
    if n_strokes > 1:
        amounts = sum_labels(ink, strokes, range(n_strokes + 1))
        ink[(amounts < _DUST * amounts.max())[strokes]] = 0
    return ink
