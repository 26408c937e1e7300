"""What stands on the page, and that a browser shows it without anything beside it."""

import base64
import json
import re
import shutil
import subprocess
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits
from sklearn.metrics import confusion_matrix
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from skmnist.comparison import Comparison, ComparisonRow, compare_classifiers

DIGITS = load_digits()
CLASSIFIERS = {
    "bayes": GaussianNB(),
    "<b>svc</b> & co": SVC(),
    "3-nn": KNeighborsClassifier(3),
    "bad": SVC(C=-1),
}


@pytest.fixture(scope="module")
def comparison():
    return compare_classifiers(DIGITS.data, DIGITS.target, classifiers=CLASSIFIERS, random_state=0)


@pytest.fixture(scope="module")
def page(comparison, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    comparison.report(path, title="Digits <8x8>")
    return path


class Page(HTMLParser):
    """Tables as lists of rows of cells, sources of pictures by their description."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.pictures, self.headings, self.open = [], {}, [], []
        self.titles = []  # tooltips
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "title" in attrs:
            self.titles.append(attrs["title"])
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
        elif tag == "img":
            self.pictures[attrs["alt"]] = attrs["src"]
        self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if {"td", "th"} & set(self.open):
            self.tables[-1][-1][-1] += data
        elif self.open and self.open[-1] in ("h1", "h2", "h3"):
            self.headings.append(data)


def test_the_table_holds_the_figures_of_the_rows(comparison, page):
    text = page.read_text(encoding="utf-8")
    (head, *lines), *_ = Page(text).tables
    assert head == [
        "model",
        "accuracy",
        "95 % interval",
        "log loss",
        "calibration error",
        "fit",
        "predict",
    ]
    rows = sorted(comparison.rows[:3], key=lambda row: -row.accuracy)
    assert [line[0] for line in lines] == [row.name for row in rows] + ["bad"]
    for line, row in zip(lines, rows, strict=False):
        shown = [float(number) / 100 for number in re.findall(r"[\d.]+", line[1] + line[2])]
        assert shown == pytest.approx([row.accuracy, *row.accuracy_interval], abs=5e-5)
        for cell, loss in zip(line[3:5], (row.log_loss, row.calibration_error), strict=True):
            assert cell == ("" if np.isnan(loss) else f"{loss:.3f}")
    assert lines[-1][1].startswith("failed: InvalidParameterError: The 'C' parameter")


def test_pairs_are_shaded_where_significant(comparison, page):
    text = page.read_text(encoding="utf-8")
    tests = comparison.pairwise_tests()
    n_sure = sum(test.corrected_p_value < 0.05 for test in tests)
    assert 0 < n_sure < len(tests)
    assert text.count("class='sure'") == 2 * n_sure
    _, matrix, details, *_ = Page(text).tables
    names = matrix[0][1:]
    for test in tests:
        shown = matrix[1 + names.index(test.first)][1 + names.index(test.second)]
        assert float(shown.replace("\u2212", "-")) == pytest.approx(
            100 * test.difference, abs=0.006
        )
    assert [(int(line[1]), int(line[2])) for line in details[1:]] == [
        (test.only_first, test.only_second) for test in tests
    ]


def test_the_summary_names_those_that_are_as_good(page):
    assert "The most accurate is <b>&lt;b&gt;svc&lt;/b&gt; &amp; co</b>: 98.67 %" in (
        text := page.read_text(encoding="utf-8")
    )
    assert "It is not significantly better than 3-nn." in text


def drawn(picture):
    return base64.b64decode(picture.removeprefix("data:image/svg+xml;base64,")).decode()


def test_pictures_show_times_confusions_and_mistakes(comparison, page):
    pictures = Page(page.read_text(encoding="utf-8")).pictures
    names = ["<b>svc</b> & co", "3-nn", "bayes"]
    assert list(pictures) == [
        "accuracy against time to fit and to predict",
        "images that most classifiers got wrong",
        *(f"{what} of {name}" for name in names for what in ("confusion matrix", "mistakes")),
    ]
    # One <image> for each digit shown.
    n_wrong = (comparison.predictions["3-nn"] != comparison.y_test).sum()
    assert 0 < n_wrong < 10
    assert drawn(pictures["mistakes of 3-nn"]).count("<image ") == n_wrong
    assert drawn(pictures["images that most classifiers got wrong"]).count("<image ") == 20
    # Text is drawn as outlines, after a comment that says it: one for each number that is not 0.
    matrix = confusion_matrix(comparison.y_test, comparison.predictions["3-nn"])
    comments = re.findall(r"<!-- (\d+) -->", drawn(pictures["confusion matrix of 3-nn"]))
    assert sorted(map(int, comments)) == sorted([*matrix[matrix > 0], *range(10), *range(10)])


def test_mistakes_begin_with_the_lowest_probability_of_the_true_class(comparison, page):
    picture = drawn(Page(page.read_text(encoding="utf-8")).pictures["mistakes of bayes"])
    y_pred, y_test = comparison.predictions["bayes"], comparison.y_test
    y_proba = comparison.probabilities["bayes"]
    wrong = np.flatnonzero(y_pred != y_test)
    worst = wrong[np.argsort(y_proba[wrong, y_test[wrong]], kind="stable")][:10]
    shown = re.findall(r"<!-- (\d), (\d+) % -->", picture)
    assert shown == [(f"{y_pred[i]}", f"{100 * y_proba[i].max():.0f}") for i in worst]
    assert re.findall(r"<!-- is (\d) -->", picture) == [f"{y_test[i]}" for i in worst]


def test_the_same_comparison_gives_the_same_page(comparison, page, tmp_path):
    comparison.report(tmp_path / "again.html", title="Digits <8x8>")
    assert (tmp_path / "again.html").read_bytes() == page.read_bytes()


def test_reporting_keeps_no_figure(comparison, tmp_path):
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    comparison.report(tmp_path / "report.html")
    assert plt.get_fignums() == before


def test_a_cross_validation_has_intervals_and_tests_but_no_images(tmp_path):
    classifiers = {"bayes": GaussianNB(), "knn": KNeighborsClassifier()}
    comparison = compare_classifiers(DIGITS.data, DIGITS.target, classifiers=classifiers, cv=5)
    comparison.report(tmp_path / "cv.html")
    text = (tmp_path / "cv.html").read_text(encoding="utf-8")
    assert "in 5 splits" in text
    assert "Nadeau" in text
    assert "McNemar" not in text
    assert "Which differences are significant" in text
    assert list(Page(text).pictures) == ["accuracy against time to fit and to predict"]


def over_splits(**accuracies):
    """A cross-validation of 80 images for training and 20 for testing a split."""
    return Comparison(
        [
            ComparisonRow(name, np.mean(a), 1, 1, 80, 20, split_accuracies=tuple(a))
            for name, a in accuracies.items()
        ]
    )


def test_tooltips_show_corrected_p_values(tmp_path):
    comparison = over_splits(
        a=[0.90, 0.91, 0.89, 0.90, 0.90],
        b=[0.80, 0.81, 0.79, 0.805, 0.795],
        c=[0.90, 0.80, 0.89, 0.84, 0.95],
        d=[0.85, 0.86, 0.84, 0.85, 0.85],  # as a, but for a difference that never changes
    )
    comparison.report(tmp_path / "page.html")
    page = Page((tmp_path / "page.html").read_text(encoding="utf-8"))
    of_pair = {(test.first, test.second): test for test in comparison.pairwise_tests()}
    assert of_pair["a", "b"].corrected_p_value < 0.001
    assert np.isnan(of_pair["a", "d"].corrected_p_value)
    shown = f"corrected p = {of_pair['a', 'c'].corrected_p_value:.3f}"
    assert {"corrected p < 0.001", "not tested", shown} <= set(page.titles)
    assert not any("&" in title or "= =" in title or "nan" in title for title in page.titles)
    details = page.tables[2]
    assert [len(line) for line in details] == [6] * 7
    a_d = next(line for line in details if line[0] == "a, d")
    assert a_d[4:] == ["", ""]
    a_b = next(line for line in details if line[0] == "a, b")
    assert a_b[4:] == ["< 0.001", "< 0.001"]


def test_equal_differences_are_not_significant(tmp_path):
    comparison = over_splits(best=[0.9, 0.92, 0.91, 0.9, 0.93], other=[0.8, 0.82, 0.81, 0.8, 0.83])
    comparison.report(tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "It is not significantly better than other." in text
    assert "1 could not be tested: their difference is the same on every split" in text
    assert "class='sure'" not in text


def test_a_lead_that_is_significant(tmp_path):
    comparison = over_splits(best=[0.9, 0.92, 0.91, 0.9, 0.93], other=[0.8, 0.81, 0.8, 0.81, 0.8])
    comparison.report(tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "better than each of the others, significant at 5 % after Holm's correction" in text
    assert text.count("class='sure'") == 2


@pytest.mark.parametrize("cv", [2, 4])
def test_few_splits_have_no_tests_and_the_page_says_why(cv, tmp_path):
    classifiers = {"bayes": GaussianNB(), "knn": KNeighborsClassifier()}
    comparison = compare_classifiers(DIGITS.data, DIGITS.target, classifiers=classifiers, cv=cv)
    with pytest.raises(ValueError, match=rf"{cv} splits are too few .* at least 5.*Give .* cv=10"):
        comparison.pairwise_tests()
    comparison.report(tmp_path / "cv.html")
    text = (tmp_path / "cv.html").read_text(encoding="utf-8")
    assert f"No tests of pairs: {cv} splits are too few" in text
    assert "Which differences" not in text
    assert "significant" not in text


def test_rows_alone_and_rows_that_all_failed(tmp_path):
    rows = (ComparisonRow("svc", 0.98, 1.0, 1.0, 100, 50), ComparisonRow("a", 0.9, 2, 2, 100, 50))
    Comparison(rows).report(tmp_path / "rows.html")
    text = (tmp_path / "rows.html").read_text(encoding="utf-8")
    assert "Which differences" not in text
    assert "98.00 %" in text
    nan = float("nan")
    Comparison((ComparisonRow("svc", nan, nan, nan, 1, 1, "E: <no>"),)).report(
        tmp_path / "failed.html"
    )
    text = (tmp_path / "failed.html").read_text(encoding="utf-8")
    assert "All classifiers failed" in text
    assert "E: &lt;no&gt;" in text


class Last(ClassifierMixin, BaseEstimator):
    """Predicts the last class, always."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[-1])


def test_rows_that_are_no_square_need_a_shape(tmp_path):
    y = np.array([f"number {label}" for label in DIGITS.target])
    comparison = compare_classifiers(DIGITS.data[:, :48], y, classifiers={"last": Last()})
    comparison.report(tmp_path / "flat.html")
    pictures = Page((tmp_path / "flat.html").read_text(encoding="utf-8")).pictures
    assert "mistakes of last" not in pictures
    comparison.report(tmp_path / "images.html", image_shape=(6, 8))
    pictures = Page((tmp_path / "images.html").read_text(encoding="utf-8")).pictures
    assert "<!-- is number" in drawn(pictures["mistakes of last"])


def test_reports_must_end_in_html(comparison, tmp_path):
    with pytest.raises(ValueError, match=r"must end in \.html"):
        comparison.report(tmp_path / "report.pdf")
    assert list(tmp_path.iterdir()) == []


LOOK = """<script>
addEventListener("load", () => {
  document.querySelector("summary").click();
  const seen = {
    title: document.title,
    widths: [...document.images].map((image) => image.naturalWidth),
    width: document.documentElement.scrollWidth,
    window: innerWidth,
    fetched: performance.getEntriesByType("resource").map((entry) => entry.name)
      .filter((name) => !name.startsWith("data:")),
    details: document.querySelector("details table").getBoundingClientRect().height,
  };
  const node = document.createElement("pre");
  node.id = "seen";
  node.textContent = JSON.stringify(seen);
  document.body.append(node);
});
</script></body>"""
BROWSER = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium")
def test_a_browser_shows_it_all(page, tmp_path):
    looked = tmp_path / "looked.html"
    text = page.read_text(encoding="utf-8")
    looked.write_text(text.replace("</body>", LOOK), encoding="utf-8")
    options = (
        "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync --window-size=800,600 --dump-dom"
    )
    run = subprocess.run(
        [BROWSER, *options.split(), f"--user-data-dir={tmp_path / 'profile'}", looked.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    seen = json.loads(unescape(re.search(r'<pre id="seen">(.*?)</pre>', run.stdout)[1]))
    assert seen["title"] == "Digits <8x8>"
    assert len(seen["widths"]) == 8
    assert min(seen["widths"]) > 100  # 0 is what a picture has that can't be drawn
    assert seen["width"] <= seen["window"]  # nothing to scroll sideways
    assert seen["fetched"] == []
    assert seen["details"] > 50
