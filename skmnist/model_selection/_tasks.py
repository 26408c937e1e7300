"""scikit-learn's callbacks: a search is a task, and its rungs and the refit are tasks in it."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any


class SearchTasks:
    """The tasks of one call of ``fit``, as callbacks are told of them (scikit-learn 1.9).

    Parameters
    ----------
    search : HalvingEpochsSearchCV
        Whose callbacks they are.
    n_tasks : int
        At most.
    X, y : array-like
        As the user gave them.
    """

    def __init__(self, search: Any, n_tasks: int, X: Any, y: Any) -> None:
        self._told = {"estimator": search, "X": X, "y": y}
        self._fit = None
        if hasattr(search, "_init_callback_context"):
            self._fit = search._init_callback_context(max_subtasks=n_tasks)
            self._fit.call_on_fit_task_begin(**self._told)

    @contextmanager
    def task(self, name: str, sub_estimator: Any = None) -> Iterator[None]:
        """Do one task; the callbacks follow `sub_estimator`, if one is given, into its fit."""
        if self._fit is None:
            yield
            return
        task = self._fit.subcontext(task_name=name)
        follow = nullcontext()
        if sub_estimator is not None:
            follow = task.propagate_callback_context(sub_estimator)
        with follow:
            task.call_on_fit_task_begin(**self._told)
            yield
            task.call_on_fit_task_end(**self._told)

    def end(self) -> None:
        """End the search."""
        if self._fit is not None:
            self._fit.call_on_fit_task_end(**self._told)
