"""Axes to draw on, images as they are drawn, and colours that most eyes can tell apart."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import check_array

from .._images import split_images, square_shape

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

# Okabe and Ito, "Color Universal Design", 2008: told apart by colour-blind readers too.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
BLUE, ORANGE, GREY = COLOURS[0], COLOURS[1], "#999999"
# For values below and above zero.
DIVERGING = "RdBu_r"
# Space between tiles, and height of a line of text above them, in sides of a tile.
_GAP, _LINE = 0.12, 0.16
# Size of captions in points on a tile of an inch, and how many letters have place there.
_FONT_SIZE, _LETTERS = 8, 15


def as_rows(X: Any, name: str = "X") -> tuple[np.ndarray, tuple[int, ...] | None]:
    """Return pixels of shape (n_samples, n_features), and the shape of an image of a stack.

    Raises
    ------
    ValueError
        If there are no samples, or some are no finite numbers.
    """
    rows, shape = split_images(X)
    rows = check_array(rows, dtype="numeric", input_name=name)
    # Black and white: neither histograms nor colours take booleans.
    return rows.astype(np.uint8) if rows.dtype == bool else rows, shape


def as_images(X: Any, image_shape: Sequence[int] | None = None, name: str = "X") -> np.ndarray:
    """Return a stack of images of shape (n_samples, height, width[, n_channels]).

    Parameters
    ----------
    X : array-like
        A stack, or flat rows.
    image_shape : tuple of int or None, default=None
        Shape of an image in a flat row. None means a square.
    name : str, default="X"
        How messages call `X`.

    Raises
    ------
    ValueError
        If the number of pixels is another, or no square and `image_shape` is None, or if
        there are no samples, or some are no finite numbers.
    """
    rows, shape = as_rows(X, name)
    if shape is None:
        shape = square_shape(rows.shape[1]) if image_shape is None else tuple(image_shape)
        if shape is None:
            raise ValueError(
                f"{name} has {rows.shape[1]} columns, which is no square. Give "
                "image_shape=(height, width) or (height, width, n_channels)."
            )
    if math.prod(shape) != rows.shape[1]:
        raise ValueError(
            f"image_shape={image_shape!r} has {math.prod(shape)} pixels, but {name} has "
            f"{rows.shape[1]} a sample. Give (height, width) or (height, width, n_channels)."
        )
    return rows.reshape(-1, *shape)


def name_classes(ax: "Axes", classes: Sequence[Any]) -> None:
    """Write labels below the places 0, 1, ..., aslant where they are long."""
    names = [str(label) for label in classes]
    aslant = {"rotation": 40, "ha": "right"} if max(map(len, names)) > 4 else {}
    ax.set_xticks(np.arange(len(names)), names, **aslant)
    ax.set_xlabel("class")


def new_axes(ax: "Axes | None", size: tuple[float, float] | None = None) -> "tuple[Figure, Axes]":
    """Return figure and axes to draw on: those given, or new ones of `size` inches."""
    import matplotlib.pyplot as plt

    if ax is None:
        return plt.subplots(figsize=size, layout="constrained")
    if isinstance(ax, np.ndarray | list | tuple):
        raise TypeError(f"ax holds {len(ax)} Axes; one is drawn on. Give one of them.")
    return ax.figure, ax


def draw_tiles(
    ax: "Axes",
    images: np.ndarray,
    *,
    n_columns: int,
    cells: np.ndarray | None = None,
    captions: Sequence[str] | None = None,
    frames: Sequence[str] | None = None,
    cmap: str = "gray",
    limits: tuple[float, float] | None = None,
    below: float = 0.0,
) -> "list[AxesImage]":
    """Draw images in rows and columns on one Axes.

    Parameters
    ----------
    ax : matplotlib Axes
    images : ndarray of shape (n_images, height, width[, n_channels])
    n_columns : int
    cells : ndarray of shape (n_images,), default=None
        Where each image goes, counted from 0 row by row; None leaves no place empty.
    captions : sequence of str, default=None
        A line above each image.
    frames : sequence of colours, default=None
        Colour of each image's frame.
    cmap : str, default="gray"
        Colour map of images of one channel.
    limits : tuple (low, high) of float, default=None
        Pixel values at the ends of the colour map; None means those that occur.
    below : float, default=0.0
        Space to leave below each image, in sides of a tile.

    Returns
    -------
    tiles : list of AxesImage
    """
    from matplotlib.patches import Rectangle

    height, width = images.shape[1:3]
    if images.ndim == 4 and images.shape[3] == 1:
        images = images[..., 0]
    low, high = limits or (images.min(), images.max())
    if images.ndim == 4:
        # Colours are drawn as they are: between 0 and 1.
        low, high = float(low), float(high)  # small integers overflow
        images = np.clip((images - low) / ((high - low) or 1), 0, 1)
        if images.shape[3] != 3:
            images = images.mean(axis=3)
            low, high = 0.0, 1.0
    gap = _GAP * max(height, width)
    line = _LINE * _count_lines(captions) * max(height, width)
    # In inches: letters and frames shrink with the tiles, and letters with long captions.
    cells, n_rows, n_used = _lay_out(images, n_columns, cells)
    inches = ax.bbox.width / ax.figure.dpi / n_used
    longest = max((len(text) for c in captions or () for text in c.split("\n")), default=1)
    font_size = min(_FONT_SIZE, _FONT_SIZE * inches * min(1, _LETTERS / longest))
    step = np.array([width + gap, height + gap + line + below * max(height, width)])
    tiles = []
    for i, image in enumerate(images):
        row, column = divmod(int(cells[i]), n_columns)
        left, top = step * (column, row)
        extent = (left, left + width, top + height, top)
        tiles.append(
            ax.imshow(image, cmap=cmap, vmin=low, vmax=high, extent=extent, interpolation="none")
        )
        if captions is not None:
            ax.text(
                left + width / 2,
                top - gap / 4,
                captions[i],
                ha="center",
                va="bottom",
                size=font_size,
                parse_math=False,
            )
        if frames is not None:
            style = {"edgecolor": frames[i], "linewidth": min(2, 2 * inches)}
            ax.add_patch(Rectangle((left, top), width, height, fill=False, **style))
    ax.set_xlim(-gap, n_used * step[0])
    ax.set_ylim(n_rows * step[1] - line, -gap - line)
    ax.set_aspect("equal")
    ax.set_axis_off()
    return tiles


def draw_grid(
    ax: "Axes | None",
    images: np.ndarray,
    *,
    n_columns: int,
    cells: np.ndarray | None = None,
    captions: Sequence[str] | None = None,
    below: float = 0.0,
    inches: float = 1.0,
    **options: Any,
) -> "tuple[Figure, Axes, list[AxesImage]]":
    """Draw images as :func:`draw_tiles` does, on a new figure if there is none.

    Parameters
    ----------
    ax : matplotlib Axes or None
        None makes a figure with room for tiles of `inches`.
    inches : float, default=1.0
        Side of a tile of a new figure.
    images, n_columns, cells, captions, below, **options
        As :func:`draw_tiles` takes them.

    Returns
    -------
    figure : matplotlib Figure
    ax : matplotlib Axes
    tiles : list of AxesImage
    """
    cells, n_rows, n_used = _lay_out(images, n_columns, cells)
    width = inches * n_used * (1 + _GAP)
    height = inches * n_rows * (1 + _GAP + _LINE * _count_lines(captions) + below)
    figure, ax = new_axes(ax, (max(2.0, width), max(1.5, height + 0.4)))
    places = {"n_columns": n_columns, "cells": cells}
    tiles = draw_tiles(ax, images, **places, captions=captions, below=below, **options)
    return figure, ax, tiles


def _lay_out(
    images: np.ndarray, n_columns: int, cells: np.ndarray | None
) -> tuple[np.ndarray, int, int]:
    """Return the cell of each image, and how many rows and columns are in use."""
    if n_columns < 1:
        raise ValueError(f"n_columns={n_columns!r} was given; expected 1 or more.")
    cells = np.arange(len(images)) if cells is None else np.asarray(cells)
    return cells, int(cells.max()) // n_columns + 1, int((cells % n_columns).max()) + 1


def draw_no_images(ax: "Axes | None") -> "tuple[Figure, Axes]":
    """Say that there is nothing to draw."""
    figure, ax = new_axes(ax)
    ax.set_axis_off()
    ax.text(0.5, 0.5, "no images", ha="center", transform=ax.transAxes)
    return figure, ax


def around_zero(values: np.ndarray) -> tuple[float, float]:
    """Return limits that put zero in the middle of a colour map."""
    most = float(np.abs(values).max()) or 1.0
    return -most, most


def _count_lines(captions: Sequence[str] | None) -> int:
    return max((caption.count("\n") + 1 for caption in captions or ()), default=0)
