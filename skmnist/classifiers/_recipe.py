"""A network as a function and its arguments, which a search may set."""

import copy
import functools
import inspect
import sys
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, Self

import numpy as np


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
    Two recipes are equal if they call the same function with equal arguments. A classifier
    keeps compiled programs by that, so the network must depend on nothing else: what it
    reads from outside has to become an argument.

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
        self._function = function
        self._arguments: dict[str, Any] = {}
        self.set_params(**arguments)

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
            for p in _further_parameters(self._function)
            if p.default is not p.empty
        }
        return {**defaults, **self._arguments}

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
        """
        parameters = _further_parameters(self._function)
        known = [p.name for p in parameters if p.kind is not p.VAR_KEYWORD]
        if len(known) == len(parameters):
            for name in arguments:
                if name not in known:
                    similar = get_close_matches(name, known, n=1)
                    hint = f" Did you mean {similar[0]!r}?" if similar else ""
                    raise TypeError(
                        f"{_name(self._function)} has no argument {name!r} besides image_shape "
                        f"and n_classes; it has {known}.{hint}"
                    )
        self._arguments.update(arguments)
        return self

    def __call__(self, image_shape: tuple[int, ...], n_classes: int) -> Any:
        """Build the network."""
        return FixedNetwork(self)(image_shape, n_classes)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NetworkRecipe):
            return NotImplemented
        try:
            return _key(self) == _key(other)
        except TypeError:  # an argument that no fit takes has no value to compare
            return self is other

    __hash__ = None  # type: ignore[assignment]  its arguments may be set

    def __sklearn_clone__(self) -> "NetworkRecipe":
        return type(self)(self._function, **copy.deepcopy(self._arguments))

    def __repr__(self) -> str:
        arguments = [f"{name}={value!r}" for name, value in self._arguments.items()]
        return f"NetworkRecipe({', '.join([_name(self._function), *arguments])})"


class FixedNetwork:
    """A build function and its arguments as they were at a fit: hashable, not to be changed.

    Parameters
    ----------
    network : callable
        What a classifier has as `network`.
    """

    def __init__(self, network: Callable[..., Any]) -> None:
        _check_function(network)
        recipe = network if isinstance(network, NetworkRecipe) else NetworkRecipe(network)
        self.function = recipe._function
        self.arguments = {
            name: _plain(value) for name, value in copy.deepcopy(recipe._arguments).items()
        }
        try:
            inspect.signature(self.function).bind((1, 1, 1), 2, **self.arguments)
        except TypeError as error:
            raise TypeError(
                f"network={self!r} can't be called with image_shape, n_classes and these "
                f"arguments: {error}. Its first two parameters are image_shape and n_classes; "
                "give the others a default, or a value by NetworkRecipe(function, name=value)."
            ) from error
        self._key = _key(recipe)

    def __call__(self, image_shape: tuple[int, ...], n_classes: int) -> Any:
        return self.function(image_shape, n_classes, **self.arguments)

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
    if _is_layer(function):
        raise TypeError(
            f"network={function!r} is a {type(function).__name__} that is already built, but "
            "each fit needs a new one. Give the function that builds it: (image_shape, "
            "n_classes, ...) -> keras.Model."
        )


def _plain(value: Any) -> Any:
    """Turn NumPy's numbers, which searches draw, into Python's, which Keras wants."""
    if isinstance(value, np.generic):
        return value.item()
    return type(value)(map(_plain, value)) if type(value) in (list, tuple) else value


def _is_layer(value: Any) -> bool:
    keras = sys.modules.get("keras")  # without it, nothing is a layer
    return keras is not None and isinstance(value, keras.Layer)


def _key(recipe: NetworkRecipe) -> tuple[Any, ...]:
    """Return what equal recipes have in common, hashable."""
    arguments = sorted(recipe.get_params().items())
    return (
        _frozen("function", recipe._function),
        tuple((name, _frozen(name, value)) for name, value in arguments),
    )


def _frozen(name: str, value: Any) -> Any:
    """Make a value hashable: equal values of one type become equal ones."""
    value = _plain(value)
    if isinstance(value, list | tuple):
        return "sequence", tuple(_frozen(name, part) for part in value)
    if isinstance(value, dict):
        return "dict", tuple((key, _frozen(name, value[key])) for key in value)
    if isinstance(value, set | frozenset):
        return "set", frozenset(_frozen(name, part) for part in value)
    if isinstance(value, np.ndarray):
        if value.dtype == object:
            return _frozen(name, value.tolist())
        return "array", value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, functools.partial):
        parts = (value.func, value.args, value.keywords)
        return "partial", tuple(_frozen(name, part) for part in parts)
    if _is_layer(value):
        raise TypeError(
            f"network__{name} has {value!r}, but networks must not share a layer or model. Give "
            "what it is made of, and make it in the function."
        )
    if hasattr(value, "get_config") and not inspect.isclass(value):
        return type(value), _frozen(name, value.get_config())
    try:
        hash(value)
    except TypeError as error:
        raise TypeError(
            f"network__{name} has {value!r}, which is not hashable, so that equal networks can't "
            "be told. Give numbers, text, functions, or containers of these."
        ) from error
    return type(value), value
