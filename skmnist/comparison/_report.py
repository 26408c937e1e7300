"""A comparison as a page for people: one HTML file with all its pictures inside."""

import math
import os
import platform
from collections.abc import Iterable, Sequence
from html import escape
from importlib import metadata, resources
from string import Template
from typing import Any

from ._pairs import PairwiseTest
from ._pictures import draw_times
from ._row import ComparisonRow, best_first, in_percent, in_seconds

_LEVEL = 0.05
_HEAD = ("model", "accuracy", "95 % interval", "log loss", "calibration error", "fit", "predict")
_PACKAGES = ("skmnist", "scikit-learn", "keras", "tensorflow", "numpy", "scipy")
_OF_SPLITS = """<li><b>intervals and tests</b>: over the splits of a cross-validation, with the
variance of C. Nadeau and Y. Bengio, “Inference for the Generalization Error”, Machine Learning 52
(2003), which allows for training sets that overlap. Of fewer than five splits, or equal ones,
intervals reach at least as far as Wilson's for all images that were tested on: the variance
between few splits is hardly known (Y. Bengio and Y. Grandvalet, “No Unbiased Estimator of the
Variance of K-Fold Cross-Validation”, JMLR 5, 2004). All figures are means over the splits.</li>"""
_OF_IMAGES = """<li><b>interval</b>: Wilson's, at 95 %: E. B. Wilson, “Probable Inference, the Law
of Succession, and Statistical Inference”, JASA 22 (1927).</li>
<li><b>tests</b>: McNemar's exact test on the images that only one of the two got right: M. W.
Fagerland et al., BMC Medical Research Methodology 13:91 (2013). They speak of these fitted models,
not of other seeds or training images.</li>"""


def make_report(
    title: str,
    rows: Sequence[ComparisonRow],
    tests: Sequence[PairwiseTest],
    no_tests: str,
    mistakes: str,
) -> str:
    """Return a page; `no_tests` is the reason if there are none, `mistakes` a part of the page."""
    rows = best_first(rows)
    ran = [row for row in rows if row.error is None]
    results = [_summarise(ran, tests), "<h2>Results</h2>", _tabulate(rows)]
    if ran:
        results += [
            "<h2>Accuracy against time</h2>",
            draw_times(rows),
            "<p>The line joins those that no other one beats in both accuracy and time.</p>",
        ]
    if tests:
        results += ["<h2>Which differences are significant</h2>", *_compare_pairs(ran, tests)]
    elif no_tests:
        results.append(f"<p>No tests of pairs: {escape(no_tests)}</p>")
    described = [(row.name, (row.classifier, "words code")) for row in rows if row.classifier]
    versions = [f"Python {platform.python_version()}"]
    for package in _PACKAGES:
        try:
            versions.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            continue
    template = (
        resources.files("skmnist.comparison").joinpath("_report.html").read_text(encoding="utf-8")
    )
    return Template(template).substitute(
        title=escape(title),
        results="\n".join([*results, mistakes]),
        machine=escape(platform.machine()),
        n_cpus=os.cpu_count(),
        intervals=_OF_SPLITS if any(row.split_accuracies for row in ran) else _OF_IMAGES,
        classifiers="<h2>Classifiers</h2>" + _table(("model", ""), described) if described else "",
        versions=escape(", ".join(versions)),
    )


def _is_significant(test: PairwiseTest) -> bool:
    return test.corrected_p_value < _LEVEL  # not where it is NaN


def _summarise(ran: Sequence[ComparisonRow], tests: Sequence[PairwiseTest]) -> str:
    if not ran:
        return "<p>All classifiers failed; the table says why.</p>"
    best = ran[0]
    low, high = map(in_percent, best.accuracy_interval)
    splits = f", in {len(best.split_accuracies)} splits" if best.split_accuracies else ""
    text = (
        f"{best.n_train:,} images to train on, {best.n_test:,} to test on{splits}. The most "
        f"accurate is <b>{escape(best.name)}</b>: {in_percent(best.accuracy)} (95 % interval "
        f"{low} to {high})."
    )
    alike = [
        escape(test.second if test.first == best.name else test.first)
        for test in tests
        if best.name in (test.first, test.second) and not _is_significant(test)
    ]
    if alike:
        text += f" It is not significantly better than {', '.join(alike)}."
    elif tests:
        text += (
            " It is better than each of the others, significant at 5 % after Holm's correction."
        )
    return f"<p>{text}</p>"


