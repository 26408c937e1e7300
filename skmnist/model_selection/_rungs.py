"""How many epochs the rungs of a halving search have."""

from typing import NamedTuple


class Rungs(NamedTuple):
    """Epochs trained at the end of each rung, increasing, and how many rungs could be.

    After `n_required` rungs fewer than `factor` candidates are left; `n_possible` lie between
    the fewest epochs and the most.
    """

    n_epochs: list[int]
    n_required: int
    n_possible: int


def plan_rungs(n_candidates: int, factor: float, fewest: int | str, most: int) -> Rungs:
    """Plan rungs of `factor` times the epochs each; the last one has `most`.

    `fewest` epochs of the first rung, ``'exhaust'``, leave room for just the rungs required.
    """
    n_required = _n_powers(n_candidates, factor)
    if isinstance(fewest, str):
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
