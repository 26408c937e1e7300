"""What a model file does not hold is refused, by name, before anything is written."""

import hashlib
import json
import os
import pickle
import re
import struct
import zipfile
from copy import copy

import numpy as np
import pytest
from joblib import Memory
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

from skmnist import KerasMLPClassifier, PixelScaler, load, make_digit_pipeline, save


class Own(KerasMLPClassifier):
    """A subclass may do anything: it is not what the file would name."""


def keras_callback():
    import keras

    return keras.callbacks.EarlyStopping("loss")


def keras_optimizer():
    import keras

    return keras.optimizers.SGD(0.1)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("keras_callbacks", lambda: [keras_callback()]),
        ("optimizer", keras_optimizer),
        ("random_state", lambda: np.random.RandomState(0)),
        ("class_weight", lambda: {"a": object()}),
        ("hidden_layer_sizes", lambda: np.array([object()])),
    ],
)
def test_a_parameter_is_named(name, make, mlp, path):
    estimator = clone(mlp).set_params(**{name: make()})
    with pytest.raises(TypeError, match=rf"^{name}=.* can't be saved.*set_params\({name}="):
        save(estimator, path)
    pipeline = make_pipeline(make_digit_pipeline(estimator))
    with pytest.raises(TypeError, match=rf"^pipeline__classify__{name}=.* can't be saved"):
        save(pipeline, path)
    assert not path.exists()


@pytest.mark.parametrize("memory", ["folder", Memory(None)])
def test_a_cache_stays_on_its_machine(memory, mlp, path):
    with pytest.raises(TypeError, match=r"^memory=.*cache of this machine"):
        save(make_digit_pipeline(mlp, memory=memory), path)


@pytest.mark.parametrize(
    ("estimator", "message"),
    [
        (SVC(), r"estimator is SVC\(\), but a model file holds only .*PCA.*skops"),
        (make_digit_pipeline(SVC()), r"step 'classify' is SVC\(\)"),
        (make_pipeline(FunctionTransformer(np.sqrt)), "step 'functiontransformer' is"),
        (GridSearchCV(KerasMLPClassifier(), {}), "save best_estimator_"),
        (Own(), r"estimator is Own\(\)"),
        (KerasMLPClassifier, "estimator is <class"),
        (None, "estimator is None"),
    ],
)
def test_other_classes(estimator, message, path):
    with pytest.raises(TypeError, match=message):
        save(estimator, path)
    assert not path.exists()


