"""Images in IDX files and the labels beside them, found by the names they are published with."""

import re
from pathlib import Path

from ._gzip import unpacked
from ._idx import read_idx
from ._parts import Part
from ._streams import opened

# train-images-idx3-ubyte.gz, t10k-images.idx3-ubyte, emnist-letters-test-images-idx3-ubyte
_PART = re.compile(r"(?i)(.*?)(train|t10k|test)([-_.].*)")
_ENDINGS = ("idx1-ubyte", "idx2-int")  # the second one of QMNIST


def is_idx(path: Path) -> bool:
    """Tell by its first bytes, unpacked, whether a file is in the IDX format."""
    try:
        with opened(path, max_bytes=0) as file, unpacked(file, str(path)) as (stream, _):
            magic = stream.read(4)
    except ValueError:
        return False
    return len(magic) == 4 and magic[:2] == b"\0\0" and magic[2] >= 8 and 1 <= magic[3] <= 4


def read_pair(path: Path) -> Part:
    """Read an IDX file of images, and the file of their labels beside it if there is one.

    Raises
    ------
    OSError
        If a file cannot be opened.
    ValueError
        If it is damaged, or holds no images.
    """
    X = read_idx(path)
    if X.ndim < 3:
        images = _other_name(path.name, "label", "image")
        raise ValueError(
            f"{path}: an IDX file of shape {X.shape}, expected images of shape (n, height, "
            "width): "
            + (
                f"give that of the images, {images}, and its labels are read as well"
                if images and X.ndim == 1
                else "read it with skmnist.datasets.read_idx"
            )
        )
    labels = next((other for other in labels_beside(path) if other.is_file()), None)
    if labels is None:
        return Part(path.name, X)
    return Part(path.name, X, labels.name, read_idx(labels))


def labels_beside(path: Path) -> list[Path]:
    """Return where the labels of a file of images may be, the likeliest place first."""
    name = _other_name(path.name, "image", "label")
    if name is None:
        return []
    stem, is_packed = re.subn(r"(?i)\.gz$", "", name)
    packings = (".gz", "") if is_packed else ("", ".gz")
    head = re.match(r"(?i)(.*?)([-.])idx\d+-(?:ubyte|int|byte)$", stem)
    if head is None:
        stems = [stem]
    else:
        separators = dict.fromkeys((head[2], "-", "."))
        stems = [head[1] + between + end for end in _ENDINGS for between in separators]
    return [path.with_name(stem + packing) for stem in stems for packing in packings]


def _other_name(name: str, old: str, new: str) -> str | None:
    """Return a name with label for image, or the other way round; None if it has neither."""
    start = name.lower().rfind(old)
    if start < 0:
        return None
    end = name[start + len(old) :]
    if new == "image":
        end = re.sub(r"(?i)idx[12]-(ubyte|int)", "idx3-ubyte", end)
    return name[:start] + (new.upper() if name[start:].startswith(old.upper()) else new) + end


def read_folder(folder: Path) -> dict[str, Part]:
    """Read the images for training and those for testing that are in a folder.

    Raises
    ------
    OSError
        If the folder or a file cannot be read.
    ValueError
        If there are no such files, or those of several sets.
    """
    sets: dict[str, dict[str, Path]] = {}
    for path in sorted(folder.iterdir()):
        name = re.sub(r"(?i)\.gz$", "", path.name)
        match = _PART.fullmatch(name)
        if not match or not re.search(r"(?i)images?[-.]idx[34][-.]ubyte$", name):
            continue
        if path.is_file():
            part = "train" if match[2].lower() == "train" else "test"
            # Sorted: of a file and its packed copy, the file is read.
            sets.setdefault(match[1].strip("-_."), {}).setdefault(part, path)
    if not sets:
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
