"""Training loops of Keras, PyTorch and JAX as classes with ``fit`` and ``predict_proba``.

All take pixels as flat rows of float32 and labels 0 to 9. Imports, and the start of the
library, happen when an object is made: they are not part of a fit.
"""

import numpy as np


class KerasLoop:
    """Keras' own ``compile`` and ``fit``, as it comes."""

    def __init__(self, build, epochs, batch_size):
        import keras  # noqa: F401

        self.build, self.epochs, self.batch_size = build, epochs, batch_size

    def fit(self, X, y):
        self.network = self.build()
        self.network.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
        self.network.fit(X, y, epochs=self.epochs, batch_size=self.batch_size, verbose=0)
        return self

    def predict_proba(self, X):
        return self.network.predict(X, verbose=0)


class TorchLoop:
    """What a PyTorch tutorial's training loop is, without the cost of a data loader."""

    def __init__(self, build, input_shape, epochs, batch_size):
        import torch

        self.torch, self.build, self.input_shape = torch, build, input_shape
        self.epochs, self.batch_size = epochs, batch_size

    def fit(self, X, y):
        X, y = self._images(X), self.torch.from_numpy(y.astype("int64"))
        self.network = self._make_network()
        optimizer = self._make_optimizer()
        for _ in range(self.epochs):
            for rows in self.torch.randperm(len(X)).split(self.batch_size):
                optimizer.zero_grad()
                self._loss(self.network, X[rows], y[rows]).backward()
                optimizer.step()
        return self

    def predict_proba(self, X):
        with self.torch.inference_mode():
            return self.network(self._images(X)).softmax(dim=1).numpy()

    def _images(self, X):
        return self.torch.from_numpy(X.reshape(-1, *self.input_shape))

    def _make_network(self):
        return self.build()

    def _make_optimizer(self):
        return self.torch.optim.Adam(self.network.parameters(), lr=0.001)

    def _loss(self, network, images, labels):
        return self.torch.nn.functional.cross_entropy(network(images), labels)


class ChannelsLastTorchLoop(TorchLoop):
    """The same with images and kernels in the order (batch, height, width, channels)."""

    def _images(self, X):
        return super()._images(X).contiguous(memory_format=self.torch.channels_last)

    def _make_network(self):
        return self.build().to(memory_format=self.torch.channels_last)


class CompiledTorchLoop(TorchLoop):
    """The same with loss and gradients compiled by Inductor, and the fused Adam.

    What is compiled takes the network as an argument: later fits use it again.
    """

    def __init__(self, *arguments):
        super().__init__(*arguments)
        import torch._dynamo
        import torch._inductor.compile_fx  # noqa: F401

        # An epoch's last batch is smaller; compiled by its own shape it is not slower.
        self._loss = self.torch.compile(super()._loss, dynamic=False)

    def _make_optimizer(self):
        return self.torch.optim.Adam(self.network.parameters(), lr=0.001, fused=True)


class TracedTorchLoop(TorchLoop):
    """Trained as the first, then traced, frozen and optimized for predictions."""

    def fit(self, X, y):
        super().fit(X, y)
        jit = self.torch.jit
        network = self.torch.nn.Sequential(self.network, self.torch.nn.Softmax(dim=1)).eval()
        with self.torch.inference_mode():
            self.traced = jit.optimize_for_inference(
                jit.freeze(jit.trace(network, self._images(X[:1])))
            )
        return self

    def predict_proba(self, X):
        with self.torch.inference_mode():
            return self.traced(self._images(X)).numpy()


class JaxLoop:
    """A dense network whose epoch is one compiled loop over the batches, images resident."""

    def __init__(self, sizes, epochs, batch_size):
        import jax

        jax.devices()  # starts the backend
        self.jax, self.sizes = jax, sizes
        self.epochs, self.batch_size = epochs, batch_size
        self._epoch = jax.jit(self._run_epoch, donate_argnums=0)
        self._probabilities = jax.jit(lambda network, X: jax.nn.softmax(_logits(jax, network, X)))

    def fit(self, X, y):
        rng = np.random.default_rng(0)
        network = []  # Glorot's uniform kernels and zero biases, as Keras has them
        for n_inputs, n_outputs in zip(self.sizes[:-1], self.sizes[1:], strict=True):
            limit = np.sqrt(6 / (n_inputs + n_outputs))
            kernel = rng.uniform(-limit, limit, (n_inputs, n_outputs)).astype(np.float32)
            network.append((kernel, np.zeros(n_outputs, np.float32)))
        network = self.jax.tree.map(self.jax.numpy.asarray, network)
        zeros = self.jax.tree.map(self.jax.numpy.zeros_like, network)
        state = network, zeros, self.jax.tree.map(self.jax.numpy.copy, zeros), np.float32(0)
        X, y = self.jax.device_put((X, y.astype(np.int32)))
        for _ in range(self.epochs):
            state = self._epoch(state, X, y, rng.permutation(len(X)).astype(np.int32))
        self.network = self.jax.block_until_ready(state[0])
        return self

    def predict_proba(self, X):
        return np.asarray(self._probabilities(self.network, X))

    def _run_epoch(self, state, X, y, order):
        jax = self.jax
        n_full = len(order) // self.batch_size

        def step(state, rows):
            return self._step(state, X[rows], y[rows]), None

        full, rest = jax.numpy.split(order, [n_full * self.batch_size])
        state, _ = jax.lax.scan(step, state, full.reshape(n_full, self.batch_size))
        return step(state, rest)[0] if len(rest) else state

    def _step(self, state, images, labels):
        """Make one step of Adam (Kingma and Ba 2015, algorithm 1), at a rate of 0.001."""
        jax, (network, means, squares, n_steps) = self.jax, state

        def loss(network):
            log_proba = jax.nn.log_softmax(_logits(jax, network, images))
            return -jax.numpy.take_along_axis(log_proba, labels[:, None], axis=1).mean()

        gradients = jax.grad(loss)(network)
        n_steps += 1
        means = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, means, gradients)
        squares = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, squares, gradients)
        rate = 0.001 * jax.numpy.sqrt(1 - 0.999**n_steps) / (1 - 0.9**n_steps)
        network = jax.tree.map(
            lambda w, m, v: w - rate * m / (jax.numpy.sqrt(v) + 1e-7), network, means, squares
        )
        return network, means, squares, n_steps


def _logits(jax, network, images):
    *hidden, (kernel, bias) = network
    for hidden_kernel, hidden_bias in hidden:
        images = jax.nn.relu(images @ hidden_kernel + hidden_bias)
    return images @ kernel + bias
