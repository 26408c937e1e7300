"""Progress and warnings of a command: stderr, line by line."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit


class Screen:
    """Write to stderr, where a line of progress may still wait for its second half.

    `quiet` leaves progress out. `owns_process` says whether this process is the command,
    rather than one that called its function.
    """

    def __init__(self, *, quiet: bool, owns_process: bool = False) -> None:
        self.owns_process = owns_process
        self._quiet = quiet
        self._begun = ""
        self._is_line_open = False

    def begin(self, text: str) -> None:
        """Print the first half of a line of progress."""
        self._begun = f"{text} ... "
        self._print(self._begun, end="")

    def go_on(self, text: str, end: str = " ") -> None:
        """Print more of the second half; the first once more if something came between."""
        first = "" if self._is_line_open else self._begun
        self._is_line_open = False
        self._print(f"{first}{text}", end)

    def end(self, text: str) -> None:
        """Print the end of the line."""
        self.go_on(text, "\n")

    def say(self, text: str) -> None:
        """Print a line of progress."""
        self._print(text)

    def note(self, text: str) -> None:
        """Print a line that is no progress: it comes even with --quiet."""
        self._print(f"skmnist: {text}", is_progress=False)

    def show_warning(
        self, message: Warning | str, category: type[Warning], *_: Any, **__: Any
    ) -> None:
        """Print the first line of a warning, in place of `warnings.showwarning`."""
        first = next(iter(str(message).strip().splitlines()), "")
        self.note(f"warning: {category.__name__}" + (f": {first}" if first else ""))

    def _print(self, text: str, end: str = "\n", *, is_progress: bool = True) -> None:
        if not (is_progress and self._quiet):
            start = "\n" if self._is_line_open else ""
            print(f"{start}{text}", end=end, file=sys.stderr, flush=True)
            self._is_line_open = end != "\n"


class _DownloadLine(logging.Handler):
    """Show what ``skmnist.datasets`` logs of a download as one line of progress."""

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self._screen = screen

    def emit(self, record: logging.LogRecord) -> None:
        percent = getattr(record, "percent", None)
        if percent is None:  # the reason is in the error if no other source has the file
            self._screen.end("failed")
        elif percent == 0:
            url = urlsplit(vars(record)["url"])
            name = url.path.rpartition("/")[2]
            self._screen.begin(f"Downloading {name} from {url.hostname}")
        elif percent < 100:
            self._screen.go_on(f"{percent} %")
        else:
            self._screen.end(vars(record)["cost"])


@contextmanager
def downloads_shown(screen: Screen) -> Iterator[None]:
    """Show downloads as progress meanwhile."""
    logger, handler = logging.getLogger("skmnist.datasets"), _DownloadLine(screen)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
