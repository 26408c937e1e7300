"""A build function with arguments that a search may set."""

import copy
import inspect
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, ClassVar, Self

from ._values import copied, is_layer, plain, value_of

_WHAT_TO_GIVE = "Give the function that builds it: (image_shape, n_classes, ...) -> keras.Model."


class NetworkRecipe:
    """A function that builds a network, with arguments that can be searched.

    As `network` of :class:`KerasNetworkClassifier` it makes the function's arguments
    parameters of the classifier: ``network__width`` in a search, in ``set_params`` and in
    ``get_params``.

    Parameters
    ----------
    function : callable
        ``function(image_shape, n_classes, ...)`` returns a ``keras.Model``, see
        :class:`KerasNetworkClassifier`.
    **arguments : object
        Further arguments of `function`, by name. Those not given are the function's
        defaults.

    Raises
    ------
    TypeError
        If `function` is none, or has no argument of such a name.

    See Also
    --------
    KerasNetworkClassifier : Trains the network.

    Notes
    -----
    Two recipes are equal if they call the same function with equal arguments (1 and 1.0 are
    not). Equal ones share compiled programs, so the network must depend on nothing else.
    Objects count with the attributes that they have at the fit, and may be changed for the next.

    Arguments are numbers, text, functions, arrays, lists, dicts and other containers of
    these, or initializers and regularizers of Keras. Layers and models are refused: two
    networks must not share them.

    Examples
    --------
    >>> from sklearn.base import clone
    >>> from skmnist import KerasNetworkClassifier, NetworkRecipe
    >>> def two_layers(image_shape, n_classes, width=32, activation="relu"):
    ...     import keras
    ...
    ...     return keras.Sequential(
    ...         [
    ...             keras.Input(image_shape),
    ...             keras.layers.Flatten(),
    ...             keras.layers.Dense(width, activation=activation),
    ...             keras.layers.Dense(n_classes),
    ...         ]
    ...     )
    >>> recipe = NetworkRecipe(two_layers, width=16)
    >>> recipe
    NetworkRecipe(two_layers, width=16)
    >>> recipe.get_params()
    {'width': 16, 'activation': 'relu'}

    A recipe builds a network when it is called:

    >>> recipe((8, 8, 1), 10).count_params()
    1210

    In a classifier its arguments are parameters:

    >>> classifier = KerasNetworkClassifier(recipe).set_params(network__width=64)
    >>> clone(classifier).get_params()["network__width"]
    64
    """

    def __init__(self, function: Callable[..., Any], /, **arguments: Any) -> None:
        if not callable(function) or isinstance(function, NetworkRecipe):
            raise TypeError(
                f"function={function!r} was given, but a function (image_shape, n_classes, ...) "
                "-> keras.Model is expected."
            )
        _check_function(function)
        self.function = function
        self.arguments: dict[str, Any] = {}
        try:
            self.set_params(**arguments)
        except ValueError as error:  # as for any call with an argument that is not known
            raise TypeError(str(error)) from error

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the arguments, those given and the function's defaults.

        Parameters
        ----------
        deep : bool, default=True
            Changes nothing: it is there for scikit-learn.

        Returns
        -------
        arguments : dict of str to object
            Arguments that have neither a value nor a default are not in it.
        """
        defaults = {
            p.name: p.default
            for p in _further_parameters(self.function)
            if p.default is not p.empty
        }
        return {**defaults, **self.arguments}

    def set_params(self, **arguments: Any) -> Self:
        """Set arguments.

        Parameters
        ----------
        **arguments : object
            Arguments of the function, by name.

        Returns
        -------
        self : NetworkRecipe
            This recipe.

        Raises
        ------
        ValueError
            If the function has no argument of such a name.
        """
        parameters = _further_parameters(self.function)
        known = [p.name for p in parameters if p.kind is not p.VAR_KEYWORD]
        if len(known) == len(parameters):
            for name in arguments:
                if name not in known:
                    similar = get_close_matches(name, known, n=1)
                    hint = f" Did you mean {similar[0]!r}?" if similar else ""
                    raise ValueError(
                        f"{_name(self.function)} has no argument {name!r} besides image_shape "
                        f"and n_classes; it has {known}.{hint}"
                    )
        self.arguments.update(arguments)
        return self

    def __call__(self, image_shape: tuple[int, ...], n_classes: int) -> Any:
        """Build the network."""
        return FixedNetwork(self)(image_shape, n_classes)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NetworkRecipe):
            return NotImplemented
        try:
            return _value(self, in_order=False) == _value(other, in_order=False)
        except TypeError:  # an argument that no fit takes has no value to compare
            return self is other

    # Not hashable, since its arguments may be set.
    __hash__: ClassVar[None] = None  # pyright: ignore[reportIncompatibleMethodOverride]

    def __sklearn_clone__(self) -> "NetworkRecipe":
        return type(self)(self.function, **copy.deepcopy(self.arguments))

    def __repr__(self) -> str:
        arguments = [f"{name}={value!r}" for name, value in self.arguments.items()]
        return f"NetworkRecipe({', '.join([_name(self.function), *arguments])})"


def _value(recipe: NetworkRecipe, *, in_order: bool = True) -> Any:
    """Return the value of the function and all arguments, by which recipes are compared."""
    return value_of(recipe.function, dict(sorted(recipe.get_params().items())), in_order=in_order)


class FixedNetwork:
    """A build function and its arguments as they were at a fit: hashable, not to be changed."""

    def __init__(self, network: Callable[..., Any]) -> None:
        recipe = network if isinstance(network, NetworkRecipe) else NetworkRecipe(network)
        self.function, arguments = copied(recipe.function), copied(recipe.arguments)
        self.arguments = {name: plain(value) for name, value in arguments.items()}
        try:
            inspect.signature(self.function).bind((1, 1, 1), 2, **self.arguments)
        except TypeError as error:
            raise TypeError(
                f"network={self!r} can't be called with image_shape, n_classes and these "
                f"arguments: {error}. Its first two parameters are image_shape and n_classes; "
                "give the others a default, or a value by NetworkRecipe(function, name=value)."
            ) from error
        self._key = _value(recipe)

    def __call__(self, image_shape: tuple[int, ...], n_classes: int) -> Any:
        # Copies, since what is called may change itself or its arguments.
        function, arguments = copied(self.function), copied(self.arguments)
        return function(image_shape, n_classes, **arguments)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FixedNetwork) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __reduce__(self) -> tuple[Any, ...]:
        return FixedNetwork, (NetworkRecipe(self.function, **self.arguments),)

    def __repr__(self) -> str:
        if not self.arguments:
            return _name(self.function)
        return repr(NetworkRecipe(self.function, **self.arguments))


def _further_parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """List a function's parameters after image_shape and n_classes."""
    parameters = list(inspect.signature(function).parameters.values())
    keywords = [p for p in parameters if p.kind in (p.KEYWORD_ONLY, p.VAR_KEYWORD)]
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return positional[2:] + keywords


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", repr(function))


def _check_function(function: Any) -> None:
    if is_layer(function):
        raise TypeError(
            f"network={function!r} is a {type(function).__name__} that is already built, but "
            f"each fit needs a new one. {_WHAT_TO_GIVE}"
        )
    name = _name(function)
    if (getattr(function, "__module__", None) or "").partition(".")[0] == "keras":
        raise TypeError(
            f"network={name} is one of Keras itself, which doesn't take image_shape and "
            f"n_classes. {_WHAT_TO_GIVE}"
        )
    try:
        parameters = list(inspect.signature(function).parameters)
    except ValueError:  # some built-in functions have none to see
        parameters = []
    of_scikeras = [p for p in ("meta", "compile_kwargs") if p in parameters]
    if of_scikeras and "shape" not in parameters[0]:
        raise TypeError(
            f"network={name} has the parameter {of_scikeras[0]}, as functions for scikeras do, "
            "but here the first two parameters are image_shape and n_classes: write "
            f"{name}(image_shape, n_classes, ...) and return the model without compiling it."
        )
