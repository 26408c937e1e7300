"""Copies of callbacks for a training, and the changes that the originals get back."""

import copy
import inspect
from collections.abc import Sequence
from types import MethodType
from typing import Any

# Attribute with those that the last training changed: as given, and as they were left.
_CHANGED = "_changed_by_fit"


def copies_as_given(things: Any) -> Any:
    """Make shallow copies of callbacks, without the attributes that a training set.

    Attributes that the user has set since stay. Callbacks that refer to each other refer to each
    other's copies; the same one twice is the same copy twice.
    """
    if not isinstance(things, list | tuple):
        return copies_as_given([things])[0]
    copies = {id(thing): _copy_as_given(thing) for thing in things}
    for copied in copies.values():
        for name, value in _attributes(copied).items():
            if id(value) in copies:
                vars(copied)[name] = copies[id(value)]
            elif inspect.ismethod(value) and id(value.__self__) in copies:
                vars(copied)[name] = MethodType(value.__func__, copies[id(value.__self__)])
    made = [copies[id(thing)] for thing in things]
    return tuple(made) if isinstance(things, tuple) else made


class Changes:
    """Changes that a training makes in copies of callbacks."""

    def __init__(self, things: Sequence[Any], copies: Sequence[Any]) -> None:
        self._pairs = list(zip(things, copies, strict=True))
        self._before = [dict(_attributes(copied)) for copied in copies]

    def hand_over(self, *, without: str) -> None:
        """Give the callbacks the attributes that changed in their copies, except one.

        Those that can't be copied, such as a closed file, stay out: a search could not clone them.
        """
        originals = {id(copied): thing for thing, copied in self._pairs}
        for (thing, copied), before in zip(self._pairs, self._before, strict=True):
            if thing is copied:
                continue
            left = {
                name: originals.get(id(value), value)
                for name, value in _attributes(copied).items()
                if name != without and (name not in before or value is not before[name])
                if id(value) in originals or _can_be_copied(value)
            }
            given = _attributes(_copy_as_given(thing))
            _attributes(thing).update(left)
            if left:
                given = {name: given[name] for name in left if name in given}
                _attributes(thing)[_CHANGED] = given, left


def _copy_as_given(thing: Any) -> Any:
    copied = copy.copy(thing)
    if copied is thing:
        return thing
    state = _attributes(copied)
    given, left = state.pop(_CHANGED, ({}, {}))
    for name, value in left.items():
        if name in state and state[name] is value:
            del state[name]
            if name in given:
                state[name] = given[name]
    return copied


def _attributes(thing: Any) -> dict[str, Any]:
    return {} if isinstance(thing, type) else getattr(thing, "__dict__", {})


def _can_be_copied(value: Any) -> bool:
    try:
        copy.deepcopy(value)
    except MemoryError:
        raise
    except Exception:
        return False
    return True
