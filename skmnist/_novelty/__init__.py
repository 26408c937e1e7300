"""Samples that are of no class, found by the features of a classifier."""

from ._rejecting import NoveltyRejectingClassifier

__all__ = ["NoveltyRejectingClassifier"]
