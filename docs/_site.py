"""What the site needs beyond settings: arguments of the examples, and whose methods are shown."""

import os
import re
from pathlib import Path
from typing import Any

from sklearn.base import BaseEstimator

import skmnist

# The order of the gallery; others come last.
_EXAMPLES = (
    *("first_predictions", "read_a_photo", "label_errors", "mistakes", "hidden_activations"),
    *("search", "comparison", "mnist_pareto"),
)


def place_of_example(name: str) -> tuple[int, str]:
    """Sort examples for the gallery by the names of their files."""
    short = name.removeprefix("plot_").removesuffix(".py")
    return _EXAMPLES.index(short) if short in _EXAMPLES else len(_EXAMPLES), name


def arguments_of_examples(gallery_conf: dict, script_vars: dict) -> list[str]:
    """Take MNIST where it lies at hand, else scikit-learn's digits."""
    folder = os.environ.get("SKMNIST_DATA")
    at_hand = folder is not None and Path(folder, "mnist.npz").exists()
    return ["--data", "mnist" if at_hand else "digits"]


def is_foreign(app: Any, what: str, name: str, obj: Any, skip: bool, options: Any) -> bool | None:
    """Leave out what scikit-learn and Keras bring along, whose docstrings refer to their pages."""
    module = getattr(obj, "__module__", None) or ""
    hook = name.startswith("on_")  # of a callback, called by Keras
    return True if hook or module.startswith(("sklearn.", "keras.")) else None


def without_glossary(
    app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]
) -> None:
    """Leave out references to scikit-learn's glossary, which properties of its classes have."""
    lines[:] = [re.sub(r":term:`([^`<]*?)(?: <[^>]*>)?`", r"\1", line) for line in lines]


def link_estimators(address: str) -> None:
    """Link each estimator's HTML diagram to its page of the reference below an address."""
    for thing in (getattr(skmnist, name) for name in skmnist.__all__):
        if isinstance(thing, type) and issubclass(thing, BaseEstimator):
            thing._doc_link_module = "skmnist"
            thing._doc_link_template = (
                address + "/reference/generated/skmnist.{estimator_name}.html"
            )


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("autodoc-skip-member", is_foreign)
    # After numpydoc, which puts docstrings of properties among the attributes.
    app.connect("autodoc-process-docstring", without_glossary, priority=900)
    return {"parallel_read_safe": True}
