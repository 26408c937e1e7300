import numpy as np
import pytest

from skmnist.comparison import hold_out_quarter, take_share

Y = np.repeat([0, 1, 2], [200, 100, 40])
X = np.arange(len(Y))[:, None]


def test_a_quarter_of_each_class_is_held_out():
    X_train, X_test, y_train, y_test = hold_out_quarter(X, Y, 0)
    np.testing.assert_array_equal(np.bincount(y_train), [150, 75, 30])
    np.testing.assert_array_equal(np.bincount(y_test), [50, 25, 10])
    np.testing.assert_array_equal(np.sort(np.concatenate([X_train, X_test]), axis=0), X)
    np.testing.assert_array_equal(Y[X_test.ravel()], y_test)


def test_the_share_has_every_class_in_proportion():
    X_share, y_share = take_share(X, Y, 34, 0)
    np.testing.assert_array_equal(np.bincount(y_share), [20, 10, 4])
    np.testing.assert_array_equal(Y[X_share.ravel()], y_share)


def test_the_seed_decides():
    for draw in (
        lambda seed: take_share(X, Y, 50, seed)[0],
        lambda s: hold_out_quarter(X, Y, s)[1],
    ):
        np.testing.assert_array_equal(draw(0), draw(0))
        assert not np.array_equal(draw(0), draw(1))


@pytest.mark.parametrize("size", [None, len(Y)])
def test_all_images_keep_their_order(size):
    assert take_share(X, Y, size, 0)[0] is X


@pytest.mark.parametrize(
    ("size", "said"), [(341, "more than the 340"), (2, "train_size=2 of 340")]
)
def test_impossible_train_sizes_are_refused(size, said):
    with pytest.raises(ValueError, match=said):
        take_share(X, Y, size, 0)


def test_a_class_with_one_image_cannot_be_split():
    with pytest.raises(
        ValueError, match=r"4 images can't be split into 75% .* 25% .* Give X_test"
    ):
        hold_out_quarter(X[:4], np.array([0, 0, 0, 1]), 0)
