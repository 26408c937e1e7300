"""Plain values as JSON, and back: numbers, text, containers; arrays stand beside it."""

import math
import re
from typing import Any

import numpy as np

# Kinds of arrays that are written as they are: bool, int, uint, float, text.
_ARRAY_KINDS = "biufU"
# Names of the dtypes of numbers and booleans.
_DTYPE = re.compile(r"[<>|=]?[biuf]\d{1,2}")
# Lists of more floats than this, such as a history, stand beside the JSON as arrays.
_MOST_FLOATS_IN_JSON = 16
# Keys can be chosen so that looking them up takes ever longer.
_MOST_KEYS = 10_000


class UnsupportedValueError(TypeError):
    """A value has no place in a model file."""


class InvalidModelFileError(ValueError):
    """A model file is damaged, or its content is impossible."""


def encode(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    """Turn a value into JSON; arrays are added to `arrays`, by the names that stand for them."""
    kind = type(value)
    if value is None or kind in (bool, int, str):
        return value
    if kind is float:
        return value if math.isfinite(value) else {"float": repr(value)}
    if kind is list:
        if len(value) > _MOST_FLOATS_IN_JSON and all(type(item) is float for item in value):
            return {"floats": _set_aside(np.array(value), arrays)}
        return [encode(item, arrays) for item in value]
    if kind is tuple:
        return {"tuple": [encode(item, arrays) for item in value]}
    if kind is dict and len(value) <= _MOST_KEYS:
        # Pairs: keys need not be text, and their order is kept.
        return {"dict": [[encode(k, arrays), encode(v, arrays)] for k, v in value.items()]}
    if isinstance(value, np.str_):
        return str(value)
    if isinstance(value, np.dtype) and _DTYPE.fullmatch(value.str):
        return {"dtype": value.str}
    if isinstance(value, np.generic) and type(value.item()) in (bool, int, float):
        return {"scalar": [value.dtype.str, encode(value.item(), arrays)]}
    if isinstance(value, np.ndarray):
        if value.dtype == object and value.ndim == 1:
            return {"objects": [encode(item, arrays) for item in value]}
        if value.dtype.kind not in _ARRAY_KINDS:
            raise UnsupportedValueError(f"an array of dtype {value.dtype}")
        return {"array": _set_aside(value, arrays)}
    raise UnsupportedValueError(f"{value!r} of {kind.__module__}.{kind.__qualname__}")


def _set_aside(array: np.ndarray, arrays: dict[str, np.ndarray]) -> str:
    name = f"{len(arrays)}.npy"
    # No subclass of arrays, and nothing of a memory map.
    arrays[name] = np.asarray(array)
    return name


def decode(node: Any, arrays: dict[str, np.ndarray]) -> Any:
    """Turn untrusted JSON back into a value; arrays that are used are taken out of `arrays`."""
    if node is None or isinstance(node, bool | int | float | str):
        return node
    if isinstance(node, list):
        return [decode(item, arrays) for item in node]
    try:
        ((kind, content),) = node.items()
        if kind == "float":
            return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[content]
        if kind == "tuple":
            return tuple(decode(_checked(content, list), arrays))
        if kind == "floats":
            (values,) = np.atleast_2d(arrays.pop(content).astype(float))
            return values.tolist()
        if kind == "dict" and len(content) <= _MOST_KEYS:
            return {decode(k, arrays): decode(v, arrays) for k, v in _checked(content, list)}
        if kind == "dtype":
            return _dtype(content)
        if kind == "scalar":
            dtype, number = content
            value = np.asarray(decode(number, arrays), _dtype(dtype))
            return _checked(value[()], np.generic)
        if kind == "objects":
            values = np.empty(len(content), object)
            values[:] = decode(_checked(content, list), arrays)
            return values
        if kind == "array":
            return arrays.pop(content)
    except InvalidModelFileError:
        raise
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise InvalidModelFileError(f"{_shown(node)} stands for no value: {error!r}") from error
    raise InvalidModelFileError(f"{_shown(node)} is of a kind that is not known")


def _checked(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} was expected")
    return value


def _dtype(text: Any) -> np.dtype:
    if not _DTYPE.fullmatch(_checked(text, str)):
        raise ValueError(f"dtype {text} is not one of numbers or booleans")
    return np.dtype(text)


def _shown(node: Any) -> str:
    text = repr(node)
    return text if len(text) <= 80 else f"{text[:77]}..."
