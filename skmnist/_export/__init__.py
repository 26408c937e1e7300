"""Fitted classifiers written for other runtimes."""

from ._litert import to_litert
from ._onnx import to_onnx

__all__ = ["to_litert", "to_onnx"]
