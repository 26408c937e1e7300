"""The contract of scikit-learn's classifiers, kept for a network of any architecture."""

import math
from abc import ABCMeta, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy.special import log_softmax
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    _fit_context,
)
from sklearn.utils import Tags, check_random_state
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from .._images import split_images, with_channel
from ._labels import Labels, class_weights
from ._samples import distinct_samples, pixel_statistics
from ._validation_data import hold_out

if TYPE_CHECKING:
    import keras

    from ..engine import Architecture, TrainingPlan, TrainingState

# Batch sizes, and the numbers of distinct samples from which the next one is better.
_AUTO_BATCH_SIZES = ((16, 500), (32, 4_000), (64, 16_000), (128, math.inf))
_MOST_AUTO_EPOCHS = 100
# What reaches a network: everything else becomes the first of these.
_PIXEL_DTYPES = (np.float32, np.uint8)


class KerasClassifierBase(
    ClassNamePrefixFeaturesOutMixin,
    ClassifierMixin,
    TransformerMixin,
    BaseEstimator,
    metaclass=ABCMeta,
):
    """What the Keras classifiers share; a subclass says which network to build."""

    _parameter_constraints: dict = {
        "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
        "activation": [
            StrOptions({"elu", "gelu", "leaky_relu", "relu", "selu", "sigmoid", "silu", "tanh"})
        ],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "batch_norm": ["boolean"],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "standardize": ["boolean"],
        "optimizer": [str, callable, HasMethods(["apply", "get_config"])],
        "learning_rate": [Interval(Real, 0, None, closed="neither"), None],
        "schedule": [StrOptions({"constant", "cosine", "one_cycle"})],
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
        "epochs": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "keras_callbacks": [list, tuple, callable, HasMethods(["on_epoch_end"]), None],
        "warm_start": ["boolean"],
        "precision": [StrOptions({"float32", "bfloat16"})],
        "verbose": ["verbose"],
        "random_state": ["random_state"],
    }

    # Fewest epochs, and the optimizer steps that a small training set gets all the same.
    _auto_epochs: int
    _auto_steps: int
    # The learning rate of optimizer="adam".
    _adam_learning_rate: float

    @abstractmethod
    def _network_options(self) -> dict[str, Any]:
        """Return the keyword arguments of the build function, hashable and checked."""

    @abstractmethod
    def _build_function(self) -> Callable[..., "keras.Model"]:
        """Return the function that builds the network."""

    @abstractmethod
    def _find_image_shape(
        self, stack_shape: tuple[int, ...] | None, n_features: int
    ) -> tuple[int, ...] | None:
        """Decide the shape of one image; `stack_shape` is that of a stack, None for a table."""

    @abstractmethod
    def _input_shape(self) -> tuple[int, ...]:
        """Return the shape of one sample as the network takes it."""

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> Self:
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or images of shape \
                (n_samples, height, width[, n_channels])
            Pixels of any numeric dtype. uint8 and float32 are used as they are, all
            others are cast to float32 once.
        y : array-like of shape (n_samples,) or one-hot of shape (n_samples, n_classes)
            Labels of any kind that scikit-learn takes, or rows with one 1.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, not negative. Weight 2 is the same as two copies, weight 0 the same
            as no sample.
        X_val : array-like as `X`, default=None
            Validation samples, scored after every epoch. Without them,
            ``early_stopping=True`` holds out `validation_fraction` of the training samples.
        y_val : array-like as `y`, default=None
            Targets of `X_val`.
        sample_weight_val : array-like of shape (n_val_samples,), default=None
            Weights of `X_val`.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            If the samples or targets can't be learned from, or training diverges. The
            estimator is then as it was before.
        """
        with self._unchanged_on_error():
            goes_on = self.warm_start and hasattr(self, "weights_")
            self._choose_network(goes_on)
            pixels, numbers, weights = self._check_training_data(
                X, y, sample_weight, reset=not goes_on
            )
            validation = self._check_validation_data(X_val, y_val, sample_weight_val)
            self._train(pixels, numbers, weights, validation, goes_on=goes_on)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Train for one more pass over some samples, at constant learning rate.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or images of shape \
                (n_samples, height, width[, n_channels])
            Samples. The first call learns mean and deviation of the pixels.
        y : array-like of shape (n_samples,) or one-hot of shape (n_samples, n_classes)
            Targets.
        classes : array-like of shape (n_classes,), default=None
            All labels that will ever occur. Needed in the first call, unless the
            estimator is fitted or `y` is one-hot.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, not negative.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            If `classes` is missing in the first call, or `y` has labels outside of it.
        """
        with self._unchanged_on_error():
            goes_on = hasattr(self, "weights_")
            self._choose_network(goes_on)
            pixels, numbers, weights = self._check_training_data(
                X, y, sample_weight, reset=not goes_on, classes=classes, partial=True
            )
            self._train(pixels, numbers, weights, None, goes_on=goes_on, partial=True)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Predict the class of each sample.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or images
            Samples.

        Returns
        -------
        y : ndarray of shape (n_samples,), or one-hot of shape (n_samples, n_classes)
            Labels, in the form that `fit` was given.
        """
        return self._labels().decode(self._logits(X).argmax(axis=1))

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or images
            Samples.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes), float64
            Probabilities in the order of `classes_`.
        """
        return np.exp(self.predict_log_proba(X))

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Return the logarithm of the probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or images
            Samples.

        Returns
        -------
        log_proba : ndarray of shape (n_samples, n_classes), float64
            Natural logarithms, in the order of `classes_`.
        """
        return log_softmax(self._logits(X).astype(np.float64), axis=1)

    def decision_function(self, X: Any) -> np.ndarray:
        """Return the logits.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or images
            Samples.

        Returns
        -------
        decision : ndarray of shape (n_samples, n_classes), or (n_samples,) for two classes
            float32 logits in the order of `classes_`; for two classes the second less the
            first.
        """
        logits = self._logits(X)
        return logits[:, 1] - logits[:, 0] if logits.shape[1] == 2 else logits

    def transform(self, X: Any) -> np.ndarray:
        """Return the activations of the last hidden layer.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or images
            Samples.

        Returns
        -------
        features : ndarray of shape (n_samples, n_features_out), float32
            What the network's last layer, a linear classifier, works on.
        """
        from ..engine import transform_to_features

        return self._run_network(transform_to_features, X)

    @property
    def loss_curve_(self) -> list[float]:
        """Training loss after each epoch."""
        check_is_fitted(self)
        return self.history_["loss"]

    @property
    def validation_scores_(self) -> list[float] | None:
        """Validation accuracy after each epoch, None without validation samples."""
        check_is_fitted(self)
        return self.history_.get("val_accuracy")

    @property
    def keras_model_(self) -> "keras.Model":
        """A new ``keras.Model`` with these weights: from raw pixels to logits."""
        from ..engine import to_keras_model

        check_is_fitted(self)
        return to_keras_model(
            self._architecture(), self.weights_, self.pixel_mean_, self.pixel_scale_
        )

    @property
    def _n_features_out(self) -> int:
        # The kernel of the layer of logits has one row a feature.
        return self.weights_[-2].shape[0]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    def _choose_network(self, goes_on: bool) -> None:
        options = self._network_options()
        if goes_on and options != self._fitted_options:
            changed = [name for name in options if options[name] != self._fitted_options[name]]
            raise ValueError(
                f"Training can't go on with another network: {', '.join(changed)} changed since "
                "the last fit. Set the old values, or fit with warm_start=False."
            )
        self._fitted_options = options

    def _check_training_data(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        *,
        reset: bool,
        classes: Any = None,
        partial: bool = False,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return pixels (n, n_features), class numbers (n,) and weights (n,), checked."""
        rows, stack_shape = split_images(X)
        if not reset:
            self._check_stack_shape(stack_shape)
        pixels, y = validate_data(
            self,
            rows,
            y,
            reset=reset,
            dtype=_PIXEL_DTYPES,
            order="C",
            multi_output=True,
        )
        if reset:
            self.image_shape_ = self._find_image_shape(stack_shape, self.n_features_in_)
            labels = self._first_labels(y, classes, partial)
            self.classes_, self._one_hot = labels.classes, labels.one_hot
        elif classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise ValueError(
                f"classes={classes!r} is not what the first call was given: {self.classes_!r}."
            )
        labels = self._labels()
        numbers = labels.encode(y)
        weights = _check_sample_weight(
            sample_weight, pixels, dtype=np.float64, ensure_non_negative=True
        )
        weights = class_weights(self.class_weight, labels, numbers, weights)
        n_present = len(np.unique(numbers[weights > 0]))
        if n_present < 2 and not partial:
            raise ValueError(
                f"y has only {n_present} class with weight, but a classifier needs at least two "
                "classes to tell apart."
            )
        if not weights.any():
            raise ValueError("No sample has weight: sample_weight and class_weight leave only 0.")
        return pixels, numbers, weights

    def _check_validation_data(
        self, X_val: Any, y_val: Any, sample_weight_val: Any
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
        if X_val is None:
            if y_val is not None or sample_weight_val is not None:
                raise ValueError("y_val or sample_weight_val was given without X_val.")
            return None
        if y_val is None:
            raise ValueError("X_val was given without y_val.")
        rows, stack_shape = split_images(X_val)
        self._check_stack_shape(stack_shape)
        pixels, y_val = validate_data(
            self, rows, y_val, reset=False, dtype=_PIXEL_DTYPES, order="C", multi_output=True
        )
        weights = _check_sample_weight(
            sample_weight_val, pixels, dtype=np.float64, ensure_non_negative=True
        )
        return pixels, self._labels().encode(y_val), weights

    def _first_labels(self, y: np.ndarray, classes: Any, partial: bool) -> Labels:
        one_hot = y.ndim == 2 and y.shape[1] > 1
        if not partial or one_hot:
            return Labels.of(y)
        if classes is None:
            raise ValueError(
                "classes=None was given in the first call of partial_fit, but it must name all "
                "classes that will ever occur: partial_fit(X, y, classes=[...])."
            )
        labels = Labels.of(np.asarray(classes))
        if len(labels.classes) < 2:
            raise ValueError(f"classes={classes!r} has one class, but at least two are needed.")
        return labels

    def _train(
        self,
        pixels: np.ndarray,
        numbers: np.ndarray,
        weights: np.ndarray,
        validation: tuple[np.ndarray, np.ndarray, np.ndarray] | None,
        *,
        goes_on: bool,
        partial: bool = False,
    ) -> None:
        """Train on checked data, and take over what came of it."""
        from ..engine import Examples, train

        rows, weights = distinct_samples(pixels, numbers, weights)
        seeds = self._seeds()
        if not goes_on:
            self._learn_scaling(pixels, rows, weights)
        shape = self._input_shape()
        examples = Examples(pixels.reshape(-1, *shape), numbers, rows, weights)
        held: Examples | None = None
        if validation is not None:
            held_pixels, held_numbers, held_weights = validation
            held = Examples(
                held_pixels.reshape(-1, *shape),
                held_numbers,
                np.arange(len(held_pixels)),
                held_weights,
            )
        elif self.early_stopping and not partial:
            kept, out = hold_out(numbers[rows], self.validation_fraction, seeds[0])
            examples, held = examples.take(kept), examples.take(out)

        state, history = train(
            self._architecture(precision=self.precision),
            examples,
            self._plan(len(examples.rows), partial),
            start=self._training_state() if goes_on else seeds[1],
            initial_epoch=self.n_iter_ if goes_on else 0,
            validation=held,
        )
        self.weights_ = state.weights
        keeps_moments = partial or self.warm_start
        self._resumption = {
            "shuffling": state.shuffling,
            "dropout_seeds": state.dropout_seeds,
            "optimizer": state.optimizer if keeps_moments else [],
        }
        past = self.history_ if goes_on else {}
        self.history_ = {name: past.get(name, []) + new for name, new in history.items()}
        self.n_iter_ = len(self.history_["loss"])

    def _plan(self, n_rows: int, partial: bool) -> "TrainingPlan":
        from ..engine import OptimizerRecipe, TrainingPlan

        batch_size = _auto_batch_size(n_rows) if self.batch_size == "auto" else self.batch_size
        epochs = self.epochs
        if partial:
            epochs = 1
        elif epochs == "auto":
            n_steps = -(-n_rows // batch_size)
            epochs = max(self._auto_epochs, min(-(-self._auto_steps // n_steps), _MOST_AUTO_EPOCHS))
        learning_rate = self.learning_rate
        if learning_rate is None and self.optimizer == "adam":
            learning_rate = self._adam_learning_rate
        callbacks = self.keras_callbacks or []
        if not isinstance(callbacks, list | tuple):
            callbacks = [callbacks]
        return TrainingPlan(
            optimizer=OptimizerRecipe(self.optimizer),
            epochs=int(epochs),
            batch_size=int(batch_size),
            learning_rate=learning_rate,
            schedule="constant" if partial else self.schedule,
            alpha=self.alpha,
            label_smoothing=self.label_smoothing,
            pixel_mean=self.pixel_mean_,
            pixel_scale=self.pixel_scale_,
            patience=self.n_iter_no_change if self.early_stopping and not partial else None,
            callbacks=list(callbacks),
            verbose=int(self.verbose),
        )

    def _learn_scaling(self, pixels: np.ndarray, rows: np.ndarray, weights: np.ndarray) -> None:
        self.pixel_mean_, self.pixel_scale_ = 0.0, 1.0
        if self.standardize:
            mean, deviation = pixel_statistics(pixels, rows, weights)
            self.pixel_mean_, self.pixel_scale_ = mean, 1.0 / deviation

    def _training_state(self) -> "TrainingState":
        from ..engine import TrainingState

        return TrainingState(weights=self.weights_, **self._resumption)

    def _seeds(self) -> list[int]:
        """Draw the seeds of a fit, from no generator but the estimator's own."""
        if self.random_state is None:
            return np.random.SeedSequence().generate_state(2).tolist()
        return check_random_state(self.random_state).randint(2**31 - 1, size=2).tolist()

    def _labels(self) -> Labels:
        check_is_fitted(self, "classes_")
        return Labels(self.classes_, self._one_hot)

    def _architecture(self, **options: Any) -> "Architecture":
        """Describe the network that was fitted, whatever parameters are set by now."""
        from ..engine import Architecture

        return Architecture(
            self._build_function(),
            self._input_shape(),
            len(self.classes_),
            tuple({**self._fitted_options, **options}.items()),
        )

    def _check_stack_shape(self, stack_shape: tuple[int, ...] | None) -> None:
        shape = self.image_shape_
        if stack_shape and shape and with_channel(stack_shape) != with_channel(shape):
            raise ValueError(
                f"X has images of shape {stack_shape}, but {type(self).__name__} was fitted on "
                f"images of shape {shape}."
            )

    def _check_not_one_image(self, X: Any) -> None:
        shape = self.image_shape_
        if not isinstance(X, np.ndarray) or not shape or X.shape not in (shape, shape[:2]):
            return
        # One row of three pixels is a table, too, where images are one row high.
        if math.prod(X.shape[1:]) != self.n_features_in_:
            raise ValueError(
                f"X has the shape of one image, {X.shape}, but a stack of images is expected. "
                "Use X[None] for a single image."
            )

    def _run_network(self, run: Any, X: Any) -> np.ndarray:
        check_is_fitted(self)
        self._check_not_one_image(X)
        rows, stack_shape = split_images(X)
        self._check_stack_shape(stack_shape)
        pixels = validate_data(self, rows, reset=False, dtype=_PIXEL_DTYPES, order="C")
        return run(
            self._architecture(),
            self.weights_,
            pixels.reshape(-1, *self._input_shape()),
            self.pixel_mean_,
            self.pixel_scale_,
        )

    def _logits(self, X: Any) -> np.ndarray:
        from ..engine import predict_logits

        return self._run_network(predict_logits, X)

    @contextmanager
    def _unchanged_on_error(self) -> Iterator[None]:
        """Leave the estimator as it was before if training does not come to its end."""
        before = dict(vars(self))
        try:
            yield
        except BaseException:
            vars(self).clear()
            vars(self).update(before)
            raise


def _auto_batch_size(n_rows: int) -> int:
    """Batches large enough to be fast, small enough to leave small sets many steps."""
    return next(size for size, end in _AUTO_BATCH_SIZES if n_rows < end)
