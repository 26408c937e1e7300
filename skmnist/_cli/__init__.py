"""The command ``skmnist``.

Results go to stdout; progress, warnings and errors to stderr. Nothing heavy is imported
before the arguments are read, so that help comes at once.
"""

import argparse
import logging
import sys
import warnings
from collections.abc import Sequence

from .. import __version__
from . import _compare, _export, _predict, _train
from ._screen import Screen


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with these arguments, by default those of the process.

    Returns 0 if all went well, 1 after an error, 130 after Ctrl-C. Raises SystemExit with code 2
    for arguments that make no sense, with 0 after help or version.
    """
    parser = _make_parser()
    args = parser.parse_args(argv)
    if args.command is None:
        parser.print_help(sys.stderr)
        return 2
    screen = Screen(quiet=args.quiet, owns_process=argv is None)
    # Why a download failed is in the error; without a handler, logging would print it too.
    logging.getLogger("skmnist").addHandler(logging.NullHandler())
    try:
        with warnings.catch_warnings():
            warnings.showwarning = screen.show_warning
            return args.command(args, screen)
    except KeyboardInterrupt:
        screen.note("interrupted")
        return 130
    except (OSError, ValueError, TypeError, RuntimeError, ImportError, MemoryError) as error:
        in_one_line = " ".join(str(error).split())
        screen.note(f"error: {in_one_line or type(error).__name__}")
        return 1


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="skmnist", description="Small-image classifiers, tried from the command line."
    )
    parser.add_argument("--version", action="version", version=f"skmnist {__version__}")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in (_compare, _train, _predict, _export):
        command.add_parser(commands)
    return parser
