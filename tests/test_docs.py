"""What the documentation says, held against what the code does."""

import inspect
import re
from pathlib import Path

import pytest

import skmnist
import skmnist.comparison
import skmnist.datasets
import skmnist.plotting

ROOT = Path(skmnist.__file__).parents[1]
README = (ROOT / "README.md").read_text()
PUBLIC = {
    f"{module.__name__}.{name}": getattr(module, name)
    for module in (skmnist, skmnist.datasets, skmnist.comparison, skmnist.plotting)
    for name in module.__all__
}


def blocks(language):
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```", README)


def test_the_example_of_the_readme_runs_as_it_stands(capsys):
    (example,) = blocks("python")
    assert len(example.strip().splitlines()) <= 11
    exec(compile(example, "README.md", "exec"), {})
    report = capsys.readouterr().out
    accuracy = re.search(r"accuracy +([\d.]+) +450", report)
    assert float(accuracy[1]) >= 0.97


def test_two_commands_do_all_the_setting_up():
    commands = [line for block in blocks("sh") for line in block.splitlines()]
    assert [c for c in commands if "skmnist compare" in c and "pip install" in c] != []
    assert [c for c in commands if "pytest" in c and "pip install" in c] != []


@pytest.mark.parametrize(
    "path", ["README.md", *(str(p.relative_to(ROOT)) for p in sorted(ROOT.glob("docs/*.md")))]
)
def test_links_lead_somewhere(path):
    file = ROOT / path
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", file.read_text()):
        assert (file.parent / target).exists(), target


def documented_defaults(docstring):
    """Pairs of parameter and default as numpydoc has them: ``name : type, default=value``."""
    parameters = inspect.cleandoc(docstring).partition("Parameters\n-")[2]
    parameters = re.split(r"\n[\w ]+\n-{3,}", parameters)[0].replace("\\\n", " ")
    entries = re.findall(r"(?m)^(\w+(?:, \w+)*) : (.*)$", parameters)
    for names, kind in entries:
        default = re.search(r"default=(.+?)\s*$", kind)
        for name in names.split(", "):
            yield name, default and default[1]


@pytest.mark.parametrize("name", PUBLIC)
def test_defaults_in_docstrings_are_those_of_the_code(name):
    thing = PUBLIC[name]
    parameters = inspect.signature(thing).parameters
    documented = dict(documented_defaults(thing.__doc__))
    assert list(documented) == list(parameters)
    for parameter in parameters.values():
        stated = documented[parameter.name]
        if parameter.default is inspect.Parameter.empty:
            assert stated is None
        else:
            assert eval(stated, {}) == parameter.default


@pytest.mark.parametrize("name", PUBLIC)
def test_public_functions_are_annotated(name):
    signature = inspect.signature(PUBLIC[name])
    for parameter in signature.parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty


def test_every_public_name_has_an_example():
    lacking = [name for name in skmnist.__all__ if ">>>" not in getattr(skmnist, name).__doc__]
    assert lacking == []


def test_the_architecture_names_every_room_and_no_other():
    plan = re.search(r"(?s)```\nskmnist/\n(.*?)```", (ROOT / "docs/architecture.md").read_text())[
        1
    ]
    package = Path(skmnist.__file__).parent
    for name in re.findall(r"(?m)^ +(?:(\w+)(?:\.py|/))", plan):
        assert [*package.rglob(name), *package.rglob(f"{name}.py")] != [], name
    for room in ("engine", "classifiers"):
        for path in (package / room).glob("*.py"):
            assert path.name in plan
    for path in package.iterdir():
        if path.name not in ("__pycache__", "py.typed"):
            assert path.name in plan
