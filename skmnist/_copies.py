"""Copies of callbacks, which a training changes, and what they were before."""

import copy
import inspect
from collections.abc import Sequence
from types import MethodType
from typing import Any

# Where a callback keeps what was changed last: attributes as given, and as they were left.
_CHANGED = "_changed_by_fit"


def copies_as_given(things: Any) -> Any:
    """Copy callbacks, with the attributes that the user gave, not those of a training.

    Copies are shallow. What the user has set since the training stays. Callbacks that know
    themselves or each other know each other's copies; the same one twice is the same copy twice.
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
    """What a training changes in copies of some callbacks."""

    def __init__(self, things: Sequence[Any], copies: Sequence[Any]) -> None:
        self._pairs = list(zip(things, copies, strict=True))
        self._before = [dict(_attributes(copied)) for copied in copies]

    def hand_over(self, *, without: str) -> None:
        """Give the callbacks what is different in their copies now, but for one attribute.

        What can't be copied, such as a closed file, stays in the copy, lest it hinders a search.
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
    except Exception:
        return False
    return True
