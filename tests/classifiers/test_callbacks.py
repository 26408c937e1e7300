"""scikit-learn's callbacks: each epoch is a task of the fit."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmnist import KerasCNNClassifier, KerasMLPClassifier

callback = pytest.importorskip("sklearn.callback", reason="needs scikit-learn 1.9")

X, Y = (part[:200] for part in load_digits(return_X_y=True))
MLP = KerasMLPClassifier((4,), epochs=3, batch_size=32, random_state=0)
CNN = KerasCNNClassifier(
    (2,), kernel_size=3, hidden_layer_sizes=(4,), epochs=3, batch_size=32, random_state=0
)


class Recorder:
    """Writes down what it is told; may stop, or raise, at the end of an epoch."""

    def __init__(self, stop_after=None, raise_after=None):
        self.record = []
        self.stop_after, self.raise_after = stop_after, raise_after

    def setup(self, estimator, context):
        self.record.append(("setup", context.max_subtasks))

    def on_fit_task_begin(self, estimator, context, *, X=None, y=None):
        self.record.append((f"begin {context.task_name}", X, y))

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None, metadata=None):
        self.record.append((f"end {context.task_name}", fitted_estimator, metadata))
        if context.task_name == "epoch":
            if context.task_id + 1 == self.raise_after:
                raise RuntimeError("enough")
            return context.task_id + 1 == self.stop_after
        return None

    def teardown(self, estimator, context):
        self.record.append(("teardown",))

    @property
    def names(self):
        return [name for name, *_ in self.record]


@pytest.mark.parametrize("model", [MLP, CNN], ids=["mlp", "cnn"])
def test_each_epoch_is_a_task_with_a_classifier_that_can_predict(model):
    recorder, weights = Recorder(), np.ones(200)
    model = clone(model).set_callbacks(recorder).fit(X, Y, weights)
    epochs = ["begin epoch", "end epoch"] * 3
    assert recorder.names == ["setup", "begin fit", *epochs, "end fit", "teardown"]
    assert recorder.record[0] == ("setup", 3)
    assert recorder.record[1][1] is X
    assert recorder.record[2][2] is Y
    for n, (_, fitted, metadata) in enumerate(recorder.record[3:8:2], start=1):
        assert metadata["sample_weight"] is weights
        assert fitted.n_iter_ == n
        # One epoch at a time gives the same weights, at a constant rate.
        expected = model.history_["loss"][:n]
        assert fitted.history_["loss"] == expected
        assert fitted.predict(X).shape == (200,)
    losses = [log_loss(Y, fitted.predict_proba(X)) for _, fitted, _ in recorder.record[3:8:2]]
    assert losses[0] > losses[1] > losses[2]
    _, last, _ = recorder.record[-2]
    np.testing.assert_array_equal(last.predict_proba(X), model.predict_proba(X))
    assert not {"_callback_fit_ctx", "_skl_callbacks_to_teardown"} & set(vars(model))


def test_a_callback_may_stop():
    recorder = Recorder(stop_after=2)
    model = clone(MLP).set_callbacks(recorder).fit(X, Y)
    assert model.n_iter_ == 2
    # Epochs before are part of the history, but not of the tasks of this fit.
    model.set_params(warm_start=True).fit(X, Y)
    ends = [entry[1].n_iter_ for entry in recorder.record if entry[0] == "end epoch"]
    assert ends == [1, 2, 3, 4]


def test_a_callback_that_raises_changes_nothing_and_is_torn_down():
    model = clone(MLP).fit(X, Y)
    recorder = Recorder(raise_after=2)
    model.set_callbacks(recorder)
    before = dict(vars(model))
    with pytest.raises(RuntimeError, match="enough"):
        model.fit(X, Y)
    assert vars(model) == before
    assert recorder.names[-2:] == ["end epoch", "teardown"]


def test_input_that_is_refused_reaches_no_callback():
    recorder = Recorder()
    model = clone(MLP).set_callbacks(recorder)
    with pytest.raises(ValueError, match="NaN"):
        model.fit(np.full_like(X, np.nan), Y)
    assert recorder.record == []


def test_callbacks_do_not_change_the_training():
    plain, watched = clone(MLP).fit(X, Y), clone(MLP).set_callbacks(Recorder()).fit(X, Y)
    for one, other in zip(plain.weights_, watched.weights_, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_monitor_scores_every_epoch():
    monitor = callback.ScoringMonitor(scoring="accuracy")
    model = clone(MLP).set_callbacks(monitor).fit(X, Y)
    rows = [row for row in monitor.get_logs().data if row["task_name"] == "epoch"]
    assert [row["task_id"] for row in rows] == [0, 1, 2]
    assert rows[-1]["accuracy"] == model.score(X, Y)


def test_in_a_search_epochs_are_tasks_of_its_fits(capsys):
    pytest.importorskip("rich")
    monitor = callback.ScoringMonitor(scoring="accuracy")
    search = GridSearchCV(clone(MLP).set_callbacks(monitor), {"alpha": [0.0, 0.1]}, cv=2)
    search.set_callbacks(callback.ProgressBar()).fit(X, Y)
    rows = [row for row in monitor.get_logs().data if row["task_name"] == "epoch"]
    # Four fits in the search and one on all samples, three epochs each.
    assert len(rows) == 5 * 3
    assert {len(row["task_id_path"]) for row in rows} == {3, 4}
    assert "KerasMLPClassifier - fit" in capsys.readouterr().out


def test_in_a_pipeline():
    recorder = Recorder()
    pipeline = make_pipeline(StandardScaler(), clone(MLP).set_callbacks(recorder)).fit(X, Y)
    assert recorder.names.count("end epoch") == 3
    assert pipeline.score(X, Y) > 0.2
