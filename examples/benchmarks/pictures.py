"""How many pictures of a folder a model reads right, for each kind of picture.

The folder has an ``index.csv`` with the columns file, label and kind (photo, scan, drawing), or
with file, shows and kind for pictures of several characters, whose rows are separated by "/".
Of these the rows that come nearest are counted: how many characters would have to be changed,
added or left out. With ``--mnist N``, so many of MNIST's test images are read, too, each as a
picture of its own, and compared with the images as they are::

    skmnist train --model cnn --data mnist --output digits.skmnist
    python examples/benchmarks/pictures.py FOLDER digits.skmnist --mnist 2000
"""

import argparse
import csv
import re
from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy.stats import binomtest

from skmnist import load
from skmnist.datasets import fetch_mnist, read_characters, read_picture


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("--mnist", type=int, default=0, metavar="N")
    args = parser.parse_args()
    model = load(args.model)
    index = (args.folder / "index.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(index.splitlines()))
    if "shows" in rows[0]:
        several(args.folder, rows, model)
    else:
        single(args.folder, rows, model)
    if args.mnist:
        test = fetch_mnist(subset="test")
        images, target = test.images[: args.mnist], test.target[: args.mnist]
        read = np.stack([read_picture(image) for image in images])
        for name, X in (("as they are", images), ("read", read)):
            print(f"MNIST {name:<12}{(model.predict(X) == target).sum():>5} of {len(target)}")


def single(folder, rows, model):
    """Print the share of pictures read right, kind by kind, and those read wrong."""
    images = np.stack([read_picture(folder / row["file"]) for row in rows])
    proba = model.predict_proba(images)
    labels = model.classes_[proba.argmax(axis=1)].astype(str)
    kinds = defaultdict(list)
    for row, label, sure in zip(rows, labels, proba.max(axis=1), strict=True):
        is_right = label == row["label"]
        kinds[row["kind"]].append(is_right)
        kinds["all"].append(is_right)
        if not is_right:
            print(f"{row['file']}: {row['label']}, read as {label}, {100 * sure:.0f} %")
    for kind, right in sorted(kinds.items()):
        low, high = binomtest(sum(right), len(right)).proportion_ci(method="wilson")
        print(
            f"{kind:<10}{sum(right):>4} of {len(right):<4} {100 * np.mean(right):5.1f} %  "
            f"(95 % interval {100 * low:.1f} to {100 * high:.1f} %)"
        )


def several(folder, rows, model):
    """Print the rows read on each page, and how many characters are wrong."""
    n_wrong = 0
    for row in rows:
        wanted = [re.sub(r"\(.*?\)|\s", "", part) for part in row["shows"].split("/")]
        page = read_characters(folder / row["file"])
        labels = model.predict(page.images).astype(str)
        found = ["".join(labels[page.rows == i]) for i in range(page.rows.max() + 1)]
        wrong = sum(min(edits(text, one) for text in found) for one in wanted)
        n_wrong += wrong
        print(f"{row['file']}: {wrong} wrong, {' / '.join(wanted)} read as {' / '.join(found)}")
    print(f"{n_wrong} characters wrong on {len(rows)} pages")


def edits(text, other):
    """Count the characters to change, add or leave out (Levenshtein's distance)."""
    distances = list(range(len(other) + 1))
    for i, character in enumerate(text, 1):
        before, distances[0] = distances[0], i
        for j, of_other in enumerate(other, 1):
            before, distances[j] = (
                distances[j],
                min(distances[j] + 1, distances[j - 1] + 1, before + (character != of_other)),
            )
    return distances[-1]


if __name__ == "__main__":
    main()
