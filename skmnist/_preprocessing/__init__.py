"""Transformers of images: each one file."""

from ._deskewer import ImageDeskewer
from ._flattener import ImageFlattener
from ._scaler import PixelScaler

__all__ = ["ImageDeskewer", "ImageFlattener", "PixelScaler"]
