"""A training program: a network, its optimizer and the compiled steps of both."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from .._networks import CustomNetwork, Network
from ._runtime import has_room_for_xla
from .model_parts import all_layers, generator_states, plain_attributes
from .models import build_model, draw_start
from .optimizers import apply_gradients
from .scikeras_bridge import Trainee

# Layers that XLA is known to make faster on CPU.
_FASTER_BY_XLA = {
    keras.layers.Activation,
    keras.layers.BatchNormalization,
    keras.layers.Dense,
    keras.layers.Flatten,
    keras.layers.InputLayer,
    keras.layers.ReLU,
    keras.layers.Rescaling,
    keras.layers.Reshape,
}

_NO_ROOM = (
    "Linux lets this process map hardly any more memory (vm.max_map_count), of which each network "
    "that XLA compiles takes a hundred pieces for good. This network, and others from here on, "
    "train by TensorFlow's plain graph: that takes up to twice as long, and not to the bits that "
    "XLA gives. Start a new process, spread a search over several (n_jobs), or have that limit "
    "raised."
)


@dataclass(frozen=True)
class TrainingState:
    """All that a later fit needs to go on as if it had never stopped."""

    weights: list[np.ndarray]  # as keras.Model.get_weights orders them
    shuffling: dict[str, Any]  # state of the generator that orders the rows of an epoch
    dropout_seeds: list[np.ndarray]
    optimizer: list[np.ndarray]  # step counter, rate and moments; empty for a new optimizer


class TrainingProgram:
    """A network, its optimizer and their compiled steps; serves one fit at a time.

    XLA compiles the steps with `jit_compile`, by default where that is faster on CPU.
    """

    def __init__(
        self,
        description: Network | CustomNetwork,
        precision: str = "float32",
        jit_compile: bool | None = None,
    ) -> None:
        self.description = description
        self.network = build_model(description, precision)
        self.dropout_seeds = generator_states(self.network)
        self.trainee = Trainee(inputs=self.network.inputs, outputs=self.network.outputs)
        self.uses_xla = jit_compile
        parts = list(_parts(self.network))
        if jit_compile is None:
            on_cpu = not tf.config.list_physical_devices("GPU")
            self.uses_xla = on_cpu and all(type(part) in _FASTER_BY_XLA for part in parts)
        self.mixes_rows = any(map(_may_mix_rows, parts))
        self._trainable = list(self.network.trainable_variables)
        self._compiled: dict[tuple[Any, ...], Any] = {}
        self._by_xla: dict[tuple[Any, ...], bool] = {}  # whether XLA compiles for some shapes
        self._initial_optimizer: list[np.ndarray] = []
        self._attributes: set[str] = set()

    @property
    def optimizer(self) -> keras.optimizers.Optimizer:
        """The optimizer that the trainee was compiled with."""
        return self.trainee.optimizer

    @property
    def has_own_schedule(self) -> bool:
        """Whether the optimizer came with a learning-rate schedule of Keras."""
        return not isinstance(self.optimizer.get_config()["learning_rate"], float)

    def start(self, start: TrainingState | int) -> np.random.Generator:
        """Set every variable to a state, or to a seed's; return the generator that shuffles."""
        if not self._initial_optimizer:
            self.optimizer.build(self._trainable)
            self._initial_optimizer = [v.numpy() for v in self.optimizer.variables]
            self._attributes = set(vars(self.trainee))
        if isinstance(start, TrainingState):
            rng = np.random.default_rng()
            rng.bit_generator.state = start.shuffling
        else:
            rng = np.random.default_rng(start)
            weights, seeds = draw_start(self.description, self.network, rng)
            start = TrainingState(weights=weights, shuffling={}, dropout_seeds=seeds, optimizer=[])
        self.network.set_weights(start.weights)
        moments = start.optimizer or self._initial_optimizer
        if [v.shape for v in moments] != [v.shape for v in self._initial_optimizer]:
            raise ValueError(
                "The state of the optimizer is not one of this version of Keras. Train with "
                "another optimizer, which starts anew, or with the Keras that trained before."
            )
        _assign(self.optimizer.variables, moments)
        _assign(self.dropout_seeds, start.dropout_seeds)
        return rng

    def show_to_callbacks(self) -> keras.Model:
        """Return the model that callbacks see, without what those of another fit left in it."""
        for name in vars(self.trainee).keys() - self._attributes:
            delattr(self.trainee, name)
        self.trainee.stop_training = False
        return self.trainee

    def state(self, rng: np.random.Generator) -> TrainingState:
        """Copy everything that training changes."""
        return TrainingState(
            weights=self.network.get_weights(),
            shuffling=dict(rng.bit_generator.state),
            dropout_seeds=[v.numpy() for v in self.dropout_seeds],
            optimizer=[v.numpy() for v in self.optimizer.variables],
        )

    def finish(self) -> None:
        """Apply the optimizer's final update (EMA); check that trainability is unchanged."""
        if [id(v) for v in self.network.trainable_variables] != [id(v) for v in self._trainable]:
            raise ValueError(
                "A Keras callback changed which layers are trainable, which compiled steps can't "
                "follow. Leave `trainable` alone."
            )
        self.optimizer.finalize_variable_values(self._trainable)

    def settings(self) -> dict[str, Any]:
        """Return the settings that steps are compiled from: of optimizer, layers and variables."""
        things = [("the optimizer", self.optimizer)]
        things += [(layer.name, layer) for layer in all_layers(self.network)]
        settings = {name: {**_objects(thing), **plain_attributes(thing)} for name, thing in things}
        for variable in self.network.variables:
            settings[variable.path] = {
                name: id(getattr(variable, name, None)) for name in ("constraint", "regularizer")
            }
        return settings

    def check_settings(self, before: dict[str, Any]) -> None:
        """Check that callbacks changed no setting that steps are compiled from."""
        for name, attributes in self.settings().items():
            changed = [k for k, v in attributes.items() if v != before.get(name, {}).get(k)]
            if changed:
                raise ValueError(
                    f"A Keras callback changed {', '.join(changed)} of {name}, which compiled "
                    "steps can't follow. Set it where the network or the optimizer is made; only "
                    "the learning rate may change while training."
                )

    def run_steps(self, images: tf.Tensor, rows: np.ndarray, *arguments: Any) -> np.ndarray:
        """Run a chunk of optimizer steps."""
        shapes = images.dtype, tuple(images.shape), rows.shape  # XLA compiles for each
        by_xla = self._by_xla.get(shapes)
        if by_xla is None:
            by_xla = bool(self.uses_xla) and has_room_for_xla()
            if self.uses_xla and not by_xla:
                warnings.warn(_NO_ROOM, RuntimeWarning, stacklevel=2)
            self._by_xla[shapes] = by_xla
        steps = self._compile(self._make_steps, images.dtype, by_xla)
        return steps(images, rows, *arguments).numpy()

    def evaluate(self, images: tf.Tensor, *arguments: Any) -> np.ndarray:
        """Sum the weighted losses and hits of some rows."""
        return self._compile(self._make_evaluation, images.dtype)(images, *arguments).numpy()

    def _compile(self, make: Callable[..., Any], *options: Any) -> Any:
        """Compile once with the same options."""
        key = make.__name__, *options
        if key not in self._compiled:
            compiled = make(*options).get_concrete_function()
            known = [*self.network.variables, *self.optimizer.variables]
            if {id(v) for v in compiled.variables} - {id(v.value) for v in known}:
                raise ValueError(
                    "The network uses a variable that is not its own, such as the global "
                    "generator of keras.random: give its layers a keras.random.SeedGenerator as "
                    "an attribute, and keep all variables in layers."
                )
            self._compiled[key] = compiled
        return self._compiled[key]

    def _make_steps(self, dtype: tf.DType, by_xla: bool) -> Any:
        network, optimizer = self.network, self.optimizer
        variables = self._trainable
        kernels = [v for v in variables if len(v.shape) > 1]
        rate_is_ours = not self.has_own_schedule
        shape = network.input_shape[1:]

        def steps(images, rows, labels, weights, sizes, rates, n_steps, scaling):  # noqa: ANN001, ANN202
            # images (n, *shape); rows, labels, weights (steps, batch); sizes, rates (steps,)
            def step(i, totals):  # noqa: ANN001, ANN202
                batch = tf.cast(tf.gather(images, rows[i]), tf.float32)
                pixels = (batch - scaling[0]) * scaling[1]
                with tf.GradientTape() as tape:
                    logits = tf.cast(network(pixels, training=True), tf.float32)
                    log_proba = tf.nn.log_softmax(logits)
                    targets = tf.one_hot(labels[i], logits.shape[1])
                    losses = -tf.reduce_sum(targets * log_proba, axis=1)
                    smoothed = -tf.reduce_mean(log_proba, axis=1) * scaling[2]
                    smoothed += losses * (1.0 - scaling[2])
                    loss = tf.reduce_sum(weights[i] * smoothed) / tf.cast(sizes[i], tf.float32)
                    squares = [tf.cast(tf.nn.l2_loss(kernel), tf.float32) for kernel in kernels]
                    loss += scaling[3] * tf.add_n([*squares, 0.0])
                    # Regularizers of layers.
                    loss += tf.add_n([*(tf.cast(v, tf.float32) for v in network.losses), 0.0])
                if rate_is_ours:
                    optimizer.learning_rate.assign(rates[i])
                apply_gradients(optimizer, tape.gradient(loss, variables), variables)
                return i + 1, totals + _sum_scores(losses, logits, labels[i], weights[i])

            start = tf.constant(0), tf.zeros(2)
            return tf.while_loop(lambda i, _: i < n_steps, step, start, parallel_iterations=1)[1]

        return tf.function(
            steps,
            autograph=False,  # converting takes longer than tracing
            jit_compile=by_xla,
            input_signature=[
                tf.TensorSpec([None, *shape], dtype),
                # Shapes are part of an XLA program.
                tf.TensorSpec([None, None], tf.int32),
                tf.TensorSpec([None, None], tf.int32),
                tf.TensorSpec([None, None], tf.float32),
                tf.TensorSpec([None], tf.int32),
                tf.TensorSpec([None], tf.float32),
                tf.TensorSpec([], tf.int32),
                tf.TensorSpec([4], tf.float32),
            ],
        )

    def _make_evaluation(self, dtype: tf.DType) -> Any:
        network = self.network

        def evaluation(images, rows, labels, weights, scaling):  # noqa: ANN001, ANN202
            pixels = tf.cast(tf.gather(images, rows), tf.float32)
            pixels = (pixels - scaling[0]) * scaling[1]
            logits = tf.cast(network(pixels, training=False), tf.float32)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            return _sum_scores(losses, logits, labels, weights)

        return tf.function(
            evaluation,
            autograph=False,
            input_signature=[
                tf.TensorSpec([None, *network.input_shape[1:]], dtype),
                tf.TensorSpec([None], tf.int32),
                tf.TensorSpec([None], tf.int32),
                tf.TensorSpec([None], tf.float32),
                tf.TensorSpec([4], tf.float32),
            ],
        )


