"""Mutation testing: change one thing in a file of the package, and see whether a test fails.

    python tests/mutation.py skmnist/comparison/_statistics.py tests/comparison/test_statistics.py
    python tests/mutation.py FILE TEST [TEST ...] --every 3
    python tests/mutation.py FILE TEST [TEST ...] --lines 17 35

Each mutant is a comparison, an operator, a number, a condition or a return value that is another
one. It is tried in a forked process that has NumPy and scikit-learn at hand already, so that it
costs little more than its tests. Those that no test notices are printed with their line, as they
are found: either a test is missing, or the change makes no difference.
"""

import argparse
import ast
import contextlib
import copy
import gc
import io
import os
import signal
import sys
import time
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path

import numpy as np  # noqa: F401  children find them imported
import pandas as pd  # noqa: F401
import pytest
import scipy.ndimage
import scipy.stats  # noqa: F401
import sklearn.datasets
import sklearn.decomposition
import sklearn.linear_model
import sklearn.model_selection
import sklearn.pipeline
import sklearn.svm  # noqa: F401

LIMIT = 60  # seconds for the file as it is; mutants that take ten times its time are noticed
# What a mutant can do without: plugins, of which Hypothesis' is slow to start, and rewritten
# assertions, which explain a failure that nobody reads.
OPTIONS = [
    *("-x", "-q", "-n", "0", "--assert=plain", "-p", "xdist"),
    *("-p", "no:cacheprovider"),
]
OTHER = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip


def mutants(tree: ast.Module) -> Iterator[tuple[int, str, ast.Module]]:
    """Yield line, description and tree of each mutant."""
    for number, node in enumerate(ast.walk(tree)):
        for change in changes(node):
            mutant = copy.deepcopy(tree)
            twin = next(other for i, other in enumerate(ast.walk(mutant)) if i == number)
            change(twin)
            ast.fix_missing_locations(mutant)
            yield node.lineno, f"{ast.unparse(node)}  ->  {ast.unparse(twin)}", mutant


def changes(node: ast.AST) -> Iterator:
    """Yield functions that change a node."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OTHER:
        yield lambda twin: twin.ops.__setitem__(0, OTHER[type(twin.ops[0])]())
    elif isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in OTHER:
        yield lambda twin: setattr(twin, "op", OTHER[type(twin.op)]())
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield lambda twin: setattr(twin, "value", twin.value + 1)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield lambda twin: setattr(twin, "value", not twin.value)
    elif isinstance(node, ast.If | ast.IfExp):
        yield lambda twin: setattr(twin, "test", ast.UnaryOp(ast.Not(), twin.test))
    elif isinstance(node, ast.Return) and ast.unparse(node) not in ("return", "return None"):
        yield lambda twin: setattr(twin, "value", ast.Constant(None))


def is_noticed(file: Path, mutant: ast.Module, tests: list[str], limit: int = LIMIT) -> bool:
    """Run the tests on a mutant in a child; return whether one fails."""
    child = os.fork()
    if child == 0:
        code, get_code = compile(mutant, str(file), "exec"), SourceFileLoader.get_code

        def mutated(loader: SourceFileLoader, name: str) -> object:
            return code if Path(loader.path) == file else get_code(loader, name)

        SourceFileLoader.get_code = mutated
        signal.signal(signal.SIGALRM, lambda *_: os._exit(1))
        signal.alarm(limit)
        gc.freeze()  # what the parent has is not looked through when pytest collects garbage
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        with contextlib.redirect_stdout(io.StringIO()):
            os._exit(int(pytest.main([*OPTIONS, *tests])))
    return os.waitpid(child, 0)[1] != 0


def main() -> None:
    """Try all mutants of a file, or every n-th."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("tests", nargs="+")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="default: 1, all")
    parser.add_argument("--lines", type=int, nargs="+", metavar="N", help="default: all")
    args = parser.parse_args()
    file = args.file.resolve()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    start = time.monotonic()
    if is_noticed(file, tree, args.tests):
        sys.exit(f"{args.tests} fail as they are")
    limit = 5 + round(10 * (time.monotonic() - start))
    tried = [mutant for mutant in mutants(tree) if mutant[0] in (args.lines or [mutant[0]])]
    tried = tried[:: args.every]
    left = 0
    for line, text, mutant in tried:
        if not is_noticed(file, mutant, args.tests, limit):
            left += 1
            print(f"{args.file}:{line}: {' '.join(text.split())[:150]}", flush=True)
    print(f"{args.file}: {len(tried) - left} of {len(tried)} noticed")


if __name__ == "__main__":
    main()
