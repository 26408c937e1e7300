"""Learning-rate schedules: one factor per optimizer step, for all of training at once."""

from collections.abc import Callable

import numpy as np


def cosine(n_steps: int) -> np.ndarray:
    """Fall from the full rate to zero along half a cosine (Loshchilov and Hutter, ICLR 2017)."""
    return 0.5 * (1 + np.cos(np.pi * _middle_of_steps(n_steps)))


def one_cycle(n_steps: int) -> np.ndarray:
    """Rise from a tenth to the full rate in the first quarter, then fall to zero, linearly.

    From Smith and Topin, "Super-Convergence", 2018. The peak is reached early, since small
    networks gain more from a long descent.
    """
    return np.interp(_middle_of_steps(n_steps), [0.0, 0.25, 1.0], [0.1, 1.0, 0.0])


SCHEDULES: dict[str, Callable[[int], np.ndarray]] = {
    "constant": np.ones,
    "cosine": cosine,
    "one_cycle": one_cycle,
}


def _middle_of_steps(n_steps: int) -> np.ndarray:
    """Return where in (0, 1) each of `n_steps` steps lies."""
    return (np.arange(n_steps) + 0.5) / n_steps
