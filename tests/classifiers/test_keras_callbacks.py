"""Callbacks of Keras: what they share with the world, and what they may not change."""

import gc
import pickle
import threading
import weakref

import keras
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

from skmnist import ImageFlattener, KerasCNNClassifier, KerasMLPClassifier, make_digit_pipeline

X, Y = (part[:120] for part in load_digits(return_X_y=True))
MLP = KerasMLPClassifier((4,), epochs=3, batch_size=32, jit_compile=False, random_state=0)


def with_callbacks(*callbacks, **options):
    return clone(MLP).set_params(keras_callbacks=list(callbacks), **options)


class Losses(keras.callbacks.Callback):
    """As Keras' own guide writes it."""

    def on_train_begin(self, logs=None):
        self.losses = []

    def on_epoch_end(self, epoch, logs=None):
        self.losses.append(logs["loss"])


class Into(keras.callbacks.Callback):
    """Shares a list, a lock and a count with whoever made it."""

    def __init__(self, shared):
        super().__init__()
        self.shared, self.lock, self.count = shared, threading.Lock(), 0

    def on_epoch_end(self, epoch, logs=None):
        with self.lock:
            self.count += 1
            self.shared.append((self.count, logs["loss"]))


class StopsAfter(keras.callbacks.Callback):
    """Counts epochs, from what it was given on."""

    def __init__(self, n):
        super().__init__()
        self.n, self.seen = n, 0

    def on_epoch_end(self, epoch, logs=None):
        self.seen += 1
        self.model.stop_training = self.seen >= self.n


class TestState:
    def test_comes_back(self):
        losses, shared, history = Losses(), [], keras.callbacks.History()
        into = Into(shared)
        model = with_callbacks(losses, into, history).fit(X, Y)
        assert losses.losses == history.history["loss"] == model.loss_curve_
        assert shared == list(enumerate(model.loss_curve_, start=1))
        assert into.count == 3
        assert history.epoch == [0, 1, 2]

    def test_of_a_class_is_new_in_each_fit(self):
        seen = []

        class Counts(Losses):
            def on_train_end(self, logs=None):
                seen.append(len(self.losses))

        with_callbacks(Counts).fit(X, Y).fit(X, Y)
        assert seen == [3, 3]

    def test_comes_back_from_a_training_that_raises(self):
        class Prunes(Losses):
            def on_epoch_end(self, epoch, logs=None):
                super().on_epoch_end(epoch, logs)
                if epoch == 1:
                    raise RuntimeError("pruned")

        prunes = Prunes()
        with pytest.raises(RuntimeError, match="pruned"):
            with_callbacks(prunes).fit(X, Y)
        assert len(prunes.losses) == 2

    def test_does_not_disturb_the_next_fit(self):
        stops = StopsAfter(2)
        model = with_callbacks(stops)
        for _ in range(3):
            assert model.fit(X, Y).n_iter_ == stops.seen == 2
        assert clone(model).fit(X, Y).n_iter_ == 2
        stops.n = 1  # what the user sets counts
        assert model.fit(X, Y).n_iter_ == stops.seen == 1

    def test_of_the_user_is_not_lost_in_a_history_of_two_fits(self):
        history = keras.callbacks.History()
        model = with_callbacks(history).fit(X, Y)
        first = list(model.loss_curve_)
        model.fit(X, Y)
        assert model.n_iter_ == 3
        assert model.loss_curve_ == first
        assert history.history["loss"] == 2 * first  # as in Keras

    def test_of_two_fits_at_a_time_is_apart(self):
        alone = with_callbacks(StopsAfter(2)).fit(X, Y).weights_
        stops = StopsAfter(2)
        models = [with_callbacks(stops) for _ in range(4)]
        threads = [threading.Thread(target=model.fit, args=(X, Y)) for model in models]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for model in models:
            assert all(map(np.array_equal, model.weights_, alone))

    def test_holds_no_network(self):
        losses = Losses()
        with_callbacks(losses).fit(X, Y)
        assert losses._model is None
        assert not hasattr(clone(with_callbacks(losses)).keras_callbacks[0], "losses")

    def test_that_can_not_be_pickled_does_not_hinder_a_pickle(self, tmp_path):
        log = keras.callbacks.CSVLogger(tmp_path / "log.csv")
        model = with_callbacks(log).fit(X, Y)
        assert pickle.loads(pickle.dumps(model)).predict(X).shape == (120,)
        cross_val_score(model, X, Y, cv=2)


