"""A comparison as a page for people: one HTML file with all its pictures inside."""

import math
import os
import platform
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from importlib import metadata, resources
from typing import TYPE_CHECKING

import numpy as np

from ..plotting._drawing import as_images
from ._pairs import PairwiseTest
from ._pictures import draw_confusions, draw_images, draw_times
from ._row import ComparisonRow, best_first, in_percent, in_seconds

if TYPE_CHECKING:
    from ._comparison import Comparison

_LEVEL = 0.05
_PACKAGES = ("skmnist", "scikit-learn", "keras", "tensorflow", "numpy", "scipy")
_N_MISTAKES, _N_HARDEST = 10, 20


def make_report(
    comparison: "Comparison", title: str, image_shape: Sequence[int] | None = None
) -> str:
    """Return the page of :meth:`Comparison.report`."""
    rows = best_first(comparison.rows)
    ran = [row for row in rows if row.error is None]
    tests, why_none = _make_tests(comparison, ran)
    parts = [
        f"<h1>{escape(title)}</h1>",
        _summarise(ran, tests),
        "<h2>Results</h2>",
        _tabulate(rows),
    ]
    if ran:
        parts += [
            "<h2>Accuracy against time</h2>",
            draw_times(comparison),
            "<p>The line joins those that no other one beats in both accuracy and time.</p>",
        ]
    if tests:
        parts += ["<h2>Which differences are significant</h2>", _compare_pairs(ran, tests)]
    elif why_none:
        parts.append(f"<p>No tests of pairs: {escape(why_none)}</p>")
    if comparison.predictions:
        parts += _show_mistakes(comparison, ran, image_shape)
    parts += ["<h2>How to read this</h2>", _explain(comparison, ran)]
    css = resources.files(__package__).joinpath("_report.css").read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{css}</style>\n</head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body>\n</html>\n"
    )


def _make_tests(
    comparison: "Comparison", ran: Sequence[ComparisonRow]
) -> tuple[list[PairwiseTest], str]:
    """Return the tests of all pairs, or none and why."""
    known = comparison.predictions or all(row.split_accuracies for row in ran)
    if len(ran) < 2 or not known:
        return [], ""
    try:
        return comparison.pairwise_tests(), ""
    except ValueError as error:  # too few splits
        return [], str(error)


def _is_significant(test: PairwiseTest) -> bool:
    return test.corrected_p_value < _LEVEL  # not where it is NaN


def _summarise(ran: Sequence[ComparisonRow], tests: Sequence[PairwiseTest]) -> str:
    if not ran:
        return "<p>All classifiers failed; the table says why.</p>"
    best = ran[0]
    low, high = best.accuracy_interval
    text = [
        f"{best.n_train:,} images to train on, {best.n_test:,} to test on"
        + (f", in {len(best.split_accuracies)} splits." if best.split_accuracies else "."),
        f"The most accurate is <b>{escape(best.name)}</b>: {in_percent(best.accuracy)} "
        f"(95 % interval {in_percent(low)} to {in_percent(high)}).",
    ]
    alike = [
        escape(test.second if test.first == best.name else test.first)
        for test in tests
        if best.name in (test.first, test.second) and not _is_significant(test)
    ]
    if alike:
        text.append(f"It is not significantly better than {', '.join(alike)}.")
    elif tests:
        text.append(
            "It is better than each of the others, significant at 5 % after Holm's correction."
        )
    return f"<p>{' '.join(text)}</p>"


def _tabulate(rows: Sequence[ComparisonRow]) -> str:
    head = ("model", "accuracy", "95 % interval", "log loss", "fit", "predict")
    lines = []
    for row in rows:
        name = f"<th scope='row'>{escape(row.name)}</th>"
        if row.error is not None:
            message = (
                f"<td class='words' colspan='{len(head) - 1}'>failed: {escape(row.error)}</td>"
            )
            lines.append(f"{name}{message}")
            continue
        cells = (
            in_percent(row.accuracy),
            " – ".join(map(in_percent, row.accuracy_interval)),
            "" if math.isnan(row.log_loss) else f"{row.log_loss:.3f}",
            in_seconds(row.fit_seconds),
            in_seconds(row.predict_seconds),
        )
        lines.append(name + "".join(f"<td>{cell}</td>" for cell in cells))
    return _table(head, lines)


