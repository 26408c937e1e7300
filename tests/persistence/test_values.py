"""Plain values as JSON and arrays, and back: what has a place there, and what is refused."""

import json

import numpy as np
import pytest

from skmnist._persistence._values import (
    InvalidModelFileError,
    UnsupportedValueError,
    decode,
    encode,
)


def there_and_back(value):
    arrays = {}
    text = json.dumps(encode(value, arrays), allow_nan=False)
    loaded = decode(json.loads(text), arrays)
    assert not arrays  # each is used once
    return loaded


def exact(value):
    """A value in a form that shows every type and bit."""
    if isinstance(value, list | tuple):
        return type(value), [exact(item) for item in value]
    if isinstance(value, dict):
        return dict, [(exact(key), exact(item)) for key, item in value.items()]
    if isinstance(value, np.ndarray):
        return value.dtype, value.shape, exact(value.tolist())
    return type(value), repr(value)


VALUES = [
    *(None, True, False, 0, -3, 2**70, "", "täxt", 1.5, -0.0, 5e-324),
    *(float("nan"), float("inf"), float("-inf")),
    *([], (), {}, [1, [2.0, (3, "x")]], (1, [2], (3,)), [0.5] * 17, [*[0.5] * 17, 1]),
    [*np.linspace(-1, 1, 20), float("nan")],
    [float("nan")] * 17,
    {"a": 1, 2: (3.0, None), (4, 5): {"b": []}},
    {"z": 0, "a": 1},
    *(np.bool_(True), np.uint8(7), np.int64(-7), np.float32(0.1), np.float16("nan")),
    *(np.dtype("f4"), np.dtype(">i2"), np.dtype(bool)),
    *(np.arange(6).reshape(2, 3), np.array(3.0), np.array(["a", "bcd"]), np.zeros((0, 2), "?")),
    *(np.arange(3, dtype="u1"), np.array([0.1, np.nan], ">f4")),
    *(np.array(["x", 1, (2.5, [3]), None], object), np.array([], object)),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_come_back_with_every_type_and_bit(value):
    assert exact(there_and_back(value)) == exact(value)


def test_numpys_text_is_text():
    assert exact(there_and_back(np.str_("a"))) == exact("a")


def test_of_a_memory_map_the_numbers_are_kept(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(3))
    arrays = {}
    encode([np.load(tmp_path / "x.npy", mmap_mode="r")], arrays)
    assert [type(array) for array in arrays.values()] == [np.ndarray]


def test_long_lists_of_floats_stand_beside_the_json():
    arrays = {}
    assert encode([0.5] * 16, arrays) == [0.5] * 16
    assert encode([[0.5] * 17, np.arange(2)], arrays) == [
        {"floats": "0.npy"},
        {"array": "1.npy"},
    ]
    np.testing.assert_array_equal(arrays["0.npy"], [0.5] * 17)
    np.testing.assert_array_equal(arrays["1.npy"], [0, 1])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (1j, r"1j of builtins\.complex"),
        (len, r"of builtins\.builtin_function_or_method"),
        ({1}, r"of builtins\.set"),
        (np.complex64(1), r"of numpy\.complex64"),
        (np.longdouble(1), r"of numpy\.longdouble"),
        (np.datetime64("2024-01-31"), r"of numpy\.datetime64"),
        (np.dtype("<U3"), r"dtype\('<U3'\) of numpy"),
        (np.zeros(2, complex), "^an array of dtype complex128"),
        (np.zeros(2, "i4,f4"), "^an array of dtype "),
        (np.empty((1, 1), object), "^an array of dtype object"),
        (np.array([b"bytes"]), r"^an array of dtype \|S5"),
        (np.array([{1}], object), r"of builtins\.set"),
    ],
)
def test_what_has_no_place_is_named(value, message):
    for container in (value, [value], (value,), {"key": value}):
        with pytest.raises(UnsupportedValueError, match=message):
            encode(container, {})


def test_a_dict_has_ten_thousand_keys_at_most():
    most, more = dict.fromkeys(range(10_000), 0), dict.fromkeys(range(10_001), 0)
    assert there_and_back(most) == most
    with pytest.raises(UnsupportedValueError, match=r"of builtins\.dict"):
        encode(more, {})
    with pytest.raises(InvalidModelFileError, match="of a kind that is not known"):
        decode({"dict": [[key, 0] for key in more]}, {})


@pytest.mark.parametrize(
    "node",
    [
        {"float": "1e5"},
        {"float": 1.0},
        {"floats": "matrix"},
        {"floats": "text"},
        {"floats": "nothing"},
        {"array": "nothing"},
        {"array": ["matrix"]},
        {"tuple": "ab"},
        {"tuple": None},
        {"objects": "ab"},
        {"dict": "ab"},
        {"dict": [["key"]]},
        {"dict": [[["key"], 1]]},
        {"dtype": "O"},
        {"dtype": "<U3"},
        {"dtype": "f4,f4"},
        {"dtype": "f7"},
        {"dtype": 1},
        {"scalar": ["<f4"]},
        {"scalar": ["<f4", [1.0]]},
        {"scalar": ["<U3", "a"]},
        {"scalar": ["|u1", 256]},
        {"scalar": [None, 1.0]},
        {},
        {"float": "nan", "tuple": []},
    ],
    ids=str,
)
def test_json_that_stands_for_nothing_is_refused(node):
    arrays = {"matrix": np.zeros((2, 2)), "text": np.array(["a"])}
    for inside in (node, {"tuple": [node]}, {"dict": [["key", node]]}):
        with pytest.raises(InvalidModelFileError, match="stands for no value: "):
            decode(inside, dict(arrays))


def test_kinds_that_are_not_known_are_shown_by_their_beginning():
    for length in (80, 81):
        node = {"pickle": "x" * (length - len("{'pickle': ''}"))}
        shown = str(node) if length == 80 else str(node)[:77] + "..."
        with pytest.raises(InvalidModelFileError) as caught:
            decode(node, {})
        assert str(caught.value) == f"{shown} is of a kind that is not known"
