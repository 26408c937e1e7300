"""Which column of a table holds the labels: what is not clear is refused by name."""

import difflib
import re
from collections import Counter, defaultdict
from typing import Any, NoReturn

import numpy as np

from ._csv_order import check_order

_MAX_FLOAT32 = float(np.finfo(np.float32).max)
# Nobody names a pixel so; a line with one of them is a line of names.
_SURE_LABEL = re.compile(r"(label|target|class)(e?s)?")
_LABEL = re.compile(
    r"(label|target|class|digit|letter|category)(e?s|ies)?([ _](id|idx|index|name|label))?|y"
    r"|categories|true[ _](label|class)|y[ _]true"
)
_ONE_HOT = re.compile(r"(label|target|class|digit|y)[ _-]?\d+")
_ROW_NUMBER = re.compile(
    r"unnamed: [\d._]+|unnamed: \d+_level_\d+|level_\d+|index|idx|(.*[ _.-])?id|(row|image|img)id"
    r"|rows?([ _.-]?(no|num|number|name)s?)?|n[or]\.?|#"
)
# What tables of predictions, parts or pictures have beside: neither labels nor pixels.
_OTHER = re.compile(
    r"(y[ _])?(pred|predictions?|predicted|proba?s?|probabilit(y|ies)|scores?|confidences?)"
    r"([ _.-]?(label|class|proba?|\d{1,9}))?|(label|class)[ _]pred(iction)?"
    r"|samples?|folds?|splits?|subsets?|usage|(.*[ _.-])?(file|filename|path)s?"
    r"|(file|image|img)[ _.-]?names?|((sample|class)[ _.-]?)?weights?"
    r"|writers?|authors?|users?"
)
_PIXEL = re.compile(r"(pixel|pix|px)s?([\W_#]|$)")  # of names whose digits are #
# So many columns numbered from 1, or beside unknown names, are no image by chance.
_CERTAIN = 10
_CLASSES = "looks like classes"
# Fewer rows than this can hold that many kinds of labels; ten classes never look doubtful.
_ENOUGH_ROWS = 40
_MANY_CLASSES = 62  # digits and letters of two cases


def is_number(text: str) -> bool:
    """Tell whether a field is a finite number in float32."""
    try:
        # Python reads 1_0 as ten, nobody else does.
        return "_" not in text and abs(float(text)) <= _MAX_FLOAT32
    except ValueError:
        return False


def are_names(file: str, fields: list[str]) -> bool:
    """Tell whether the first line of a table has names of columns.

    Raises
    ------
    ValueError
        If pandas has made names of what was an image.
    """
    fields = [field.strip() for field in fields]
    if any(_SURE_LABEL.fullmatch(field.casefold()) for field in fields):
        return True
    if len(fields) > 1 and not any(map(is_number, fields)):
        return True
    if _are_renamed_pixels(fields):
        raise ValueError(
            f"{file}: line 1 ({', '.join(fields[:5])}, …) is an image whose equal pixels were "
            "renamed, as pandas does where it takes the first line for names: read the original "
            "with read_csv(..., header=None) and write it with to_csv(header=False, index=False)"
        )
    return _are_numbered(fields)


def _are_numbered(fields: list[str]) -> bool:
    """Tell whether the columns are numbered from 0 or 1, but for one or two that have names."""
    numbers = [field for field in fields if field.isdecimal()]
    others = [field.casefold() for field in fields if not field.isdecimal()]
    if len(others) > 2 or len(numbers) < 3 or any(map(is_number, others)):
        return False
    start = int(numbers[0])
    # Text before numbers may be a label of text and its pixels.
    is_clear = start == 0 and (fields[0].isdecimal() or all(map(_is_known, others)))
    least = 3 if is_clear else _CERTAIN
    counted = [str(n) for n in range(start, start + len(numbers))]
    return start in (0, 1) and len(numbers) >= least and numbers == counted


def _are_renamed_pixels(fields: list[str]) -> bool:
    """Tell whether a line reads 0, 0.1, 0.2, …: the second zero, the third, and so on."""
    seen: Counter[str] = Counter()
    n_renamed = 0
    for field in fields:
        base, _, number = field.partition(".")
        if not base.isdecimal() or number != (str(seen[base]) if seen[base] else ""):
            return False
        n_renamed += bool(number)
        seen[base] += 1
    return n_renamed >= _CERTAIN


