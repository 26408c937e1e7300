"""Which column of a table holds the labels: names that leave it open are refused."""

import difflib
import re
from collections import Counter, defaultdict
from itertools import chain, pairwise
from typing import Any, NoReturn

import numpy as np

_MAX_FLOAT32 = float(np.finfo(np.float32).max)
# So many columns numbered from 1, or beside unknown names, are no image by chance.
CERTAIN = 10

# Names of columns, in lower case. A line with a sure label is a line of names.
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
# Beside labels and pixels in tables of predictions, parts or pictures.
_OTHER = re.compile(
    r"(y[ _])?(pred|predictions?|predicted|proba?s?|probabilit(y|ies)|scores?|confidences?)"
    r"([ _.-]?(label|class|proba?|\d{1,9}))?|(label|class)[ _]pred(iction)?"
    r"|samples?|folds?|splits?|subsets?|usage|(.*[ _.-])?(file|filename|path)s?"
    r"|(file|image|img)[ _.-]?names?|((sample|class)[ _.-]?)?weights?"
    r"|writers?|authors?|users?"
)
_IN_ONE_CELL = re.compile("pixels|image")
# Names of pixels, whose digits are #; in the second, the column comes before the row.
_PIXEL = re.compile(r"(pixel|pix|px)s?([\W_#]|$)")
_COLUMN_FIRST = re.compile(r".*(x|c|col|column)[\W_]*#[\W_]*(y|r|row)[\W_]*#\W*", re.IGNORECASE)


def is_number(text: str) -> bool:
    """Tell whether a field is a finite number in float32."""
    try:
        # Python reads 1_0 as ten and digits of other scripts, nobody else does.
        return "_" not in text and text.strip().isascii() and abs(float(text)) <= _MAX_FLOAT32
    except ValueError:
        return False


def _is_known(name: str) -> bool:
    """Tell whether a column is no pixel by its name."""
    return not name or any(p.fullmatch(name.casefold()) for p in (_LABEL, _ROW_NUMBER, _OTHER))


def are_names(fields: list[str]) -> bool:
    """Tell whether the first line of a table has names of columns."""
    fields = [field.strip() for field in fields]
    if any(_SURE_LABEL.fullmatch(field.casefold()) for field in fields):
        return True
    if len(fields) > 1 and not any(map(is_number, fields)):
        return True
    if _are_renamed_pixels(fields):
        raise ValueError(
            f"line 1 ({', '.join(fields[:5])}, …) is an image whose equal pixels were renamed, as "
            "pandas does where it takes the first line for names: read the original with "
            "read_csv(..., header=None) and write it with to_csv(header=False, index=False)"
        )
    return _are_numbered(fields)


def _are_numbered(fields: list[str]) -> bool:
    """Tell whether the columns are numbered from 0 or 1, but for one or two that have names."""
    numbers = [field for field in fields if field.isdecimal()]
    others = [field for field in fields if not field.isdecimal()]
    if len(others) > 2 or len(numbers) < 3 or any(map(is_number, others)):
        return False
    start = int(numbers[0])
    # Text before numbers may be a label of text and its pixels.
    is_clear = start == 0 and (fields[0].isdecimal() or all(map(_is_known, others)))
    counted = [str(n) for n in range(start, start + len(numbers))]
    return start in (0, 1) and (is_clear or len(numbers) >= CERTAIN) and numbers == counted


def _are_renamed_pixels(fields: list[str]) -> bool:
    """Tell whether a line reads 0, 0.1, 0.2, …: the second zero, the third, and so on."""
    seen: Counter[str] = Counter()
    for field in fields:
        base = field.partition(".")[0]
        if not base.isdecimal() or field != (f"{base}.{seen[base]}" if seen[base] else base):
            return False
        seen[base] += 1
    return len(fields) - len(seen) >= CERTAIN


def find_labels(names: list[str], width: int, label: Any) -> int | None:
    """Return the column of the labels, None for none; refuse names that leave it open.

    `names` is empty if the columns have none; `label` is a parameter of `read_csv`.
    """
    names = [name.strip() for name in names]
    in_one_cell = [name for name in names if _IN_ONE_CELL.fullmatch(name.casefold())]
    if in_one_cell and width <= CERTAIN:
        name = in_one_cell[0]
        raise ValueError(
            f"column {names.index(name) + 1} ({name}) seems to have all pixels of an image in one "
            "cell, expected a column for each: split it with pandas, "
            f"df[{name!r}].str.split(expand=True).add_prefix('pixel')"
        )
    is_auto = isinstance(label, str) and label == "auto"
    column = _named(names) if is_auto else _given(names, width, label)
    pixels, are_sure = _find_pixels([name.casefold() for name in names])
    for other, name in enumerate(names):
        if other != column and (_is_known(name) or (pixels and other not in pixels)):
            _refuse_other(names, other, column)
    if is_auto and column is None and not are_sure:
        raise ValueError(
            f"no column is named label, and the names ({_listed(names)}) don't say which one has "
            "the labels: give label='first', label='last' or the name of the column, or "
            "label=None if all are pixels"
        )
    _check_order(names, sorted(pixels - {column}))
    return column


