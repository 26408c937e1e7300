"""Networks of the user's own."""

import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from .._images import with_channel
from ..networks import CustomNetwork
from ._base import KerasClassifierBase
from ._parameters import PARAMETER_CONSTRAINTS
from ._plan import AutoSettings
from ._recipe import FixedNetwork
from ._small_network import small_network

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
        (height, width) or (height, width, n_channels) of an image in a flat row. With
        None, a stack of images says it; a square number of columns is that square; any
        other number is one row of pixels, (1, n_features).
    alpha : float, default=0.0001
        Strength of the L2 penalty on the kernels, divided by the total weight of the
        training samples, as in :class:`sklearn.neural_network.MLPClassifier`.
    standardize : bool, default=True
        Whether pixels enter the network less their mean and divided by their deviation:
        one mean and one deviation over all pixels of the training samples. So pixels in
        0..255, 0..16 and 0..1 train alike.
    optimizer : str, class or instance of keras.optimizers.Optimizer, default='adam'
        An instance is a recipe: each fit makes its own from the config.
    learning_rate : float or None, default=None
        Highest learning rate. None means 0.004 for ``optimizer='adam'``, and for all
        others what the optimizer itself has.
    schedule : {'constant', 'cosine', 'one_cycle'}, default='one_cycle'
        How the learning rate changes from step to step. ``'one_cycle'`` rises from a
        tenth for a quarter of the steps and then falls to zero. An optimizer with a
        schedule of its own keeps that.
    label_smoothing : float, default=0.1
        Share of each target that is spread evenly over all classes in training [1]_, in
        [0, 1). Probabilities are sharpened in return, see `logit_scale_`.
    epochs : int or 'auto', default='auto'
        Number of passes over the training samples. ``'auto'`` means 3, and for small
        sets as many as make 1,000 optimizer steps, at most 100.
    batch_size : int or 'auto', default='auto'
        Number of samples in an optimizer step. ``'auto'`` means 16 for fewer than 500
        distinct samples, 32 for fewer than 4,000, 64 for fewer than 16,000, else 128.
    class_weight : dict, 'balanced' or None, default=None
        Weights of the classes by label; 1 for those not named. ``'balanced'`` gives all
        classes the same total weight.
    augmenter : RandomDistortion, object with a method ``augment`` or None, default=None
        Distorts the training images, and no others, anew in every epoch: see
        :class:`RandomDistortion`. It pays over more epochs than ``'auto'`` means.
    test_shift : int, default=0
        Predictions average the logits of the image shifted by up to this many pixels along
        both axes: 0 means the image alone, 1 nine images, which takes nine times as long.
    early_stopping : bool, default=False
        Whether training stops when the validation loss has not fallen for
        `n_iter_no_change` epochs; the weights with the lowest one are kept. The
        validation samples are ``fit(X_val=...)``, or held out of the training samples. It
        can stop only a training of more than `n_iter_no_change` epochs: give `epochs`.
    validation_fraction : float, default=0.1
        Share of the training samples that early stopping holds out, stratified by class.
    n_iter_no_change : int, default=10
        Epochs without progress before early stopping.
    keras_callbacks : list of keras.callbacks.Callback, default=None
        Instances or classes. An instance ends a fit as if Keras had trained with it: what it
        counts and collects is there, and what it holds (a trial, a list, a stream) is shared.
        Each fit works with a shallow copy, so two at a time don't disturb each other; clones
        have such copies, too. Of a class each fit makes its own. The model that callbacks see
        takes standardized pixels; to keep a model, save that of `to_keras`. Hooks on batches
        make each batch a call of its own, which is slower. Callbacks may set the learning
        rate, which `schedule` then scales, but nothing else of the network or the optimizer.
    warm_start : bool, default=False
        Whether `fit` goes on from the last fit, for `epochs` more, instead of starting
        again.
    jit_compile : {'auto'} or bool, default='auto'
        Whether XLA compiles the training steps, as in ``keras.Model.compile``. ``'auto'``
        means yes for dense layers without dropout, which become twice as fast, and no
        for all else, which may become many times slower on CPU. Weights differ in the
        last bits.
    verbose : bool or int, default=0
        Whether each epoch prints a line.
    random_state : int, RandomState instance or None, default=None
        Decides initial weights, order of samples, dropout and held-out samples. The same
        int gives the same bits on the same number of threads. Global generators of Python
        and NumPy are as they were when a fit has ended.

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
    n_iter_ : int
        Number of epochs trained.
    history_ : dict of str to list of float
        ``loss`` and ``accuracy`` on the training samples, ``learning_rate``, and
        ``val_loss`` and ``val_accuracy`` on validation samples, after each epoch.
    loss_curve_ : list of float
        ``history_["loss"]``.
    validation_scores_ : list of float or None
        ``history_["val_accuracy"]``.
    weights_ : list of ndarray
        In the order and the dtypes of ``keras.Model.get_weights``.
    pixel_mean_, pixel_scale_ : float
        Pixels enter the network as ``(pixel - pixel_mean_) * pixel_scale_``.
    logit_scale_ : float
        ``predict_proba`` is the softmax of the logits times this number, which makes up for
        `label_smoothing`: a sample that is fit exactly gets the probability that a
        smoothing of 0.002 would have given it.

    See Also
    --------
    NetworkRecipe : A function with arguments to search.
    KerasCNNClassifier : A convolutional network that is ready to use.
    KerasMLPClassifier : A dense network, which predicts without TensorFlow.

    Notes
    -----
    *What the function returns.* A Sequential or functional model, or an instance of a
    subclass of ``keras.Model`` that can be called on images. Its outputs are logits, one for
    each class, of two classes as well. A last softmax, as activation or as layer, is left out;
    a sigmoid, or another shape of outputs, is refused. Loss and optimizer are parameters of
    this class: ``compile`` in the function has no effect. Regularizers of its layers are part
    of the loss, beside `alpha`. Precision is what its layers say
    (``dtype="mixed_bfloat16"``); a dtype policy set by ``keras.config`` doesn't reach it.

    *What it depends on.* Nothing but its arguments. Compiled programs are kept by the
    function and its arguments, so a search over learning rates, seeds and folds compiles
    once, and one over ``network__width`` once for each width. In worker processes that holds
    for functions of modules: one of a notebook or of the main script is another one in each task.

    *Where it starts.* Each fit calls the function once more under a seed of `random_state`,
    in a thread of its own: layers without a seed start from that one, whatever their
    initializers are, and seeds and weights that the function sets itself are kept. Dropout
    and other random layers go on from there. Layers of your own need a
    ``keras.random.SeedGenerator`` each; Keras' global generator is refused.
    While the function runs, the global generators of Python and NumPy are seeded, and then put
    back: another thread that draws from them meanwhile disturbs the start, and is disturbed.

    *What `transform` gives.* What enters the last layer that has weights, if layers without
    weights and nothing else follow it: for a network that ends in a ``Dense`` layer, the last
    hidden activations. Other networks, and those that are one subclass of ``keras.Model``,
    raise a ValueError.

    *Files.* A pickle holds the function by reference, so that it loads only where the
    function can be imported; lambdas and functions in functions can't be pickled, but travel
    to joblib's worker processes. :func:`save` and :func:`to_onnx` refuse: keep the network
    (``to_keras().save("network.keras")``), or the pickle.

    A fit depends on the weighted set of samples: equal samples are merged, and the order
    of the rows says nothing.

    References
    ----------
    .. [1] C. Szegedy et al., "Rethinking the Inception Architecture for Computer Vision",
       CVPR 2016, section 7.

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

    _parameter_constraints: dict = {
        **{
            name: allowed
            for name, allowed in PARAMETER_CONSTRAINTS.items()
            # These are what the function makes of them.
            if name
            not in ("hidden_layer_sizes", "activation", "dropout", "batch_norm", "precision")
        },
        "network": [callable, None],
    }

    _auto = AutoSettings(epochs=3, steps=1000, batch_size=128, adam_learning_rate=0.004)

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

    def _network_parameters(self) -> dict[str, Any]:
        return {"network": FixedNetwork(small_network if self.network is None else self.network)}

    def _describe_network(
        self,
        parameters: dict[str, Any],
        image_shape: tuple[int, ...] | None,
        n_pixels: int,
        n_classes: int,
    ) -> tuple[CustomNetwork, int | None]:
        from ..engine import inspect_network

        network = CustomNetwork(parameters["network"], with_channel(image_shape), n_classes)
        facts = inspect_network(network)
        if self.standardize and facts.made_for_raw_pixels:
            warnings.warn(
                f"network={network.build!r} has {', '.join(facts.made_for_raw_pixels)}, "
                "made for raw pixels such as 0 to 255, but gets standardized ones (mean 0, "
                "deviation 1). Leave that out, or set standardize=False.",
                UserWarning,
                stacklevel=2,
            )
        return network, facts.n_features

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
        if self._n_features_out is None:
            raise ValueError(
                f"network={self.fitted_network_.setup.network.build!r} has no single last layer "
                "of logits, so there are no features to name. End with "
                "keras.layers.Dense(n_classes)."
            )
        return super().get_feature_names_out(input_features)
