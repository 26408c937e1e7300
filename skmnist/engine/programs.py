"""Compiled programs that outlive the fits that used them.

Building and tracing a network takes about a second, training it on a fold often
less. So a program goes back on the shelf after a fit, and the next fit of an equal
network takes it from there.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

P = TypeVar("P")


class Shelf(Generic[P]):
    """Idle programs by key, lent to one borrower at a time.

    Parameters
    ----------
    size : int
        How many idle programs are kept; the one unused for longest goes first.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._idle: OrderedDict[tuple[Hashable, int], P] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def borrow(self, key: Hashable, make: Callable[[], P]) -> Iterator[P]:
        """Lend a program for `key`, made if none is idle.

        One that was in use when an exception passed is not taken back: its state
        is unknown.
        """
        with self._lock:
            place = next((place for place in self._idle if place[0] == key), None)
            program = self._idle.pop(place) if place else None
        if program is None:
            program = make()
        yield program
        with self._lock:
            self._idle[key, id(program)] = program
            while len(self._idle) > self.size:
                self._idle.popitem(last=False)

    def __len__(self) -> int:
        return len(self._idle)

    def clear(self) -> None:
        """Forget every idle program."""
        with self._lock:
            self._idle.clear()
