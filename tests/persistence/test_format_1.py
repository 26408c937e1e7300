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


@pytest.fixture
def path(tmp_path):
    manifest = json.loads((HERE / "format_1.json").read_text())
    path = tmp_path / "format_1.skmnist"
    with zipfile.ZipFile(path, "w") as archive:
        for i, array in enumerate(ARRAYS):
            stream = io.BytesIO()
            np.save(stream, array)
            data = stream.getvalue()
            archive.writestr(f"{i}.npy", data)
            manifest["arrays"][f"{i}.npy"] = hashlib.sha256(data).hexdigest()
        archive.writestr("model.json", json.dumps(manifest))
    return path


def test_predictions_are_those_of_plain_arithmetic(path):
    pipeline = load(path)
    assert [name for name, _ in pipeline.steps] == ["flatten", "scale", "pca", "classify"]
    images = 4 + 4 * waves(5, 4, 4)
    _, mean, components = None, ARRAYS[0], ARRAYS[1]
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
