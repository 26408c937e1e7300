"""Compiled programs that outlive the fits that used them.

Building and tracing a network takes about a second, training it on a fold often
less. So a program goes back to a pool after a fit, and the next fit of an equal
network takes it from there.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

P = TypeVar("P")


class ProgramPool(Generic[P]):
    """Idle programs by key, the `size` used last, each lent to one borrower at a time."""

    def __init__(self, size: int) -> None:
        self.size = size
        # Pairs of a key and a program. Keys are compared and never hashed, so that one that was
        # changed from outside does no harm to the others.
        self._idle: list[tuple[Any, P]] = []
        self._lock = threading.Lock()

    @contextmanager
    def borrow(self, key: Any, make: Callable[[], P]) -> Iterator[P]:
        """Lend a program for `key`, made if none is idle.

        After an exception it is not taken back: its state is unknown.
        """
        with self._lock:
            place = next((i for i, (other, _) in enumerate(self._idle) if other == key), None)
            program = None if place is None else self._idle.pop(place)[1]
        if program is None:
            program = make()
        yield program
        with self._lock:
            self._idle = [*self._idle, (key, program)][-self.size :]

    def __len__(self) -> int:
        return len(self._idle)

    def clear(self) -> None:
        """Forget every idle program."""
        with self._lock:
            self._idle.clear()
