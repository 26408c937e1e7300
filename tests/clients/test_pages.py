"""Guide pages that need other people's packages, every line (``pip install '.[clients]'``)."""

import contextlib
import io
import re
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits

from skmnist import KerasMLPClassifier

ROOT = Path(__file__).parents[2]
PAGES = {  # by name, the packages that a page needs
    "certainty": ["mapie"],
    "few_labels": ["skactiveml"],
    "label_errors": ["cleanlab"],
}
NUMBER = r"\d+(?:\.\d+)?"


def blocks(page):
    """Pairs of language and text, in the order of the page."""
    return re.findall(r"(?ms)^```(\w+)\n(.*?)^```", (ROOT / f"docs/guide/{page}.md").read_text())


def same_words_and_close_numbers(printed, documented):
    assert re.split(NUMBER, printed) == re.split(NUMBER, documented)
    numbers = [[float(number) for number in re.findall(NUMBER, t)] for t in (printed, documented)]
    # Other processors round otherwise, and single images change sides.
    assert numbers[0] == pytest.approx(numbers[1], rel=0.04)


@pytest.mark.xla
@pytest.mark.filterwarnings("ignore")  # theirs
@pytest.mark.parametrize("page", PAGES)
def test_every_block_runs_and_prints_what_the_page_says(page, tmp_path, monkeypatch):
    """The site runs blocks of ``python``, without these packages; here all run."""
    import matplotlib.pyplot as plt

    for package in PAGES[page]:
        pytest.importorskip(package)
    monkeypatch.chdir(tmp_path)
    mpl.use("agg")
    monkeypatch.setattr(plt, "show", lambda: None)  # with Agg it warns on some systems
    namespace, printed, n_compared = {}, None, 0
    for language, text in blocks(page):
        if language in ("python", "py"):
            with contextlib.redirect_stdout(io.StringIO()) as output:
                exec(compile(text, page, "exec"), namespace)
            printed = output.getvalue()
            plt.close("all")
        elif language == "text":
            same_words_and_close_numbers(printed, text)
            n_compared += 1
    assert n_compared == sum(language == "py" for language, _ in blocks(page)) > 0


def test_the_comparison_can_fail():
    same_words_and_close_numbers("60 of 67, 96.5 %", "61 of 67, 97.5 %")
    for other in ("60 of 67, 91.5 %", "60 from 67, 96.5 %", "60 of 67, 96.5 %, 1"):
        with pytest.raises(AssertionError):
            same_words_and_close_numbers(other, "60 of 67, 96.5 %")


@pytest.fixture(scope="module")
def small():
    """A small network, and images as a stack and as rows."""
    digits = load_digits()
    network = KerasMLPClassifier((16,), epochs=20, calibrate=False, random_state=0)
    return network, digits.images[:400], digits.data[:400], digits.target[:400]


@pytest.mark.filterwarnings("ignore")  # theirs
def test_mapie_takes_stacks_where_it_fits_itself(small):
    classification = pytest.importorskip("mapie.classification")
    network, images, rows, y = small
    conformal = classification.SplitConformalClassifier(clone(network).fit(images, y))
    with pytest.raises(ValueError, match=r"X\.shape and estimator\.n_features_in_"):
        conformal.conformalize(images, y)  # once it does not, certainty.md needs no rows
    conformal = classification.SplitConformalClassifier(clone(network).fit(images, y))
    assert conformal.conformalize(rows, y).predict_set(rows[:3])[1].shape == (3, 10, 1)
    crossed = classification.CrossConformalClassifier(network, cv=2).fit_conformalize(images, y)
    assert crossed.predict_set(images[:3])[1].shape == (3, 10, 1)


@pytest.mark.filterwarnings("ignore")  # theirs
def test_scikit_activeml_takes_stacks(small):
    pool = pytest.importorskip("skactiveml.pool")
    from skactiveml.classifier import SklearnClassifier

    network, images, rows, y = small
    labels = np.where(np.arange(400) < 100, y, np.nan)
    strategy = pool.UncertaintySampling(method="margin_sampling", random_state=0)
    asked = []
    for X in (images, rows):
        learner = SklearnClassifier(clone(network), classes=range(10)).fit(X, labels)
        asked.append(strategy.query(X, labels, clf=learner, fit_clf=False, batch_size=5))
    np.testing.assert_array_equal(*asked)
    proba = np.sort(clone(network).fit(rows[:100], y[:100]).predict_proba(rows[100:]))
    closest = 100 + np.argsort(proba[:, -1] - proba[:, -2])[:5]
    assert sorted(asked[0]) == sorted(closest)


def test_cleanlab_ranks_as_the_picture_of_the_worst_mistakes_does(small):
    rank = pytest.importorskip("cleanlab.rank")
    network, images, _, y = small
    proba = network.fit(images, y).predict_proba(images)
    scores = rank.get_label_quality_scores(y, proba, method="self_confidence")
    np.testing.assert_array_equal(scores, proba[np.arange(len(y)), y])
