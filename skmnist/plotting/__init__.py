"""Pictures of data, training and mistakes, as scikit-learn's Display classes.

``from_estimator``, ``from_predictions`` and ``from_data`` compute, ``plot`` draws and keeps
``ax_`` and ``figure_``. For confusions there is
:class:`sklearn.metrics.ConfusionMatrixDisplay`, which takes these classifiers as they are
(and labels, not one-hot rows).
"""

from ._accuracy import ClassAccuracyDisplay
from ._classes import ClassDistributionDisplay
from ._embedding import EmbeddingDisplay
from ._history import TrainingHistoryDisplay
from ._images import ImageGridDisplay
from ._occlusion import OcclusionDisplay
from ._pixels import PixelDensityDisplay, PixelStatisticsDisplay
from ._weights import EigendigitsDisplay, FilterDisplay

__all__ = [
    "ClassAccuracyDisplay",
    "ClassDistributionDisplay",
    "EigendigitsDisplay",
    "EmbeddingDisplay",
    "FilterDisplay",
    "ImageGridDisplay",
    "OcclusionDisplay",
    "PixelDensityDisplay",
    "PixelStatisticsDisplay",
    "TrainingHistoryDisplay",
]
