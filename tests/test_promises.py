"""docs/promises.md quotes what the documentation promises, and names the tests of it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = re.split(r"^## ", (ROOT / "docs/promises.md").read_text(), flags=re.MULTILINE)[1:]
ROWS = [
    (page.splitlines()[0], promise, tests)
    for page in PAGES
    for promise, tests in re.findall(r"^\| (.+?) \| (`tests/.+`) \|$", page, flags=re.MULTILINE)
]


def on_one_line(text):
    return " ".join(text.replace("\n> ", " ").split())


@pytest.mark.parametrize(("page", "promise", "tests"), ROWS, ids=range(len(ROWS)))
def test_a_promise_is_made_and_has_a_test(page, promise, tests):
    assert promise in on_one_line((ROOT / page).read_text()), f"{page} does not say so"
    for test in re.findall("`(.+?)`", tests):
        path, _, name = test.partition("::")
        defined = rf"^ *def {re.escape(name)}\("
        assert re.search(defined, (ROOT / path).read_text(), re.MULTILINE), f"there is no {test}"


def test_each_row_of_the_tables_is_read():
    """Rows that are written in another way would not be looked at."""
    n_rows = sum(page.count("\n| ") - 1 for page in PAGES)  # the first is the head
    assert len(ROWS) == n_rows > 50
