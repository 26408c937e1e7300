"""The public face as text: names, signatures, fitted attributes, options of the command line.

    python tests/public_face.py --write

writes it to tests/public_face.txt, which tests/test_public_face.py compares.
"""

import argparse
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import skmnist

FILE = Path(__file__).with_name("public_face.txt")
ROOMS = ("", "comparison", "datasets", "exceptions", "model_selection", "plotting")
# Names that skmnist has for earlier scripts, beside those of its __all__.
OF_EARLIER_SCRIPTS = ("compare_classifiers", "fetch_fashion_mnist", "fetch_mnist")


def public_face() -> str:
    """Describe everything that users may rely on, a line each."""
    lines = []
    for room in ROOMS:
        module = getattr(skmnist, room) if room else skmnist
        names = getattr(module, "__all__", None) or [n for n in vars(module) if n[0] != "_"]
        for name in sorted(names):
            lines += _described(f"{module.__name__}.{name}", getattr(module, name))
    for name in OF_EARLIER_SCRIPTS:
        home = getattr(skmnist, name).__module__.rpartition(".")[0]
        lines.append(f"skmnist.{name} = {home}.{name}")
    return "\n".join([*lines, *_commands()]) + "\n"


def _described(path: str, thing: Any) -> Iterator[str]:
    if not inspect.isclass(thing):
        yield f"{path}{_signature(thing)}"
        return
    yield f"{path}{'' if issubclass(thing, Warning) else _signature(thing)}"
    attributes = re.search(r"\n    Attributes\n    -+\n(.*?)\n\n    \w", thing.__doc__ or "", re.S)
    for line in attributes[1].splitlines() if attributes else []:
        if re.match(r"    \w", line):
            yield from (f"{path}.{name.strip()}" for name in line.split(" : ")[0].split(","))
    for name in sorted(vars(thing) | _inherited(thing)):
        member = inspect.getattr_static(thing, name)
        # Only scikit-learn 1.9 and later has callbacks.
        if (
            name[0] != "_"
            and name != "set_callbacks"
            and callable(getattr(member, "__func__", member))
        ):
            yield f"{path}.{name}{_signature(getattr(thing, name))}"


def _inherited(thing: type) -> dict[str, Any]:
    """Return what comes from our own base classes."""
    bases = [base for base in thing.__mro__[1:] if base.__module__.startswith("skmnist")]
    return {name: value for base in bases for name, value in vars(base).items()}


def _signature(thing: Any) -> str:
    """Return parameters and defaults, without annotations."""
    parameters = inspect.signature(thing).parameters.values()
    bare = [parameter.replace(annotation=parameter.empty) for parameter in parameters]
    return str(inspect.Signature(bare))


def _commands() -> Iterator[str]:
    from skmnist._cli import _make_parser

    (commands,) = (a for a in _make_parser()._actions if isinstance(a.choices, dict))
    for command, parser in commands.choices.items():
        for action in parser._actions:
            options = " ".join(action.option_strings) or action.dest
            values = action.metavar or ",".join(action.choices or ())
            unset = action.default is None or action.default is False
            default = "" if unset else f", default={action.default!r}"
            if action.dest != "help":
                yield f"skmnist {command} {options} {values}".rstrip() + default


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write it to public_face.txt")
    if parser.parse_args().write:
        FILE.write_text(public_face(), encoding="utf-8")
    else:
        sys.stdout.write(public_face())
