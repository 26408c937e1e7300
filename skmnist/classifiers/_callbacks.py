"""scikit-learn's callbacks: a fit is a task, and each of its epochs a task in it."""

from collections.abc import Callable
from typing import Any, Self

try:
    from sklearn.callback import CallbackSupportMixin as _CallbackSupportMixin

    class CallbackSupportMixin(_CallbackSupportMixin):
        """Callbacks of scikit-learn; those of Keras are told from them."""

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

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Nothing to support."""


# Attributes that an estimator has while its callbacks run.
CALLBACK_STATE = ("_callback_fit_ctx", "_skl_callbacks_to_teardown")


class FitTasks:
    """The tasks of one call of ``fit``, as callbacks are told of them.

    Parameters
    ----------
    classifier : KerasClassifierBase
        Whose callbacks they are.
    X, y, sample_weight : array-like
        As the user gave them.
    """

    def __init__(self, classifier: Any, X: Any, y: Any, sample_weight: Any) -> None:
        self._classifier = classifier
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        self._told = {"estimator": classifier, "X": X, "y": y, "metadata": metadata}

    def begin(self, n_epochs: int, learned: Callable[..., dict[str, Any]]) -> "EpochTasks | None":
        """Begin the fit; return what the engine tells of its epochs, None without callbacks.

        Parameters
        ----------
        n_epochs : int
            At most.
        learned : callable
            ``learned(state, history)`` returns the attributes of a classifier fitted so far.
        """
        if not hasattr(self._classifier, "_init_callback_context"):
            return None
        # In a search this links the fit to the search's tasks, with callbacks or without.
        self._fit = self._classifier._init_callback_context(max_subtasks=n_epochs)
        self._fit.call_on_fit_task_begin(**self._told)
        if not hasattr(self._classifier, "_skl_callbacks"):
            return None
        return EpochTasks(self._fit, self._told, learned)

    def end(self) -> None:
        """End the fit of what is a fitted classifier now."""
        if hasattr(self, "_fit"):
            self._fit.call_on_fit_task_end(**self._told, reconstruction_attributes=dict)


class EpochTasks:
    """The epochs of a fit, as the engine tells of them."""

    def __init__(
        self, fit: Any, told: dict[str, Any], learned: Callable[..., dict[str, Any]]
    ) -> None:
        self._fit, self._told, self._learned = fit, told, learned

    def begin_epoch(self) -> None:
        """Begin an epoch."""
        self._epoch = self._fit.subcontext(task_name="epoch")
        self._epoch.call_on_fit_task_begin(**self._told)

    def end_epoch(self, state: Any, history: dict[str, list[float]]) -> bool:
        """End an epoch; return whether a callback wants to stop.

        Parameters
        ----------
        state : TrainingState
        history : dict of str to list of float
            Of this fit until now.
        """
        return self._epoch.call_on_fit_task_end(
            **self._told, reconstruction_attributes=lambda: self._learned(state, history)
        )
