"""Fitting: the contract of scikit-learn's classifiers for a network of any architecture."""

import copy
from typing import Any, Self

from sklearn.base import BaseEstimator
from sklearn.utils import Tags

from .._copies import copies_as_given
from .._images import find_image_shape
from .._sklearn import fit_context
from ._augmenting import pixel_grid
from ._callbacks import CallbackSupportMixin, FitTasks
from ._input import check_training_samples, check_validation_samples
from ._networks import make_setup, network_parameters
from ._parameters import PARAMETER_CONSTRAINTS, check_nested
from ._plan import AutoSettings
from ._predicting import FittedNetworkMixin
from ._training import train

# Attributes that scikit-learn's checks write.
_FEATURES = ("n_features_in_", "feature_names_in_")


class KerasClassifierBase(FittedNetworkMixin, CallbackSupportMixin, BaseEstimator):
    """Fitting and cloning, shared by the Keras classifiers."""

    _parameter_constraints: dict = PARAMETER_CONSTRAINTS

    _auto: AutoSettings  # the meaning of "auto"
    _network_kind: str  # "dense", "convolutional" or "custom"

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
        validation = X_val, y_val, sample_weight_val
        return self._train(X, y, sample_weight, validation=validation, resume=self.warm_start)

    @fit_context(prefer_skip_nested_validation=True)
    def fit_until(
        self,
        n_epochs: int,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> Self:
        """Train up to some epoch of a fit; a fitted classifier goes on from where it is.

        When `n_epochs` has reached `epochs`, the classifier is what :meth:`fit` would have made
        of it, bit for bit: the learning rate follows the schedule of the whole fit, while each
        :meth:`fit` with `warm_start` has a schedule of its own. :class:`HalvingEpochsSearchCV
        <skmnist.model_selection.HalvingEpochsSearchCV>` is made of such stages.

        Parameters
        ----------
        n_epochs : int
            Number of epochs trained in the end: more than so far, at most `epochs`.
        X, y, sample_weight, X_val, y_val, sample_weight_val : array-like
            As in :meth:`fit`, the same in every stage.

        Returns
        -------
        self : object
            The fitted estimator. If anything raises, it is as it was before.

        Raises
        ------
        ValueError
            As in :meth:`fit`, and if `n_epochs` is not such a number.
        """
        validation = X_val, y_val, sample_weight_val
        return self._train(
            X, y, sample_weight, validation=validation, resume=True, stop_epoch=n_epochs
        )

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
        return self._train(X, y, sample_weight, classes=classes, partial=True, resume=True)

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

    def __sklearn_clone__(self) -> Self:
        # A deep copy would cut callbacks off from what they share with the world, such as a
        # trial or a list; a clone has shallow ones, without the state of fits.
        bare = copy.copy(self)
        bare.keras_callbacks = None
        twin = super(KerasClassifierBase, bare).__sklearn_clone__()
        twin.keras_callbacks = copies_as_given(self.keras_callbacks)
        return twin

    def __getstate__(self) -> dict[str, Any]:
        # Without what training opened, such as a log file.
        callbacks = copies_as_given(self.keras_callbacks)
        return {**super().__getstate__(), "keras_callbacks": callbacks}

    def _train(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        *,
        resume: bool,
        validation: tuple[Any, Any, Any] = (None, None, None),
        classes: Any = None,
        partial: bool = False,
        stop_epoch: int | None = None,
    ) -> Self:
        """Check samples and parameters, train, and change the estimator at the very end."""
        before = vars(self).get("fitted_network_") if resume else None
        setup = None if before is None else before.setup
        parameters = network_parameters(self, self._network_kind)
        if setup is not None:
            _check_same_network(setup.parameters, parameters)
        checked = self
        if setup is None:
            # Where training starts, scikit-learn's checks write into a copy.
            checked = object.__new__(type(self))
            checked.__dict__.update(vars(self))
        samples, labels, image_shape = check_training_samples(
            checked, X, y, sample_weight, setup, classes=classes, partial=partial
        )
        n_pixels = samples.pixels.shape[1]
        takes_images = self._network_kind != "dense"
        if setup is None:
            if takes_images or self.image_shape is not None:
                image_shape = find_image_shape(self.image_shape, image_shape, n_pixels)
            setup = make_setup(parameters, image_shape, n_pixels, labels)
        if takes_images or self.augmenter is not None or self.test_shift:
            # An error now, rather than in the first prediction.
            pixel_grid(self, setup)
        held_out = check_validation_samples(checked, setup, *validation)
        features = {k: v for k, v in vars(checked).items() if k in _FEATURES}
        tasks = FitTasks(self, features, X, y, sample_weight)
        fitted = train(
            self,
            self._auto,
            setup,
            samples,
            held_out,
            resume=before,
            partial=partial,
            stop_epoch=stop_epoch,
            tasks=None if partial else tasks,
        )
        self.__dict__.update(features, fitted_network_=fitted)
        if "feature_names_in_" not in features:
            self.__dict__.pop("feature_names_in_", None)
        tasks.end(fitted)
        return self


def _check_same_network(before: dict[str, Any], now: dict[str, Any]) -> None:
    """Check that training goes on with the parameters that made the network."""
    changed = [name for name in {**now, **before} if now.get(name) != before.get(name)]
    if changed:
        raise ValueError(
            f"Training can't go on with another network: {', '.join(changed)} changed since "
            "the last fit. Set the old values, or fit with warm_start=False."
        )
