"""One picture in all forms that programs hand over."""

import io

import numpy as np
import pytest
from PIL import Image

from skmnist.datasets import read_picture

PAPER = np.full((120, 90), 230, np.uint8)
PAPER[20:80, 30:42] = 20
PAPER[40:52, 30:70] = 60


def packed(array, kind="png"):
    stream = io.BytesIO()
    Image.fromarray(array).save(stream, kind)
    return stream.getvalue()


RGB = np.repeat(PAPER[..., None], 3, axis=2)
OPAQUE = np.full_like(PAPER, 255)
INK_ON_NOTHING = np.zeros((*PAPER.shape, 4), np.uint8)
INK_ON_NOTHING[..., 3] = 255 - PAPER


class Tensor:
    """Like those of PyTorch and TensorFlow."""

    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.array, dtype)


SAME = {
    "grey": PAPER,
    "one channel": PAPER[..., None],
    "grey and opacity": np.stack([PAPER, OPAQUE], axis=-1),
    "colours": RGB,
    "colours and opacity": np.dstack([RGB, OPAQUE]),
    "not contiguous": np.repeat(PAPER, 2, axis=1)[:, ::2],
    "int64": PAPER.astype(np.int64),
    "shares": PAPER / 255,
    "float32": (PAPER / 255).astype(np.float32),
    "whole floats": PAPER.astype(float),
    "16 bits": PAPER.astype(np.uint16) * 257,
    "16 bits of colours": RGB.astype(np.uint16) * 257,
    "bytes in 16 bits": PAPER.astype(np.uint16),
    "bytes in 16 bits of colours": RGB.astype(np.uint16),
    "bytes in a picture of 16 bits": Image.fromarray(PAPER.astype(np.uint16)),
    "bytes in a picture of 32 bits": Image.fromarray(PAPER.astype(np.int32)),
    "tensor": Tensor(PAPER),
    "bytes": packed(PAPER),
    "bytearray": bytearray(packed(PAPER)),
    "stream": io.BytesIO(packed(PAPER)),
    "picture": Image.fromarray(PAPER),
    "picture in colours": Image.fromarray(RGB),
    "lazy picture": Image.open(io.BytesIO(packed(PAPER))),
}


@pytest.mark.parametrize("form", SAME)
@pytest.mark.parametrize(
    "options", [{}, {"centre": False}, {"image_shape": (8, 8, 3)}, {"image_shape": (8, 8, 4)}]
)
def test_all_forms_give_the_same_image(tmp_path, form, options):
    (tmp_path / "file.png").write_bytes(packed(PAPER))
    expected = read_picture(tmp_path / "file.png", **options)
    found = read_picture(SAME[form], **options)
    np.testing.assert_allclose(found.astype(int), expected, atol=1)


def test_a_picture_of_two_levels():
    image = read_picture(PAPER < 128)
    np.testing.assert_array_equal(image, read_picture((PAPER < 128).astype(np.uint8) * 255))
    assert image.max() == 255


def test_ink_on_nothing():
    # As drawing widgets give it: black, and opaque where there is ink.
    image = read_picture(INK_ON_NOTHING)
    assert image[14].max() > 150
    np.testing.assert_array_equal(image, read_picture(Image.fromarray(INK_ON_NOTHING)))


def test_inputs_are_not_changed():
    picture, array = Image.fromarray(RGB), RGB.copy()
    read_picture(picture)
    read_picture(array)
    np.testing.assert_array_equal(np.asarray(picture), RGB)
    np.testing.assert_array_equal(array, RGB)


def test_a_picture_of_pillows_is_turned_as_its_file_is(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    path = tmp_path / "lying.png"
    Image.fromarray(np.ascontiguousarray(np.rot90(PAPER))).save(path, exif=exif)
    with Image.open(path) as picture:
        np.testing.assert_array_equal(read_picture(picture), read_picture(path))


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (PAPER.ravel(), r"shape \(10800,\).*reshape\(height, width\)"),
        (np.moveaxis(RGB, -1, 0), r"shape \(3, 120, 90\).*np\.moveaxis\(pixels, 0, -1\)"),
        (RGB[None], r"shape \(1, 120, 90, 3\).*give one image"),
        (np.zeros((9, 28, 28)), r"shape \(9, 28, 28\).*give one image"),
        (np.array(3), r"shape \(\)"),
        (np.zeros((0, 5)), r"shape \(0, 5\)"),
        (PAPER / 255 * 1.2, r"values from .* to .*, expected 0 to 1 or whole numbers"),
        (PAPER / 255 - 0.5, "values from -0.42.*scale or clip it"),
        (PAPER * np.nan, "values from nan to nan"),
        (PAPER.astype(int) * 4, r"dtype int64 with values from 80 to 920, expected 0 to 255"),
        (PAPER.astype(str), r"dtype <U3, expected numbers"),
        (np.full((9, 9), 7, np.uint8), "the picture is of one colour"),
    ],
)
def test_arrays_that_are_no_picture_are_refused(array, message):
    with pytest.raises(ValueError, match=message):
        read_picture(array)


def test_bytes_that_are_no_picture_are_refused():
    for content in (b"", b"\x89PNG\x00"):
        with pytest.raises(OSError, match=r"^the picture is no picture that can be read"):
            read_picture(content)
    with pytest.raises(OSError, match=r"^the picture is a broken picture"):
        read_picture(packed(PAPER)[:-30])


def test_whatever_pillow_raises_is_a_broken_picture():
    with pytest.raises(OSError, match=r"^the picture is a broken picture: invalid literal"):
        read_picture(b"P4\n12\x08\x10 8\n" + bytes(40))


def test_damaged_metadata_is_a_warning_that_names_the_picture(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    whole = io.BytesIO()
    Image.fromarray(PAPER).save(whole, "jpeg", exif=exif)
    path = tmp_path / "photo.jpg"
    # One entry is promised, and there are a thousand.
    path.write_bytes(whole.getvalue().replace(b"\x00\x01\x01\x12", b"\x03\xe8\x01\x12", 1))
    with pytest.warns(UserWarning, match=r"photo\.jpg: .*[Cc]orrupt") as caught:
        assert read_picture(path).shape == (28, 28)
    assert caught[0].filename == __file__


def test_the_picture_of_a_drawing_widget():
    drawn = {"background": None, "layers": [], "composite": PAPER}
    with pytest.raises(
        TypeError,
        match=r"expected a path, a binary stream, a PIL picture or an array, got dict: "
        r"give dict\['composite'\]",
    ):
        read_picture(drawn)
    assert read_picture(drawn["composite"]).shape == (28, 28)
