"""Parameters that count something per layer."""

from collections.abc import Sequence
from numbers import Integral

import numpy as np


def as_sizes(
    name: str, value: int | Sequence[int], *, n_layers: int | None = None
) -> tuple[int, ...]:
    """Read a parameter that is one positive integer or one for each layer.

    Parameters
    ----------
    name : str
        Name of the parameter, for messages.
    value : int or array-like of int
    n_layers : int, default=None
        How many are needed: one integer is repeated. None leaves the number open.

    Returns
    -------
    sizes : tuple of int
    """
    if isinstance(value, Integral):
        return (int(value),) * (1 if n_layers is None else n_layers)
    sizes = np.asarray(value, dtype=object).ravel().tolist()
    if not all(isinstance(size, Integral) and size >= 1 for size in sizes):
        raise ValueError(f"{name}={value!r} was given, but positive integers are expected.")
    if n_layers not in (None, len(sizes)):
        raise ValueError(
            f"{name}={value!r} has {len(sizes)} values, but one integer or one for each of the "
            f"{n_layers} convolutions is expected."
        )
    return tuple(map(int, sizes))
