"""Whatever is given as X or y: it works, or a documented exception says why not.

    SKMNIST_EXAMPLES=20000 python -m pytest tests/reliability/test_fuzz_arrays.py

tries that many random inputs of each kind.
"""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.base import clone

from skmnist import ImageFlattener, PixelScaler, make_digit_pipeline

from .conftest import CNN, MLP

DOCUMENTED = (ValueError, TypeError)

DTYPES = [
    *["bool", "uint8", "int8", "uint16", "int64", "uint64", "float16", "float32", "float64"],
    *[">f4", ">u2", "longdouble", "complex64", "datetime64[s]", "timedelta64[s]", "U3", "S3"],
]
# Few widths: each is another network, which is compiled once.
SHAPES = st.sampled_from(
    [
        *[(), (0,), (4,), (0, 4), (1, 4), (5, 4), (5, 0), (5, 6), (6, 1), (0, 2, 2), (4, 2, 2)],
        *[(5, 2, 3), (5, 2, 2, 1), (1, 1, 2, 2), (3, 2, 1, 3), (2, 2, 1, 1, 1), (1,) * 6],
    ]
)
NUMBERS = st.one_of(
    st.integers(0, 255),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0, -1, 2**63, 1e300, 1e38, 1e-300, -0.0, 16777217]),
)


@st.composite
def plain_arrays(draw):
    """Arrays of every dtype, in any memory order and with any strides."""
    dtype, shape = np.dtype(draw(st.sampled_from(DTYPES))), draw(SHAPES)
    array = draw(hnp.arrays(dtype, shape, fill=hnp.from_dtype(dtype)))
    way = draw(st.sampled_from(["C", "F", "reversed", "every other", "read-only", "broadcast"]))
    if way == "F":
        return np.asfortranarray(array)
    if way == "reversed" and array.ndim:
        return array[::-1, ...]
    if way == "every other" and array.ndim > 1:
        return np.repeat(array, 2, axis=1)[:, ::2]
    if way == "read-only":
        array.flags.writeable = False
    if way == "broadcast" and array.ndim > 1 and len(array):
        return np.broadcast_to(array[:1], array.shape)
    return array


@st.composite
def ordinary_images(draw):
    """What a user would give: pixels of a common dtype, in bounds."""
    shape = draw(st.sampled_from([(6, 4), (6, 2, 2), (6, 2, 2, 1), (6, 6)]))
    dtype = np.dtype(draw(st.sampled_from(["uint8", "float32", "float64", "int64"])))
    pixels = draw(hnp.arrays(np.uint8, shape))
    return pixels.astype(dtype)


@st.composite
def masked_arrays(draw):
    array = draw(ordinary_images())
    return np.ma.masked_array(array, draw(hnp.arrays(bool, array.shape)))


@st.composite
def frames(draw):
    """Frames with odd columns: of text, of times, of categories, without a name, twice."""
    columns = []
    for _ in range(draw(st.integers(0, 4))):
        values = draw(st.lists(NUMBERS, min_size=6, max_size=6))
        kind = draw(st.sampled_from(["float", "object", "category", "text", "time", "Int64"]))
        column = {
            "float": lambda v: pd.Series(np.array(v, dtype=float)),
            "object": lambda v: pd.Series(v, dtype=object),
            "category": lambda v: pd.Series(["a", "b", None] * 2, dtype="category"),
            "text": lambda v: pd.Series([str(x) for x in v]),
            "time": lambda v: pd.Series(pd.to_datetime([0] * 6, unit="s")),
            "Int64": lambda v: pd.Series([1, 2, None, 4, 5, 6], dtype="Int64"),
        }[kind](values)
        columns.append(column)
    if not columns:
        return pd.DataFrame(index=range(6))
    frame = pd.concat(columns, axis=1)
    frame.columns = draw(
        st.lists(
            st.sampled_from(["a", "b", 0, None, ("a", 1), 1.5, ""]),
            min_size=len(columns),
            max_size=len(columns),
        )
    )
    return frame


