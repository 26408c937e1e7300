"""Rules of the house that reading the source can hold: docs/architecture.md says why."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import skmnist

PACKAGE = Path(skmnist.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
IDS = [str(path.relative_to(PACKAGE)) for path in FILES]

# Files that touch private attributes of other objects, each with its reason.
EXCEPTIONS = {
    "_sklearn.py": "scikit-learn's protocols of parameters, callbacks and routing are private",
    "_engine/model_parts.py": "Keras has no public list of layers in layers, nor of calls",
}


@cache
def parsed(path):
    return ast.parse(path.read_text())


def name_of(path):
    """Name of a module below the package, as a tuple."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


MODULES = {name_of(path): path for path in FILES}


# Modules below a room that others import: what starts TensorFlow, or needs onnx, stays out of the
# room's own imports.
SIDE_DOORS = {
    ("_engine", "epoch_line"),
    ("_networks", "keras_model"),
    ("_networks", "onnx_nodes"),
}


def imports(path):
    """Modules of the package that a file imports, at once, in functions or for types alone."""
    here = path.relative_to(PACKAGE).parts
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = here[: len(here) - node.level]
            target = (*base, *(node.module.split(".") if node.module else ()))
            for alias in node.names:
                module = (*target, alias.name)
                if target or module in MODULES:
                    yield module if module in MODULES else target


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_rooms_are_entered_by_their_door(path):
    room = name_of(path)[:1]
    inside = {m for m in imports(path) if len(m) > 1 and m[:1] != room}
    assert inside <= SIDE_DOORS


def test_side_doors_are_used():
    assert {m for path in FILES for m in imports(path) if m[:1] != name_of(path)[:1]} >= SIDE_DOORS


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_the_package_imports_itself_relatively(path):
    # The other rules read relative imports.
    names = []
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom) and not node.level:
            names.append(node.module)
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    assert [name for name in names if name.partition(".")[0] == "skmnist"] == []


def test_no_circles():
    # The package itself imports nothing before it is asked to.
    needs = {name: set(imports(path)) for name, path in MODULES.items() if name}
    for name in needs:  # a module needs the packages that it lies in
        needs[name] -= {name[:n] for n in range(len(name) + 1)}
    while free := [name for name, others in needs.items() if not others & needs.keys()]:
        for name in free:
            del needs[name]
    # What is left needs one another, or what does.
    assert needs == {}


def own(node):
    """Whether the value of an attribute is the object or class that the code belongs to."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "super"
    # `other` is of the same class, where two are compared.
    return isinstance(node, ast.Name) and node.id in ("self", "cls", "other")


ATTRIBUTE_FUNCTIONS = {"delattr", "getattr", "hasattr", "setattr"}


def private_attributes(path):
    """Private attributes of other objects, also those that are named by a string."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Attribute) and not own(node.value):
            name = node.attr
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ATTRIBUTE_FUNCTIONS:
            name = getattr(node.args[1], "value", "")
        else:
            continue
        if str(name).startswith("_") and not str(name).startswith("__"):
            yield f"{name} in line {node.lineno}"


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_nothing_touches_private_attributes_of_another_object(path):
    found = list(private_attributes(path))
    if str(path.relative_to(PACKAGE)) in EXCEPTIONS:
        assert found  # or it is no exception any more
    else:
        assert found == []


def test_private_parts_of_scikit_learn_are_imported_in_one_file():
    found = set()
    for path in FILES:
        for node in ast.walk(parsed(path)):
            names = []
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            if any(re.match(r"sklearn\b.*\._", name) for name in names):
                found.add(str(path.relative_to(PACKAGE)))
    assert found == {"_sklearn.py"}


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_no_file_is_longer_than_400_lines(path):
    assert path.read_text().count("\n") <= 400
