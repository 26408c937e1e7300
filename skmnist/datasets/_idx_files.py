"""Images in IDX files and the labels beside them, found by the names they are published with."""

import re
from pathlib import Path

from .._streams import PICTURES
from ._idx import read_idx
from ._parts import Part
from ._streams import opened, unpacked

# train-images-idx3-ubyte.gz, t10k-images.idx3-ubyte, emnist-letters-test-images-idx3-ubyte
_IMAGES = re.compile(r"(?i)(.*?)(train|t10k|test)[-_.].*images?[-.]idx[34][-.]ubyte(?:\.gz)?")


def is_idx(path: Path) -> bool:
    """Tell by its first bytes, unpacked, whether a file is in the IDX format."""
    try:
        with opened(path, max_bytes=0) as file, unpacked(file) as (stream, _):
            magic = stream.read(4)
    except ValueError:
        return False
    return len(magic) == 4 and magic[:2] == b"\0\0" and magic[2] >= 8 and 1 <= magic[3] <= 4


def read_pair(path: Path) -> Part:
    """Read an IDX file of images, and the file of their labels beside it if there is one."""
    X = read_idx(path)
    if X.ndim < 3:
        remedy = "read it with skmnist.datasets.read_idx"
        head, label, tail = path.name.rpartition("label")
        if X.ndim == 1 and label:
            images = f"{head}image{re.sub(r'idx[12]-(ubyte|int)', 'idx3-ubyte', tail)}"
            remedy = f"give that of the images, {images}, and its labels are read as well"
        raise ValueError(
            f"{path}: an IDX file of shape {X.shape}, expected images of shape (n, height, "
            f"width): {remedy}"
        )
    head, image, tail = _stem(path.name).rpartition("image")
    found = [
        other
        for other in sorted(path.parent.iterdir())
        if image and _stem(other.name) == f"{head}label{tail}" and other.is_file()
    ]
    if not found:
        return Part(path.name, X)
    labels = min(found, key=lambda other: other.suffix != path.suffix)
    return Part(path.name, X, labels.name, read_idx(labels))


def _stem(name: str) -> str:
    """Return a name in lower case, without the endings of IDX and gzip files."""
    return re.sub(r"([-.]idx\d-(ubyte|int|byte))?(\.gz)?$", "", name.lower())


def read_folder(folder: Path) -> dict[str, Part]:
    """Read the images for training and those for testing that are in a folder."""
    sets: dict[str, dict[str, Path]] = {}
    # Sorted: of a file and its packed copy, the file is read.
    for path in sorted(folder.iterdir()):
        match = _IMAGES.fullmatch(path.name)
        if match and path.is_file():
            part = "train" if match[2].lower() == "train" else "test"
            sets.setdefault(match[1].strip("-_."), {}).setdefault(part, path)
    if not sets:
        files = (path for depth in ("*", "*/*", "*/*/*") for path in folder.glob(depth))
        has_pictures = any(path.suffix.lower() in PICTURES for path in files)
        if has_pictures and not any("ubyte" in path.name for path in folder.iterdir()):
            raise ValueError(
                f"{folder} is a folder of pictures, expected a file of images: read each with "
                "skmnist.datasets.read_picture and write np.savez('file.npz', X=images, "
                "y=labels), as the guide does under 'Your own pictures', 'Training on pictures'"
            )
        raise ValueError(
            f"{folder} is a folder without IDX files, expected train-images-idx3-ubyte, "
            "train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, plain or "
            ".gz; for another file give its own path"
        )
    if len(sets) > 1:
        raise ValueError(
            f"{folder} has IDX files of several sets ({', '.join(sorted(sets))}), expected one: "
            "put the four files of one set into a folder of their own, or give the path of one "
            "file of images"
        )
    (found,) = sets.values()
    parts = {part: read_pair(path) for part, path in found.items()}
    return {"": next(iter(parts.values()))} if len(parts) == 1 else parts