def _compare_pairs(ran: Sequence[ComparisonRow], tests: Sequence[PairwiseTest]) -> str:
    of_pair = {}
    for test in tests:
        of_pair[test.first, test.second] = (test, 1)
        of_pair[test.second, test.first] = (test, -1)
    lines = []
    for row in ran:
        cells = [f"<th scope='row'>{escape(row.name)}</th>"]
        for other in ran:
            if other is row:
                cells.append("<td class='own'></td>")
                continue
            test, sign = of_pair[row.name, other.name]
            sure = " class='sure'" if _is_significant(test) else ""
            title = _in_words(test.corrected_p_value)
            cells.append(
                f"<td{sure} title='{escape(title)}'>{_in_points(sign * test.difference)}</td>"
            )
        lines.append("".join(cells))
    details = []
    for test in tests:
        counts = (test.only_first, test.only_second)
        cells = [
            *("" if count is None else f"{count:,}" for count in counts),
            _in_points(test.difference),
            *(escape(_in_p(p)) for p in (test.p_value, test.corrected_p_value)),
        ]
        names = f"<th scope='row'>{escape(test.first)}, {escape(test.second)}</th>"
        details.append(names + "".join(f"<td>{cell}</td>" for cell in cells))
    n_made = sum(not math.isnan(test.p_value) for test in tests)
    unmade = ""
    if n_made < len(tests):
        unmade = (
            f" {len(tests) - n_made} could not be tested: their difference is the same on every "
            "split, which says nothing of its variance."
        )
    return (
        "<p>Accuracy of the row less that of the column, in percentage points. Shaded: p &lt; "
        f"{_LEVEL} after Holm's correction for {n_made} tests.{unmade}</p>"
        + _table(("", *(escape(row.name) for row in ran)), lines)
        + "<details><summary>All tests</summary>"
        + _table(
            ("first, second", "only first right", "only second right", "points", "p", "corrected"),
            details,
        )
        + "</details>"
    )


def _show_mistakes(
    comparison: "Comparison", ran: Sequence[ComparisonRow], image_shape: Sequence[int] | None
) -> list[str]:
    y = comparison.y_test
    try:
        images = as_images(comparison.X_test, image_shape)
    except ValueError:
        if image_shape is not None:
            raise
        images = None  # flat rows of a shape that nobody told
    parts = []
    right = {name: predicted == y for name, predicted in comparison.predictions.items()}
    n_wrong = np.sum([~of_one for of_one in right.values()], axis=0)
    hardest = np.argsort(-n_wrong, kind="stable")[:_N_HARDEST]
    hardest = hardest[n_wrong[hardest] > 0]
    if images is not None and len(hardest):
        captions = []
        for i in hardest:
            wrong = (str(said[i]) for said in comparison.predictions.values() if said[i] != y[i])
            ((label, _),) = Counter(wrong).most_common(1)
            captions.append(f"is {y[i]}, not {label}\n{n_wrong[i]} of {len(right)} wrong")
        parts += [
            "<h2>The hardest images</h2>",
            "<p>Those that most classifiers got wrong, with what they were most often taken "
            "for.</p>",
            draw_images(images[hardest], captions, "images that most classifiers got wrong"),
        ]
    parts.append("<h2>Confusions and mistakes</h2>")
    for row in ran:
        of_row = np.flatnonzero(~right[row.name])
        parts += [
            f"<h3>{escape(row.name)}</h3>",
            f"<p>{len(of_row):,} of {len(y):,} wrong. Rows are true classes, columns what was "
            "predicted.</p>",
            draw_confusions(y, comparison.predictions[row.name], row.name),
        ]
        if images is not None and len(of_row):
            parts.append(_draw_mistakes(comparison, row.name, images, of_row))
    return parts


