"""Other digits than those that the tiny networks are fitted on."""

import pytest


@pytest.fixture(scope="package")
def other_digits(digits):
    """300 digits that are not among `few_digits`."""
    X, y = digits
    return X[300:600], y[300:600]
