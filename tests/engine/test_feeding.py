import tracemalloc

import numpy as np
import pytest

from skmnist import KerasMLPClassifier
from skmnist.engine.feeding import ImageFeed


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("shape", [(3,), (5, 4, 3), (784,)])
def test_gathers_rows_in_their_order(dtype, shape):
    images = np.random.default_rng(0).integers(256, size=(20, *shape)).astype(dtype)
    feed = ImageFeed(images, 6)
    np.testing.assert_array_equal(feed.gather(np.array([19, 0, 0]))[:3], images[[19, 0, 0]])
    np.testing.assert_array_equal(feed.gather(np.arange(6)), images[:6])
    assert feed.gather(np.arange(1)).dtype.name == dtype


def test_the_buffer_starts_with_zeros():
    images = np.ones((2, 3), np.float32)
    np.testing.assert_array_equal(
        ImageFeed(images, 3).gather(np.array([1])), [[1] * 3, [0] * 3, [0] * 3]
    )


@pytest.mark.parametrize("n_rows", range(1, 20))
def test_tensorflow_can_read_in_place(n_rows):
    # Misaligned memory would end the process at the first operation that reads it.
    feed = ImageFeed(np.ones((2, 7), np.uint8), n_rows)
    tensor = feed.gather(np.array([0]))
    assert feed._buffer.ctypes.data % 64 == 0
    assert int(tensor[0][6]) == 1
    feed._buffer[0] = 9
    assert int(tensor[0][6]) == 9, "the tensor is a copy"


def test_images_need_not_be_writable_or_aligned():
    memory = np.arange(1 + 4 * 3, dtype=np.uint8)
    images = memory[1:].reshape(4, 3)
    images.flags.writeable = False
    np.testing.assert_array_equal(ImageFeed(images, 2).gather(np.array([3, 1])), images[[3, 1]])


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_a_fit_makes_no_copy_of_its_images(dtype):
    X = np.random.default_rng(0).integers(256, size=(30_000, 784)).astype(dtype)
    y = np.arange(len(X)) % 10
    classifier = KerasMLPClassifier((4,), epochs=1)
    classifier.fit(X[:200], y[:200])
    tracemalloc.start()
    classifier.fit(X, y)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < X.nbytes / 2
