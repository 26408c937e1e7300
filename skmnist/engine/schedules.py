"""Learning-rate schedules: one factor per optimizer step, for all of training at once."""

from collections.abc import Callable

import numpy as np


def constant(n_steps: int) -> np.ndarray:
    """Keep the rate."""
    return np.ones(n_steps)


def cosine(n_steps: int) -> np.ndarray:
    """Fall from the full rate to zero along half a cosine [1]_.

    References
    ----------
    .. [1] I. Loshchilov, F. Hutter, "SGDR: Stochastic Gradient Descent with Warm
       Restarts", ICLR 2017, section 3.
    """
    return 0.5 * (1 + np.cos(np.pi * _middle_of_steps(n_steps)))


def one_cycle(n_steps: int) -> np.ndarray:
    """Rise from a tenth to the full rate in the first quarter, then fall to zero [1]_.

    Both legs are straight lines. The peak is reached early, since small networks
    gain more from a long descent.

    References
    ----------
    .. [1] L. N. Smith, N. Topin, "Super-Convergence: Very Fast Training of Neural
       Networks Using Large Learning Rates", 2018, section 3.
    """
    return np.interp(_middle_of_steps(n_steps), [0.0, 0.25, 1.0], [0.1, 1.0, 0.0])


SCHEDULES: dict[str, Callable[[int], np.ndarray]] = {
    "constant": constant,
    "cosine": cosine,
    "one_cycle": one_cycle,
}


def _middle_of_steps(n_steps: int) -> np.ndarray:
    """Where in (0, 1) each of `n_steps` steps lies."""
    return (np.arange(n_steps) + 0.5) / n_steps