nested_lists = st.recursive(
    st.one_of(NUMBERS, st.text(max_size=2), st.none()),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=12,
)
object_arrays = hnp.arrays(object, SHAPES, elements=st.one_of(NUMBERS, st.text(max_size=2)))
anything = st.one_of(
    plain_arrays(), ordinary_images(), masked_arrays(), frames(), nested_lists, object_arrays
)
targets = st.one_of(
    st.lists(st.integers(0, 2), min_size=6, max_size=6),
    st.lists(st.sampled_from(["a", "b", "", "c"]), min_size=6, max_size=6),
    plain_arrays(),
    nested_lists,
    object_arrays,
    hnp.arrays(np.uint8, (6, 3), elements=st.integers(0, 1)),
)


def contents(X):
    """What an input holds, to see whether it was changed."""
    return X.tobytes() if isinstance(X, np.ndarray) and X.dtype != object else repr(X)


def assert_works_or_says_why(call, X):
    """Return the result of a call, None if it refused its input."""
    before, message = contents(X), None
    with warnings.catch_warnings():
        # Warnings of NumPy, pandas and scikit-learn about what they are given are their own.
        warnings.simplefilter("ignore")
        try:
            result = call(X)
        except DOCUMENTED as error:
            result, message = None, str(error)
    assert contents(X) == before
    assert message is None or len(message) > 10
    return result


@pytest.fixture(scope="module", params=[MLP, CNN], ids=["mlp", "cnn"])
def fitted(request):
    """A network of 2 x 2 images."""
    X = np.arange(24, dtype=np.uint8).reshape(6, 2, 2) * 10
    return clone(request.param).fit(X, [0, 1, 2] * 2)


@given(X=anything)
@example(X=np.ma.masked_all((3, 4)))
@example(X=np.full((3, 4), 3e38, np.float32))
def test_predict(fitted, X):
    proba = assert_works_or_says_why(fitted.predict_proba, X)
    if proba is not None:
        assert proba.shape == (len(X), 3)
        assert np.all(proba >= 0)
        np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize("classifier", [MLP, CNN], ids=["mlp", "cnn"])
@given(X=anything, y=targets)
def test_fit(classifier, X, y):
    classifier = clone(classifier).set_params(epochs=1, batch_size=8)
    fitted = assert_works_or_says_why(lambda X: classifier.fit(X, y), X)
    if fitted is None:
        assert not [name for name in vars(classifier) if name.endswith("_")]
    else:
        assert all(np.isfinite(weight).all() for weight in fitted.weights_)
        assert np.isfinite(fitted.history_["loss"]).all()


@pytest.mark.parametrize("transformer", [ImageFlattener(), PixelScaler()], ids=str)
@given(X=anything, other=anything)
def test_transformers(transformer, X, other):
    transformer = clone(transformer)
    if assert_works_or_says_why(transformer.fit, X) is None:
        return
    # What fit took, transform takes.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        transformed = transformer.transform(X)
    assert len(transformed) == len(X)
    assert np.all(np.isfinite(np.asarray(transformed, dtype=float)))
    assert_works_or_says_why(transformer.transform, other)
    assert_works_or_says_why(transformer.inverse_transform, other)


@given(
    X=ordinary_images(),
    y=st.lists(st.sampled_from(["a", "b"]), min_size=6, max_size=6),
    weight=st.lists(NUMBERS, min_size=6, max_size=6),
)
def test_weights_in_a_pipeline(X, y, weight):
    pipeline = make_digit_pipeline(clone(MLP).set_params(epochs=1, batch_size=8))
    fitted = assert_works_or_says_why(
        lambda X: pipeline.fit(X, y, classify__sample_weight=weight), X
    )
    if fitted is not None:
        assert set(fitted.predict(X)) <= set(y)
