"""Transformers that take images and tables alike."""

from ._flattener import ImageFlattener
from ._scaler import PixelScaler

__all__ = ["ImageFlattener", "PixelScaler"]
