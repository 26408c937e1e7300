"""Mutation testing: change one thing in a file of the package, and see whether a test fails.

    python tests/mutation.py skmnist/comparison/_statistics.py tests/comparison/test_statistics.py
    python tests/mutation.py FILE TEST [TEST ...] --every 3
    python tests/mutation.py FILE TEST [TEST ...] --lines 17 35
    python tests/mutation.py FILE TEST -- -k "not slow_one"

Each mutant is a comparison, an operator, a number, a condition or a return value that is another
one: the first comparison of a chain, arithmetic, `and` and `or`; not `not`, bits, `%`, `**`, `+=`
and the filters of comprehensions. It is tried in a forked process that has all other packages at
hand already, so that it costs little more than its tests; processes that a test starts don't see
it. Mutants that no test notices are printed with their line, as they are found: either a test is
missing, or the change makes no difference. Options of pytest follow two dashes.
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

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Without plugins, of which Hypothesis' is slow to start, and without rewritten assertions, which
# explain a failure that nobody reads.
OPTIONS = ["-x", "-q", "-n", "0", "-p", "xdist", "-p", "no:cacheprovider", "--assert=plain"]
LIMIT = 60  # seconds for the file as it is; mutants that take ten times its time are noticed
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


def import_packages(tests: list[str]) -> None:
    """Import what the tests import, but for the package and the tests themselves."""
    before = set(sys.modules)
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main(["--collect-only", *OPTIONS, *tests])
    for name in set(sys.modules) - before:
        if ROOT in Path(getattr(sys.modules[name], "__file__", None) or "").parents:
            del sys.modules[name]


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
    end = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    args = parser.parse_args(sys.argv[1:end])
    args.tests += sys.argv[end + 1 :]
    sys.path.insert(0, str(ROOT))  # the package beside these tests, whatever is installed
    file = args.file.resolve()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    import_packages(args.tests)
    start = time.monotonic()
    if is_noticed(file, tree, args.tests):
        sys.exit(f"{args.tests} fail as they are, or take more than {LIMIT} s")
    limit = 5 + round(10 * (time.monotonic() - start))
    tried = [mutant for mutant in mutants(tree) if mutant[0] in (args.lines or [mutant[0]])]
    tried = tried[:: args.every]
    if not tried:
        sys.exit("there is nothing to change")
    n_noticed = 0
    for line, text, mutant in tried:
        if is_noticed(file, mutant, args.tests, limit):
            n_noticed += 1
        else:
            print(f"{args.file}:{line}: {' '.join(text.split())[:150]}", flush=True)
    print(f"{args.file}: {n_noticed} of {len(tried)} noticed")


if __name__ == "__main__":
    main()
