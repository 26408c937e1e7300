"""Warnings that a program may want to tell from others."""


class TrainingInterruptedWarning(UserWarning):
    """Ctrl-C ended a training early; the estimator is as its last whole epoch left it."""
