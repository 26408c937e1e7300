"""Pictures in all forms that programs hand over, as Pillow's pictures of bytes."""

import io
import os
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from ._streams import check_file, name_of

if TYPE_CHECKING:
    from PIL import Image

_EXPECTED = "a path, a binary stream, a PIL picture or an array"


def called(picture: Any) -> str:
    """Return what messages call a picture."""
    is_stream = hasattr(picture, "read")
    return name_of(picture, "the stream" if is_stream else "the picture")


def open_picture(picture: Any, *, keeps_levels: bool) -> "Image.Image":
    """Read the pixels as RGBA, turned as the camera was held.

    Parameters
    ----------
    picture : str, path-like, binary stream, bytes, PIL picture or array-like
        What `read_picture` was given.
    keeps_levels : bool
        Whether the darkest and the lightest of 16 bits are to stay what they are.

    Raises
    ------
    OSError
        If there is no such file, or it is no picture.
    TypeError
        If it is none of these.
    ValueError
        If it is too large, an array of another shape or range, or a URL.
    """
    from PIL import Image, ImageOps

    name = called(picture)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            if isinstance(picture, Image.Image):
                turned = ImageOps.exif_transpose(picture)
            elif _is_array(picture):
                turned = _from_array(np.asarray(picture))
            else:
                if isinstance(picture, bytes | bytearray | memoryview):
                    picture = io.BytesIO(picture)
                check_file(picture, expected=_EXPECTED)
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
    except (OSError, SyntaxError) as error:  # Pillow says either of broken files
        if getattr(error, "filename", None) is not None:
            raise
        raise OSError(f"{name} is a broken picture: {error}") from error


def _is_array(picture: Any) -> bool:
    # Lists have no dtype, and strings of NumPy's are paths.
    return hasattr(picture, "__array__") and not isinstance(picture, str | os.PathLike)


def _from_array(pixels: np.ndarray) -> "Image.Image":
    from PIL import Image

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
    if pixels.dtype == np.uint16 and n_channels == 1:
        return Image.fromarray(pixels)
    return Image.fromarray(_as_bytes(pixels))


def _as_bytes(pixels: np.ndarray) -> np.ndarray:
    """Bring pixels of any dtype to bytes, as is usual for it."""
    kind = pixels.dtype.kind
    if pixels.dtype == np.uint8:
        return pixels
    if kind == "b":
        return pixels * np.uint8(255)
    if pixels.dtype == np.uint16:
        return (pixels / (257 if pixels.max() > 255 else 1)).round().astype(np.uint8)
    if kind not in "iuf":
        raise ValueError(
            f"the picture is an array of dtype {pixels.dtype}, expected numbers: "
            "give it as uint8, from 0 to 255"
        )
    low, high = pixels.min(), pixels.max()
    if kind == "f" and low >= 0 and high <= 1:
        return (pixels * 255).round().astype(np.uint8)
    if low >= 0 and high <= 255 and np.array_equal(pixels, np.trunc(pixels)):
        return pixels.astype(np.uint8)
    expected = "0 to 1 or whole numbers from 0 to 255" if kind == "f" else "0 to 255"
    raise ValueError(
        f"the picture is an array of dtype {pixels.dtype} with values from {low} to {high}, "
        f"expected {expected}: scale or clip it"
    )


def _in_bytes(picture: "Image.Image", keeps_levels: bool) -> np.ndarray:
    """Bring 16 bits to 8; stretch what has no known range, or whose levels say nothing."""
    values = np.asarray(picture, np.float64)
    low, high = values.min(), values.max()
    if keeps_levels and picture.mode != "F" and low >= 0 and high < 2**16:
        # 16 bits that are all this dark hold bytes.
        low, high = 0, 255 if high <= 255 else 2**16 - 1
    return ((values - low) * (255 / ((high - low) or 1))).round().astype(np.uint8)