def rewritten(path, **changes):
    """Change the JSON of a model file: `changes` are functions of a part of it."""
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(contents["model.json"])
    for part, change in changes.items():
        manifest[part] = change(manifest[part])
    contents["model.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)


def test_a_newer_format_is_said_so(scaler, path):
    save(scaler, path)
    rewritten(path, format_version=lambda version: version + 1)
    with pytest.raises(
        ValueError, match=r"model\.skmnist.*format 3 with .*skmnist.*Install a newer"
    ):
        load(path)


def fitted_with(**values):
    return lambda model: {**model, "fitted": {**model["fitted"], **values}}


def parameters_with(**values):
    return lambda model: {**model, "parameters": {**model["parameters"], **values}}


def moments_of_another(resumption):
    pairs = dict(resumption["dict"])
    return {"dict": [*{**pairs, "optimizer": [{"scalar": ["<f4", 1.0]}]}.items()]}


LIES = {
    "another class": (lambda m: {**m, "estimator": "SVC"}, "SVC"),
    "a class by its path": (lambda m: {**m, "estimator": "os.system"}, "os.system"),
    "no class": (lambda m: {**m, "estimator": None}, "None"),
    "a list for a model": (lambda m: [m], "holds no estimator"),
    "unknown parameter": (parameters_with(colour=1), "no parameters.*colour"),
    "wrong parameter": (parameters_with(alpha=-1.0), "alpha"),
    "callable parameter": (parameters_with(optimizer={"estimator": "PCA"}), "kind"),
    "callbacks": (parameters_with(keras_callbacks=["os.system"]), None),
    "unknown attribute": (fitted_with(predict=1), "predict"),
    "attribute missing": (
        lambda m: {**m, "fitted": {k: v for k, v in m["fitted"].items() if k != "classes"}},
        "classes",
    ),
    "infinite scale": (fitted_with(pixel_scale={"float": "inf"}), "pixel_scale"),
    "no number": (fitted_with(n_features_in_="64"), "n_features_in_"),
    "another width": (fitted_with(n_features_in_=63), "shapes"),
    "unsorted classes": (fitted_with(classes={"objects": ["b", "a"]}), "classes"),
    "one class": (fitted_with(classes={"objects": ["a"]}), "classes"),
    "more classes": (fitted_with(classes={"objects": list("abcdefghijklm")}), "shapes"),
    "array that is not there": (fitted_with(weights=[{"array": "99.npy"}]), "99.npy"),
    "a path for an array": (fitted_with(weights=[{"array": "../0.npy"}]), "0.npy"),
    "wrong history": (
        fitted_with(history={"dict": [["loss", [1.0]], ["accuracy", [0.5, 1.0]]]}),
        "history",
    ),
    "generator": (fitted_with(resumption={"dict": [["shuffling", 1]]}), "resumption"),
    "network that weights are not of": (
        lambda m: fitted_with(
            parameters={"dict": [["hidden_layer_sizes", {"tuple": [10**9]}], ["dropout", 0.0]]}
        )(m),
        "shapes",
    ),
    "options that are none": (fitted_with(parameters={"dict": [["verbosity", 3]]}), "verbosity"),
    "unknown node": (parameters_with(alpha={"pickle": "gASVJAAAAA=="}), "kind that is not known"),
    "huge text": (parameters_with(alpha={"scalar": ["<U1000000000", "a"]}), "dtype"),
    "objects": (parameters_with(alpha={"dtype": "O"}), "dtype"),
    "dtype that is a program": (parameters_with(alpha={"dtype": "1 2f8"}), "dtype"),
    "dtypes without end": (parameters_with(alpha={"dtype": "f4," * 1000}), "dtype"),
    "more keys than are needed": (
        parameters_with(class_weight={"dict": [[i * (2**61 - 1), 0] for i in range(10_001)]}),
        "kind that is not known",
    ),
    "layers without end": (
        parameters_with(hidden_layer_sizes={"tuple": [1] * 1001}),
        None,
    ),
    "moments of another optimizer": (
        lambda m: fitted_with(resumption=moments_of_another(m["fitted"]["resumption"]))(m),
        None,
    ),
    "container": (lambda m: {**m, "output": "os"}, "set_output"),
    "requests": (lambda m: {**m, "requests": {"__init__": {"a": True}}}, "no method"),
    "alias": (lambda m: {**m, "requests": {"fit": {"sample_weight": [1]}}}, "no request"),
}


@pytest.mark.parametrize(("change", "message"), LIES.values(), ids=LIES)
def test_what_the_json_claims_is_not_believed(change, message, mlp, path):
    save(mlp, path)
    rewritten(path, model=change)
    if message is None:
        # A value of the right kind is loaded; the fit that would use it refuses it.
        loaded = load(path)
        with pytest.raises(
            (TypeError, ValueError), match=r"keras_callbacks|1001 values|optimizer"
        ):
            loaded.partial_fit(np.ones((2, 64)), [0, 1])
        return
    with pytest.raises(ValueError, match=rf"model\.skmnist can't be loaded: .*{message}"):
        load(path)


@pytest.mark.parametrize("descr", ["<U0", "|S0", "|V0"])
def test_values_without_a_size_have_no_number(descr, mlp, path):
    """An array of a trillion empty strings has no bytes, until something copies it."""
    save(mlp, path)
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': (1099511627776,), }}\n"
    data = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(contents["model.json"])
    name = manifest["model"]["fitted"]["classes"]["array"]
    manifest["arrays"][name] = hashlib.sha256(data).hexdigest()
    members = {**contents, name: data, "model.json": json.dumps(manifest)}
    archive_with(path, members.items())
    with pytest.raises(ValueError, match="expected numbers, booleans or strings"):
        load(path)


def test_what_could_not_be_loaded_is_not_saved(mlp, path):
    with pytest.raises(ValueError, match=r"can't be saved as it is: .*epochs"):
        save(clone(mlp).set_params(epochs=0), path)
    mlp = copy(mlp)
    mlp.note = "my own"
    with pytest.raises(TypeError, match=r"^note='my own' can't be saved"):
        save(mlp, path)
    dates = np.array(["2024-01-31", "2024-02-01"] * 5, "datetime64[D]")
    dated = KerasMLPClassifier((3,), epochs=1).fit(np.eye(10), dates)
    with pytest.raises(TypeError, match=r"classes can't be saved: .*datetime64"):
        save(dated, path)
    with pytest.raises(TypeError, match=r"^alpha=.*longdouble"):
        save(KerasMLPClassifier(alpha=np.longdouble(1e-4)), path)
    assert not path.exists()


def test_a_mebibyte_of_text_at_most(path):
    def with_name_of(length):
        return KerasMLPClassifier(class_weight={"a" * length: 1.0})

    save(with_name_of(1), path)
    with zipfile.ZipFile(path) as archive:
        most = 2**20 - len(archive.read("model.json")) + 1
    save(with_name_of(most), path)
    assert load(path).get_params() == with_name_of(most).get_params()
    with pytest.raises(ValueError, match=r"take 1048577 bytes of text, and .* holds 1048576"):
        save(with_name_of(most + 1), path)
    archive_with(path, [("model.json", b" " * (2**20 + 1))])
    with pytest.raises(ValueError, match=r"model\.json has 1048577 bytes"):
        load(path)


def test_a_fit_that_failed_left_nothing_to_save(path, few_digits):
    pca, scaler = PCA(100), StandardScaler()
    with pytest.raises(ValueError, match="n_components=100"):
        pca.fit(few_digits[0])
    with pytest.raises(ValueError, match=r"sample_weight\.shape"):
        scaler.fit(few_digits[0], sample_weight=[1])
    for half_fitted in (pca, scaler):
        save(half_fitted, path)
        # What NotFittedError is, too; scikit-learn 1.8's PCA has only this.
        with pytest.raises(AttributeError):
            load(path).transform(few_digits[0])


def test_ranges_that_are_none(path):
    save(PixelScaler().fit([[0.0, 1.0]]), path)
    rewritten(path, model=parameters_with(feature_range={"tuple": []}))
    with pytest.raises(ValueError, match="feature_range must be two finite numbers"):
        load(path)


def test_a_pipeline_can_name_no_cache(pipeline, path):
    save(pipeline, path)
    rewritten(path, model=parameters_with(memory="folder"))
    with pytest.raises(ValueError, match="memory is not None"):
        load(path)


def test_nested_without_end(path, mlp):
    save(mlp, path)
    deep = "[" * 100_000 + "]" * 100_000
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    text = contents["model.json"].decode().replace('"adam"', deep)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**contents, "model.json": text}.items():
            archive.writestr(name, content)
    with pytest.raises(ValueError, match="can't be loaded"):
        load(path)


