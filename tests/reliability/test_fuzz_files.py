"""Damaged and hostile files: read as what they are, or refused in bounded memory.

    SKMNIST_EXAMPLES=20000 python -m pytest tests/reliability/test_fuzz_files.py
    python -m pytest -m slow tests/reliability/test_fuzz_files.py

try that many random changes of each kind, and every byte of a model file.
"""

import io
import json
import struct
import tracemalloc
import zipfile
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skmnist import load, make_digit_pipeline, save
from skmnist.datasets import read_idx, read_npz

from . import fuzz_readers
from .conftest import CNN, MLP

MOST_MEGABYTES = 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module", params=["mlp", "pipeline", "cnn"])
def model(request, few_digits, folder):
    """The bytes of a model file, and what the model predicts of five digits."""
    estimator = {
        "mlp": clone(MLP).set_params(hidden_layer_sizes=(2,)),
        "pipeline": make_digit_pipeline(
            clone(MLP).set_params(hidden_layer_sizes=(2,)), n_components=3
        ),
        "cnn": clone(CNN).set_params(hidden_layer_sizes=()),
    }[request.param].fit(*few_digits)
    save(estimator, folder / "whole")
    return Model((folder / "whole").read_bytes(), estimator.predict_proba(few_digits[0][:5]))


@dataclass(repr=False)
class Model:
    """Short to print."""

    data: bytes
    proba: np.ndarray


def read_or_refuse(read, data, path):
    """What a function makes of a file, None if it refused it; memory is watched."""
    path.write_bytes(data)
    result = message = None
    tracemalloc.start()
    try:
        result = read(path)
    except ValueError as error:
        message = str(error)
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < MOST_MEGABYTES * 2**20
    assert message is None or str(path) in message
    return result


def assert_equal_or_refused(data, proba, digits, path):
    loaded = read_or_refuse(load, data, path)
    if loaded is not None:
        np.testing.assert_array_equal(loaded.predict_proba(digits[:5]), proba)


EVERY = [pytest.param(37, id="some"), pytest.param(1, id="all", marks=pytest.mark.slow)]


@pytest.mark.parametrize("step", EVERY)
def test_a_flipped_byte_is_noticed_or_harmless(model, step, few_digits, folder):
    data, proba = model.data, model.proba
    flips = np.random.default_rng(0).integers(1, 256, len(data))
    for i in range(0, len(data), step):
        flipped = data[:i] + bytes([data[i] ^ flips[i]]) + data[i + 1 :]
        assert_equal_or_refused(flipped, proba, few_digits[0], folder / "flipped")


@pytest.mark.parametrize("step", EVERY)
def test_a_cut_file_is_noticed(model, step, folder):
    data = model.data
    for i in range(0, len(data), step):
        assert read_or_refuse(load, data[:i], folder / "cut") is None, i
        assert read_or_refuse(load, data[:i] + data[i + step :], folder / "cut") is None, i


WORDS = (
    *("estimator", "parameters", "fitted", "tuple", "dict", "float", "array", "scalar"),
    *("dtype", "objects", "output", "requests", "pickle", "steps"),
)
json_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=5),
        st.sampled_from(["PCA", "Pipeline", "KerasMLPClassifier", "os.system", "0.npy", "inf"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(WORDS),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)


def places(node, here=()):
    """Paths to everything in a JSON document."""
    yield here
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from places(value, (*here, key))


@given(data=st.data())
def test_json_with_other_values_in_it(model, data, few_digits, folder):
    """Any value of the document replaced by another, checksums and all as they should be."""
    archive = zipfile.ZipFile(io.BytesIO(model.data))
    manifest = json.loads(archive.read("model.json"))
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from([p for p in places(manifest) if p]))
        holder = manifest
        for key in way:
            holder = holder[key]
        holder[last] = data.draw(json_values)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as changed:
        for name in archive.namelist():
            text = json.dumps(manifest) if name == "model.json" else archive.read(name)
            changed.writestr(name, text)
    loaded = read_or_refuse(load, stream.getvalue(), folder / "changed")
    if hasattr(loaded, "predict_proba"):
        try:
            proba = loaded.predict_proba(few_digits[0][:5])
        except NotFittedError:
            return
        except ValueError as error:
            message = str(error)
        else:
            assert len(proba) == 5
            return
        assert "features" in message, message  # of another width