class TestAcquaintances:
    def test_of_itself(self):
        class Bound(keras.callbacks.Callback):
            def __init__(self):
                super().__init__()
                self.n, self.itself = 0, self
                self.on_epoch_end = self.count

            def count(self, epoch, logs=None):
                self.n += 1
                self.itself.model.stop_training = self.n == 2

        bound = Bound()
        for _ in range(2):
            assert with_callbacks(bound).fit(X, Y).n_iter_ == bound.n == 2
        assert clone(with_callbacks(bound)).fit(X, Y).n_iter_ == 2

    @pytest.mark.parametrize("wrap", [clone, lambda model: model], ids=["clone", "itself"])
    def test_of_another_one(self, wrap):
        class Reads(keras.callbacks.Callback):
            def __init__(self, other):
                super().__init__()
                self.other, self.seen = other, []

            def on_epoch_end(self, epoch, logs=None):
                self.seen.append(self.other.seen)

        counts = StopsAfter(3)
        reads = Reads(counts)
        wrap(with_callbacks(counts, reads)).fit(X, Y)
        assert reads.seen == [1, 2, 3]
        assert reads.other is counts

    def test_twice_in_the_list(self):
        shared = []
        into = Into(shared)
        with_callbacks(into, into).fit(X, Y)
        assert into.count == len(shared) == 6

    @pytest.mark.parametrize("given", [[3], ["early"], {"a": 1}], ids=["int", "text", "dict"])
    def test_what_is_none_is_named_by_the_fit(self, given):
        model = clone(clone(MLP).set_params(keras_callbacks=given))
        with pytest.raises((TypeError, ValueError), match="keras_callbacks"):
            model.fit(X, Y)

    def test_of_a_closed_file_does_not_hinder_a_grid(self, tmp_path):
        log = keras.callbacks.CSVLogger(tmp_path / "log.csv")
        with_callbacks(log).fit(X, Y)
        GridSearchCV(clone(MLP), {"keras_callbacks": [[log], None]}, cv=2).fit(X, Y)


class TestPlaces:
    """Streams and locks can't be copied deeply, as scikit-learn's clone does."""

    def test_a_stream_in_a_fit_and_in_folds(self, tmp_path):
        class Log(keras.callbacks.Callback):
            def __init__(self):
                super().__init__()
                self.file = (tmp_path / "log.txt").open("w")

            def on_epoch_end(self, epoch, logs=None):
                self.file.write(f"{epoch}\n")

        log = Log()
        with_callbacks(log).fit(X, Y)
        cross_val_score(with_callbacks(log), X, Y, cv=2)
        log.file.close()
        assert (tmp_path / "log.txt").read_text().split() == ["0", "1", "2"] * 3

    @pytest.mark.parametrize(
        "wrap",
        [make_digit_pipeline, lambda model: make_pipeline(ImageFlattener(), model)],
        ids=["make_digit_pipeline", "make_pipeline"],
    )
    def test_pipelines(self, wrap):
        losses, shared = Losses(), []
        wrap(with_callbacks(losses, Into(shared))).fit(X, Y)
        assert len(losses.losses) == len(shared) == 3

    def test_a_search_shares_what_is_held(self):
        shared = []
        GridSearchCV(with_callbacks(Into(shared)), {"alpha": [0, 1]}, cv=2).fit(X, Y)
        assert [count for count, _ in shared] == [1, 2, 3] * 5

    def test_a_single_callback_and_a_tuple_are_cloned(self):
        into = Into([])
        for given in (into, (into,)):
            copied = clone(MLP).set_params(keras_callbacks=given)
            copied = clone(copied).keras_callbacks
            assert type(copied) is type(given)
            (copied,) = copied if isinstance(copied, tuple) else (copied,)
            assert copied is not into
            assert copied.shared is into.shared

    def test_what_can_not_be_copied_at_all_is_named(self):
        class Rigid(keras.callbacks.Callback):
            def __copy__(self):
                raise RuntimeError("never")

        model = clone(MLP)
        model.keras_callbacks = [Rigid()]
        message = r"Rigid.* that can't be copied \(never\)\. Give the class"
        with pytest.raises(TypeError, match=message):
            model.fit(X, Y)