def archive_with(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)


def test_archives_that_are_something_else(path, scaler):
    save(scaler, path)
    with zipfile.ZipFile(path) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    manifest, *arrays = members

    def message_of(members, **options):
        archive_with(path, members, **options)
        with pytest.raises(ValueError, match="can't be loaded") as error:
            load(path)
        return str(error.value)

    assert "no member model.json" in message_of(arrays)
    assert "differ in ['0.npy']" in message_of([manifest, *arrays[1:]])
    assert "differ in ['more.npy']" in message_of([*members, ("more.npy", b"")])
    (first, data), *rest = arrays
    assert "differ in" in message_of([manifest, ("renamed.npy", data), *rest])
    other = rest[0][1]
    assert "sha256" in message_of([manifest, (first, other), *rest])
    assert "compressed" in message_of(members, compression=zipfile.ZIP_DEFLATED)
    with pytest.warns(UserWarning, match="Duplicate name"):
        assert "same name" in message_of([*members, (first, data)])
    assert "is not that of a model file" in message_of([("model.json", b"{}")])
    assert "NaN stands in it" in message_of([("model.json", b'{"format": NaN}')])
    for nonsense in (b"", b"\x80\x04", b"null", b"[1]", b'"\\ud800"', b"1" * 5000):
        message_of([("model.json", nonsense)])
    save(scaler, path)
    whole = path.read_bytes()
    for data, what in (
        (b"", "no zip"),
        (b"text", "no zip"),
        (whole[:-1], "cut off"),
        (pickle.dumps(scaler), "looks like a pickle, which is never loaded"),
    ):
        path.write_bytes(data)
        with pytest.raises(ValueError, match=what):
            load(path)


@pytest.mark.parametrize("version", [0, -1, None, "2", 1.5, [1]])
def test_formats_that_there_never_were(version, scaler, path):
    save(scaler, path)
    rewritten(path, format_version=lambda _: version)
    with pytest.raises(ValueError, match=re.escape(f"loaded: format_version is {version!r}")):
        load(path)


def test_the_list_of_arrays_is_held_against_them(scaler, path):
    save(scaler, path)
    rewritten(path, arrays=list)
    with pytest.raises(ValueError, match="the list of its arrays is missing"):
        load(path)
    save(scaler, path)
    rewritten(path, model=lambda model: {**model, "fitted": None})
    with pytest.raises(ValueError, match=r"nothing in it uses \['0\.npy', '1\.npy', '2\.npy'\]"):
        load(path)


def test_members_that_claim_more_than_the_file_has(scaler, path):
    save(scaler, path)
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        size = struct.pack("<I", archive.getinfo("0.npy").file_size)
    # Of each member, as it is packed and unpacked, in its own header and in the directory.
    assert data.count(size) == 3 * 2 * 2
    path.write_bytes(data.replace(size, struct.pack("<I", 2**30)))
    with pytest.raises(
        ValueError, match=rf"members claim \d{{10}} bytes, the file has {len(data)}"
    ):
        load(path)


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "nothing")
    with pytest.raises(IsADirectoryError):
        load(tmp_path)


def test_no_folder_is_made_by_a_slip_of_the_pen(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*typo"):
        save(PixelScaler(), tmp_path / "typo" / "model.skmnist")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        save(PixelScaler(), tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_failed_write_leaves_the_old_file(scaler, path, monkeypatch):
    save(PixelScaler(), path)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(OSError, match="No space left"):
        save(scaler, path)
    assert isinstance(load(path), PixelScaler)
    assert os.listdir(path.parent) == [path.name]
