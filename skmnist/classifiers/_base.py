"""The contract of scikit-learn's classifiers, kept for a network of any architecture."""

from abc import ABCMeta, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from .._images import find_image_shape, with_channel
from .._sklearn import fit_context
from ._augmenting import shifted
from ._callbacks import CALLBACK_STATE, CallbackSupportMixin, FitTasks
from ._input import check_samples, check_training_samples, check_validation_samples
from ._keras_callbacks import KerasCallbacksMixin
from ._labels import Labels, log_softmax
from ._parameters import PARAMETER_CONSTRAINTS, as_sizes, check_nested
from ._training import train_classifier

if TYPE_CHECKING:
    import keras

    from ..engine import Architecture


class KerasClassifierBase(
    ClassNamePrefixFeaturesOutMixin,
    ClassifierMixin,
    TransformerMixin,
    CallbackSupportMixin,
    KerasCallbacksMixin,
    BaseEstimator,
    metaclass=ABCMeta,
):
    """What the Keras classifiers share; a subclass says which network to build."""

    _parameter_constraints: dict = PARAMETER_CONSTRAINTS

    # Fewest epochs of epochs="auto", the optimizer steps that small sets get as well, and the
    # largest batch of batch_size="auto".
    _auto_epochs: int
    _auto_steps: int
    _most_auto_batch: int
    # The highest learning rate of optimizer="adam" where none is given.
    _adam_learning_rate: float
    # Whether neighbours of a pixel matter, as they do not to a dense network.
    _works_on_images: bool | property = True

    @abstractmethod
    def _network_options(self) -> dict[str, Any]:
        """Return the keyword arguments of the build function, hashable and checked."""

    @abstractmethod
    def _build_function(self) -> Callable[..., "keras.Model"]:
        """Return the function that builds the network."""

    def _find_image_shape(
        self, stack_shape: tuple[int, ...] | None, n_features: int
    ) -> tuple[int, ...] | None:
        """Decide the shape of one image; `stack_shape` is that of a stack, None for a table."""
        return find_image_shape(self.image_shape, stack_shape, n_features)

    def _input_shape(self) -> tuple[int, ...]:
        """Return the shape of one sample as the network takes it."""
        return with_channel(self.image_shape_)

    @fit_context(prefer_skip_nested_validation=True)
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
            Labels of any kind that scikit-learn takes, or rows with one 1. scikit-learn's
            scorers other than accuracy want labels: ``y.argmax(axis=1)`` of one-hot rows.
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
        TypeError
            If a parameter that holds an object holds one of another kind, or `X` can only be
            gone through, such as a generator.

        Warns
        -----
        UserWarning
            If early stopping can't stop so short a training; if columns of a table have very
            different scales; if a network of the user's has layers made for raw pixels.
        TrainingInterruptedWarning
            After Ctrl-C, which leaves what the last whole epoch left.
        """
        tasks = FitTasks(self, X, y, sample_weight)
        with self._unchanged_on_error():
            goes_on = self.warm_start and hasattr(self, "weights_")
            self._choose_network(goes_on)
            samples = check_training_samples(self, X, y, sample_weight, reset=not goes_on)
            held_out = check_validation_samples(self, X_val, y_val, sample_weight_val)
            train_classifier(self, samples, held_out, goes_on=goes_on, tasks=tasks)
        return self

    @fit_context(prefer_skip_nested_validation=True)
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
            Weights, not negative. Unlike in `fit` they are not scaled to a mean of 1: samples of
            weight 2 count twice as much as those of weight 1 in another call.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            If `classes` is missing in the first call, `y` has labels outside of it, or
            ``class_weight="balanced"``, which a part of the samples can't be.
        """
        with self._unchanged_on_error():
            goes_on = hasattr(self, "weights_")
            self._choose_network(goes_on)
            samples = check_training_samples(
                self, X, y, sample_weight, reset=not goes_on, classes=classes, partial=True
            )
            train_classifier(self, samples, None, goes_on=goes_on, partial=True)
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
        return log_softmax(self._logits(X) * self.logit_scale_)

    def decision_function(self, X: Any) -> np.ndarray:
        """Return the logits.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or images
            Samples.

        Returns
        -------
        decision : ndarray of shape (n_samples, n_classes), or (n_samples,) for two classes
            Logits, float64, in the order of `classes_`; for two classes the second less the
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
        check_is_fitted(self)
        return self._run_network(check_samples(self, X), output="features")

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

    def to_keras(self) -> "keras.Model":
        """Build the fitted network in Keras.

        Returns
        -------
        model : keras.Model
            A new model with copies of `weights_`: from raw pixels to logits.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the estimator is not fitted.
        """
        from ..engine import to_keras_model

        check_is_fitted(self)
        return to_keras_model(
            self._architecture(), self.weights_, self.pixel_mean_, self.pixel_scale_
        )

    @property
    def _n_features_out(self) -> int:
        # The kernel of the layer of logits has one row a feature.
        return self.weights_[-2].shape[0]

    def set_params(self, **params: Any) -> Self:
        """Set parameters.

        Parameters
        ----------
        **params : object
            Parameters by name; ``augmenter__shift`` is a parameter of the augmenter,
            ``network__width`` an argument of a :class:`NetworkRecipe`.

        Returns
        -------
        self : object
            This estimator.

        Raises
        ------
        ValueError
            If there is no such parameter.
        """
        check_nested({**self.get_params(deep=False), **params}, params)
        return super().set_params(**params)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    def _choose_network(self, goes_on: bool) -> None:
        """Take the parameters that make the network; see that they stay if training goes on."""
        options = self._network_options()
        start = {**options, "standardize": self.standardize}
        if self.image_shape is not None:
            start["image_shape"] = as_sizes("image_shape", self.image_shape)
        names = {**start, **self._start} if goes_on else {}
        changed = [name for name in names if start.get(name) != self._start.get(name)]
        if changed:
            raise ValueError(
                f"Training can't go on with another network: {', '.join(changed)} changed since "
                "the last fit. Set the old values, or fit with warm_start=False."
            )
        self._fitted_options, self._start = options, start

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

    def _training_architecture(self) -> "Architecture":
        """Describe the network as it is trained."""
        return self._architecture(precision=self.precision)

    def _run_network(self, pixels: np.ndarray, output: str = "logits") -> np.ndarray:
        """Return the logits, or the features that they are made of, of checked pixels."""
        from ..engine import run_network

        return run_network(
            self._architecture(),
            self.weights_,
            pixels.reshape(-1, *self._input_shape()),
            self.pixel_mean_,
            self.pixel_scale_,
            output=output,
        )

    def _logits(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        # What is made of them (probabilities, calibration) is made in this precision.
        rows = check_samples(self, X)
        if not self.test_shift:
            return self._run_network(rows).astype(np.float64)
        self._validate_params()  # it may have been set since the fit
        runs = [self._run_network(moved).astype(np.float64) for moved in shifted(rows, self)]
        return np.mean(runs, axis=0)

    @contextmanager
    def _unchanged_on_error(self) -> Iterator[None]:
        """Leave the estimator as it was before if training does not come to its end."""
        before = dict(vars(self))
        try:
            yield
        except BaseException:
            # scikit-learn ends the callbacks, and then takes away what it needs for that.
            kept = {name: vars(self)[name] for name in CALLBACK_STATE if name in vars(self)}
            vars(self).clear()
            vars(self).update(before, **kept)
            raise
