"""The network that is built where none is given, and an example of how to write one."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def small_network(
    image_shape: tuple[int, int, int], n_classes: int, *, width: int = 128
) -> "keras.Model":
    """Build a network of one hidden layer, as :class:`NetworkRecipe` shows how to write one.

    Parameters
    ----------
    image_shape : tuple of int
        (height, width, n_channels) of an image.
    n_classes : int
        Number of classes.
    width : int, default=128
        Number of hidden units.

    Returns
    -------
    network : keras.Model
        From standardized images to logits.

    See Also
    --------
    KerasNetworkClassifier : Trains such a network.

    Examples
    --------
    >>> from skmnist import KerasNetworkClassifier, NetworkRecipe, small_network
    >>> small_network((8, 8, 1), 10).count_params()
    9610
    >>> classifier = KerasNetworkClassifier(NetworkRecipe(small_network, width=64))
    """
    import keras

    return keras.Sequential(
        [
            keras.Input(image_shape),
            keras.layers.Flatten(),
            keras.layers.Dense(width, activation="relu"),
            keras.layers.Dense(n_classes),
        ]
    )
