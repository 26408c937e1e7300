"""Which arrays of an npz archive are images, which labels, and of which part."""

import re

import numpy as np

from ._parts import AS_ARRAYS, Part

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
    rf"(?:(?P<before>{_PART})_?)?(?:(?P<images>{_IMAGES})|(?:{_LABELS}))(?:_?(?P<after>{_PART}))?"
)
# Arrays that describe the others, and are passed over.
_ABOUT = re.compile(r"(target|class|label|feature)_?names|descr|description")
_LAYOUTS = (
    "x_train, y_train, x_test, y_test; train_images, train_labels, test_images, test_labels; "
    "X, y; data, target; images, labels"
)


def parts_of(arrays: dict[str, np.ndarray]) -> dict[str, Part]:
    """Tell images and labels by their keys: by "train" or "" (no part named), "val" and "test"."""
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
                f"{keys[place]} and {key} could both be the {place[1]}, expected one: leave the "
                f"other out, {AS_ARRAYS}"
            )
        keys[place] = key
    if unknown and keys:
        raise ValueError(
            f"{', '.join(map(repr, unknown))} beside {', '.join(keys.values())} is neither "
            f"images nor labels by its name: leave it out, or if it is one of them {AS_ARRAYS}"
        )
    if not any(role == "images" for _, role in keys):
        why = "; arr_0 is what np.savez calls an array without a name" if "arr_0" in arrays else ""
        raise ValueError(f"arrays {sorted(arrays)}, expected one of: {_LAYOUTS}{why}: {AS_ARRAYS}")
    parts = {part for part, _ in keys}
    if {"", "train"} <= parts:
        names = [key for (part, _), key in keys.items() if not part]
        raise ValueError(
            f"{', '.join(names)} beside {', '.join(keys.values())}: it is not clear which part "
            f"they are: call the parts {_LAYOUTS.partition(';')[0]}"
        )
    found = {}
    for part in dict.fromkeys(part for part, _ in keys):  # "" and "test": X, y, X_test, y_test
        X_key, y_key = keys.get((part, "images")), keys.get((part, "labels"))
        if X_key is None:
            raise ValueError(f"{y_key} holds labels, but no array their images: {AS_ARRAYS}")
        found[part] = Part(X_key, arrays[X_key], y_key, None if y_key is None else arrays[y_key])
    return found