@given(data=st.data())
def test_arrays_that_are_other_arrays(model, data, folder):
    """Members of any shape, dtype and content, under their own right checksums."""
    import hashlib

    archive = zipfile.ZipFile(io.BytesIO(model.data))
    manifest = json.loads(archive.read("model.json"))
    contents = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from(sorted(manifest["arrays"])))
    shape = data.draw(st.lists(st.integers(-1, 2**40), max_size=4))
    descr = data.draw(
        st.sampled_from(["<f4", ">f4", "<f8", "<i4", "|O", "<U1", "<U9", "|V4", "<U0", "<U99"])
    )
    header = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {tuple(shape)}, }}\n"
    body = data.draw(st.binary(max_size=64))
    if data.draw(st.booleans()):
        # A size that is right for the header, so that the content decides.
        body = contents[name][128:]
        shape = [len(body) // max(1, np.dtype(descr).itemsize if descr[1] not in "OV" else 1)]
    contents[name] = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + body
    manifest["arrays"][name] = hashlib.sha256(contents[name]).hexdigest()
    contents["model.json"] = json.dumps(manifest).encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as changed:
        for member, content in contents.items():
            changed.writestr(member, content)
    read_or_refuse(load, stream.getvalue(), folder / "other")


@given(data=st.binary(max_size=300))
def test_any_bytes(data, folder):
    for read in (load, read_npz, read_idx):
        read_or_refuse(read, data, folder / "bytes")


def idx_bytes():
    images = np.arange(60, dtype=np.uint8).reshape(3, 4, 5)
    return struct.pack(">4B3I", 0, 0, 8, 3, *images.shape) + images.tobytes()


def npz_bytes(save):
    stream = io.BytesIO()
    save(stream, x=np.arange(60, dtype=np.uint8).reshape(3, 4, 5), y=np.arange(3.0))
    return stream.getvalue()


DATA_FILES = {
    "idx": (read_idx, idx_bytes()),
    "npz": (read_npz, npz_bytes(np.savez)),
    "compressed npz": (read_npz, npz_bytes(np.savez_compressed)),
}


@pytest.mark.parametrize(("read", "whole"), DATA_FILES.values(), ids=DATA_FILES)
@given(data=st.data())
def test_data_files_with_other_bytes_in_them(read, whole, data, folder):
    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(changed)))
        end = min(len(changed), start + data.draw(st.integers(0, 8)))
        changed[start:end] = data.draw(st.binary(max_size=8))
    assume(bytes(changed) != whole)
    read_or_refuse(read, bytes(changed), folder / "data")


@pytest.mark.parametrize(("read", "whole"), DATA_FILES.values(), ids=DATA_FILES)
def test_every_cut_of_a_data_file_is_noticed(read, whole, folder):
    for i in range(len(whole)):
        assert read_or_refuse(read, whole[:i], folder / "cut") is None


@pytest.mark.parametrize("name", fuzz_readers.TARGETS)
def test_inputs_that_a_fuzzer_found_are_read_or_refused(name):
    """A few that reach most of the reader's code; fuzz_readers.py finds more."""
    inputs = [*fuzz_readers.SEEDS[name](), *fuzz_readers.corpus(name)]
    assert len(inputs) > len(fuzz_readers.SEEDS[name]())
    for data in inputs:
        tracemalloc.start()
        try:
            fuzz_readers.try_reader(name, data)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < MOST_MEGABYTES * 2**20