def _parts(network: Any) -> Iterator[Any]:
    """List the layers of a network and of networks in it, and operations that are no layers."""
    if isinstance(network, keras.layers.Wrapper):
        yield network
        inner = [network.layer]
    elif isinstance(network, keras.Sequential):
        inner = network.layers
    else:  # a functional model has operations, a model of another class is one part
        inner = getattr(network, "operations", None)
    if inner is None:
        yield network
    else:
        for part in inner:
            yield from _parts(part)


def _objects(thing: Any) -> dict[str, int]:
    """Return the identities of objects that a layer or optimizer works by."""
    kinds = (
        keras.Initializer,
        keras.constraints.Constraint,
        keras.regularizers.Regularizer,
        keras.DTypePolicy,
    )
    return {name: id(value) for name, value in vars(thing).items() if isinstance(value, kinds)}


def _may_mix_rows(layer: Any) -> bool:
    """Return whether a row's output in training may depend on other rows of its batch."""
    of_keras = getattr(keras.layers, type(layer).__name__, None) is type(layer)
    return isinstance(layer, keras.layers.BatchNormalization) or not of_keras


def _sum_scores(
    losses: tf.Tensor, logits: tf.Tensor, labels: tf.Tensor, weights: tf.Tensor
) -> tf.Tensor:
    hits = tf.cast(tf.argmax(logits, axis=1, output_type=tf.int32) == labels, tf.float32)
    return tf.stack([tf.reduce_sum(weights * losses), tf.reduce_sum(weights * hits)])


def _assign(variables: list[keras.Variable], values: list[np.ndarray]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
