"""Predictions, features and fitted attributes of a fitted classifier."""

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import ClassifierMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from .._augmentation import RandomDistortion
from ._augmenting import averaged_logits, is_auto
from ._fitted import FittedAttribute, FittedNetwork
from ._input import check_samples
from ._labels import log_softmax

if TYPE_CHECKING:
    import keras


class FittedNetworkMixin(ClassNamePrefixFeaturesOutMixin, ClassifierMixin, TransformerMixin):
    """Methods and attributes of an estimator that has a `fitted_network_`."""

    fitted_network_: FittedNetwork
    classes_: FittedAttribute[np.ndarray] = FittedAttribute(
        "Sorted labels; column numbers for one-hot targets."
    )
    image_shape_: FittedAttribute[tuple[int, ...] | None] = FittedAttribute(
        "Shape of one image, None for plain rows."
    )
    weights_: FittedAttribute[list[np.ndarray]] = FittedAttribute(
        "Weights as ``keras.Model.get_weights`` orders them."
    )
    pixel_mean_: FittedAttribute[float] = FittedAttribute("Mean that is subtracted from pixels.")
    pixel_scale_: FittedAttribute[float] = FittedAttribute(
        "Factor that pixels are multiplied by then."
    )
    logit_scale_: FittedAttribute[float] = FittedAttribute(
        "Factor that logits are multiplied by for probabilities."
    )
    history_: FittedAttribute[dict[str, list[float]]] = FittedAttribute("Figures of each epoch.")
    n_iter_: FittedAttribute[int] = FittedAttribute("Number of epochs trained.")

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
        fitted, logits = self._run(X)
        return fitted.setup.labels.decode(logits.argmax(axis=1))

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

        Notes
        -----
        Predictions of dense and convolutional networks are batch-invariant: the same row
        gives the same bits alone and among others, here and in `decision_function` and
        `transform`. PyTorch, ONNX Runtime and TensorFlow, in which networks of your own run,
        don't promise that.
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
        fitted, logits = self._run(X)
        return log_softmax(logits * fitted.logit_scale)

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
        _, logits = self._run(X)
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
            Input of the network's last layer, a linear classifier.
        """
        check_is_fitted(self)
        return self.fitted_network_.run(check_samples(self, X), output="features")

    @property
    def augmenter_(self) -> Any:
        """The augmenter in use: `augmenter`, or what ``"auto"`` chose."""
        check_is_fitted(self)
        distortion = self.fitted_network_.resumption.distortion
        if not is_auto(self.augmenter):
            return self.augmenter
        return None if distortion is None else RandomDistortion(**distortion)

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
        from .._engine import to_keras_model

        check_is_fitted(self)
        network = self.fitted_network_.setup.network
        return to_keras_model(network, self.weights_, self.pixel_mean_, self.pixel_scale_)

    @property
    def _n_features_out(self) -> int | None:
        return self.fitted_network_.setup.n_features

    def _run(self, X: Any) -> tuple[FittedNetwork, np.ndarray]:
        """Return the network and its float64 logits, averaged over shifted images."""
        check_is_fitted(self)
        fitted = self.fitted_network_  # another thread may fit meanwhile
        rows = check_samples(self, X)
        if self.test_shift:
            self._validate_params()  # it may have been set since the fit
        return fitted, averaged_logits(self, fitted, rows)
