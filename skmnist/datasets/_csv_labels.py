"""The labels of a table: numbers or text, which are missing, and whether a column can be them."""

import numpy as np

from ._csv_columns import CERTAIN

# What programs write where there is no value.
_MISSING = frozenset(
    ["na", "n/a", "#n/a", "<na>", "nan", "+nan", "-nan", "null", "none", "nil", "nat", "?"]
    + [sign + name for sign in ("", "+", "-") for name in ("inf", "infinity")]
)
# Fewer rows than this can hold that many kinds of labels; ten classes never look doubtful.
_ENOUGH_ROWS = 40
_MOST_SUMMARIES = 4  # rows of sums, means and the like
_MANY_CLASSES = 62  # digits and letters of two cases


def find_missing(labels: list[str]) -> int | None:
    """Return the first row whose label is missing while all others are numbers, if any is."""
    found = set(labels)
    missing = {label for label in found if label.casefold() in _MISSING}
    numbers = found - missing
    if not missing or not numbers or as_target([*numbers]).dtype.kind == "U":
        return None
    return next(row for row, label in enumerate(labels) if label in missing)


def find_summary(labels: list[str]) -> int | None:
    """Return the first of some last rows whose labels are words, as totals are, below numbers."""
    is_number = [as_target([label]).dtype.kind != "U" for label in labels[-_MOST_SUMMARIES - 1 :]]
    n_words = is_number[::-1].index(True) if True in is_number else 0
    if not n_words or len(labels) <= CERTAIN + n_words:
        return None
    above = labels[:-n_words]
    are_numbers = as_target(above).dtype.kind != "U"
    # A file in order may end in a class of one image, but so do the classes before it.
    is_once = len({*labels[-n_words:]}) == n_words and len({*above}) < len(above)
    return len(above) if are_numbers and is_once else None


def as_target(labels: list[str]) -> np.ndarray:
    """Return labels as int64 if all are integers, float64 if all are numbers, else as text."""
    text = np.array(labels)
    if any("_" in label for label in labels):
        return text  # Python reads 1_0 as ten, nobody else does
    for dtype in (np.int64, np.float64):
        try:
            numbers = text.astype(dtype)
            break
        except (ValueError, OverflowError):
            continue
    else:
        return text
    if not np.isfinite(numbers).all():
        return text
    is_whole = np.array_equal(numbers, np.trunc(numbers)) and (np.abs(numbers) < 2**53).all()
    return numbers.astype(np.int64) if is_whole else numbers


def check_first_column(target: np.ndarray, last: np.ndarray) -> None:
    """Refuse a table without names whose first column can't be the labels."""
    doubt = _doubt(target)
    if _look_like_classes(last):
        if doubt is None and target.dtype.kind != "U":
            # A pixel of black and white looks like classes, too.
            is_alike = _look_like_classes(target)
            doubt = "looks no more like them than the last" if is_alike else _values_of(target)
        remedy = (
            "; the last column looks like labels: give label='last', or label='first' if column 1 "
            "is right"
        )
    else:
        remedy = (
            ". Give label='last' for the last column, label=None if there are no labels, or "
            "label='first' if column 1 is right; if it numbers the rows, write the file without "
            "it (pandas: to_csv(index=False))"
        )
    if doubt:
        raise ValueError(
            "the file has no column names, so column 1 was taken for the labels, but it "
            f"{doubt}{remedy}"
        )


def _doubt(target: np.ndarray) -> str | None:
    """Return the reason why a column can't be labels, None if it can."""
    n, n_values = len(target), len(np.unique(target))
    # Whole numbers may be too large for integers.
    if target.dtype.kind == "f" and len(fractions := target[target != np.trunc(target)]):
        return f"has numbers that are not whole, such as {fractions[0]}"
    if n > 1 and n_values == 1:
        return f"is {target[0]} in all {n} rows"
    if n > CERTAIN and n_values == n:
        return f"is different in all {n} rows"
    if target.dtype.kind == "U":
        return None
    if n >= _ENOUGH_ROWS and n_values > n / 4:
        return f"has {n_values} different values in {n} rows"
    return _values_of(target) if n_values > _MANY_CLASSES else None


def _values_of(target: np.ndarray) -> str:
    values = np.unique(target)
    return f"has {len(values)} values from {values[0]} to {values[-1]}"


def _look_like_classes(values: np.ndarray) -> bool:
    """Tell whether numbers are 0, 1, … or 1, 2, …, few, and each about as often."""
    found, counts = np.unique(values, return_counts=True)
    n = len(found)
    return bool(
        2 <= n <= len(values) / 4
        and found[0] in (0, 1)
        and np.array_equal(found - found[0], np.arange(n))
        and counts.min() * n * 4 >= len(values)
    )
