"""The samples that early stopping holds out of training."""

import numpy as np
from sklearn.model_selection import train_test_split


def hold_out(numbers: np.ndarray, fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Split positions into training and validation, stratified by class.

    Parameters
    ----------
    numbers : ndarray of shape (n_samples,), int
        Class numbers.
    fraction : float
        Share of the samples to hold out.
    seed : int

    Returns
    -------
    kept, held_out : ndarray of int
        Sorted positions in `numbers`.
    """
    try:
        kept, out = train_test_split(
            np.arange(len(numbers)), test_size=fraction, stratify=numbers, random_state=seed
        )
    except ValueError as error:
        raise ValueError(
            f"validation_fraction={fraction} of {len(numbers)} distinct samples can't be held out "
            f"for early_stopping with every class on both sides: {error} Give X_val and y_val, "
            "or set early_stopping=False."
        ) from error
    return np.sort(kept), np.sort(out)
