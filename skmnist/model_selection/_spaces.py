"""Parameters worth searching, with values that were tried on many sets of images."""

import copy
from typing import Any

from scipy.stats import loguniform

from .._augmentation import GENTLE, RandomDistortion
from .._classifiers import KerasCNNClassifier, KerasMLPClassifier
from ._candidates import last_step

_GENTLE = RandomDistortion(**GENTLE)
_SPACES: dict[type, dict[str, dict[str, Any]]] = {
    KerasCNNClassifier: {
        "grid": {
            "dropout": [0.0, 0.5],
            "batch_norm": [False, True],
            "augmenter": [None, _GENTLE],
        },
        "distributions": {
            "learning_rate": loguniform(0.002, 0.02),
            "filters": [(16, 32), (32, 64), (32, 64, 96)],
            "kernel_size": [3, 5],
            "pool_size": [2],  # for any number of convolutions
            "hidden_layer_sizes": [(128,), (256,)],
            "dropout": [0.0, 0.3, 0.5],
            "batch_norm": [False, True],
            "augmenter": [None, _GENTLE, RandomDistortion()],
            "epochs": ["auto", "long"],
        },
    },
    KerasMLPClassifier: {
        "grid": {
            "hidden_layer_sizes": [(128,), (512,)],
            "dropout": [0.0, 0.3],
            "learning_rate": [0.002, 0.005],
        },
        "distributions": {
            "learning_rate": loguniform(0.001, 0.02),
            "hidden_layer_sizes": [(128,), (256,), (512,), (256, 256)],
            "dropout": [0.0, 0.2, 0.5],
            "alpha": loguniform(1e-5, 10.0),
            "batch_norm": [False, True],
            "epochs": ["auto", "long"],
        },
    },
}


def search_space(estimator: Any, kind: str = "distributions") -> dict[str, Any]:
    """Return parameters of a classifier worth searching, with values for each.

    Parameters
    ----------
    estimator : KerasCNNClassifier, KerasMLPClassifier or Pipeline
        A classifier, or a pipeline that ends in one: names then begin with its step's.
    kind : {'distributions', 'grid'}, default='distributions'
        ``'grid'`` is a list of values for each of three parameters, eight combinations in all, for
        :class:`~sklearn.model_selection.GridSearchCV` and :class:`HalvingEpochsSearchCV` (which
        wants a number of epochs).
        ``'distributions'`` has more parameters, with lists and continuous distributions, for
        :class:`~sklearn.model_selection.RandomizedSearchCV`,
        :class:`~sklearn.model_selection.HalvingRandomSearchCV` and Optuna
        (:func:`suggest_parameters`).

    Returns
    -------
    space : dict of str to list or scipy.stats distribution
        A new one each time, to change as you like.

    Raises
    ------
    TypeError
        If the classifier is none of the two.
    ValueError
        If there is no such kind.

    See Also
    --------
    skmnist.make_image_classifier : Settings that need no search.

    Examples
    --------
    >>> from skmnist import KerasMLPClassifier, make_digit_pipeline
    >>> from skmnist.model_selection import search_space
    >>> sorted(search_space(KerasMLPClassifier(), "grid"))
    ['dropout', 'hidden_layer_sizes', 'learning_rate']
    >>> sorted(search_space(make_digit_pipeline(KerasMLPClassifier()), "grid"))[0]
    'classify__dropout'
    """
    step, classifier = last_step(estimator)
    spaces = _SPACES.get(type(classifier))
    if spaces is None:
        raise TypeError(
            f"estimator={estimator!r} was given, expected KerasCNNClassifier, KerasMLPClassifier, "
            "or a pipeline that ends in one."
        )
    if kind not in spaces:
        raise ValueError(f"kind={kind!r} was given, expected {' or '.join(map(repr, spaces))}.")
    prefix = f"{step}__" if step else ""
    return {f"{prefix}{name}": copy.deepcopy(values) for name, values in spaces[kind].items()}


def suggest_parameters(trial: Any, space: dict[str, Any]) -> dict[str, Any]:
    """Draw parameters by a trial of Optuna.

    Parameters
    ----------
    trial : optuna.trial.Trial
        Draws categories by their number in the list, so that any object can be one.
    space : dict of str to list or scipy.stats distribution
        As :func:`search_space` returns it; distributions are `loguniform`.

    Returns
    -------
    parameters : dict of str to object
        For ``estimator.set_params(**parameters)``.

    Examples
    --------
    >>> from skmnist.model_selection import suggest_parameters
    >>> class Trial:  # in place of one of Optuna's
    ...     def suggest_categorical(self, name, choices):
    ...         return choices[-1]
    >>> suggest_parameters(Trial(), {"filters": [(16, 32), (32, 64)]})
    {'filters': (32, 64)}
    """
    parameters = {}
    for name, values in space.items():
        if isinstance(values, list):
            parameters[name] = values[trial.suggest_categorical(name, list(range(len(values))))]
        else:
            low, high = values.support()
            parameters[name] = trial.suggest_float(name, low, high, log=True)
    return parameters
