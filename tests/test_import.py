"""What importing costs, and which way imports run."""

import ast
import functools
import subprocess
import sys
from pathlib import Path

import pytest

import skmnist

PACKAGE = Path(skmnist.__file__).parent
HEAVY = ("tensorflow", "keras", "scikeras", "matplotlib")

# Each room and the rooms that it may import from; all may import from the ground floor.
ROOMS = {
    "exceptions": set(),
    "datasets": set(),
    "_novelty": set(),
    "_preprocessing": set(),
    "_networks": set(),
    "_engine": {"exceptions", "_networks"},
    "_augmentation": {"_engine"},
    "_classifiers": {"_augmentation", "_engine", "_networks", "exceptions"},
    "_recipes": {"_classifiers"},
    "_pipeline": {"_classifiers", "_preprocessing"},
    "_persistence": {"_augmentation", "_classifiers", "_networks", "_novelty", "_preprocessing"},
    "_export": {"_classifiers", "_networks", "_novelty", "_preprocessing"},
    "model_selection": {"_augmentation", "_classifiers", "_engine"},
    "plotting": {"_engine"},
    "comparison": {
        *("_classifiers", "_engine", "_pipeline", "_recipes", "exceptions", "plotting"),
    },
    "_cli": {
        "_engine",
        "_export",
        "_novelty",
        "_persistence",
        "_pipeline",
        "_recipes",
        "comparison",
        "datasets",
        "exceptions",
        "plotting",
    },
    "__main__": {"_cli"},
}
GROUND_FLOOR = {
    "_copies",
    "_images",
    "_npy",
    "_replacing",
    "_rows",
    "_schedules",
    "_sklearn",
    "_steps",
    "_streams",
    "_targets",
    "_validation",
}


@functools.cache
def modules_after(code):
    """Names of the modules that a fresh Python has loaded after some code."""
    code += "\nimport sys; print('\\n'.join(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stderr == ""
    return set(run.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import skmnist",
        "import skmnist._cli",
        "from skmnist import KerasMLPClassifier as C; C(hidden_layer_sizes=3).get_params()",
        "from skmnist import *",
    ],
)
def test_keras_starts_with_the_first_network_only(code):
    assert not modules_after(code) & set(HEAVY)


def test_bare_import_is_light():
    assert "sklearn" not in modules_after("import skmnist")


def test_public_names_exist():
    for name in skmnist.__all__:
        assert getattr(skmnist, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        skmnist.Nonsense  # noqa: B018


@pytest.mark.parametrize(
    "room", ["comparison", "datasets", "exceptions", "model_selection", "plotting"]
)
def test_rooms_are_attributes_as_in_scikit_learn(room):
    code = f"import skmnist; assert {room!r} in dir(skmnist); assert skmnist.{room}.__doc__"
    assert f"skmnist.{room}" in modules_after(code)
    assert f"skmnist.{room}" not in modules_after("import skmnist")


def rooms_imported_by(path):
    """Rooms of the package that a file imports from, at any depth."""
    here = path.relative_to(PACKAGE).parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = here[: len(here) - node.level]
            target = (*base, *(node.module or "").split("."))
            names = [target] if node.module else [(*base, alias.name) for alias in node.names]
            yield from (name[0] for name in names if name and name[0] in ROOMS)


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_imports_run_one_way(path):
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if room == "__init__":
        return
    allowed = set() if room in GROUND_FLOOR else ROOMS[room]
    assert set(rooms_imported_by(path)) - {room} <= allowed


def test_every_room_is_on_the_plan():
    found = {path.name.removesuffix(".py") for path in PACKAGE.iterdir() if path.name[0] != "."}
    assert found - {"__init__", "__pycache__", "py.typed"} == set(ROOMS) | GROUND_FLOOR
