"""Fail the first call, then the second, and so on until all went well, as SQLite is tested."""

import builtins
import dis
import functools
import io
import itertools
import math
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from unittest import mock

import skmnist

Hit = Callable[[str], None]  # told the name of each call before it is made
Watch = Callable[[Hit], AbstractContextManager[None]]


class Fault:
    """A context in which the n-th of the watched calls raises an error."""

    def __init__(self, watch: Watch, n: int, error: Callable[[], BaseException]) -> None:
        self.n, self.error = n, error
        self.calls: list[str] = []
        self._context = watch(self._hit)

    def __enter__(self):
        self._context.__enter__()
        return self

    def __exit__(self, *raised):
        self._context.__exit__(None, None, None)

    @property
    def struck(self) -> bool:
        return len(self.calls) >= self.n

    def _hit(self, name: str) -> None:
        self.calls.append(name)
        if len(self.calls) == self.n:
            raise self.error()


def faults(
    watch: Watch, error: Callable[[], BaseException], *, first=1, step=1
) -> Iterator[Fault]:
    """Yield faults at later and later calls, the last of which did not strike."""
    for n in itertools.count(first, step):
        fault = Fault(watch, n, error)
        yield fault
        assert fault.calls, "nothing was watched"
        if not fault.struck:
            return


def file_calls(folder: Path) -> Watch:
    """Watch what makes, fills, protects and names files in a folder."""

    class Watched:
        """A file that tells of its calls; what fails to be written is half there."""

        def __init__(self, file, hit):
            self._file, self._hit = file, hit

        def __getattr__(self, name):
            return getattr(self._file, name)

        def __enter__(self):
            return self

        def __exit__(self, *raised):
            self.close()

        def write(self, content):
            try:
                self._hit("write")
            except BaseException:
                self._file.write(content[: len(content) // 2])
                self._file.flush()
                raise
            return self._file.write(content)

        def close(self):
            self._file.close()
            self._hit("close")

    def is_inside(path):
        return isinstance(path, str | os.PathLike) and folder in Path(path).parents

    @contextmanager
    def watch(hit):
        def call(name, function):
            def watched(path, *args, **options):
                makes_nothing = name == "os.open" and not args[0] & os.O_CREAT
                if name == "fsync" or (is_inside(path) and not makes_nothing):
                    hit(name)
                return function(path, *args, **options)

            return watched

        def opening(path, mode="r", *args, **options):
            if not is_inside(path):
                return whole(path, mode, *args, **options)
            hit("open")
            file = whole(path, mode, *args, **options)
            return file if set(mode) <= set("rbt") else Watched(file, hit)

        whole = io.open
        with mock.patch.object(builtins, "open", opening), mock.patch.object(io, "open", opening):
            patches = {name: getattr(os, name) for name in ("chmod", "fsync", "mkdir", "replace")}
            patches = {name: call(name, function) for name, function in patches.items()}
            with mock.patch.multiple(os, open=call("os.open", os.open), **patches):
                yield

    return watch


@functools.cache
def first_yield(code) -> float:
    """Return where in a generator's code it first yields; nowhere is at infinity."""
    instructions = dis.get_instructions(code)
    return next((i.offset for i in instructions if i.opname == "YIELD_VALUE"), math.inf)


def package_calls(folder: Path = Path(skmnist.__file__).parent) -> Watch:
    """Watch the calls of the package's own functions, in threads that it starts as well."""

    @contextmanager
    def watch(hit):
        def profile(frame, event, argument):
            code = frame.f_code
            # A generator may be called again only to be closed, where no error is heard.
            is_heard = frame.f_lasti < first_yield(code)
            if event == "call" and is_heard and code.co_filename.startswith(str(folder)):
                hit(f"{Path(code.co_filename).name}:{code.co_qualname}")

        threading.setprofile(profile)
        sys.setprofile(profile)
        try:
            yield
        finally:
            sys.setprofile(None)
            threading.setprofile(None)

    return watch
