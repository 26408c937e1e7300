"""make_image_classifier: settings of the CNN that were tried on many sets of images, by name."""

from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import VotingClassifier
from sklearn.utils import check_random_state

from ._classifiers import KerasCNNClassifier

_ACCURATE: dict[str, Any] = {
    "filters": (32, 64, 96),
    "kernel_size": (5, 3, 3),
    "pool_size": (2, 2, 1),
    "batch_norm": True,
    "dropout": 0.3,
    "epochs": "long",
    "augmenter": "auto",
}
RECIPES: dict[str, dict[str, Any]] = {"fast": {}, "accurate": _ACCURATE, "best": _ACCURATE}
_N_VOTES = 5


def make_image_classifier(
    recipe: str = "accurate", *, random_state: Any = None, **parameters: Any
) -> KerasCNNClassifier | VotingClassifier:
    """Make a convolutional classifier that suits small images of any kind.

    Parameters
    ----------
    recipe : {'fast', 'accurate', 'best'}, default='accurate'
        ``'fast'`` is :class:`KerasCNNClassifier` as it comes. ``'accurate'`` has three wide
        convolutions, normalised, with dropout, trains three times as many epochs, and distorts
        the training images if that helps on held-out ones (``augmenter="auto"``); it takes ten
        to twenty times as long. ``'best'`` is the vote of five accurate ones, by the mean of
        their probabilities; it can be pickled, but not kept by :func:`save`.
    random_state : int, RandomState instance or None, default=None
        Decides everything random; the members of a vote get seeds drawn from it.
    **parameters : object
        Parameters of :class:`KerasCNNClassifier` that differ from those of the recipe.

    Returns
    -------
    classifier : KerasCNNClassifier or sklearn.ensemble.VotingClassifier
        Unfitted. All settings are plain parameters, which `get_params` shows, `set_params`
        changes and searches go through.

    Raises
    ------
    ValueError
        If there is no such recipe.

    See Also
    --------
    skmnist.model_selection.search_space : Parameters worth searching.

    Examples
    --------
    >>> from skmnist import make_image_classifier
    >>> make_image_classifier("fast", random_state=0)
    KerasCNNClassifier(random_state=0)
    >>> make_image_classifier("accurate").get_params()["epochs"]
    'long'
    >>> [name for name, _ in make_image_classifier("best").estimators]
    ['cnn1', 'cnn2', 'cnn3', 'cnn4', 'cnn5']
    """
    if recipe not in RECIPES:
        raise ValueError(f"recipe={recipe!r} was given, but there are: {', '.join(RECIPES)}.")
    settings = {**RECIPES[recipe], **parameters}
    if recipe != "best":
        return KerasCNNClassifier(**settings, random_state=random_state)
    seeds: list[Any] = [None] * _N_VOTES
    if random_state is not None:
        draws = check_random_state(random_state).randint(np.iinfo(np.int32).max, size=_N_VOTES)
        seeds = draws.tolist()
    members = [
        (f"cnn{i}", clone(KerasCNNClassifier(**settings, random_state=seed)))
        for i, seed in enumerate(seeds, 1)
    ]
    return VotingClassifier(members, voting="soft")
