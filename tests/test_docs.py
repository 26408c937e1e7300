"""What the documentation says, held against what the code does."""

import inspect
import math
import re
import runpy
from collections import defaultdict
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from numpydoc.docscrape import ClassDoc
from numpydoc.validate import validate

import skmnist
import skmnist.comparison
import skmnist.datasets
import skmnist.exceptions
import skmnist.model_selection
import skmnist.plotting

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PUBLIC = {
    f"{module.__name__}.{name}": getattr(module, name)
    for module in (
        skmnist,
        skmnist.datasets,
        skmnist.comparison,
        skmnist.model_selection,
        skmnist.plotting,
    )
    for name in module.__all__
}
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("docs", "docs/guide")
    for path in ROOT.joinpath(folder).glob("*.md")
)
# Their examples train for more than three seconds.
LONG_PAGES = {
    "certainty",
    "comparing",
    "few_labels",
    "from_scikeras",
    "networks",
    "novelty",
    "other_images",
    "pictures",
    "pipelines",
    "plots",
}

# numpydoc's checks that are not asked for, and why.
NOT_CHECKED = {
    "ES01": "one line may say it all",
    "EX01": "functions and classes have examples, methods are in those of their class",
    "GL01": "the summary stands beside the quotes; numpydoc before 1.11 wants it below them",
    "RT02": "what is returned has a name, as in scikit-learn's docstrings",
    "SA01": "there is not always something else to see",
}