def _tabulate(rows: Sequence[ComparisonRow]) -> str:
    lines = []
    for row in rows:
        if row.error is not None:
            lines.append((row.name, (f"failed: {row.error}", "words")))
            continue
        interval = " – ".join(map(in_percent, row.accuracy_interval))
        losses = (
            "" if math.isnan(loss) else f"{loss:.3f}"
            for loss in (row.log_loss, row.calibration_error)
        )
        times = map(in_seconds, (row.fit_seconds, row.predict_seconds))
        lines.append((row.name, in_percent(row.accuracy), interval, *losses, *times))
    return _table(_HEAD, lines)


def _compare_pairs(ran: Sequence[ComparisonRow], tests: Sequence[PairwiseTest]) -> list[str]:
    """Show all differences as a matrix, and below it all tests."""
    cells: dict[tuple[str, str], tuple[str, ...]] = {}
    cells.update({(row.name, row.name): ("", "own") for row in ran})
    details = []
    for test in tests:
        p_value, corrected = map(_in_p, (test.p_value, test.corrected_p_value))
        style = "sure" if _is_significant(test) else ""
        equals = "" if corrected.startswith("<") else "= "
        tip = f"corrected p {equals}{corrected}" if corrected else "not tested"
        cells[test.first, test.second] = (_in_points(test.difference), style, tip)
        cells[test.second, test.first] = (_in_points(-test.difference), style, tip)
        counts = (test.only_first, test.only_second)
        counts = ("" if count is None else f"{count:,}" for count in counts)
        points = _in_points(test.difference)
        details.append((f"{test.first}, {test.second}", *counts, points, p_value, corrected))
    n_made = sum(not math.isnan(test.p_value) for test in tests)
    unmade = ""
    if n_made < len(tests):
        unmade = (
            f" {len(tests) - n_made} could not be tested: their difference is the same on every "
            "split, which says nothing of its variance."
        )
    names = [row.name for row in ran]
    head = ("first, second", "only first right", "only second right", "points", "p", "corrected")
    return [
        "<p>Accuracy of the row less that of the column, in percentage points. Shaded: p &lt; "
        f"{_LEVEL} after Holm's correction for {n_made} tests.{unmade}</p>",
        _table(("", *names), ((one, *(cells[one, other] for other in names)) for one in names)),
        f"<details><summary>All tests</summary>{_table(head, details)}</details>",
    ]


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Make a table of names and cells: text, or text with its CSS class and its tooltip.

    A row of one cell is as wide as all of them.
    """
    first = "".join(f"<th scope='col'>{escape(name)}</th>" for name in head)
    lines = []
    for name, *cells in rows:
        line = f"<th scope='row'>{escape(name)}</th>"
        for cell in cells:
            text, *rest = (cell,) if isinstance(cell, str) else cell
            given = zip(("class", "title"), rest, strict=False)
            attributes = "".join(f" {key}='{escape(value)}'" for key, value in given if value)
            if len(cells) == 1:
                attributes += f" colspan='{len(head) - 1}'"
            line += f"<td{attributes}>{escape(text)}</td>"
        lines.append(f"<tr>{line}</tr>")
    body = "\n".join(lines)
    return (
        f"<div class='scroll'><table>\n<thead><tr>{first}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _in_p(p_value: float) -> str:
    if math.isnan(p_value):
        return ""
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"


def _in_points(difference: float) -> str:
    text = f"{100 * difference:+.2f}"
    return "0.00" if text in ("+0.00", "-0.00") else text.replace("-", "−")
