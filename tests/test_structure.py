"""Rules of the house that reading the source can hold: docs/architecture.md says why."""

import ast
from functools import cache
from pathlib import Path

import pytest

import skmnist

PACKAGE = Path(skmnist.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
IDS = [str(path.relative_to(PACKAGE)) for path in FILES]


@cache
def parsed(path):
    return ast.parse(path.read_text())


def test_private_parts_of_scikit_learn_are_imported_in_one_file():
    found = set()
    for path in FILES:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sklearn"):
                names = [*node.module.split("."), *(alias.name for alias in node.names)]
                if any(name.startswith("_") for name in names):
                    found.add(str(path.relative_to(PACKAGE)))
    assert found == {"_sklearn.py"}


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_a_file_is_one_idea(path):
    # The length that the house rules allow.
    assert path.read_text().count("\n") <= 400
