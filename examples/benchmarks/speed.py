"""Time skmnist against its peers: the same network, batch size and epochs for all.

    pip install 'skmnist[bench]'
    python examples/benchmarks/speed.py

Every measurement is made in a new process; the libraries take turns, and what is
printed are medians over the turns and their ratios. Nothing else should run meanwhile.
A contender that can't run here is left out, with a line that says what it lacks.
"""

import argparse
import contextlib
import json
import os
import platform
import statistics
import subprocess
import sys
from collections import defaultdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from contenders import missing
from works import WORKS

# Ratios to reach: (work, figure, against, at most).
GOALS = [
    ("mlp", "first fit", "sklearn", 0.8),
    ("mlp", "later fit", "sklearn", 0.6),
    ("mlp", "later fit", "scikeras", 0.2),
    ("mlp", "later fit", "skorch", 0.35),
    ("mlp", "later fit", "torch", 0.8),
    ("mlp", "first fit", "jax", 1.0),
    ("mlp", "later fit", "jax", 1.0),
    ("cnn", "later fit", "keras", 0.6),
    ("cnn", "later fit", "torch", 0.6),
    ("cnn", "later fit", "torch compiled", 1.0),
    ("search", "24 fits", "sklearn", 1.0),
    ("search", "24 fits", "scikeras", 0.15),
    ("rates", "24 fits", "sklearn", 1.0),
    ("rates", "24 fits", "scikeras", 0.15),
    ("digits", "later fit", "scikeras", 0.1),
    ("digits", "later fit of one epoch", "scikeras", 0.1),
    ("predict_mlp", "1 row", "sklearn", 2.5),
    ("predict_mlp", "10,000 rows", "sklearn", 1.5),
    ("predict_cnn", "1 row", "scikeras", 0.01),
    ("predict_cnn", "1 row", "torch", 1.5),
    ("predict_cnn", "10,000 rows", "torch", 0.6),
    ("imports", "seconds", "sklearn", 1.3),
    ("memory", "peak", "scikeras", 0.7),
    ("memory", "rise", "scikeras", 0.7),
]
HERE = Path(__file__).parent


def measure(work, library, n_samples):
    """Run a work in a new process; return its figures."""
    command = [sys.executable, str(HERE / "works.py"), work, library, str(n_samples)]
    process = subprocess.run(command, capture_output=True, text=True)
    if process.returncode:
        sys.exit(f"{work} with {library} failed:\n{process.stderr}")
    return json.loads(process.stdout.splitlines()[-1])


def measure_all(works, repeats, n_samples):
    """Take turns; return {(work, figure, library): median}."""
    turns = defaultdict(list)
    for work in works:
        libraries = []
        for library in WORKS[work][1]:
            if lacking := missing(library):
                print(f"{work}: {library} is left out for want of {lacking}", file=sys.stderr)
            else:
                libraries.append(library)
        for turn in range(repeats):
            for library in libraries:
                figures = measure(work, library, n_samples)
                for figure, value in figures.items():
                    turns[work, figure, library].append(value)
                text = ", ".join(f"{name} {_readable(v)}" for name, v in figures.items())
                print(f"{work} {turn + 1}/{repeats}  {library}: {text}", file=sys.stderr)
    return {key: statistics.median(values) for key, values in turns.items()}


def describe_machine():
    """Name what the figures depend on."""
    names = ["numpy", "scikit-learn", "scikeras", "keras", "tensorflow", "torch", "skorch"]
    names += ["jax", "onnx", "onnxruntime"]
    # The CPU build of TensorFlow is a distribution of its own.
    others = {"tensorflow": ("tensorflow", "tensorflow-cpu")}
    versions = []
    for name in names:
        for distribution in others.get(name, (name,)):
            with contextlib.suppress(PackageNotFoundError):
                versions.append(f"{name} {version(distribution)}")
                break
    cpu = platform.processor() or platform.machine()
    return f"{os.cpu_count()} cores ({cpu}), Python {platform.python_version()}; " + (
        ", ".join(versions)
    )


def print_table(figures):
    """Print Markdown tables: figures, one for all works of the same contenders, and ratios."""
    tables = defaultdict(list)
    for work in dict.fromkeys(work for work, _, _ in figures):
        tables[tuple(dict.fromkeys(key[2] for key in figures if key[0] == work))].append(work)
    for libraries, works in tables.items():
        print("\n| work | " + " | ".join(libraries) + " |")
        print("|---" * (len(libraries) + 1) + "|")
        for work, figure in dict.fromkeys(key[:2] for key in figures if key[0] in works):
            unit = "MB" if work in ("memory", "growth") else "s"
            cells = [_readable(figures[work, figure, library]) for library in libraries]
            print(f"| {work}: {figure}, {unit} | " + " | ".join(cells) + " |")
    print("\n| work | against | at most | ratio |")
    print("|---|---|---|---|")
    for work, figure, against, at_most in GOALS:
        if (work, figure, against) in figures:
            ratio = figures[work, figure, "skmnist"] / figures[work, figure, against]
            met = "" if ratio <= at_most else " (missed)"
            print(f"| {work}: {figure} | {against} | {at_most} | {ratio:.3g}{met} |")


def _readable(value):
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "works", nargs="*", metavar="WORK", help=f"default: all of {', '.join(WORKS)}"
    )
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="turns; default: 3")
    parser.add_argument(
        "--samples", type=int, default=60_000, metavar="N", help="training images; default: 60000"
    )
    args = parser.parse_args()
    unknown = set(args.works) - set(WORKS)
    if unknown:
        parser.error(f"no work is called {', '.join(sorted(unknown))}")
    figures = measure_all(args.works or WORKS, args.repeats, args.samples)
    print(describe_machine())
    print_table(figures)


if __name__ == "__main__":
    main()
