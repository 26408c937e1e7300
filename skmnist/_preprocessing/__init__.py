"""Transformers of images: each one file."""

from ._deskewer import MOST_SLANT, ImageDeskewer
from ._flattener import ImageFlattener
from ._scaler import PixelScaler

__all__ = ["MOST_SLANT", "ImageDeskewer", "ImageFlattener", "PixelScaler"]
