"""What was read on pictures: characters cut out, and characters of a page in their boxes."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from ._drawing import BLUE, ORANGE, Display, TilesDisplay, draw_images, in_percent, new_axes

_SIDE = 140  # pixels of a picture beside what was read of it
_UNSURE = 0.9  # below that a box is orange


@dataclass(kw_only=True, eq=False, repr=False)
class ReadingDisplay(TilesDisplay):
    """Pictures, and beside each the image that a network gets to see, with its prediction.

    It shows why a prediction is wrong: what was taken for ink, cut out and centred.

    Parameters
    ----------
    pictures : list of ndarray of shape (height, width) or (height, width, 3), uint8
        The pictures as they are, of any sizes.
    images : ndarray of shape (n_pictures, height, width), uint8
        What was read, as of :func:`skmnist.datasets.read_picture`.
    labels : array-like of shape (n_pictures,), default=None
        What was predicted.
    proba : array-like of shape (n_pictures,), default=None
        The probability of each.
    n_columns : int, default=4
        Pictures in a row.

    Attributes
    ----------
    tiles_, ax_, figure_ : list of matplotlib AxesImage, Axes and Figure
        Once drawn.

    Examples
    --------
    >>> import numpy as np
    >>> from skmnist.datasets import read_picture
    >>> from skmnist.plotting import ReadingDisplay
    >>> paper = np.full((300, 200), 230, np.uint8)
    >>> paper[50:170, 40:55] = 20
    >>> display = ReadingDisplay(pictures=[paper], images=read_picture(paper)[None]).plot()
    >>> len(display.tiles_)
    2
    """

    pictures: list[np.ndarray]
    images: np.ndarray
    labels: Any = None
    proba: Any = None
    n_columns: int = 4

    def _draw_tiles(self, ax: Any) -> Any:
        if len(self.pictures) != len(self.images):
            raise ValueError(
                f"images has {len(self.images)} images, expected {len(self.pictures)}, one for "
                "each of pictures."
            )
        tiles, captions = [], []
        for i, (picture, image) in enumerate(zip(self.pictures, self.images, strict=True)):
            tiles += [_square(picture), _square(image)]
            label = "" if self.labels is None else str(self.labels[i])
            sure = "" if self.proba is None else f", {in_percent(float(self.proba[i]), 0)}"
            captions += ["", label + sure]
        return draw_images(
            ax,
            np.array(tiles),
            n_columns=2 * self.n_columns,
            captions=captions if any(captions) else None,
        )


def _square(picture: np.ndarray) -> np.ndarray:
    """Scale a picture to fit into a square of grey."""
    from PIL import Image

    picture = np.asarray(picture)
    if picture.ndim == 3 and picture.shape[2] == 1:
        picture = picture[..., 0]
    found = Image.fromarray(picture).convert("RGB")
    scale = _SIDE / max(found.size)
    size = max(1, round(found.width * scale)), max(1, round(found.height * scale))
    way = Image.Resampling.NEAREST if scale > 2 else Image.Resampling.BILINEAR
    square = Image.new("RGB", (_SIDE, _SIDE), (128, 128, 128))
    left, top = ((_SIDE - side) // 2 for side in size)
    square.paste(found.resize(size, way), (left, top))
    return np.asarray(square)


@dataclass(kw_only=True, eq=False, repr=False)
class CharactersDisplay(Display):
    """A picture of several characters, with their boxes and what was predicted for them.

    Boxes are blue, and orange where the probability is less than 90 %.

    Parameters
    ----------
    picture : ndarray of shape (height, width) or (height, width, 3)
        The picture.
    boxes : array-like of shape (n_characters, 4)
        Left, upper, right and lower end of each, as of
        :func:`skmnist.datasets.read_characters`.
    labels : array-like of shape (n_characters,), default=None
        What was predicted.
    proba : array-like of shape (n_characters,), default=None
        The probability of each.

    Attributes
    ----------
    boxes_ : list of matplotlib Rectangle
        The boxes, once drawn.
    ax_, figure_ : matplotlib Axes and Figure
        Once drawn.

    Examples
    --------
    >>> import numpy as np
    >>> from skmnist.datasets import read_characters
    >>> from skmnist.plotting import CharactersDisplay
    >>> paper = np.full((300, 400), 230, np.uint8)
    >>> paper[50:120, [*range(60, 70), *range(160, 170)]] = 20
    >>> page = read_characters(paper)
    >>> display = CharactersDisplay(picture=paper, boxes=page.boxes, labels=[1, 1]).plot()
    >>> len(display.boxes_)
    2
    """

    picture: np.ndarray
    boxes: Any
    labels: Any = None
    proba: Any = None

    @classmethod
    def from_estimator(cls, estimator: Any, picture: Any, page: Any, *, ax: Any = None) -> Self:
        """Predict and draw.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier or pipeline with ``predict_proba`` for images of bytes.
        picture : ndarray of shape (height, width) or (height, width, 3)
            The picture.
        page : Bunch
            Its characters, of :func:`skmnist.datasets.read_characters`.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : CharactersDisplay
            The display, drawn.
        """
        proba = estimator.predict_proba(page.images)
        return cls(
            picture=picture,
            boxes=page.boxes,
            labels=estimator.classes_[proba.argmax(axis=1)],
            proba=proba.max(axis=1),
        ).plot(ax)

    def _draw(self, ax: Any) -> Any:
        from matplotlib.patches import Rectangle

        picture = np.asarray(self.picture)
        height, width = picture.shape[:2]
        ax = new_axes(ax, (8, max(1.5, 8 * height / width)))
        ax.imshow(picture, cmap="gray")
        ax.set_axis_off()
        self.boxes_: list[Any] = []
        for i, (left, top, right, bottom) in enumerate(np.asarray(self.boxes).tolist()):
            is_sure = self.proba is None or self.proba[i] >= _UNSURE
            colour = BLUE if is_sure else ORANGE
            box = Rectangle((left, top), right - left, bottom - top, fill=False, ec=colour)
            self.boxes_.append(ax.add_patch(box))
            if self.labels is not None:
                behind = {"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 1}
                style: dict[str, Any] = {"color": colour, "weight": "bold", "bbox": behind}
                ax.text(left, top, str(self.labels[i]), va="bottom", **style, parse_math=False)
        return ax