def find_labels(file: str, names: list[str], width: int, label: Any) -> int | None:
    """Return the column of the labels, None for none.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    names : list of str
        Names of the columns, empty if they have none.
    width : int
        Number of columns.
    label : {"auto", "first", "last"}, str, int or None
        What the user says.

    Raises
    ------
    ValueError
        If there is no such column, or it is not clear which one is meant, or pixels are not in
        the order of their numbers.
    """
    names = [name.strip() for name in names]
    folded = [name.casefold() for name in names]
    in_one_cell = [column for column, name in enumerate(folded) if name in ("pixels", "image")]
    if in_one_cell and width <= _CERTAIN:
        raise ValueError(
            f"{file}: column {in_one_cell[0] + 1} ({names[in_one_cell[0]]}) seems to have all "
            "pixels of an image in one cell, expected a column for each: split it with pandas, "
            f"df[{names[in_one_cell[0]]!r}].str.split(expand=True).add_prefix('pixel')"
        )
    pixels, are_sure = _find_pixels(folded)
    if not isinstance(label, str) or label != "auto":
        column = _find_said(file, names, width, label)
    elif not names:
        column = 0
    else:
        column = _find_named(file, names, pixels, are_sure)
    _refuse_strangers(file, names, pixels, column)
    check_order(file, names, pixels - {column})
    return column


def _find_said(file: str, names: list[str], width: int, label: Any) -> int | None:
    """Find the column that `label` says."""
    if label is None:
        return None
    is_text = isinstance(label, str) and label.strip() not in names
    if is_text and re.fullmatch(r"-?\d{1,9}", label.strip()):
        label = int(label)  # from the command line
    if isinstance(label, int | np.integer):
        if not -width <= label < width:
            raise ValueError(
                f"{file}: label={label} is no column, expected a number from 0 to {width - 1}, "
                "or from the end, -1 being the last"
            )
        return int(label) % width
    places = {"first": 0, "last": width - 1}
    found = [column for column, name in enumerate(names) if name == label.strip()] or [
        column for column, name in enumerate(names) if name.casefold() == label.strip().casefold()
    ]
    if label in places and found not in ([], [places[label]]):
        raise ValueError(
            f"{file}: label={label!r} is both a place and the name of column {found[0] + 1}: give "
            f"the number of the column, label={places[label]} or label={found[0]}"
        )
    if len(found) > 1:
        raise ValueError(
            f"{file}: columns {_counted(found)} are all named {label}, expected one: give the "
            f"number of the column, label={found[0]} for the first of them"
        )
    if found:
        return found[0]
    if label in places:
        return places[label]
    if not names:
        raise ValueError(
            f"{file}: label={label!r}, but the file has no line of column names: give "
            "label='first', label='last' or the number of the column, from 0"
        )
    near = difflib.get_close_matches(label, names, 1)
    raise ValueError(
        f"{file}: no column is named {label!r}; there are {_listed(names)}"
        + (f": did you mean label={near[0]!r}?" if near else ": name one of them")
    )


def _find_named(file: str, names: list[str], pixels: set[int], are_sure: bool) -> int | None:
    """Find the one column that is named as labels are; None if all are named as pixels are."""
    found = [column for column, name in enumerate(names) if _LABEL.fullmatch(name.casefold())]
    if len(found) > 1:
        raise ValueError(
            f"{file}: columns {_counted(found)} are all named as labels are "
            f"({_listed([names[c] for c in found])}), expected one: write the file without the "
            "others"
        )
    if found:
        return found[0]
    for column, name in enumerate(names):
        if column not in pixels and (pixels or _is_known(name.casefold())):
            _refuse_stranger(file, names, column, None)
    if are_sure:
        return None
    raise ValueError(
        f"{file}: no column is named label, and the names ({_listed(names)}) don't say which "
        "one has the labels: give label='first', label='last' or the name of the column, or "
        "label=None if all are pixels"
    )


def _find_pixels(names: list[str]) -> tuple[set[int], bool]:
    """Return the numbered columns that are pixels, and whether their names leave no doubt."""
    families = defaultdict(list)
    for column, name in enumerate(names):
        family = re.sub(r"\d+", "#", name)
        base = family.replace("#", "").strip(" _.-")
        if _ROW_NUMBER.fullmatch(name) or _SURE_LABEL.fullmatch(base):
            continue
        if "#" in family or _PIXEL.match(family):
            families[family].append(column)
    sure = {
        column
        for family, columns in families.items()
        # Row and column of a pixel are two numbers: 1x1, r0c5, x_0_5.
        if _PIXEL.match(family) or (family.count("#") > 1 and len(columns) > 1)
        for column in columns
    }
    if sure:
        return sure, True
    most = max(map(len, families.values()), default=0)
    # Of colours there are several families of one size: r0, g0, b0, r1, ...
    found = {c for columns in families.values() if len(columns) == most for c in columns}
    return (found if most > 1 and 2 * len(found) >= len(names) else set()), False


