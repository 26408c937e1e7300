"""The picture that follows a training, in a notebook and where there is none."""

import atexit
import base64
import io
import pickle
import re
import subprocess
import sys
import types
from copy import deepcopy

import keras
import matplotlib.image
import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from sklearn.model_selection import GridSearchCV

from skmnist import KerasMLPClassifier
from skmnist.plotting import LivePlot, TrainingHistoryDisplay


class Notebook(InteractiveShell):
    """IPython as a notebook runs it: with a kernel, and a page in place of a terminal."""

    kernel = "the end of a wire"


@pytest.fixture
def start(monkeypatch, tmp_path):
    """A function that starts an IPython, and returns what it sends to its page."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    started = []

    def start_shell(kind):
        shell = kind.instance(user_module=types.ModuleType("a_notebook"), user_ns={})
        started.append((kind, shell))
        shell.history_manager.enabled = False
        shell.display_pub = CapturingDisplayPublisher()
        return shell, shell.display_pub.outputs

    yield start_shell
    for kind, shell in started:
        shell.restore_sys_module_state()
        atexit.unregister(shell.atexit_operations)
        shell.atexit_operations()
        kind.clear_instance()


@pytest.fixture
def page(start):
    return start(Notebook)


@pytest.fixture
def drawn(monkeypatch):
    """The histories that were drawn, one for each picture."""
    histories = []
    plot = TrainingHistoryDisplay.plot

    def plot_and_tell(self, ax):
        histories.append(deepcopy(self.history))
        return plot(self, ax)

    monkeypatch.setattr(TrainingHistoryDisplay, "plot", plot_and_tell)
    return histories


def classifier(**options):
    options = {"epochs": 4, "batch_size": 64, "random_state": 0} | options
    return KerasMLPClassifier((6,), **options)


def ids(outputs):
    return [output["transient"]["display_id"] for output in outputs]


def updates(outputs):
    return [output["update"] for output in outputs]


def titles(outputs):
    return [output["data"]["text/plain"] for output in outputs]


def test_one_picture_is_drawn_anew_after_every_epoch(few_digits, page, drawn, capsys):
    X, y = few_digits
    live = LivePlot(interval=0)
    network = classifier(keras_callbacks=[live]).fit(X, y, X_val=X[:50], y_val=y[:50])
    _, outputs = page
    assert updates(outputs) == [False, True, True, True]
    assert len(set(ids(outputs))) == 1
    for n, history in enumerate(drawn, start=1):
        for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
            np.testing.assert_allclose(history[name], network.history_[name][:n])
    assert [title.split()[1] for title in titles(outputs)] == ["1/4", "2/4", "3/4", "4/4"]
    assert "val_loss" in titles(outputs)[0]
    assert capsys.readouterr().out == ""
    assert plt.get_fignums() == []


def test_the_picture_has_the_size_in_its_metadata(few_digits, page):
    classifier(epochs=1, keras_callbacks=LivePlot()).fit(*few_digits)
    (output,) = page[1]
    picture = matplotlib.image.imread(
        io.BytesIO(base64.b64decode(output["data"]["image/png"])), format="png"
    )
    size = output["metadata"]["image/png"]
    assert picture.shape[:2] == (2 * size["height"], 2 * size["width"])
    assert np.ptp(picture[..., :3]) > 0.5


def test_a_pause_leaves_pictures_out_but_never_the_last(few_digits, page, drawn):
    classifier(epochs=6, keras_callbacks=LivePlot(interval=1000)).fit(*few_digits)
    assert [len(history["loss"]) for history in drawn] == [1, 6]
    assert titles(page[1])[-1].startswith("Epoch 6/6")


def test_the_title_names_an_early_end(few_digits, page, drawn):
    stop = keras.callbacks.EarlyStopping("loss", patience=1, min_delta=10)
    classifier(keras_callbacks=[LivePlot(interval=1000), stop]).fit(*few_digits)
    assert titles(page[1])[-1] == "Stopped after epoch 2"
    assert len(drawn[-1]["loss"]) == 2


def test_early_stopping_of_the_estimator(few_digits, page, drawn):
    network = classifier(
        epochs=30, learning_rate=0.3, early_stopping=True, n_iter_no_change=1
    ).set_params(keras_callbacks=[LivePlot(interval=0)])
    network.fit(*few_digits)
    assert network.n_iter_ < 30
    np.testing.assert_allclose(drawn[-1]["val_loss"], network.history_["val_loss"])


def test_fits_in_one_cell_share_a_picture_and_another_cell_has_its_own(few_digits, page):
    shell, outputs = page
    network = classifier(epochs=1, keras_callbacks=[LivePlot(interval=0)])
    network.fit(*few_digits)
    network.fit(*few_digits)
    shell.execution_count += 1
    network.fit(*few_digits)
    classifier(epochs=1, keras_callbacks=[LivePlot()]).fit(*few_digits)
    assert updates(outputs) == [False, True, False, False]
    assert len(set(ids(outputs))) == 3
    starts = [re.match(r"(Training \d+: )?Epoch", title)[0] for title in titles(outputs)]
    assert starts == ["Epoch", "Training 2: Epoch", "Epoch", "Epoch"]


def test_a_search_leaves_one_picture(few_digits, page):
    network = classifier(epochs=1, keras_callbacks=[LivePlot(interval=0)])
    search = GridSearchCV(network, {"learning_rate": [0.001, 0.01]}, cv=2)
    search.fit(*few_digits)
    assert updates(page[1]) == [False] + [True] * 4
    assert titles(page[1])[-1].startswith("Training 5: ")


def test_a_fit_that_goes_on_keeps_the_numbers_of_its_epochs(few_digits, page, drawn):
    network = classifier(epochs=2, warm_start=True, keras_callbacks=[LivePlot(interval=0)])
    network.fit(*few_digits).fit(*few_digits)
    losses = network.history_["loss"]
    np.testing.assert_allclose(drawn[-1]["loss"], [np.nan, np.nan, *losses[2:]])
    assert re.search("Epoch 4/4", titles(page[1])[-1])


def test_figures_that_come_late_or_are_none(few_digits, page, drawn):
    class Odd(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs):
            logs["note"] = "no number"
            logs["val_loss"] = np.nan
            if epoch:
                logs["error"] = 0.5

    options = {"epochs": 2, "verbose": 1, "keras_callbacks": [Odd(), LivePlot(interval=0)]}
    classifier(**options).fit(*few_digits)
    assert np.isnan(drawn[1].pop("error")[0])
    assert "note" not in drawn[1]
    assert "error 0.5000" in titles(page[1])[1]


@pytest.mark.parametrize("ipython", [False, True])
def test_without_a_notebook_it_prints_what_verbose_prints(few_digits, start, ipython, capsys):
    outputs = start(InteractiveShell)[1] if ipython else []
    texts = []
    for options in ({"verbose": 1}, {"keras_callbacks": [LivePlot()]}):
        classifier(**options).fit(*few_digits)
        texts.append(re.sub(r"\d+\.\d s|\d+ s", "_ s", capsys.readouterr().out))
    assert texts[0] == texts[1]
    assert texts[0].count("\n") == 4
    assert "\r" not in texts[0]
    assert outputs == []


def test_lines_come_at_once(few_digits, monkeypatch):
    """Into a pipe as well, where Python would else keep 8 kB back."""
    written = []

    class Pipe(io.StringIO):
        def flush(self):
            written.append(self.getvalue().count("\n"))

    monkeypatch.setattr(sys, "stdout", Pipe())
    classifier(verbose=1).fit(*few_digits)
    assert written == [1, 2, 3, 4]


def test_copies_keep_the_parameters():
    live = LivePlot(interval=3)
    for copy in (deepcopy(live), pickle.loads(pickle.dumps(live))):
        assert repr(copy) == "LivePlot(interval=3)"
    assert isinstance(live, keras.callbacks.Callback)


@pytest.mark.slow  # two processes start TensorFlow
def test_in_worker_processes(few_digits):
    network = classifier(epochs=1, keras_callbacks=[LivePlot()])
    search = GridSearchCV(network, {"alpha": [0.0, 1.0]}, cv=2, n_jobs=2).fit(*few_digits)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_it_is_imported_only_when_asked_for():
    code = (
        "import sys, skmnist.plotting as p\n"
        "assert 'LivePlot' in dir(p)\n"
        "assert not {'keras', 'tensorflow', 'matplotlib', 'IPython'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_other_names_are_errors():
    import skmnist.plotting

    with pytest.raises(AttributeError, match=r"'skmnist\.plotting' has no attribute 'DeadPlot'"):
        skmnist.plotting.DeadPlot  # noqa: B018
