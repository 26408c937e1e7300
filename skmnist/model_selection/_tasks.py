"""scikit-learn's callbacks: a search is a task, and its rungs and the refit are tasks in it."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from .._sklearn import callback_context


class SearchTasks:
    """The tasks of one call of ``fit``, for callbacks of scikit-learn 1.9 and later."""

    def __init__(self, search: Any, n_tasks: int, X: Any, y: Any) -> None:
        self._arguments = {"estimator": search, "X": X, "y": y}
        self._fit = callback_context(search, n_tasks)
        if self._fit is not None:
            self._fit.call_on_fit_task_begin(**self._arguments)

    @contextmanager
    def task(self, name: str, sub_estimator: Any = None) -> Iterator[None]:
        """Do one task; callbacks follow `sub_estimator`, if one is given, into its fit."""
        if self._fit is None:
            yield
            return
        task = self._fit.subcontext(task_name=name)
        follow = nullcontext()
        if sub_estimator is not None:
            follow = task.propagate_callback_context(sub_estimator)
        with follow:
            task.call_on_fit_task_begin(**self._arguments)
            yield
            task.call_on_fit_task_end(**self._arguments)

    def end(self) -> None:
        """End the search."""
        if self._fit is not None:
            self._fit.call_on_fit_task_end(**self._arguments)
