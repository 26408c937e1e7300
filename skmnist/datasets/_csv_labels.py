"""The labels of a table: numbers or text, and which of them are missing."""

import numpy as np

# What programs write where there is no value.
_MISSING = frozenset(
    ["na", "n/a", "#n/a", "<na>", "nan", "+nan", "-nan", "null", "none", "nil", "nat", "?"]
    + [sign + name for sign in ("", "+", "-") for name in ("inf", "infinity")]
)


def find_missing(labels: list[str]) -> int | None:
    """Return the first row whose label is missing while all others are numbers, if any is."""
    found = set(labels)
    missing = {label for label in found if label.casefold() in _MISSING}
    numbers = found - missing
    if not missing or not numbers or not all(map(_is_number, numbers)):
        return None
    return next(row for row, label in enumerate(labels) if label in missing)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


def as_target(labels: list[str]) -> np.ndarray:
    """Return labels as int64 if all are integers, float64 if all are numbers, else as text."""
    text = np.array(labels)
    if any("_" in label for label in labels):
        return text  # Python reads 1_0 as ten, nobody else does
    try:
        return text.astype(np.int64)
    except (ValueError, OverflowError):
        pass
    try:
        numbers = text.astype(np.float64)
    except ValueError:
        return text
    if not np.isfinite(numbers).all():
        return text
    whole = np.abs(numbers) < 2**53
    if whole.all() and np.array_equal(numbers, np.trunc(numbers)):
        return numbers.astype(np.int64)
    return numbers
