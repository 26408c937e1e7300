"""Axes to draw on, images as they are drawn, and colours that most eyes can tell apart."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.image import AxesImage

# Okabe and Ito, "Color Universal Design", 2008: told apart by colour-blind readers too.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
BLUE, ORANGE, GREY = COLOURS[0], COLOURS[1], "#999999"
# Space between tiles, and height of a line of text above them, in sides of a tile.
_GAP, _LINE = 0.12, 0.16
# Size of captions in points on a tile of an inch, and how many letters have place there.
_FONT_SIZE, _LETTERS = 8, 15


class Display:
    """A picture on one Axes."""

    figure_: "Figure | SubFigure | None"
    ax_: "Axes"

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw the picture.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : Display
            The display, drawn.
        """
        self.ax_ = self._draw(ax)
        self.figure_ = self.ax_.get_figure()
        return self

    def _draw(self, ax: Any) -> Any:
        """Draw on these Axes, or on new ones where `ax` is None, and return them."""
        raise NotImplementedError


class TilesDisplay(Display):
    """A picture made of tiles, an image each."""

    tiles_: "list[AxesImage]"

    def _draw(self, ax: Any) -> Any:
        ax, self.tiles_ = self._draw_tiles(ax)
        return ax

    def _draw_tiles(self, ax: Any) -> Any:
        """Draw as `_draw` does, and return Axes and tiles."""
        raise NotImplementedError


def new_axes(
    ax: Any, size: tuple[float, float] | None = None, projection: str | None = None
) -> "Axes":
    """Return axes to draw on: those given, or those of a new figure of `size` inches."""
    import matplotlib.pyplot as plt

    if ax is None:
        return plt.figure(figsize=size, layout="constrained").add_subplot(projection=projection)
    if isinstance(ax, np.ndarray | list | tuple):
        raise TypeError(f"ax holds {len(ax)} Axes; one is drawn on. Give one of them.")
    return ax


def new_panels(
    ax: Any, names: Sequence[str], size: tuple[float, float], **options: Any
) -> "tuple[Figure, np.ndarray]":
    """Return figure and Axes, one for each name: those given, or new ones of `size` inches."""
    import matplotlib.pyplot as plt

    if ax is None:
        _, ax = plt.subplots(1, len(names), figsize=size, layout="constrained", **options)
    panels = np.asarray(ax, dtype=object).ravel()
    if len(panels) != len(names):
        raise ValueError(
            f"ax has {len(panels)} Axes, but there are {len(names)} figures to draw: "
            f"{', '.join(names)}. Give one for each."
        )
    return panels[0].figure, panels


def name_classes(ax: "Axes", classes: Iterable[Any]) -> None:
    """Write labels below the places 0, 1, ..., aslant where they are long."""
    names = [str(label) for label in classes]
    aslant = {"rotation": 40, "ha": "right"} if max(map(len, names)) > 4 else {}
    ax.set_xticks(np.arange(len(names)), names, **aslant)
    ax.set_xlabel("class")


def in_percent(share: float, digits: int = 2) -> str:
    """Format a share for people, such as 98.52 %."""
    return f"{100 * share:.{digits}f} %"


def draw_images(
    ax: "Axes | None",
    images: np.ndarray,
    *,
    n_columns: int,
    cells: np.ndarray | None = None,
    captions: Sequence[str] | None = None,
    frames: Any = None,
    cmap: str = "gray",
    around_zero: bool = False,
    below: float = 0.0,
    inches: float = 1.0,
) -> "tuple[Axes, list[AxesImage]]":
    """Draw images of shape (n_images, height, width[, n_channels]) in rows and columns.

    `cells` are their places, counted from 0 row by row; with `around_zero`, red is positive, blue
    negative and white zero; `below` is space to leave below each image, in sides of a tile, and
    `inches` the side of a tile where a new figure is made.
    """
    from matplotlib.patches import Rectangle

    if n_columns < 1:
        raise ValueError(f"n_columns={n_columns!r} was given; expected 1 or more.")
    if not len(images):
        ax = new_axes(ax)
        ax.set_axis_off()
        ax.text(0.5, 0.5, "no images", ha="center", transform=ax.transAxes)
        return ax, []
    cells = np.arange(len(images)) if cells is None else np.asarray(cells)
    n_rows, n_used = int(cells.max()) // n_columns + 1, int((cells % n_columns).max()) + 1
    lines = [caption.split("\n") for caption in captions or ()]
    line = _LINE * max(map(len, lines), default=0)
    size = inches * n_used * (1 + _GAP), inches * n_rows * (1 + _GAP + line + below) + 0.4
    ax = new_axes(ax, (max(2.0, size[0]), max(1.5, size[1])))

    low, high = float(images.min()), float(images.max())  # small integers overflow
    if around_zero:
        cmap, high = "RdBu_r", max(-low, high) or 1.0
        low = -high
    images, low, high = _as_drawn(images, low, high)
    height, width = images.shape[1:3]
    side = max(height, width)
    gap, line, below = _GAP * side, line * side, below * side
    # Letters and frames shrink with the tiles, and letters with long captions.
    inches = ax.bbox.width / ax.figure.dpi / n_used
    longest = max((len(text) for texts in lines for text in texts), default=1)
    font_size = min(_FONT_SIZE, _FONT_SIZE * inches * min(1, _LETTERS / longest))
    step = np.array([width + gap, height + gap + line + below])
    tiles = []
    for i, image in enumerate(images):
        row, column = divmod(int(cells[i]), n_columns)
        left, top = step * (column, row)
        extent = (left, left + width, top + height, top)
        tiles.append(
            ax.imshow(image, cmap=cmap, vmin=low, vmax=high, extent=extent, interpolation="none")
        )
        if captions is not None:
            place = {"ha": "center", "va": "bottom", "size": font_size}
            ax.text(left + width / 2, top - gap / 4, captions[i], **place, parse_math=False)
        if frames is not None:
            style = {"edgecolor": frames[i], "linewidth": min(2, 2 * inches)}
            ax.add_patch(Rectangle((left, top), width, height, fill=False, **style))
    ax.set_xlim(-gap, n_used * step[0])
    ax.set_ylim(n_rows * step[1] - line, -gap - line)
    ax.set_aspect("equal")
    ax.set_axis_off()
    return ax, tiles


def _as_drawn(images: np.ndarray, low: float, high: float) -> tuple[np.ndarray, float, float]:
    """Bring images to one channel or to colours between 0 and 1, and return their limits."""
    if images.ndim == 4 and images.shape[3] == 1:
        images = images[..., 0]
    if images.ndim == 3:
        return images, low, high
    images = np.clip((images - low) / ((high - low) or 1), 0, 1)
    if images.shape[3] == 3:
        return images, low, high
    return images.mean(axis=3), 0.0, 1.0
