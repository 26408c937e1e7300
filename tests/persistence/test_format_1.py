"""Files of format 1, as its first version wrote them, keep loading.

The file is put together here from its JSON as it was written and from numbers that a formula
gives, so that no trained weights lie in the repository.
"""

import hashlib
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from skmnist import load

HERE = Path(__file__).parent


def waves(*shape):
    """Numbers like weights, the same everywhere."""
    return np.sin(np.arange(np.prod(shape), dtype=np.float64)).astype("f4").reshape(shape)


# In the order of the JSON's arrays.
ARRAYS = [
    np.full(16, 2.0),
    waves(3, 16).astype(float),
    np.array([3.0, 2.0, 1.0]),
    np.array([0.5, 0.3, 0.1]),
    np.array([9.0, 8.0, 7.0]),
    np.array(["one", "two"]),
    waves(3, 4),
    waves(4),
    waves(4, 2),
    waves(2),
]


def write(path, manifest, arrays):
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            stream = io.BytesIO()
            np.save(stream, array)
            archive.writestr(name, stream.getvalue())
            manifest["arrays"][name] = hashlib.sha256(stream.getvalue()).hexdigest()
        archive.writestr("model.json", json.dumps(manifest))
    return path


@pytest.fixture
def path(tmp_path):
    manifest = json.loads((HERE / "format_1.json").read_text())
    arrays = {f"{i}.npy": array for i, array in enumerate(ARRAYS)}
    return write(tmp_path / "format_1.skmnist", manifest, arrays)


def test_predictions_are_those_of_plain_arithmetic(path):
    pipeline = load(path)
    assert [name for name, _ in pipeline.steps] == ["flatten", "scale", "pca", "classify"]
    images = 4 + 4 * waves(5, 4, 4)
    mean, components = ARRAYS[:2]
    reduced = (images.reshape(5, 16) / 8 - mean) @ components.T
    kernel, bias, last_kernel, last_bias = ARRAYS[6:]
    hidden = np.maximum((reduced - 0.5) * 2 @ kernel + bias, 0)
    logits = hidden @ last_kernel + last_bias
    np.testing.assert_allclose(
        pipeline.decision_function(images), logits[:, 1] - logits[:, 0], rtol=1e-4, atol=1e-4
    )
    expected = np.array(["one", "two"])[logits.argmax(axis=1)]
    assert list(pipeline.predict(images)) == list(expected)
    assert pipeline[-1].history_ == {"loss": [0.5], "accuracy": [0.75], "learning_rate": [0.001]}


def test_a_convolutional_network_trains_on(tmp_path):
    """Written after a call of partial_fit, with the optimizer's moments."""
    document = json.loads((HERE / "format_1_cnn.json").read_text())
    arrays = {}
    for name, (dtype, shape) in document["shapes"].items():
        numbers = np.abs(waves(*shape)) if shape else np.array(3)
        arrays[name] = (numbers * 10 if dtype == "<u4" else numbers).astype(dtype)
    arrays["0.npy"] = np.arange(3)
    cnn = load(write(tmp_path / "cnn.skmnist", document["manifest"], arrays))
    assert cnn.get_params()["filters"] == (2,)
    assert cnn.image_shape_ == (6, 6)
    X = np.abs(waves(9, 6, 6))
    # The kernel's one position in the last corner, by hand.
    kernel, bias = cnn.weights_[:2]
    corner = (X[:, 3:, 3:] - cnn.pixel_mean_) * cnn.pixel_scale_
    expected = np.maximum(np.einsum("nij,ijk->nk", corner, kernel[:, :, 0]) + bias, 0)
    model = cnn.to_keras()
    stage = model.layers[0](X[..., None].astype("f4"))
    stage = model.layers[1](stage)
    np.testing.assert_allclose(stage[:, -1, -1], expected, rtol=1e-5)
    np.testing.assert_allclose(
        cnn.decision_function(X), model(X[..., None].astype("f4")), rtol=1e-4, atol=1e-4
    )
    cnn.partial_fit(X, [0, 1, 2] * 3)
    assert cnn.n_iter_ == 2
