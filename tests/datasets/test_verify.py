import numpy as np
import pytest

from skmnist.datasets._obtain import read_verified


def damage(arrays, key, index=0):
    arrays = {name: array.copy() for name, array in arrays.items()}
    arrays[key].flat[index] ^= 1
    return arrays


def test_the_container_does_not_matter(mnist, npz_file, idx_files, arrays, server, tmp_path):
    path = tmp_path / "file"
    np.savez(tmp_path / "plain.npz", **arrays)  # not compressed: other bytes, same content
    found = read_verified(tmp_path / "plain.npz", npz_file, mnist)
    for file in idx_files:
        path.write_bytes(server.bodies[f"idx/{file.name}"])
        found_here = read_verified(path, file, mnist)
        assert list(found_here) == list(file.keys)
        np.testing.assert_array_equal(found_here[file.keys[0]], found[file.keys[0]])


@pytest.mark.parametrize("key", ["x_train", "y_train", "x_test", "y_test"])
@pytest.mark.parametrize("index", [0, -1])
def test_one_wrong_bit_is_noticed(mnist, npz_file, arrays, tmp_path, key, index):
    np.savez(tmp_path / "mnist.npz", **damage(arrays, key, index))
    with pytest.raises(ValueError, match=rf"mnist\.npz: {key} is not that of MNIST: its sha256"):
        read_verified(tmp_path / "mnist.npz", npz_file, mnist)


def test_wrong_shape_dtype_and_keys_are_named(mnist, npz_file, arrays, tmp_path):
    path = tmp_path / "mnist.npz"
    np.savez(path, **{**arrays, "x_test": arrays["x_test"][:2]})
    with pytest.raises(ValueError, match=r"x_test has shape \(2, 4, 5\).*expected \(3, 4, 5\)"):
        read_verified(path, npz_file, mnist)
    np.savez(path, **{**arrays, "y_test": arrays["y_test"].astype(np.int64)})
    with pytest.raises(ValueError, match=r"y_test has .* dtype int64, expected .* uint8"):
        read_verified(path, npz_file, mnist)
    np.savez(path, x_train=arrays["x_train"])
    with pytest.raises(ValueError, match=r"no array y_train; it has \['x_train'\]"):
        read_verified(path, npz_file, mnist)


def test_md5_is_checked_before_anything_is_unpacked(fashion, server, tmp_path):
    file = fashion.layouts[0][0]
    path = tmp_path / "file.gz"
    path.write_bytes(server.bodies[f"clothes/{file.name}"])
    assert list(read_verified(path, file, fashion)) == ["x_train"]
    path.write_bytes(path.read_bytes() + b"\0")  # gzip itself would not mind
    with pytest.raises(ValueError, match=rf"its md5 is .*, expected {file.md5}"):
        read_verified(path, file, fashion)
