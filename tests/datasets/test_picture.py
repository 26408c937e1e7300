"""Scans and photos, made of images whose content is known."""

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from skmnist.datasets import read_picture

DIGITS = load_digits()


def photo(image, rng, *, scale=30, dark=True, noise=4.0, shade=20.0, dust=True, dtype=np.uint8):
    """A large picture of a small image: on paper, off the middle, unevenly lit, dusty."""
    height, width = (scale * side for side in image.shape)
    ink = Image.fromarray((255 * (image / image.max())).astype(np.uint8))
    ink = np.asarray(ink.resize((width, height), Image.Resampling.BICUBIC), float) / 255
    paper = np.full((2 * height, 2 * width), 225.0)
    top, left = rng.integers(scale, height - scale), rng.integers(scale, width - scale)
    paper[top : top + height, left : left + width] -= 190 * ink
    paper -= shade * np.linspace(0, 1, paper.shape[1])
    paper += rng.normal(scale=noise, size=paper.shape)
    if dust:
        paper[5:9, 5:9] = 60
    paper = np.clip(paper if dark else 255 - paper, 0, 255)
    return (paper if dtype == np.uint8 else paper * 257).astype(dtype)


@pytest.fixture(scope="module")
def classifier():
    X = np.round(DIGITS.data[:1200] * (255 / 16))
    return KNeighborsClassifier(3).fit(X, DIGITS.target[:1200])


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize(
    "suffix", ["png", *(pytest.param(s, marks=pytest.mark.slow) for s in ("jpg", "tiff"))]
)
def test_photos_of_digits_are_recognised(tmp_path, classifier, dark, suffix):
    rng = np.random.default_rng(0)
    n_right = 0
    for i in range(1200, 1240):
        path = tmp_path / f"{i}.{suffix}"
        Image.fromarray(photo(DIGITS.images[i], rng, dark=dark)).save(path)
        image = read_picture(path, image_shape=(8, 8))
        assert (image.shape, image.dtype) == ((8, 8), np.uint8)
        n_right += classifier.predict(image.reshape(1, 64))[0] == DIGITS.target[i]
    assert n_right >= 34


def save(tmp_path, array, **options):
    path = tmp_path / "picture.png"
    picture = array if isinstance(array, Image.Image) else Image.fromarray(array)
    picture.save(path, **options)
    return path


def stroke():
    paper = np.full((300, 200), 230, np.uint8)
    paper[50:170, 40:55] = 20
    return paper


def test_pictures_are_framed_as_mnist_is(tmp_path):
    image = read_picture(save(tmp_path, stroke()))
    rows = np.nonzero(image > 128)[0]
    assert rows.max() - rows.min() + 1 == 20
    centre = np.average(np.indices((28, 28)).reshape(2, -1), axis=1, weights=image.ravel())
    np.testing.assert_allclose(centre, 14, atol=0.51)  # whole pixels; in MNIST, too
    assert image.max() == 255
    assert np.median(image) == 0


@pytest.mark.parametrize("shape", [(28, 28, 1), (16, 40), (40, 16), (8, 8)])
def test_any_shape(tmp_path, shape):
    image = read_picture(save(tmp_path, stroke()), image_shape=shape)
    assert image.shape == shape
    tall = np.ptp(np.nonzero(image.reshape(shape[:2]) > 128)[0]) + 1
    assert tall == {28: 20, 16: 16, 40: 16, 8: 8}[shape[0]]


def test_grey_levels_are_kept_in_sixteen_bits(tmp_path):
    paper = photo(DIGITS.images[3], np.random.default_rng(0), noise=0, dtype=np.uint16)
    eight = read_picture(save(tmp_path, (paper // 257).astype(np.uint8)))
    sixteen = read_picture(save(tmp_path, paper))
    assert np.abs(eight.astype(int) - sixteen).max() <= 12


def test_transparent_pixels_are_paper(tmp_path):
    rgba = np.zeros((100, 100, 4), np.uint8)
    rgba[20:80, 45:55, 3] = 255  # black ink on nothing, which is black too
    image = read_picture(save(tmp_path, rgba))
    assert image[14, 14] == 255
    assert image[14, 2] == 0


def test_light_ink_on_nothing_is_ink(tmp_path):
    rgba = np.full((100, 100, 4), 255, np.uint8)
    rgba[..., 3] = 0
    rgba[20:80, 45:55, 3] = 255  # white on nothing, which is white too
    image = read_picture(save(tmp_path, rgba))
    assert image[14, 14] == 255
    assert image[14, 2] == 0
    both = read_picture(save(tmp_path, rgba), image_shape=(28, 28, 4))
    assert both[14, 14].tolist() == [255] * 4
    assert both[14, 2, 3] == 0


def test_ink_as_bright_as_its_paper_is_ink(tmp_path):
    picture = np.full((100, 100, 3), (0, 130, 0), np.uint8)
    picture[20:80, 45:55] = (255, 0, 0)
    assert len(np.unique(np.asarray(Image.fromarray(picture).convert("L")))) == 1
    image = read_picture(save(tmp_path, picture))
    assert image[14, 14] == 255
    assert image[14, 2] == 0


@pytest.mark.parametrize("level", [0, 90, 255])
def test_pictures_that_are_not_centred_keep_their_level(tmp_path, level):
    path = save(tmp_path, np.full((9, 9), 257 * level, np.uint16))
    assert np.unique(read_picture(path, centre=False)).tolist() == [level]


def test_pictures_are_turned_as_the_camera_was_held(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # the picture is to be turned by a quarter
    lying = np.rot90(stroke())
    image = read_picture(save(tmp_path, np.ascontiguousarray(lying), exif=exif))
    np.testing.assert_array_equal(image, read_picture(save(tmp_path, stroke())))


def test_pictures_that_are_not_centred_are_only_resized(tmp_path):
    grey = np.arange(64, dtype=np.uint8).reshape(8, 8)
    path = save(tmp_path, grey)
    same = read_picture(path, image_shape=(8, 8), centre=False)
    np.testing.assert_array_equal(same, grey)
    colours = read_picture(path, image_shape=(8, 8, 3))
    np.testing.assert_array_equal(colours, np.repeat(grey[..., None], 3, axis=2))


def test_files_that_are_no_picture_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"picture.png is of one colour"):
        read_picture(save(tmp_path, np.full((20, 20), 7, np.uint8)))
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(OSError, match=r"text.png is no picture that can be read"):
        read_picture(tmp_path / "text.png")
    with pytest.raises(FileNotFoundError, match=r"missing.png"):
        read_picture(tmp_path / "missing.png")
    whole = save(tmp_path, stroke()).read_bytes()
    (tmp_path / "half.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(OSError, match=r"half.png is a broken picture"):
        read_picture(tmp_path / "half.png")
    with pytest.raises(ValueError, match="up to four channels"):
        read_picture(save(tmp_path, stroke()), image_shape=(8, 8, 7))


def test_a_picture_that_unpacks_to_gigabytes_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(ValueError, match=r"picture.png: .*pixels.* Make the picture smaller"):
        read_picture(save(tmp_path, stroke()))


def test_a_character_that_runs_over_the_edge_is_read():
    paper = np.full((300, 200), 230, np.uint8)
    paper[:170, 60:72] = 20
    alone = read_picture(paper)
    assert np.count_nonzero(alone.max(axis=1)) == 20
    paper[270:, 100:195] = 20  # a finger at the edge, with more ink
    np.testing.assert_array_equal(read_picture(paper), alone)
