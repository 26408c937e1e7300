"""Matrix products of the thread that asks for them, whose sizes follow from one stack's shapes."""

import numpy as np

# OpenBLAS hands products of so many multiplications to threads of its own. On small ones these
# gain little, and wait for each other, milliseconds, where other work keeps the cores busy.
_FIRST_WITH_THREADS = 2**19
# A part of fewer rows takes longer for its `right` than it gains.
_FEWEST_ROWS = 8


def multiply(left: np.ndarray, right: np.ndarray, out: np.ndarray) -> None:
    """Write ``left @ right`` to `out`, some rows of `left` at a time; one of both may be a stack.

    The number of members of the stack decides nothing: each has the same bits in any company.
    """
    n_rows = left.shape[-2]
    most = (_FIRST_WITH_THREADS - 1) // (right.shape[-2] * right.shape[-1])
    n_parts = -(-n_rows // most) if most >= _FEWEST_ROWS else 1
    for i in range(n_parts):
        part = slice(i * n_rows // n_parts, (i + 1) * n_rows // n_parts)
        np.matmul(left[..., part, :], right, out=out[..., part, :])
