"""Pictures of data, training and mistakes, as scikit-learn's Display classes.

``from_estimator``, ``from_predictions`` and ``from_data`` compute, ``plot`` draws and keeps
``ax_`` and ``figure_``. For confusions there is
:class:`sklearn.metrics.ConfusionMatrixDisplay`, which takes these classifiers as they are
(and labels, not one-hot rows). :class:`LivePlot` draws while a network trains.
"""

from typing import TYPE_CHECKING, Any

from ._classes import ClassAccuracyDisplay, ClassDistributionDisplay
from ._coverage import AccuracyCoverageDisplay
from ._drawing import BLUE as BLUE
from ._drawing import ORANGE as ORANGE
from ._drawing import in_percent as in_percent
from ._drawing import new_panels as new_panels
from ._embedding import EmbeddingDisplay
from ._history import TrainingHistoryDisplay
from ._occlusion import OcclusionDisplay
from ._pixels import PixelDensityDisplay, PixelStatisticsDisplay
from ._predictions import ImageGridDisplay, ProbabilityDisplay
from ._predictions import caption as caption
from ._predictions import true_proba as true_proba
from ._readings import CharactersDisplay, ReadingDisplay
from ._weights import EigendigitsDisplay, FilterDisplay

# The names imported "as" themselves are for the package's other rooms, not for users.
__all__ = [
    "AccuracyCoverageDisplay",
    "CharactersDisplay",
    "ClassAccuracyDisplay",
    "ClassDistributionDisplay",
    "EigendigitsDisplay",
    "EmbeddingDisplay",
    "FilterDisplay",
    "ImageGridDisplay",
    "LivePlot",
    "OcclusionDisplay",
    "PixelDensityDisplay",
    "PixelStatisticsDisplay",
    "ProbabilityDisplay",
    "ReadingDisplay",
    "TrainingHistoryDisplay",
]


if TYPE_CHECKING:  # to a type checker, a module with __getattr__ has any name
    from ._live import LivePlot
else:

    def __getattr__(name: str) -> Any:
        # A callback of Keras costs the start of TensorFlow, which pictures don't need.
        if name == "LivePlot":
            from ._live import LivePlot

            return LivePlot
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
