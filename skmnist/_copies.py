"""Copies of objects that a training changes, and of what they were before."""

import copy
from typing import Any, TypeVar

T = TypeVar("T")

# Where an object keeps what was changed last: attributes as given, and as they were left.
_CHANGED = "_changed_by_fit"


def copy_as_given(thing: T) -> T:
    """Return a shallow copy: with the attributes that the user gave, not those of a training.

    What the user has set since the training stays. A class is returned itself.
    """
    copied = copy.copy(thing)
    state = {} if isinstance(thing, type) or thing is None else vars(copied)
    given, left = state.pop(_CHANGED, ({}, {}))
    for name, value in left.items():
        if name in state and state[name] is value:
            del state[name]
            if name in given:
                state[name] = given[name]
    return copied


def copies_as_given(things: Any) -> Any:
    """Copy the parts of a list or tuple, or a single thing, by :func:`copy_as_given`."""
    if isinstance(things, list | tuple):
        return type(things)(map(copy_as_given, things))
    return copy_as_given(things)


def take_over(thing: Any, after: dict[str, Any]) -> None:
    """Give an object the attributes that a training left in its copy."""
    given = vars(copy_as_given(thing))
    left = {k: v for k, v in after.items() if k not in given or v is not given[k]}
    vars(thing).update(after)
    vars(thing)[_CHANGED] = {k: given[k] for k in left if k in given}, left