def _refuse_strangers(file: str, names: list[str], pixels: set[int], label: int | None) -> None:
    """See that all columns but the labels can be pixels."""
    for column, name in enumerate(names):
        is_odd = _is_known(name.casefold()) or (pixels and column not in pixels)
        if column != label and is_odd:
            _refuse_stranger(file, names, column, label)


def _refuse_stranger(file: str, names: list[str], column: int, label: int | None) -> NoReturn:
    name = names[column]
    start = f"{file}: column {column + 1} ({name}) is no pixel and"
    without = "if it numbers the rows, write the file without it (pandas: to_csv(index=False))"
    if not name:
        comma = "; or lines end in a comma" if column == len(names) - 1 else ""
        raise ValueError(f"{file}: column {column + 1} has no name; {without}{comma}")
    if label is None and _LABEL.fullmatch(name.casefold()):
        raise ValueError(
            f"{file}: label=None says that there are no labels, but column {column + 1} is named "
            f"{name}: leave label=None out, or write the file without that column"
        )
    one_hot = [other for other in names if _ONE_HOT.fullmatch(other.casefold())]
    if name in one_hot and len(one_hot) > 1:
        raise ValueError(
            f"{file}: from column {column + 1} ({name}) up to {one_hot[-1]} there is a column for "
            "each class, expected one column of labels: make it with pandas, "
            "df.insert(0, 'label', df[one_hot].to_numpy().argmax(axis=1)), and write the file "
            "without the others"
        )
    if _OTHER.fullmatch(name.casefold()):
        without = "write the file without it"
    if label is None:
        raise ValueError(
            f"{start} not named label; {without}; if it is the label, name it label or give "
            f"label={name!r}"
        )
    raise ValueError(
        f"{start} not the label, which is column {label + 1} ({names[label]}); {without}; if it "
        f"is the label, give label={name!r}, without column {label + 1} in the file"
    )


def check_first_column(file: str, target: np.ndarray, last: np.ndarray) -> None:
    """See that the first column of a table without names can be the labels.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    target : ndarray of shape (n_samples,)
        The first column.
    last : ndarray of shape (n_samples,)
        The last one.

    Raises
    ------
    ValueError
        If it can't.
    """
    doubt = _doubt(target, last)
    if doubt is None:
        return
    if _look_like_classes(last):
        if doubt == _CLASSES:
            raise ValueError(
                f"{file}: the file has no column names, and both its first and its last column "
                "look like labels: give label='first' or label='last'"
            )
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
    raise ValueError(
        f"{file}: the file has no column names, so column 1 was taken for the labels, but it "
        f"{doubt}{remedy}"
    )


def _doubt(target: np.ndarray, last: np.ndarray) -> str | None:
    """Say why a column can't be labels, if it can't."""
    n = len(target)
    values = np.unique(target)
    if target.dtype.kind == "f":
        fraction = target[target != np.trunc(target)][0]
        return f"has numbers that are not whole, such as {fraction}"
    if n > 1 and len(values) == 1:
        return f"is {target[0]} in all {n} rows"
    is_text = target.dtype.kind == "U"
    if n > _CERTAIN and len(values) == n:
        return f"is different in all {n} rows"
    if n >= _ENOUGH_ROWS and not is_text and len(values) > n / 4:
        return f"has {len(values)} different values in {n} rows"
    if is_text:
        return None
    is_doubtful = len(values) > _MANY_CLASSES
    if _look_like_classes(last):
        # A pixel of black and white does so too.
        if not is_doubtful and _look_like_classes(target):
            return _CLASSES
        is_doubtful = True
    return f"has {len(values)} values from {values[0]} to {values[-1]}" if is_doubtful else None


def _look_like_classes(values: np.ndarray) -> bool:
    """Tell whether numbers are 0, 1, … or 1, 2, …, few, and each about as often."""
    found, counts = np.unique(values, return_counts=True)
    n = len(found)
    return bool(
        2 <= n <= len(values) / 4
        and found[0] in (0, 1)
        and np.array_equal(found, np.arange(found[0], found[0] + n))
        and counts.min() * n * 4 >= len(values)
    )


def _is_known(name: str) -> bool:
    known = (_LABEL, _ROW_NUMBER, _OTHER)
    return not name or any(names.fullmatch(name) for names in known)


def _counted(columns: list[int]) -> list[int]:
    return [column + 1 for column in columns]


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5] + ["…"] * (len(names) > 5))
