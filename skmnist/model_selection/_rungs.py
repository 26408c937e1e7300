"""How many epochs the rungs of a halving search have."""

from typing import NamedTuple


class Rungs(NamedTuple):
    """The rungs of a halving search.

    Parameters
    ----------
    n_epochs : list of int
        Epochs trained at the end of each rung, increasing.
    n_required : int
        Rungs after which fewer than `factor` candidates are left.
    n_possible : int
        Rungs between the fewest epochs and the most.
    """

    n_epochs: list[int]
    n_required: int
    n_possible: int


def plan_rungs(n_candidates: int, factor: float, fewest: int | str, most: int) -> Rungs:
    """Plan rungs of `factor` times the epochs each; the last one has them all.

    Parameters
    ----------
    n_candidates : int
        Candidates of the first rung.
    factor : float
        Larger than 1.
    fewest : int or 'exhaust'
        Epochs of the first rung. ``'exhaust'`` leaves room for just the rungs required.
    most : int
        Epochs of the last rung.

    Returns
    -------
    rungs : Rungs
    """
    n_required = _n_powers(n_candidates, factor)
    if fewest == "exhaust":
        fewest = max(1, int(most // factor ** (n_required - 1)))
    n_possible = _n_powers(most // fewest, factor)
    before_the_last = min(n_required, n_possible) - 1
    # A small factor may say the same number twice.
    n_epochs = sorted({int(fewest * factor**rung) for rung in range(before_the_last)} | {most})
    return Rungs(n_epochs, n_required, n_possible)


def _n_powers(limit: float, factor: float) -> int:
    """Count the powers of `factor`, from 1 on, up to `limit`; logarithms would round."""
    n = 1
    while factor**n <= limit:
        n += 1
    return n
