"""The classifiers that are compared unless others are given: ours and classical ones."""

import math
import warnings
from collections.abc import Collection
from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC

from .._classifiers import KerasCNNClassifier, KerasMLPClassifier
from .._images import split_images
from .._pipeline import make_digit_pipeline
from .._recipes import make_image_classifier

_SLOW = ("boosting", "cnn-accurate", "cnn-best")
_BATCH_SIZE = 128
# Of MLPClassifier: ten epochs suit 60,000 images, fewer images need more of them.
_FEWEST_EPOCHS, _FEWEST_STEPS = 10, 4_500


class _FixedEpochsMLP(MLPClassifier):
    """MLPClassifier without the warning that all its epochs, which are chosen here, were used."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return super().fit(X, y, sample_weight)


def default_classifiers(
    X: Any, *, names: Collection[str] | None = None, random_state: Any = None
) -> dict[str, ClassifierMixin]:
    """Make the two Keras classifiers and classical baselines, unfitted.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features) or images of shape \
            (n_samples, height, width[, n_channels])
        The images to train on. Only their number and shape are read: few or small images
        leave room for fewer principal components and ask for more epochs.
    names : collection of str, default=None
        Which to make, in this order. None means all but ``cnn-accurate``, ``cnn-best`` and
        ``boosting``, which train for minutes on 60,000 images.
    random_state : int, RandomState instance or None, default=None
        Handed to every classifier that takes one.

    Returns
    -------
    classifiers : dict of str to classifier
        ``cnn`` and ``mlp`` are :class:`~skmnist.KerasCNNClassifier` and
        :class:`~skmnist.KerasMLPClassifier` as they come, ``cnn-accurate`` and ``cnn-best``
        those of :func:`~skmnist.make_image_classifier`. The others scale the pixels first
        (:func:`~skmnist.make_digit_pipeline`): ``svc`` is a support vector machine behind 50
        principal components, ``forest`` a random forest, ``knn`` the three nearest
        neighbours behind 40 principal components, ``logistic`` a logistic regression,
        ``sklearn-mlp`` scikit-learn's dense network and ``boosting`` its gradient boosting
        of trees.

    Raises
    ------
    ValueError
        If one of `names` is unknown.

    See Also
    --------
    compare_classifiers : Trains and measures them.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmnist.comparison import default_classifiers
    >>> list(default_classifiers(load_digits().images))
    ['cnn', 'mlp', 'svc', 'forest', 'knn', 'logistic', 'sklearn-mlp']
    """
    n_samples, n_features = np.shape(split_images(X)[0])

    def behind_pca(classifier: ClassifierMixin, n_components: int) -> Pipeline:
        n_components = min(n_components, n_features, n_samples)
        pipeline = make_digit_pipeline(classifier, n_components=n_components)
        return pipeline.set_params(pca__random_state=random_state)

    n_steps = math.ceil(n_samples / _BATCH_SIZE)
    classifiers = {
        "cnn": KerasCNNClassifier(random_state=random_state),
        "mlp": KerasMLPClassifier(random_state=random_state),
        # gamma="scale" fits the number and spread of the components to any pixels.
        "svc": behind_pca(SVC(C=10, gamma="scale"), 50),
        "forest": make_digit_pipeline(
            RandomForestClassifier(100, n_jobs=-1, random_state=random_state)
        ),
        "knn": behind_pca(KNeighborsClassifier(3, n_jobs=-1), 40),
        # Ten times the default tolerance: on MNIST that saves most of the iterations.
        "logistic": make_digit_pipeline(
            LogisticRegression(tol=1e-3, max_iter=1000, random_state=random_state)
        ),
        "sklearn-mlp": make_digit_pipeline(
            _FixedEpochsMLP(
                (128,),
                batch_size=min(_BATCH_SIZE, n_samples),
                max_iter=max(_FEWEST_EPOCHS, math.ceil(_FEWEST_STEPS / n_steps)),
                random_state=random_state,
            )
        ),
        "boosting": make_digit_pipeline(
            # Its own early stopping would hold a tenth of the images back.
            HistGradientBoostingClassifier(early_stopping=False, random_state=random_state)
        ),
        "cnn-accurate": make_image_classifier("accurate", random_state=random_state),
        "cnn-best": make_image_classifier("best", random_state=random_state),
    }
    if names is None:
        names = [name for name in classifiers if name not in _SLOW]
    unknown = [name for name in names if name not in classifiers]
    if unknown:
        raise ValueError(f"names={names!r}: {unknown[0]!r} is none of {', '.join(classifiers)}.")
    return {name: classifiers[name] for name in names}
