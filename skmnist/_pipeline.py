"""make_digit_pipeline: from images to labels, with any scikit-learn classifier."""

from typing import Any

import sklearn
from sklearn.base import BaseEstimator, ClassifierMixin, clone, is_classifier
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline

from ._classifiers import works_on_images
from ._images import checked_image_shape
from ._preprocessing import ImageDeskewer, ImageFlattener, PixelScaler


def make_digit_pipeline(
    classifier: BaseEstimator,
    *,
    image_shape: tuple[int, ...] | None = None,
    pixel_range: str | tuple[float, float] = "auto",
    deskew: bool = False,
    n_components: int | float | str | None = None,
    memory: Any = None,
    transform_input: list[str] | None = None,
) -> Pipeline:
    """Put flattening, scaling and, where asked for, deskewing and PCA before a classifier.

    The steps are ``flatten`` (:class:`ImageFlattener`), ``deskew`` (:class:`ImageDeskewer`,
    only with ``deskew=True``), ``scale`` (:class:`PixelScaler`), ``pca``
    (:class:`~sklearn.decomposition.PCA`, only with `n_components`) and ``classify``. Images
    come in as a stack or as flat rows; from the first step on everything is 2-D, so any
    scikit-learn classifier can stand at the end.

    Parameters
    ----------
    classifier : classifier instance
        Any scikit-learn classifier. The pipeline gets a clone; the object given stays as
        it is.
    image_shape : tuple (height, width) or (height, width, n_channels) of int, default=None
        Shape of an image in a flat row. It is set in the flattener, which refuses a stack of
        other images, in the deskewer, and in a classifier with a parameter of this name, such as
        :class:`KerasCNNClassifier`, or those inside it (of a voting, a search). None leaves the
        classifier's own setting.
    pixel_range : "auto" or tuple (low, high) of float, default="auto"
        The pixel values that become 0 and 1, see :class:`PixelScaler`.
    deskew : bool, default=False
        Whether to set slanted images upright first, see :class:`ImageDeskewer`.
    n_components : int, float, "mle" or None, default=None
        Principal components to keep; a float between 0 and 1 is the share of variance to
        keep, see :class:`~sklearn.decomposition.PCA`. None leaves PCA out.
    memory : str, object with the joblib.Memory interface or None, default=None
        Where fitted transformers are cached, see :class:`~sklearn.pipeline.Pipeline`.
    transform_input : list of str or None, default=None
        Arguments of ``fit`` besides `X` that go through the transformers too, such as
        ``["X_val"]``, see :class:`~sklearn.pipeline.Pipeline`. It needs
        ``sklearn.set_config(enable_metadata_routing=True)`` and
        ``classifier.set_fit_request(X_val=True, y_val=True)``.

    Returns
    -------
    pipeline : sklearn.pipeline.Pipeline
        The unfitted pipeline.

    Raises
    ------
    TypeError
        If `classifier` is not an instance of a classifier.
    ValueError
        If `image_shape` is not a tuple of two or three positive integers, or if
        `n_components` is given to a classifier that works on images: a convolutional one,
        or one with an `augmenter` or a `test_shift`.

    See Also
    --------
    ImageFlattener : The first step.
    PixelScaler : The second step.

    Notes
    -----
    The classifier sees flat rows, which remember the shape of a stack's images. Where images
    enter as flat rows, a classifier of images takes a square number of pixels for a square grey
    image: give `image_shape` for others. Flat rows run by rows, then columns, then channels;
    images whose channels come first, as in CIFAR-10's files, need ``X.reshape(-1, 3, 32, 32)``
    and ``np.moveaxis(X, 1, -1)``.

    Where PCA takes its randomised solver (fewer than ten images per pixel), it is seeded
    with 0, so that refits agree; change it with ``set_params(pca__random_state=...)``.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.svm import SVC
    >>> from skmnist import make_digit_pipeline
    >>> digits = load_digits()
    >>> pipeline = make_digit_pipeline(SVC(), n_components=30)
    >>> list(pipeline.named_steps)
    ['flatten', 'scale', 'pca', 'classify']
    >>> _ = pipeline.fit(digits.images[:1500], digits.target[:1500])
    >>> pipeline.score(digits.images[1500:], digits.target[1500:]) > 0.9
    True
    """
    _check_classifier(classifier)
    callbacks = getattr(classifier, "keras_callbacks", None)
    classifier = clone(classifier)
    if callbacks is not None:
        classifier.set_params(keras_callbacks=callbacks)  # the user's instances get their state
    # The classifier, or those inside it, that have a parameter `image_shape`, by its name.
    parameters = {"": classifier, **classifier.get_params()}
    names = [name for name in parameters if name.rpartition("__")[2] == "image_shape"]
    networks = [parameters[name.rpartition("__")[0]] for name in names]
    if n_components is not None and any(map(works_on_images, networks)):
        raise ValueError(
            f"n_components={n_components!r} can't go before {type(classifier).__name__}, which "
            "works on images: principal components are not pixels and have no neighbours. "
            "Leave n_components out, or use a classifier of flat rows, such as "
            "KerasMLPClassifier without augmenter and test_shift."
        )
    shape = None
    if image_shape is not None:
        shape = checked_image_shape(image_shape)
        if n_components is None:
            classifier.set_params(**dict.fromkeys(names, shape))
    steps = [("flatten", ImageFlattener(image_shape=shape))]
    if deskew:
        steps.append(("deskew", ImageDeskewer(image_shape=shape)))
    steps.append(("scale", PixelScaler(pixel_range=pixel_range)))
    if n_components is not None:
        # An int: the randomised solver would otherwise draw on NumPy's global generator.
        steps.append(("pca", PCA(n_components, random_state=0)))
    steps.append(("classify", classifier))
    return Pipeline(steps, memory=memory, transform_input=transform_input)


def _check_classifier(classifier: Any) -> None:
    if isinstance(classifier, type):
        raise TypeError(
            f"classifier must be an instance, got the class {classifier.__name__}: "
            f"write {classifier.__name__}()."
        )
    if hasattr(classifier, "__sklearn_tags__") and is_classifier(classifier):
        return
    name = type(classifier).__name__
    has_methods = hasattr(classifier, "fit") and hasattr(classifier, "predict")
    if isinstance(classifier, ClassifierMixin) or (
        has_methods and not isinstance(classifier, BaseEstimator)
    ):
        raise TypeError(
            f"{name} is no classifier to scikit-learn {sklearn.__version__}: it must inherit "
            f"first from ClassifierMixin and then from BaseEstimator, class "
            f"{name}(ClassifierMixin, BaseEstimator). Got {classifier!r}."
        )
    raise TypeError(
        f"classifier must be a scikit-learn classifier such as SVC(), got {classifier!r}. "
        "For any other last step write sklearn.pipeline.make_pipeline(ImageFlattener(), "
        "PixelScaler(), ...)."
    )
