import threading
import tracemalloc

import numpy as np
import pytest

from skmnist import KerasCNNClassifier, KerasMLPClassifier
from skmnist._engine import feeding
from skmnist._engine.feeding import ImageFeed


@pytest.fixture
def large(monkeypatch):
    """Whatever the number of images, they count as a large set."""
    monkeypatch.setattr(feeding, "_SMALL", 0)


@pytest.fixture(params=["small", "large"])
def size(request):
    """The tests that ask for it run on sets of either size."""
    if request.param == "large":
        request.getfixturevalue("large")
    return request.param


def streamed(feed, groups):
    """Copies of the images that steps would gather: each tensor is valid until the next one."""
    return [images.numpy()[places] for images, places in feed.stream(groups)]


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("shape", [(3,), (5, 4, 3), (784,)])
def test_gathers_rows_in_their_order(size, dtype, shape):
    images = np.random.default_rng(0).integers(256, size=(20, *shape)).astype(dtype)
    groups = [np.array([19, 0, 0]), *(np.arange(i, i + 6) for i in range(9)), np.array([7])]
    found = streamed(ImageFeed(images, 6), groups)
    assert len(found) == len(groups)
    for rows, gathered in zip(groups, found, strict=True):
        np.testing.assert_array_equal(gathered, images[rows], strict=True)


def test_nothing_to_gather(size):
    assert streamed(ImageFeed(np.ones((2, 3), np.float32), 3), []) == []


def test_the_buffers_start_with_zeros(large):
    images = np.ones((2, 3), np.float32)
    for buffer, _ in ImageFeed(images, 3).stream([np.array([1])] * 2):
        np.testing.assert_array_equal(buffer, [[1] * 3, [0] * 3, [0] * 3])


@pytest.mark.parametrize("n_rows", range(1, 20))
def test_tensorflow_can_read_buffers_in_place(large, n_rows):
    # Misaligned memory would end the process at the first operation that reads it.
    feed = ImageFeed(np.ones((2, 7), np.uint8), n_rows)
    stream = feed.stream([np.array([0])] * 2)
    for buffer, (tensor, _) in zip(feed._buffers, stream, strict=True):
        assert buffer.ctypes.data % 64 == 0
        assert int(tensor[0][6]) == 1
        buffer[0] = 9
        assert int(tensor[0][6]) == 9, "the tensor is a copy"


@pytest.mark.parametrize("n_images", [1, 15, 16, 17, 31, 33, 1000, 4000, 59_999, 60_000])
def test_a_small_set_is_one_tensor_read_in_place(n_images):
    feed = ImageFeed(np.ones((n_images, 2), np.uint8), 1)
    ((first, _), (second, _)) = feed.stream([np.array([0])] * 2)
    feed._whole[0] = 9
    assert int(first[0][1]) == int(second[0][1]) == 9, "a tensor is a copy"
    assert n_images <= len(feed._whole) <= 1.125 * n_images + 1


def test_folds_of_nearly_one_size_share_the_shape_of_their_tensors():
    lengths = {len(ImageFeed(np.zeros((n, 1)), 1)._whole) for n in range(3_900, 4_090)}
    assert len(lengths) == 1


def test_images_need_not_be_writable_or_aligned(size):
    memory = np.arange(1 + 4 * 3, dtype=np.uint8)
    images = memory[1:].reshape(4, 3)
    images.flags.writeable = False
    (gathered,) = streamed(ImageFeed(images, 2), [np.array([3, 1])])
    np.testing.assert_array_equal(gathered, images[[3, 1]])


def test_a_stream_left_early_leaves_no_thread(large):
    feed = ImageFeed(np.ones((9, 3), np.uint8), 3)
    before = threading.active_count()
    stream = feed.stream([np.arange(3)] * 5)
    next(stream)
    stream.close()
    assert threading.active_count() == before


def random_images(n_images, dtype):
    X = np.random.default_rng(0).integers(256, size=(n_images, 784)).astype(dtype)
    return X, np.arange(n_images) % 10


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_a_fit_of_a_large_set_makes_no_copy_of_it(monkeypatch, dtype):
    X, y = random_images(30_000, dtype)
    monkeypatch.setattr(feeding, "_SMALL", X.nbytes - 1)
    classifier = KerasMLPClassifier((4,), epochs=1)
    classifier.fit(X[:200], y[:200])
    tracemalloc.start()
    classifier.fit(X, y)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < X.nbytes / 2


def test_a_fit_of_a_small_set_makes_one_copy_of_it_for_training_and_validation():
    X, y = random_images(30_000, np.uint8)
    classifier = KerasMLPClassifier((4,), epochs=2, early_stopping=True, n_iter_no_change=1)
    classifier.fit(X[:200], y[:200])
    tracemalloc.start()
    classifier.fit(X, y)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert X.nbytes < most < 1.7 * X.nbytes


@pytest.mark.parametrize(
    "classifier",
    [
        KerasMLPClassifier((8,), jit_compile=False),
        pytest.param(KerasMLPClassifier((8,), jit_compile=True), marks=pytest.mark.xla),
        KerasCNNClassifier((3,), hidden_layer_sizes=(8,)),
    ],
    ids=["graph", "xla", "cnn"],
)
def test_a_large_set_trains_to_the_same_bits(classifier, digits, monkeypatch):
    X, y = digits
    options = {"epochs": 3, "early_stopping": True, "n_iter_no_change": 2, "random_state": 0}
    classifier.set_params(**options).fit(X, y)
    expected = classifier.weights_
    monkeypatch.setattr(feeding, "_SMALL", 0)
    classifier.fit(X, y)
    for weight, other in zip(classifier.weights_, expected, strict=True):
        np.testing.assert_array_equal(weight, other)