def blocks(language, text=README):
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```", text)


@pytest.mark.xla
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


@pytest.mark.xla  # pages train long enough for XLA to be worth its time
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=pytest.mark.slow) if Path(page).stem in LONG_PAGES else page
        for page in PAGES
        if page == "docs/deployment.md" or page.startswith("docs/guide/")
    ],
)
def test_the_code_of_a_page_runs(page, tmp_path, monkeypatch):
    import matplotlib.pyplot as plt

    monkeypatch.chdir(tmp_path)
    mpl.use("agg")
    monkeypatch.setattr(plt, "show", lambda: None)  # with Agg it warns on some systems
    namespace = {}
    for block in blocks("python", ROOT.joinpath(page).read_text()):
        exec(compile(block, page, "exec"), namespace)
        for number in plt.get_fignums():
            plt.figure(number).canvas.draw()
        plt.close("all")


def test_the_first_page_shows_what_the_readme_shows():
    first_page = ROOT.joinpath("docs/index.md").read_text()
    assert blocks("python", first_page) == blocks("python")
    (table,) = blocks("text", first_page)
    assert table in README


@pytest.mark.parametrize("path", ["README.md", "CONTRIBUTING.md", *PAGES])
def test_links_lead_somewhere(path):
    file = ROOT / path
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", file.read_text()):
        assert (file.parent / target).exists(), target


def documented_defaults(docstring):
    """Pairs of parameter and default as numpydoc has them: ``name : type, default=value``."""
    parameters = inspect.cleandoc(docstring).partition("Parameters\n-")[2]
    parameters = re.split(r"\n[\w ]+\n-{3,}", parameters)[0].replace("\\\n", " ")
    entries = re.findall(r"(?m)^\**(\w+(?:, \w+)*) : (.*)$", parameters)
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
            default = parameter.default
            if repr(default) == "<factory>":  # of a dataclass
                default = thing.__dataclass_fields__[parameter.name].default_factory()
            np.testing.assert_equal(eval(stated, {"nan": math.nan}), default)


@pytest.mark.parametrize("name", PUBLIC)
def test_public_functions_are_annotated(name):
    signature = inspect.signature(PUBLIC[name])
    for parameter in signature.parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty


def test_every_public_name_has_an_example():
    lacking = [name for name in skmnist.__all__ if ">>>" not in getattr(skmnist, name).__doc__]
    assert lacking == []


def test_the_gallery_runs_on_mnist_where_that_is_at_hand(tmp_path, monkeypatch):
    arguments = runpy.run_path(str(ROOT / "docs/_site.py"))["arguments_of_examples"]
    monkeypatch.delenv("SKMNIST_DATA", raising=False)
    assert arguments({}, {}) == ["--data", "digits"]
    monkeypatch.setenv("SKMNIST_DATA", str(tmp_path))
    assert arguments({}, {}) == ["--data", "digits"]
    (tmp_path / "mnist.npz").touch()
    assert arguments({}, {}) == ["--data", "mnist"]


def names_in_the_reference():
    """Full names of what docs/reference/index.rst lists, in its order."""
    module = None
    for line in ROOT.joinpath("docs/reference/index.rst").read_text().splitlines():
        if line.startswith(".. currentmodule:: "):
            module = line.split()[-1]
        elif found := re.fullmatch(r"(?:   |\.\. py:function:: )(\w+)", line):
            yield f"{module}.{found[1]}"


def test_the_reference_lists_every_public_name_once():
    warnings = (n for n, t in vars(skmnist.exceptions).items() if inspect.isclass(t))
    public = [*PUBLIC, *(f"skmnist.exceptions.{name}" for name in warnings)]
    assert sorted(names_in_the_reference()) == sorted(public)


def with_members(name):
    """A public name, and those of the methods and properties that this package gives it."""
    yield name
    thing = PUBLIC[name]
    for member in dir(thing) if inspect.isclass(thing) else ():
        static = inspect.getattr_static(thing, member)
        function = getattr(static, "fget", None) or getattr(static, "__func__", static)
        ours = (getattr(function, "__module__", None) or "").startswith("skmnist.")
        # Keras calls the hooks of a callback, and says what they take.
        if ours and not member.startswith(("_", "on_")):
            yield f"{name}.{member}"


@pytest.mark.parametrize("name", PUBLIC)
def test_numpydoc_finds_nothing_amiss(name):
    found = [
        f"{member}: {code} {message}"
        for member in with_members(name)
        for code, message in validate(member)["errors"]
        if code not in NOT_CHECKED
    ]
    assert found == []


def test_the_architecture_names_every_room_and_no_other():
    plan = re.search(r"(?s)```\nskmnist/\n(.*?)```", (ROOT / "docs/architecture.md").read_text())[
        1
    ]
    package = Path(skmnist.__file__).parent
    for name in re.findall(r"(?m)^ +(?:(\w+)(?:\.py|/))", plan):
        assert [*package.rglob(name), *package.rglob(f"{name}.py")] != [], name
    files, room = defaultdict(set), None
    for line in plan.splitlines():
        if opened := re.match(r"  (\w+)/", line):
            room = opened[1]
        elif line.startswith("    "):
            files[room] |= set(re.findall(r"\b\w+\.py", line))
    for room in ("_engine", "_classifiers", "_networks", "_persistence"):
        found = {path.name for path in (package / room).glob("*.py")}
        assert files[room] == found - {"__init__.py"}
    for path in package.iterdir():
        if path.name not in ("__pycache__", "py.typed"):
            assert path.name in plan


CLASSIFIERS = [
    skmnist.KerasMLPClassifier,
    skmnist.KerasCNNClassifier,
    skmnist.KerasNetworkClassifier,
]
# Where the three classifiers differ in more than numbers.
DIFFERENT = {
    "activation",
    "batch_norm",
    "dropout",
    "hidden_layer_sizes",
    "image_shape",
    "image_shape_",
    "random_state",
    "weights_",
}


def test_the_classifiers_describe_what_they_share_alike():
    described = defaultdict(set)
    for kind in CLASSIFIERS:
        for name, text in parameter_docs(kind).items():
            described[name].add(text)
    assert {name for name, texts in described.items() if len(texts) > 1} == DIFFERENT


def parameter_docs(kind):
    """Descriptions of parameters and attributes, numbers left out."""
    doc = ClassDoc(kind)
    return {
        item.name: (item.type, re.sub(r"\d[\d,.]*", "N", " ".join(item.desc)))
        for section in ("Parameters", "Attributes")
        for item in doc[section]
    }


@pytest.mark.parametrize("kind", CLASSIFIERS)
def test_the_documented_meaning_of_auto_is_that_of_the_code(kind):
    parameters = {p.name: " ".join(p.desc) for p in ClassDoc(kind)["Parameters"]}
    auto = kind._auto
    assert f"``'auto'`` means {auto.epochs}," in parameters["epochs"]
    assert f"make {auto.steps:,} optimizer steps" in parameters["epochs"]
    assert parameters["batch_size"].endswith(f"else {auto.batch_size}.")
    assert f"None means {auto.adam_learning_rate} for" in parameters["learning_rate"]
