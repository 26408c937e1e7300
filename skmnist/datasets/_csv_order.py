"""The order of the pixels of a table: names that carry another one are refused."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

# Names that say the column of a pixel before its row: x0y0, col0_row0.
_COLUMN_FIRST = re.compile(r".*(x|c|col|column)[\W_]*#[\W_]*(y|r|row)[\W_]*#\W*", re.IGNORECASE)
_REMEDY = "df[sorted(df, key=lambda name: [int(n) for n in re.findall(r'\\d+', name)])]"


def check_order(file: str, names: list[str], pixels: Iterable[int]) -> None:
    """See that the numbers in the names of pixels ascend, and that no name is there twice.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    names : list of str
        Names of the columns.
    pixels : iterable of int
        The columns that are pixels.

    Raises
    ------
    ValueError
        If they don't, with the names of two columns.
    """
    families = defaultdict(list)
    counts = Counter(names)
    for column in sorted(pixels):
        name = names[column]
        if counts[name] > 1:
            twice = [n + 1 for n, other in enumerate(names) if other == name]
            raise ValueError(
                f"{file}: columns {twice} are all named {name}, expected one for each pixel: "
                "write the file without the others, or with names of their own"
            )
        families[re.sub(r"\d+", "#", name)].append(column)
    for family, columns in families.items():
        places = {c: [int(n) for n in re.findall(r"\d+", names[c])] for c in columns}
        fault = _find_fault(places)
        if fault and _COLUMN_FIRST.fullmatch(family):
            fault = _find_fault({c: place[::-1] for c, place in places.items()}) and fault
        if fault:
            before, after = fault
            raise ValueError(
                f"{file}: column {before + 1} ({names[before]}) comes before column {after + 1} "
                f"({names[after]}): pixels are not in the order of their numbers, as where "
                "columns were sorted as text: put them in order (pandas, with import re: "
                f"{_REMEDY})"
            )


def _find_fault(places: dict[int, list[int]]) -> tuple[int, int] | None:
    """Return the first two columns that should change places."""
    for before, after in pairwise(places):
        if places[before] > places[after]:
            return next(c for c in places if places[c] > places[after]), after
    return None
