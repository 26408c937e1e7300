"""scikit-learn's callbacks: a fit is a task, and each of its epochs a task in it."""

from collections.abc import Callable
from typing import Any, Self

from .._sklearn import callback_context, has_callbacks
from ._fitted import FittedNetwork

try:
    from sklearn.callback import CallbackSupportMixin as _CallbackSupportMixin

    class CallbackSupportMixin(_CallbackSupportMixin):  # pyright: ignore[reportRedeclaration]
        """Callbacks of scikit-learn; those of Keras are refused."""

        def set_callbacks(self, *callbacks: Any) -> Self:
            """Set callbacks of scikit-learn.

            Parameters
            ----------
            *callbacks : callback instances
                Such as :class:`sklearn.callback.ProgressBar`.

            Returns
            -------
            self : object
                This estimator.

            Raises
            ------
            TypeError
                If one is no callback of scikit-learn; those of Keras are given as
                `keras_callbacks`.
            """
            for callback in callbacks:
                kind = callback if isinstance(callback, type) else type(callback)
                if any(base.__module__.startswith("keras.") for base in kind.__mro__):
                    raise TypeError(
                        f"set_callbacks takes callbacks of scikit-learn, got {callback!r} of "
                        f"Keras: give keras_callbacks=[{kind.__name__}(...)] as a parameter."
                    )
            return super().set_callbacks(*callbacks)

except ImportError:  # scikit-learn before 1.9

    class CallbackSupportMixin:
        """scikit-learn before 1.9 has no callbacks."""


class FitTasks:
    """The tasks of one call of ``fit``: the fit, and in it each of its epochs.

    `attributes` are those that a fitted classifier has beside its `fitted_network_`.
    """

    def __init__(
        self, classifier: Any, attributes: dict[str, Any], X: Any, y: Any, sample_weight: Any
    ) -> None:
        self._classifier, self._attributes = classifier, attributes
        self._fit: Any = None
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        self._arguments = {"estimator": classifier, "X": X, "y": y, "metadata": metadata}

    def begin(self, n_epochs: int, fitted: Callable[..., FittedNetwork]) -> Self | None:
        """Begin the fit; return an observer of its epochs, None without callbacks.

        ``fitted(state, history)`` returns the network trained so far.
        """
        # In a search this links the fit to the search's tasks, with callbacks or without.
        self._fit = callback_context(self._classifier, n_epochs)
        if self._fit is None:
            return None
        self._fit.call_on_fit_task_begin(**self._arguments)
        self._fitted = fitted
        return self if has_callbacks(self._classifier) else None

    def begin_epoch(self) -> None:
        """Begin an epoch."""
        self._epoch = self._fit.subcontext(task_name="epoch")
        self._epoch.call_on_fit_task_begin(**self._arguments)

    def end_epoch(self, state: Any, history: dict[str, list[float]]) -> bool:
        """End an epoch with its `TrainingState`; return whether a callback wants to stop."""
        return self._end(self._epoch, lambda: self._fitted(state, history))

    def end(self, fitted: FittedNetwork) -> None:
        """End the fit."""
        if self._fit is not None:
            self._end(self._fit, lambda: fitted)

    def _end(self, task: Any, fitted: Callable[[], FittedNetwork]) -> bool:
        return task.call_on_fit_task_end(
            **self._arguments,
            reconstruction_attributes=lambda: {**self._attributes, "fitted_network_": fitted()},
        )
