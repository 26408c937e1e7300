"""Model files: fitted estimators as JSON and arrays, with nothing in them to execute."""

from ._files import load, save

__all__ = ["load", "save"]