class TestHooks:
    @pytest.mark.parametrize(
        "held", [{"X_val": X[:30], "y_val": Y[:30]}, {}], ids=["given", "out"]
    )
    def test_of_validation_run(self, held):
        seen = []

        class Watch(keras.callbacks.Callback):
            def on_test_begin(self, logs=None):
                seen.append("begin")

            def on_test_batch_end(self, batch, logs=None):
                seen.append(("batch", batch))

            def on_test_end(self, logs=None):
                seen.append(logs["loss"])

        model = with_callbacks(Watch(), early_stopping=not held, n_iter_no_change=2)
        model.set_params(validation_fraction=0.3).fit(X, Y, **held)
        assert seen[0::3] == ["begin"] * 3
        assert seen[1::3] == [("batch", 0)] * 3
        assert seen[2::3] == model.history_["val_loss"]


class TestChanges:
    @pytest.mark.parametrize(
        ("thing", "name", "message"),
        [
            (lambda model: model.optimizer, "beta_1", "changed beta_1 of the optimizer"),
            (lambda model: model.optimizer, "weight_decay", "changed weight_decay of the opt"),
            (lambda model: model.layers[-2], "rate", r"changed rate of .*dropout_1"),
            (lambda model: model.layers[1], "kernel_initializer", "kernel_initializer of dense_1"),
            (
                lambda model: model.layers[1].kernel,
                "constraint",
                r"constraint of .*dense_1/kernel",
            ),
            (lambda model: model.layers[1], "dtype_policy", "_dtype_policy of dense_1"),
        ],
    )
    def test_of_what_is_compiled_are_refused(self, thing, name, message):
        class Changes(keras.callbacks.Callback):
            def on_train_begin(self, logs=None):
                value = {
                    "kernel_initializer": keras.initializers.Zeros(),
                    "constraint": keras.constraints.NonNeg(),
                    "dtype_policy": keras.DTypePolicy("bfloat16"),
                }.get(name, 0.5)
                setattr(thing(self.model), name, value)

        options = {"dropout": 0.1, "optimizer": keras.optimizers.Adam(0.01, beta_2=0.98)}
        before = clone(MLP).set_params(**options).fit(X, Y)
        with pytest.raises(ValueError, match=message):
            with_callbacks(Changes, **options).fit(X, Y)
        after = clone(MLP).set_params(**options).fit(X, Y)
        assert all(map(np.array_equal, after.weights_, before.weights_))

    def test_of_the_model_do_not_reach_another_fit(self):
        class Marks(keras.callbacks.Callback):
            def on_epoch_end(self, epoch, logs=None):
                self.model.n_marks = getattr(self.model, "n_marks", 0) + 1
                self.n_marks = self.model.n_marks

        for _ in range(2):
            marks = Marks()
            with_callbacks(marks).fit(X, Y)
            assert marks.n_marks == 3


class TestFaults:
    @pytest.mark.parametrize("kind", ["divergence", "callback"])
    def test_leave_no_thread_and_no_images(self, kind):
        class Raises(keras.callbacks.Callback):
            def on_train_batch_end(self, batch, logs=None):
                raise RuntimeError("enough")

        model = with_callbacks(Raises) if kind == "callback" else with_callbacks()
        if kind == "divergence":
            model.set_params(learning_rate=1e30, epochs=5)
        with_callbacks().fit(X, Y)
        n_threads = threading.active_count()
        images = X.astype(np.float32)
        alive = weakref.ref(images)
        with pytest.raises((ValueError, RuntimeError), match=r"diverged|enough") as caught:
            model.fit(images, Y)
        # While the traceback is held, as a notebook does.
        assert threading.active_count() == n_threads
        del caught, images
        gc.collect()
        assert alive() is None


def test_are_told_from_those_of_scikit_learn():
    pytest.importorskip("sklearn.callback")
    for given in (keras.callbacks.EarlyStopping(), keras.callbacks.EarlyStopping):
        with pytest.raises(TypeError, match=r"keras_callbacks=\[EarlyStopping\(\.\.\.\)\]"):
            KerasCNNClassifier().set_callbacks(given)
