import threading
import tracemalloc

import numpy as np
import pytest

from skmnist import KerasMLPClassifier
from skmnist._engine.feeding import ImageFeed


def streamed(feed, groups):
    """Copies of what a stream shows, since each is valid until the next one only."""
    return [images.numpy().copy() for images in feed.stream(groups)]


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("shape", [(3,), (5, 4, 3), (784,)])
def test_gathers_rows_in_their_order(dtype, shape):
    images = np.random.default_rng(0).integers(256, size=(20, *shape)).astype(dtype)
    groups = [np.array([19, 0, 0]), *(np.arange(i, i + 6) for i in range(9)), np.array([7])]
    found = streamed(ImageFeed(images, 6), groups)
    assert len(found) == len(groups)
    for rows, gathered in zip(groups, found, strict=True):
        np.testing.assert_array_equal(gathered[: len(rows)], images[rows], strict=True)


def test_nothing_to_gather():
    assert streamed(ImageFeed(np.ones((2, 3), np.float32), 3), []) == []


def test_the_buffers_start_with_zeros():
    images = np.ones((2, 3), np.float32)
    for gathered in streamed(ImageFeed(images, 3), [np.array([1])] * 2):
        np.testing.assert_array_equal(gathered, [[1] * 3, [0] * 3, [0] * 3])


@pytest.mark.parametrize("n_rows", range(1, 20))
def test_tensorflow_can_read_in_place(n_rows):
    # Misaligned memory would end the process at the first operation that reads it.
    feed = ImageFeed(np.ones((2, 7), np.uint8), n_rows)
    tensors = feed.stream([np.array([0])] * 2)
    for buffer, tensor in zip(feed._buffers, tensors, strict=True):
        assert buffer.ctypes.data % 64 == 0
        assert int(tensor[0][6]) == 1
        buffer[0] = 9
        assert int(tensor[0][6]) == 9, "the tensor is a copy"


def test_images_need_not_be_writable_or_aligned():
    memory = np.arange(1 + 4 * 3, dtype=np.uint8)
    images = memory[1:].reshape(4, 3)
    images.flags.writeable = False
    (gathered,) = streamed(ImageFeed(images, 2), [np.array([3, 1])])
    np.testing.assert_array_equal(gathered, images[[3, 1]])


def test_a_stream_left_early_leaves_no_thread():
    feed = ImageFeed(np.ones((9, 3), np.uint8), 3)
    before = threading.active_count()
    stream = feed.stream([np.arange(3)] * 5)
    next(stream)
    stream.close()
    assert threading.active_count() == before


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
