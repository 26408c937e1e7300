"""Networks of the user's own."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ._base import KerasClassifierBase
from ._parameters import TRAINING_CONSTRAINTS
from ._plan import AutoSettings

if TYPE_CHECKING:
    import keras


class KerasNetworkClassifier(KerasClassifierBase):
    """Any network of Keras as a classifier of scikit-learn.

    Parameters
    ----------
    network : callable, NetworkRecipe or None, default=None
        A function ``(image_shape, n_classes, ...)`` that returns a new ``keras.Model`` of one
        input of shape ``image_shape = (height, width, n_channels)`` and one output of
        `n_classes` logits; see Notes. A :class:`NetworkRecipe` makes its further arguments
        parameters to search: ``network__width``. None means :func:`small_network`.
    image_shape : tuple of int or None, default=None
        (height, width) or (height, width, n_channels) of an image in a flat row. None means
        the shape of a stack's images, a square for a square number of columns, and one row
        of pixels, (1, n_features), for any other.
    alpha : float, default=0.0001
        Strength of the L2 penalty on the kernels, divided by the total weight of the
        training samples, as in :class:`sklearn.neural_network.MLPClassifier`.
    standardize : bool, default=True
        Whether pixels are brought to mean 0 and deviation 1, by one mean and one deviation
        over all training pixels: so pixels in 0..255, 0..16 and 0..1 train alike.
    optimizer : str, class or instance of keras.optimizers.Optimizer, default='adam'
        An instance is a recipe: each fit makes its own from the config.
    learning_rate : float or None, default=None
        Highest learning rate. None means 0.004 for ``optimizer='adam'``, and for all
        others what the optimizer itself has.
    schedule : {'constant', 'cosine', 'one_cycle'}, default='one_cycle'
        Learning rate from step to step: ``'one_cycle'`` rises from a tenth for a quarter of
        the steps, then falls to zero. An optimizer with a schedule of its own keeps that.
    label_smoothing : float, default=0.1
        Share of each target that is spread evenly over all classes in training [1]_, in
        [0, 1); see `logit_scale_`.
    calibrate : bool, default=True
        Whether `logit_scale_` is learned on samples that the network was not trained on,
        by temperature scaling [2]_: validation samples, if there are any; 1,000 of at least
        20,000 distinct samples, which are then left out of the training; of smaller sets a
        quarter, on which a second network is asked that trained on the rest, so that a fit
        takes twice as long. False, and sets of fewer than 100 distinct samples or of which fewer
        than 15 can be held out, leave a fixed factor; `partial_fit`, and `warm_start` without
        validation samples, the last one.
    epochs : int, 'auto' or 'long', default='auto'
        Number of passes over the training samples. ``'auto'`` means 3, and for small
        sets as many as make 1,000 optimizer steps, at most 100.
        ``'long'`` means three times as many. With `early_stopping`, either means at least twice
        `n_iter_no_change`.
    batch_size : int or 'auto', default='auto'
        Number of samples in an optimizer step. ``'auto'`` means 16 for fewer than 500
        distinct samples, 32 for fewer than 4,000, 64 for fewer than 16,000, else 128.
    class_weight : dict, 'balanced' or None, default=None
        Weights of the classes by label; 1 for those not named. ``'balanced'`` gives all
        classes the same total weight.
    augmenter : RandomDistortion, object with a method ``augment``, 'auto' or None, default=None
        Distorts the training images anew in every epoch, see :class:`RandomDistortion`. It
        pays over more epochs than ``epochs='auto'`` means. ``'auto'`` tries none, a gentle
        one and ``RandomDistortion()`` on a part of the training samples, 5,000 at most, and takes
        what has the lowest log loss on a quarter of these, held out; see `augmenter_`. Training
        that goes on keeps the choice; `partial_fit`, and sets too small to hold any out, have
        none.
    test_shift : int, default=0
        Predictions average the logits of the image shifted by up to this many pixels along
        both axes: 1 means nine images, and takes nine times as long.
    early_stopping : bool, default=False
        Whether training stops when the loss on validation samples, ``fit(X_val=...)`` or
        held out, has not fallen for `n_iter_no_change` epochs. The best weights are kept.
    validation_fraction : float, default=0.1
        Share of the training samples that early stopping holds out, stratified by class.
    n_iter_no_change : int, default=10
        Epochs without progress before early stopping.
    keras_callbacks : list of keras.callbacks.Callback, default=None
        Instances or classes. A fit leaves instances in the state that Keras would; what they
        hold (a trial, a list) is shared. They see standardized pixels, and may set the
        learning rate, which `schedule` then scales, but change nothing else of the network or
        the optimizer. Hooks on batches are slower.
    warm_start : bool, default=False
        Whether `fit` goes on from the last fit, for `epochs` more.
    jit_compile : {'auto'} or bool, default='auto'
        Whether XLA compiles the training steps; weights differ in the last bits. ``'auto'``
        means yes for dense layers without dropout, which become twice as fast, and no for
        all else, which may become many times slower on CPU, and where TensorFlow sees a GPU.
        A process that Linux lets map no more memory, after some 500 different networks, trains
        without XLA, and warns.
    verbose : bool or int, default=0
        Whether each epoch prints a line.
    random_state : int, RandomState instance or None, default=None
        Decides initial weights, order of samples, dropout and held-out samples; global
        generators are put back. An int gives the same bits on the same number of threads.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels; column numbers for one-hot targets.
    n_features_in_ : int
        Number of pixels (times channels) of one sample.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if `X` had any.
    image_shape_ : tuple of int
        Shape of one image: (height, width) or (height, width, n_channels).
    augmenter_ : object or None
        The augmenter in use: `augmenter`, or what ``'auto'`` chose.
    n_iter_ : int
        Number of epochs trained.
    history_ : dict of str to list of float
        ``loss``, ``accuracy`` and ``learning_rate`` of each epoch, and ``val_loss`` and
        ``val_accuracy`` with validation samples.
    loss_curve_ : list of float
        ``history_["loss"]``.
    validation_scores_ : list of float or None
        ``history_["val_accuracy"]``.
    weights_ : list of ndarray
        In the order and the dtypes of ``keras.Model.get_weights``.
    pixel_mean_, pixel_scale_ : float
        Pixels enter the network as ``(pixel - pixel_mean_) * pixel_scale_``.
    logit_scale_ : float
        ``predict_proba`` is the softmax of the logits times this number, an inverse
        temperature: learned (see `calibrate`), or what makes up for `label_smoothing`, so that
        samples fit exactly get the probabilities of a smoothing of 0.002.
    fitted_network_ : object
        All that was learned, as one value. The attributes above show parts of it; assigning
        to `weights_` replaces it. Its own fields are no interface.

    See Also
    --------
    NetworkRecipe : A function with arguments to search.
    KerasCNNClassifier : A convolutional network that is ready to use.
    KerasMLPClassifier : A dense network that is ready to use.

    Notes
    -----
    *Model.* The function returns a Sequential or functional model, or an instance of a
    subclass of ``keras.Model`` that can be called on images, with one logit for each class, of
    two classes as well. A softmax at the end is left out; a sigmoid, or another shape of
    outputs, is refused. ``compile`` in the function has no effect. Regularizers of layers are
    part of the loss, beside `alpha`. Layers set the precision (``dtype="mixed_bfloat16"``); a
    dtype policy set by ``keras.config`` doesn't reach them.

    *Arguments.* The model must depend on nothing else. Compiled programs are kept by the
    function and its arguments, so a search over learning rates, seeds and folds compiles
    once, and one over ``network__width`` once for each width. In worker processes that holds
    for functions of modules: one of a notebook or of the main script is another one in each task.

    *Start.* Each fit calls the function once more, in a thread of its own and under a seed of
    `random_state`, from which initial weights and random layers without a seed start; seeds and
    weights that the function sets itself are kept. Layers of your own need a
    ``keras.random.SeedGenerator`` each; Keras' global generator is refused. Python's and
    NumPy's global generators are seeded meanwhile: other threads that draw from them disturb
    the start, and are disturbed.

    *Features.* `transform` gives what enters the last layer that has weights, if only layers
    without weights follow it. Of other networks, and of those that are one subclass of
    ``keras.Model``, `transform` and `get_feature_names_out` raise a ValueError.

    *Files.* A pickle loads only where the function can be imported; lambdas and functions in
    functions can't be pickled, but travel to joblib's worker processes. :func:`save` and
    :func:`to_onnx` refuse: keep the pickle, or ``to_keras().save("network.keras")``.

    A fit depends on the weighted set of samples: equal samples are merged, and the order
    of the rows is of no importance.

    References
    ----------
    .. [1] C. Szegedy et al., "Rethinking the Inception Architecture for Computer Vision",
       CVPR 2016, section 7.
    .. [2] C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.model_selection import GridSearchCV, train_test_split
    >>> from skmnist import KerasNetworkClassifier, NetworkRecipe
    >>> digits = load_digits()
    >>> X_train, X_test, y_train, y_test = train_test_split(
    ...     digits.images, digits.target, random_state=0
    ... )
    >>> def convolutional(image_shape, n_classes, n_filters=16):
    ...     import keras
    ...
    ...     pixels = keras.Input(image_shape)
    ...     x = keras.layers.Conv2D(n_filters, 3, activation="relu")(pixels)
    ...     x = keras.layers.Dropout(0.2)(keras.layers.Flatten()(x))
    ...     return keras.Model(pixels, keras.layers.Dense(n_classes)(x))
    >>> classifier = KerasNetworkClassifier(NetworkRecipe(convolutional), random_state=0)
    >>> search = GridSearchCV(classifier, {"network__n_filters": [2, 16]}, cv=2)
    >>> search.fit(X_train, y_train).best_params_
    {'network__n_filters': 16}
    >>> bool(search.score(X_test, y_test) > 0.95)
    True
    """

    _parameter_constraints: dict = {**TRAINING_CONSTRAINTS, "network": [callable, None]}

    _auto = AutoSettings(epochs=3, steps=1000, batch_size=128, adam_learning_rate=0.004)
    _network_kind = "custom"

    def __init__(
        self,
        network: Callable[..., "keras.Model"] | None = None,
        *,
        image_shape: Sequence[int] | None = None,
        alpha: float = 0.0001,
        standardize: bool = True,
        optimizer: Any = "adam",
        learning_rate: float | None = None,
        schedule: str = "one_cycle",
        label_smoothing: float = 0.1,
        calibrate: bool = True,
        epochs: int | str = "auto",
        batch_size: int | str = "auto",
        class_weight: Any = None,
        augmenter: Any = None,
        test_shift: int = 0,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        keras_callbacks: Any = None,
        warm_start: bool = False,
        jit_compile: str | bool = "auto",
        verbose: int | bool = 0,
        random_state: Any = None,
    ) -> None:
        self.network = network
        self.image_shape = image_shape
        self.alpha = alpha
        self.standardize = standardize
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.label_smoothing = label_smoothing
        self.calibrate = calibrate
        self.epochs = epochs
        self.batch_size = batch_size
        self.class_weight = class_weight
        self.augmenter = augmenter
        self.test_shift = test_shift
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.keras_callbacks = keras_callbacks
        self.warm_start = warm_start
        self.jit_compile = jit_compile
        self.verbose = verbose
        self.random_state = random_state

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Name the features of `transform`.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        names : ndarray of str objects, shape (n_features_out,)
            ``kerasnetworkclassifier0``, ``kerasnetworkclassifier1``, ...

        Raises
        ------
        ValueError
            If the network has no single layer of logits, whose input `transform` gives.
        """
        check_is_fitted(self)
        if self._n_features_out is None:  # not raised there: diagrams look at all attributes
            raise ValueError(
                f"network={self.network!r} has no single last layer "
                "of logits, so there are no features to name. End with "
                "keras.layers.Dense(n_classes)."
            )
        return super().get_feature_names_out(input_features)