def _draw_mistakes(
    comparison: "Comparison", name: str, images: np.ndarray, wrong: np.ndarray
) -> str:
    y, predicted = comparison.y_test, comparison.predictions[name]
    proba = comparison.probabilities.get(name)
    order = "the first ones"
    if proba is not None:
        order = "the surest first"
        wrong = wrong[np.argsort(-proba[wrong].max(axis=1), kind="stable")]
    wrong = wrong[:_N_MISTAKES]
    captions = []
    for i in wrong:
        sure = "" if proba is None else f", {100 * proba[i].max():.0f}%"
        captions.append(f"{predicted[i]}{sure}\nis {y[i]}")
    picture = draw_images(images[wrong], captions, f"mistakes of {name}")
    return f"<p>Mistakes, {order}:</p>{picture}"


def _explain(comparison: "Comparison", ran: Sequence[ComparisonRow]) -> str:
    items = [
        "<b>accuracy</b>: the share of the test images that were classified correctly; "
        "<b>log loss</b>: the mean of minus the logarithm of the probability that the true "
        "class was given, where there are probabilities. Smaller is better.",
        "<b>fit, predict</b>: one call each by the wall clock, scaling and PCA included, on "
        f"{escape(platform.machine())} with {os.cpu_count()} logical CPUs. Starting TensorFlow "
        "is not timed.",
    ]
    if any(row.split_accuracies for row in ran):
        items.append(
            "<b>intervals and tests</b>: over the splits of a cross-validation, with the "
            "variance of C. Nadeau and Y. Bengio, “Inference for the Generalization Error”, "
            "Machine Learning 52 (2003), which allows for training sets that overlap. Of "
            "fewer than five splits, or equal ones, intervals reach at least as far as Wilson's "
            "for all images that were tested on: the variance between few splits is hardly known "
            "(Y. Bengio and Y. Grandvalet, “No Unbiased Estimator of the Variance of K-Fold "
            "Cross-Validation”, JMLR 5, 2004). All figures are means over the splits."
        )
    else:
        items += [
            "<b>interval</b>: Wilson's, at 95 %: E. B. Wilson, “Probable Inference, the Law of "
            "Succession, and Statistical Inference”, JASA 22 (1927).",
            "<b>tests</b>: McNemar's exact test on the images that only one of the two got "
            "right: M. W. Fagerland et al., BMC Medical Research Methodology 13:91 (2013). They "
            "speak of these fitted models, not of other seeds or training images.",
        ]
    items.append(
        "<b>correction</b>: S. Holm, “A Simple Sequentially Rejective Multiple Test Procedure”, "
        "Scandinavian Journal of Statistics 6 (1979)."
    )
    parts = ["<ul>", *(f"<li>{item}</li>" for item in items), "</ul>"]
    described = [row for row in best_first(comparison.rows) if row.classifier]
    if described:
        lines = [
            f"<th scope='row'>{escape(row.name)}</th>"
            f"<td class='words'><code>{escape(row.classifier)}</code></td>"
            for row in described
        ]
        parts += ["<h2>Classifiers</h2>", _table(("model", ""), lines)]
    versions = [f"Python {platform.python_version()}"]
    for package in _PACKAGES:
        try:
            versions.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            continue
    parts.append(f"<p class='faint'>{escape(', '.join(versions))}</p>")
    return "\n".join(parts)


def _table(head: Iterable[str], lines: Iterable[str]) -> str:
    first = "".join(f"<th scope='col'>{name}</th>" for name in head)
    body = "\n".join(f"<tr>{line}</tr>" for line in lines)
    return (
        f"<div class='scroll'><table>\n<thead><tr>{first}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _in_p(p_value: float) -> str:
    if math.isnan(p_value):
        return ""
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"


def _in_words(p_value: float) -> str:
    if math.isnan(p_value):
        return "not tested"
    return f"corrected p {'' if p_value < 0.001 else '= '}{_in_p(p_value)}"


def _in_points(difference: float) -> str:
    text = f"{100 * difference:+.2f}"
    return "0.00" if text in ("+0.00", "-0.00") else text.replace("-", "−")
