"""How well a trained network tells digits from what is no digit.

    skmnist train --model cnn --data mnist --output digits.skmnist
    python examples/benchmarks/novelty.py digits.skmnist FOLDER

FOLDER holds npz files of images that are no digits, of the size of the network's, light on dark.
Noise, blank paper, checker boards and lines are drawn here, all in the range of bytes. Digits are
the test images of MNIST, which neither network nor threshold have seen. Columns: the area under
the ROC curve; the share that is refused where 1 % of these digits are lost; the share that
`predict --reject` refuses, with the threshold of the model file.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from sklearn.metrics import roc_auc_score

from skmnist import load
from skmnist.datasets import fetch_mnist, load_file

N_DRAWN = 1_000


def drawn(shape: tuple[int, int], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Draw images that are no digits, (n, height, width), uint8."""
    size = (N_DRAWN, *shape)
    greys = np.arange(0, 256, 5, dtype=np.uint8)
    gaussian = np.clip(rng.normal(128, 60, size), 0, 255)
    return {
        "uniform noise": rng.integers(0, 256, size, dtype=np.uint8),
        "Gaussian noise": gaussian.astype(np.uint8),
        "blank paper": np.broadcast_to(greys[:, None, None], (len(greys), *shape)),
        "checker boards": np.stack([checker_board(shape, rng) for _ in range(N_DRAWN)]),
        "lines": np.stack([lines(shape, rng) for _ in range(N_DRAWN)]),
    }


def checker_board(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Draw squares of 1 to 7 pixels of one grey."""
    side, grey = rng.integers(1, 8), rng.integers(80, 256)
    row, column = (np.arange(n) + rng.integers(8) for n in shape)
    return ((row[:, None] // side + column // side) % 2 * grey).astype(np.uint8)


def lines(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Draw two to seven straight lines, one to three pixels wide."""
    height, width = shape
    picture = Image.new("L", (4 * width, 4 * height))
    for _ in range(rng.integers(2, 8)):
        ends = rng.integers(0, [4 * width, 4 * height], (2, 2))
        ImageDraw.Draw(picture).line(ends.ravel().tolist(), 255, int(rng.integers(4, 13)))
    return np.asarray(picture.resize((width, height), Image.Resampling.BOX))


def table(rejecting, digits: np.ndarray, others: dict[str, np.ndarray]) -> list[str]:
    """Return the rows of the table, for images as the model takes them."""
    known = rejecting.score_samples(digits)
    rows = [
        "| images | number | AUROC | refused at 1 % lost, % | refused by --reject, % |",
        "|---|---|---|---|---|",
        f"| digits | {len(digits):,} | – | 1.0 | {100 * np.mean(known < rejecting.offset_):.2f} |",
    ]
    for name, images in others.items():
        scores = rejecting.score_samples(images)
        is_digit = np.repeat([True, False], [len(known), len(scores)])
        area = roc_auc_score(is_digit, np.concatenate([known, scores]))
        at_1 = 100 * np.mean(scores < np.quantile(known, 0.01))
        refused = 100 * np.mean(scores < rejecting.offset_)
        rows.append(f"| {name} | {len(scores):,} | {area:.4f} | {at_1:.1f} | {refused:.1f} |")
    return rows


def main() -> None:
    """Print the table of one model."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path, help="file of `skmnist train` on MNIST")
    parser.add_argument("folder", type=Path, nargs="?", help="folder of npz files")
    args = parser.parse_args()
    digits = fetch_mnist(subset="test").images
    shape = digits.shape[1:]
    others = {}
    for path in sorted(args.folder.glob("*.npz")) if args.folder else []:
        images = load_file(path).images
        if images.shape[1:] == shape:
            others[path.stem] = images
        else:
            print(f"{path.name} is left out: images of shape {images.shape[1:]}, not {shape}")
    others |= drawn(shape, np.random.default_rng(0))
    print(*table(load(args.model, rejecting=True), digits, others), sep="\n")


if __name__ == "__main__":
    main()
