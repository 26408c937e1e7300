"""The convolutional network."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any

from .._sklearn import Interval, StrOptions
from ._base import KerasClassifierBase
from ._parameters import PARAMETER_CONSTRAINTS
from ._plan import AutoSettings


class KerasCNNClassifier(KerasClassifierBase):
    """Convolutional network of Keras as a classifier of scikit-learn.

    Parameters
    ----------
    filters : int or array-like of int, default=(16, 32)
        Number of filters of each convolution.
    kernel_size : int or array-like of int, default=5
        Side of each convolution's square kernel, one for all or one each. Kernels and
        pooling windows are cut to what is left of small images.
    pool_size : int or array-like of int, default=2
        Side of the max-pooling window after each convolution, one for all or one each;
        1 means no pooling.
    padding : {'auto', 'same', 'valid'}, default='auto'
        Whether convolutions keep the size of the image ('same') or leave out where the
        kernel reaches over its edge ('valid', faster). ``'auto'`` means 'same' for images
        of a side of at most 16 pixels, which have no margin to lose.
    hidden_layer_sizes : int or array-like of int, default=(256,)
        Number of units of each dense layer between convolutions and output.
    image_shape : tuple of int or None, default=None
        (height, width) or (height, width, n_channels) of an image in a flat row. None means
        the shape of a stack's images, a square for a square number of columns, and one row
        of pixels, (1, n_features), for any other.
    activation : {'elu', 'gelu', 'leaky_relu', 'relu', 'selu', 'sigmoid', 'silu', 'tanh'}, \
            default='relu'
        Activation function of convolutions and hidden layers.
    dropout : float, default=0.0
        Share of the units that are dropped after each dense hidden layer while training,
        in [0, 1).
    batch_norm : bool, default=False
        Whether convolutions, after pooling, and hidden layers are normalised over the batch
        before their activation.
    image_norm : bool, default=True
        Whether the first layer brings each image to mean 0 and deviation 1 of its own, so that
        brightness and contrast don't matter. An image that hardly varies stays faint: 0.1 is
        added to its variance, that of all standardized training pixels being 1. Images one
        pixel high or wide, as rows of a table are taken for, are not normalised.
    alpha : float, default=0.0001
        Strength of the L2 penalty on the kernels, divided by the total weight of the
        training samples, as in :class:`sklearn.neural_network.MLPClassifier`.
    standardize : bool, default=True
        Whether pixels are brought to mean 0 and deviation 1, by one mean and one deviation
        over all training pixels: so pixels in 0..255, 0..16 and 0..1 train alike.
    optimizer : str, class or instance of keras.optimizers.Optimizer, default='adam'
        An instance is a recipe: each fit makes its own from the config.
    learning_rate : float or None, default=None
        Highest learning rate. None means 0.008 for ``optimizer='adam'``, and for all
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
        Number of passes over the training samples. ``'auto'`` means 1, and for small
        sets as many as make 500 optimizer steps, at most 100.
        ``'long'`` means three times as many. With `early_stopping`, either means at least twice
        `n_iter_no_change`.
    batch_size : int or 'auto', default='auto'
        Number of samples in an optimizer step. ``'auto'`` means 16 for fewer than 500
        distinct samples, 32 for fewer than 4,000, 64 for fewer than 16,000, else 96.
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
    precision : {'float32', 'bfloat16'}, default='float32'
        Precision of the products in training; weights are float32 in any case.
    verbose : bool or int, default=0
        Whether each epoch prints a line.
    random_state : int, RandomState instance or None, default=None
        Decides initial weights, order of samples, dropout and held-out samples; no global
        generator does. An int gives the same bits on the same number of threads.

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
        Kernels and biases, float32, as ``keras.Model.get_weights`` orders them.
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
    KerasMLPClassifier : Dense network, faster, and for pixels behind PCA.

    Notes
    -----
    scikit-learn's MLPClassifier calls its schedules ``learning_rate`` and its first rate
    ``learning_rate_init``.

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
    >>> from sklearn.model_selection import train_test_split
    >>> from skmnist import KerasCNNClassifier
    >>> digits = load_digits()
    >>> X_train, X_test, y_train, y_test = train_test_split(
    ...     digits.images, digits.target, random_state=0
    ... )
    >>> classifier = KerasCNNClassifier(random_state=0).fit(X_train, y_train)
    >>> bool(classifier.score(X_test, y_test) > 0.95)
    True
    """

    _parameter_constraints: dict = {
        **PARAMETER_CONSTRAINTS,
        "filters": ["array-like", Interval(Integral, 1, None, closed="left")],
        "kernel_size": ["array-like", Interval(Integral, 1, None, closed="left")],
        "pool_size": ["array-like", Interval(Integral, 1, None, closed="left")],
        "padding": [StrOptions({"auto", "same", "valid"})],
        "image_norm": ["boolean"],
    }

    _auto = AutoSettings(epochs=1, steps=500, batch_size=96, adam_learning_rate=0.008)
    _network_kind = "convolutional"

    def __init__(
        self,
        filters: int | Sequence[int] = (16, 32),
        *,
        kernel_size: int | Sequence[int] = 5,
        pool_size: int | Sequence[int] = 2,
        padding: str = "auto",
        hidden_layer_sizes: int | Sequence[int] = (256,),
        image_shape: Sequence[int] | None = None,
        activation: str = "relu",
        dropout: float = 0.0,
        batch_norm: bool = False,
        image_norm: bool = True,
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
        precision: str = "float32",
        verbose: int | bool = 0,
        random_state: Any = None,
    ) -> None:
        self.filters = filters
        self.kernel_size = kernel_size
        self.pool_size = pool_size
        self.padding = padding
        self.hidden_layer_sizes = hidden_layer_sizes
        self.image_shape = image_shape
        self.activation = activation
        self.dropout = dropout
        self.batch_norm = batch_norm
        self.image_norm = image_norm
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
        self.precision = precision
        self.verbose = verbose
        self.random_state = random_state
