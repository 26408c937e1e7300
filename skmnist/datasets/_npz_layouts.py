"""Which arrays of an npz archive are images, which labels, and of which part."""

import re
from typing import NoReturn

import numpy as np

from ._parts import Part

# One spelling of each; the key of an array may have any of them.
_PARTS = {
    **dict.fromkeys(("train", "training", "tr"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "val"),
    **dict.fromkeys(("test", "testing", "te"), "test"),
}
_IMAGES = r"x|xs|data|dataset|images?|imgs?|pictures?|features|pixels|inputs?"
_LABELS = r"y|ys|targets?|labels?|class(?:es)?|categor(?:y|ies)"
_PART = "|".join(_PARTS)
_KEY = re.compile(
    rf"(?:(?P<before>{_PART})_?)?(?:(?P<images>{_IMAGES})|(?P<labels>{_LABELS}))"
    rf"(?:_?(?P<after>{_PART}))?"
)
# Arrays that describe the others, and are passed over.
_ABOUT = re.compile(r"(target|class|label|feature)_?names|descr|description")

_REMEDY = "write np.savez('file.npz', X=images, y=labels)"
_LAYOUTS = (
    "x_train, y_train, x_test, y_test; train_images, train_labels, test_images, test_labels; "
    "X, y; data, target; images, labels"
)


def parts_of(file: str, arrays: dict[str, np.ndarray]) -> dict[str, Part]:
    """Tell images and labels by their keys.

    Parameters
    ----------
    file : str
        Name of the archive, for messages.
    arrays : dict of str to ndarray
        What it holds.

    Returns
    -------
    parts : dict of str to Part
        By "train", "val" and "test"; or the only one by "".

    Raises
    ------
    ValueError
        If an array is not known, or two of them could be meant.
    """
    keys: dict[tuple[str, str], str] = {}
    unknown = []
    for key in arrays:
        spelt = re.sub(r"[-. ]", "_", key.casefold())
        match = _KEY.fullmatch(spelt)
        if match is None or (match["before"] and match["after"]):
            if not _ABOUT.fullmatch(spelt):
                unknown.append(key)
            continue
        part = _PARTS.get(match["before"] or match["after"], "")
        place = (part, "images" if match["images"] else "labels")
        if place in keys:
            raise ValueError(
                f"{file}: {keys[place]} and {key} could both be the {place[1]}, expected one: "
                f"leave the other out, {_REMEDY}"
            )
        keys[place] = key
    if unknown or not any(role == "images" for _, role in keys):
        _refuse(file, arrays, [*keys.values()], unknown)
    parts = {part: None for part, _ in keys}
    if "" in parts and len(parts) > 1:
        if "train" in parts:
            names = [keys[place] for place in keys if not place[0]]
            raise ValueError(
                f"{file}: {', '.join(names)} beside {', '.join(map(str, keys.values()))}: it is "
                f"not clear which part they are: call the parts {_LAYOUTS.partition(';')[0]}"
            )
        # X, y, X_test, y_test
        keys = {(part or "train", role): key for (part, role), key in keys.items()}
    found = {}
    for part in dict.fromkeys(part for part, _ in keys):
        X_key, y_key = keys.get((part, "images")), keys.get((part, "labels"))
        if X_key is None:
            raise ValueError(f"{file}: {y_key} holds labels, but no array their images: {_REMEDY}")
        found[part] = Part(X_key, arrays[X_key], y_key, None if y_key is None else arrays[y_key])
    return found


def _refuse(
    file: str, arrays: dict[str, np.ndarray], known: list[str], unknown: list[str]
) -> NoReturn:
    if known and unknown:
        raise ValueError(
            f"{file}: {', '.join(map(repr, unknown))} beside {', '.join(known)} is neither images "
            f"nor labels by its name: leave it out, or if it is one of them {_REMEDY}"
        )
    why = "; arr_0 is what np.savez calls an array without a name" if "arr_0" in arrays else ""
    raise ValueError(
        f"{file}: arrays {sorted(arrays)}, expected one of: {_LAYOUTS}{why}: {_REMEDY}"
    )
