"""Pictures in all forms that programs hand over, opened as pictures of Pillow's."""

import io
import os
import warnings
from typing import Any

import numpy as np
from PIL import (
    BmpImagePlugin,  # noqa: F401 (formats are known once their module is imported)
    GifImagePlugin,  # noqa: F401
    Image,
    ImageOps,
    JpegImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    PpmImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    WebPImagePlugin,  # noqa: F401
)

from .._streams import readable_stream

# A decoder is code that reads bytes of strangers: those that cameras and programs need, no others.
FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
_EXPECTED = "a path, a binary stream, a PIL picture or an array"


def open_picture(picture: Any, name: str, *, keeps_levels: bool) -> Image.Image:
    """Read a picture as RGBA, turned as the camera was held.

    With `keeps_levels`, the darkest and the lightest of 16 bits stay what they are. What Pillow
    warns of, such as damaged metadata, is a warning that names the picture.
    """
    # Lists have no dtype, and strings of NumPy's are paths.
    no_arrays = (str, os.PathLike, Image.Image)
    is_array = hasattr(picture, "__array__") and not isinstance(picture, no_arrays)
    if isinstance(picture, bytes | bytearray | memoryview):
        picture = io.BytesIO(picture)
    elif is_array:
        picture = _from_array(np.asarray(picture))
    elif not isinstance(picture, Image.Image):
        readable_stream(picture, expected=_EXPECTED)
    try:
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            if isinstance(picture, Image.Image):
                turned = ImageOps.exif_transpose(picture)
            else:
                with Image.open(picture, formats=FORMATS) as file:
                    turned = ImageOps.exif_transpose(file)
            if turned.mode.startswith("I") or turned.mode == "F":
                # More than 8 bits: convert would cut them off.
                turned = Image.fromarray(_in_bytes(turned, keeps_levels))
            opened = turned.convert("RGBA")
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise ValueError(f"{name}: {error} Make the picture smaller.") from error
    except Image.UnidentifiedImageError as error:
        raise OSError(
            f"{name} is no picture that can be read, expected one of the formats "
            f"{', '.join(FORMATS)}: export it as JPEG or PNG."
        ) from error
    except Exception as error:  # of any kind, as Pillow's plugins raise them for broken files
        if isinstance(error, MemoryError) or getattr(error, "filename", None) is not None:
            raise
        raise OSError(f"{name} is a broken picture: {error}") from error
    for text in dict.fromkeys(str(warning.message).strip() for warning in found):
        warnings.warn(f"{name}: {text}", stacklevel=3)  # where the reader was called
    return opened


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


def on_paper(picture: Image.Image) -> Image.Image:
    """Put what is transparent on white paper, or on black if all ink is light."""
    if picture.getchannel("A").getextrema()[0] == 255:
        return picture.convert("RGB")
    opaque = np.asarray(picture.getchannel("A")) > 127
    grey = np.asarray(picture.convert("L"))
    colour = "black" if opaque.any() and grey[opaque].min() > 127 else "white"
    paper = Image.new("RGBA", picture.size, colour)
    return Image.alpha_composite(paper, picture).convert("RGB")
