"""Fitting: the contract of scikit-learn's classifiers for a network of any architecture."""

from abc import ABCMeta
from typing import Any, Self

from sklearn.base import BaseEstimator
from sklearn.utils import Tags

from .._images import find_image_shape
from .._sklearn import fit_context
from ..networks import CustomNetwork, Network, n_features
from ._augmenting import pixel_grid
from ._callbacks import CallbackSupportMixin, FitTasks
from ._fitted import Setup
from ._input import check_training_samples, check_validation_samples
from ._keras_callbacks import KerasCallbacksMixin
from ._networks import describe_network, input_parameters, network_parameters
from ._parameters import PARAMETER_CONSTRAINTS, check_nested
from ._plan import AutoSettings
from ._predicting import FittedNetworkMixin
from ._training import train


class KerasClassifierBase(
    FittedNetworkMixin,
    CallbackSupportMixin,
    KerasCallbacksMixin,
    BaseEstimator,
    metaclass=ABCMeta,
):
    """What the Keras classifiers share; a subclass says which network to build."""

    _parameter_constraints: dict = PARAMETER_CONSTRAINTS

    # What "auto" means.
    _auto: AutoSettings
    # Whether the network takes images, rather than rows of any features.
    _takes_images = True

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
        held_out = X_val, y_val, sample_weight_val
        return self._train(X, y, sample_weight, held_out=held_out, resume=self.warm_start)

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
        of it, bit for bit: the learning rate follows the schedule of the whole fit. With
        `warm_start` the schedule begins anew instead. :class:`HalvingEpochsSearchCV
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
        """
        held_out = X_val, y_val, sample_weight_val
        return self._train(
            X, y, sample_weight, held_out=held_out, resume=True, stop_epoch=n_epochs
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

    def _network_parameters(self) -> dict[str, Any]:
        """Return the parameters that make the network, hashable and checked."""
        return network_parameters(self)

    def _describe_network(
        self,
        parameters: dict[str, Any],
        image_shape: tuple[int, ...] | None,
        n_pixels: int,
        n_classes: int,
    ) -> tuple[Network | CustomNetwork, int | None]:
        """Return the network, and how many values enter its last layer."""
        network = describe_network(parameters, image_shape, n_pixels, n_classes)
        return network, n_features(network)

    def _train(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        *,
        resume: bool,
        held_out: tuple[Any, Any, Any] = (None, None, None),
        classes: Any = None,
        partial: bool = False,
        stop_epoch: int | None = None,
    ) -> Self:
        """Check what is given, train, and take over what was learned at the very end."""
        before = vars(self).get("fitted_network_") if resume else None
        parameters = {**self._network_parameters(), **input_parameters(self)}
        if before is not None:
            _check_same_network(before.setup.parameters, parameters)
        tasks = FitTasks(self, X, y, sample_weight)
        # Where training starts, scikit-learn's checks write into an estimator of their own.
        recorder = self if before else type(self)(**self.get_params(deep=False))
        samples, labels, stack_shape = check_training_samples(
            recorder,
            X,
            y,
            sample_weight,
            before.setup.labels if before else None,
            classes=classes,
            partial=partial,
        )
        n_pixels = samples.pixels.shape[1]
        if before is not None:
            setup = before.setup
        else:
            image_shape = stack_shape
            if self._takes_images or self.image_shape is not None:
                image_shape = find_image_shape(self.image_shape, stack_shape, n_pixels)
            network, n_last = self._describe_network(
                parameters, image_shape, n_pixels, len(labels.classes)
            )
            setup = Setup(network, parameters, image_shape, labels, n_last)
        if self._takes_images or self.augmenter is not None or self.test_shift:
            # An error now, rather than in the first prediction.
            pixel_grid(self, setup.image_shape, n_pixels)
        validation = check_validation_samples(recorder, labels, setup.image_shape, *held_out)
        features = {
            name: value
            for name, value in vars(recorder).items()
            if name in ("n_features_in_", "feature_names_in_")
        }

        def observe(n_epochs: int, learned: Any) -> Any:
            return tasks.begin(
                n_epochs, lambda *epoch: {**features, "fitted_network_": learned(*epoch)}
            )

        fitted = train(
            self,
            self._auto,
            setup,
            samples,
            validation,
            resume=before,
            partial=partial,
            stop_epoch=stop_epoch,
            observe=None if partial else observe,
        )
        learned = {**features, "fitted_network_": fitted}
        tasks.end(learned)
        vars(self).pop("feature_names_in_", None)
        vars(self).update(learned)
        return self


def _check_same_network(before: dict[str, Any], now: dict[str, Any]) -> None:
    """See that training goes on with the parameters that made the network."""
    changed = [name for name in {**now, **before} if now.get(name) != before.get(name)]
    if changed:
        raise ValueError(
            f"Training can't go on with another network: {', '.join(changed)} changed since "
            "the last fit. Set the old values, or fit with warm_start=False."
        )
