"""Compare objects by value: a hashable value of all their attributes."""

import copy
import functools
import inspect
import sys
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

# Objects of these modules stand for something of the process; none is equal to another.
_OF_THE_PROCESS = {"_io", "_thread", "io", "logging", "socket", "threading", "weakref"}


def value_of(function: Any, arguments: dict[str, Any], *, in_order: bool) -> Any:
    """Return a hashable value that equal functions with equal arguments have in common.

    A function counts as itself, an object that can be called by its attributes. `in_order` is
    whether the order in dicts counts, as it may to a function that builds a network. An argument
    without a value, such as a layer, raises a TypeError.
    """
    valuer = _Valuer(in_order)
    named = tuple((name, valuer.value(f"network__{name}", v)) for name, v in arguments.items())
    return valuer.value("network", function), named


def copied(value: Any) -> Any:
    """Copy as deeply as can be: what holds a lock, a file or the like is shared."""
    try:
        return copy.deepcopy(value)
    except MemoryError:
        raise
    except Exception:
        pass
    if isinstance(value, dict):
        return {key: copied(part) for key, part in value.items()}
    try:
        shallow = copy.copy(value)
        for name, part in _state(value).items():
            setattr(shallow, name, part if _is_of_the_process(part) else copied(part))
    except Exception:
        return value
    return shallow


def plain(value: Any) -> Any:
    """Turn NumPy's numbers, which searches draw, into Python's, which Keras wants."""
    if isinstance(value, np.generic):
        return value.item()
    return type(value)(map(plain, value)) if type(value) in (list, tuple) else value


def is_layer(value: Any) -> bool:
    """Whether a value is a layer or model of Keras, which is not imported for that."""
    keras = sys.modules.get("keras")  # without it, nothing is a layer
    return keras is not None and isinstance(value, keras.Layer)


class _Itself:
    """Something that equals nothing but itself; held, lest another one gets its number."""

    def __init__(self, thing: Any) -> None:
        self._thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and self._thing is other._thing

    def __hash__(self) -> int:
        return id(self._thing)


class _Valuer:
    """One walk through an object and all that it holds, however it is knit together."""

    def __init__(self, in_order: bool) -> None:
        self._in_order = in_order
        # Objects by their first visit; they are held, so that no other object gets the same id.
        self._seen: dict[int, tuple[int, Any]] = {}

    def value(self, name: str, thing: Any) -> Any:
        """Return the value of one thing, which messages call `name`."""
        value = functools.partial(self.value, name)
        thing = plain(thing)
        if isinstance(thing, list | tuple):
            kind = "sequence" if type(thing) in (list, tuple) else type(thing).__qualname__
            return kind, tuple(map(value, thing))
        if isinstance(thing, Mapping):
            items = tuple((value(key), value(thing[key])) for key in thing)
            return "dict", items if self._in_order else frozenset(items)
        if isinstance(thing, set | frozenset):
            return "set", frozenset(map(value, thing))
        if isinstance(thing, np.ndarray):
            if thing.dtype == object:
                return value(thing.tolist())
            return "array", thing.dtype.str, thing.shape, thing.tobytes()
        if hasattr(thing, "__array__") and not inspect.isclass(thing):
            columns = list(getattr(thing, "columns", ()))
            return type(thing), value(np.asarray(thing)), value(columns)
        if isinstance(thing, functools.partial):
            return "partial", value((thing.func, thing.args, thing.keywords))
        if inspect.ismethod(thing):
            return "method", thing.__func__, value(thing.__self__)
        if is_layer(thing):
            raise TypeError(
                f"{name} has {thing!r}, but networks must not share a layer or model. Give "
                "what it is made of, and make it in the function."
            )
        if _has_a_value_of_its_own(thing):
            if id(thing) in self._seen:
                return "seen", self._seen[id(thing)][0]
            self._seen[id(thing)] = len(self._seen), thing
            return self._value_of_object(name, thing)
        if isinstance(thing, Collection) and not isinstance(thing, str | bytes):
            return type(thing), tuple(map(value, thing))  # a deque, a bytearray
        try:
            hash(thing)
        except TypeError as error:
            raise TypeError(
                f"{name} has {thing!r}, which is not hashable, so that equal networks can't "
                "be told. Give numbers, text, functions, or containers of these."
            ) from error
        return type(thing), thing

    def _value_of_object(self, name: str, thing: Any) -> Any:
        """Return the value of what an object holds now: it may be changed later."""
        parts: list[Any] = [type(thing)]
        if isinstance(thing, int | float | complex | str | bytes):
            parts.append(thing.__reduce_ex__(2)[1][1:])  # of a subclass with attributes
        get_config = getattr(thing, "get_config", None)
        if has_config := callable(get_config):
            parts.append(self.value(name, get_config()))
        # Keras' own get_config knows nothing of the attributes of a subclass.
        if not has_config or not type(thing).__module__.startswith("keras."):
            for attribute, part in sorted(_state(thing).items()):
                try:
                    parts.append((attribute, self.value(f"{name}.{attribute}", part)))
                except TypeError:  # it has no value: another one is another
                    parts.append((attribute, _Itself(part)))
        return tuple(parts)


def _state(thing: Any) -> dict[str, Any]:
    """Return the attributes of an object, those in slots as well."""
    state = dict(getattr(thing, "__dict__", {}))
    for kind in type(thing).__mro__:
        slots = vars(kind).get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            if slot not in ("__dict__", "__weakref__") and hasattr(thing, slot):
                state[slot] = getattr(thing, slot)
    return state


def _is_of_the_process(thing: Any) -> bool:
    return type(thing).__module__.partition(".")[0] in _OF_THE_PROCESS


def _has_a_value_of_its_own(thing: Any) -> bool:
    """Whether an object is known by what it holds, rather than as itself."""
    if inspect.isclass(thing) or inspect.isroutine(thing) or inspect.ismodule(thing):
        return False
    if _is_of_the_process(thing):
        return False
    return callable(getattr(thing, "get_config", None)) or bool(_state(thing))
