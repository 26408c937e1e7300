"""Fitted classifiers for programs that have no Python."""

from ._onnx import to_onnx

__all__ = ["to_onnx"]