def _given(names: list[str], width: int, label: Any) -> int | None:
    """Return the column that the user's `label` means."""
    if label is None:
        return None
    if isinstance(label, str):
        text = label.strip()
        found = [column for column, name in enumerate(names) if name == text] or [
            column for column, name in enumerate(names) if name.casefold() == text.casefold()
        ]
        place = {"first": 0, "last": width - 1}.get(label)
        if place is not None and found not in ([], [place]):
            raise ValueError(
                f"label={label!r} is both a place and the name of column {found[0] + 1}: give the "
                f"number of the column, label={place} or label={found[0]}"
            )
        if len(found) > 1:
            remedy = f"give the number of the column, label={found[0]} for the first of them"
            _refuse_several(found, label, remedy)
        if found or place is not None:
            return found[0] if found else place
        if re.fullmatch(r"-?\d{1,9}", text):
            label = int(text)  # from the command line
    if isinstance(label, str) or not -width <= label < width:
        named = f", or one of {_listed(names)}" if names else "; the file has no column names"
        near = difflib.get_close_matches(str(label), names, 1)
        hint = f": did you mean label={near[0]!r}?" if near else ""
        raise ValueError(
            f"label={label!r} is no column, expected 'first', 'last' or a number from 0 to "
            f"{width - 1} (-1 for the last){named}{hint}"
        )
    return int(label) % width


def _named(names: list[str]) -> int | None:
    """Return the one column that is named as labels are, the first one without names."""
    if not names:
        return 0
    found = [column for column, name in enumerate(names) if _LABEL.fullmatch(name.casefold())]
    if len(found) > 1:
        like = f"as labels are ({_listed([names[column] for column in found])})"
        _refuse_several(found, like, "write the file without the others")
    return found[0] if found else None


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
    # Row and column of a pixel are two numbers: 1x1, r0c5, x_0_5.
    sure = [
        columns
        for family, columns in families.items()
        if _PIXEL.match(family) or (family.count("#") > 1 and len(columns) > 1)
    ]
    # Of colours there are several families of one size: r0, g0, b0, r1, ...
    most = max(map(len, families.values()), default=0)
    found = sure or [columns for columns in families.values() if len(columns) == most > 1]
    pixels = set(chain.from_iterable(found))
    return (pixels if sure or 2 * len(pixels) >= len(names) else set()), bool(sure)


def _refuse_other(names: list[str], column: int, label: int | None) -> NoReturn:
    """Refuse a column that is neither the labels nor a pixel."""
    name, place = names[column], f"column {column + 1} ({names[column]})"
    without = "if it numbers the rows, write the file without it (pandas: to_csv(index=False))"
    if not name:
        comma = "; or lines end in a comma" if column == len(names) - 1 else ""
        raise ValueError(f"column {column + 1} has no name; {without}{comma}")
    if label is None and _LABEL.fullmatch(name.casefold()):
        raise ValueError(
            f"label=None says that there are no labels, but column {column + 1} is named {name}: "
            "leave label=None out, or write the file without that column"
        )
    one_hot = [other for other in names if _ONE_HOT.fullmatch(other.casefold())]
    if name in one_hot and len(one_hot) > 1:
        raise ValueError(
            f"from {place} up to {one_hot[-1]} there is a column for each class, expected one "
            "column of labels: make it with pandas, df.insert(0, 'label', "
            "df[one_hot].to_numpy().argmax(axis=1)), and write the file without the others"
        )
    if _OTHER.fullmatch(name.casefold()):
        without = "write the file without it"
    why = "named label"
    remedy = f"name it label or give label={name!r}"
    if label is not None:
        why = f"the label, which is column {label + 1} ({names[label]})"
        remedy = f"give label={name!r}, without column {label + 1} in the file"
    raise ValueError(f"{place} is no pixel and not {why}; {without}; if it is the label, {remedy}")


def _check_order(names: list[str], pixels: list[int]) -> None:
    """Refuse pixels whose names are there twice, or whose numbers don't ascend."""
    families = defaultdict(list)
    counts = Counter(names)
    for column in pixels:
        name = names[column]
        if counts[name] > 1:
            twice = [other for other, same in enumerate(names) if same == name]
            _refuse_several(twice, name, "write the file without the others, or rename them")
        families[re.sub(r"\d+", "#", name)].append(column)
    for family, columns in families.items():
        places = [[int(n) for n in re.findall(r"\d+", names[column])] for column in columns]
        turned = [place[::-1] if _COLUMN_FIRST.fullmatch(family) else place for place in places]
        if places == sorted(places) or turned == sorted(turned):
            continue
        after = next(i for i, (a, b) in enumerate(pairwise(places), 1) if a > b)
        before = next(i for i, place in enumerate(places) if place > places[after])
        first, second = (f"column {columns[i] + 1} ({names[columns[i]]})" for i in (before, after))
        raise ValueError(
            f"{first} comes before {second}: pixels are not in the order of their numbers, as "
            "where columns were sorted as text: put them in order (pandas, with import re: "
            "df[sorted(df, key=lambda name: [int(n) for n in re.findall(r'\\d+', name)])])"
        )


def _refuse_several(columns: list[int], name: str, remedy: str) -> NoReturn:
    numbers = _listed([str(column + 1) for column in columns])
    raise ValueError(f"columns [{numbers}] are all named {name}, expected one: {remedy}")


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5] + ["…"] * (len(names) > 5))
