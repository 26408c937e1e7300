"""A search on a cluster of processes, by joblib's backend of dask (``'.[distributed]'``)."""

import itertools
import os
import signal
import threading

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from skmnist import KerasMLPClassifier, make_digit_pipeline

distributed = pytest.importorskip("distributed", reason="needs skmnist[distributed]")
pytestmark = pytest.mark.filterwarnings("ignore")  # of dask

X, Y = (part[:400] for part in load_digits(return_X_y=True))
GRID = {"classify__learning_rate": [0.0001, 0.01], "classify__alpha": [0.0, 1.0]}
SPLITS = list(StratifiedKFold(3).split(X, Y))
SEARCH = GridSearchCV(
    make_digit_pipeline(KerasMLPClassifier((16,), epochs=12, random_state=0)), GRID, cv=3
)


@pytest.fixture(scope="module")
def client():
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    )
    with cluster, distributed.Client(cluster) as client:
        yield client


@pytest.fixture(scope="module")
def alone():
    """The same search in this process."""
    return clone(SEARCH).fit(X, Y)


def scores(search):
    return np.array([search.cv_results_[f"split{i}_test_score"] for i in range(3)])


def test_a_cluster_finds_what_one_process_finds(client, alone):
    with joblib.parallel_config(backend="dask"):
        search = clone(SEARCH).set_params(n_jobs=-1).fit(X, Y)
    # Between numbers of threads the last bits differ, and so may a label on the verge.
    np.testing.assert_allclose(scores(search), scores(alone), atol=0.02)
    assert search.best_params_ == alone.best_params_
    assert search.score(X, Y) > 0.9


def threads_of_tensorflow():
    import sys

    import tensorflow as tf

    assert "skmnist._engine" in sys.modules  # it has trained here
    return int(os.environ["TF_NUM_INTRAOP_THREADS"]), tf.config.list_physical_devices("GPU") != []


def test_a_worker_takes_the_threads_that_it_was_given(client, alone):
    with joblib.parallel_config(backend="dask"):
        clone(SEARCH).set_params(n_jobs=-1).fit(X, Y)
    assert {threads for threads, _ in client.run(threads_of_tensorflow).values()} == {1}


def test_data_travel_once_and_not_with_every_task(client, monkeypatch):
    travelled = []
    scatter = client.scatter

    def watched(data, *args, **kwargs):
        parts = [data] if isinstance(data, np.ndarray) else data
        travelled.extend(part.nbytes for part in parts if isinstance(part, np.ndarray))
        return scatter(data, *args, **kwargs)

    monkeypatch.setattr(client, "scatter", watched)
    with joblib.parallel_config(backend="dask"):
        clone(SEARCH).set_params(n_jobs=-1).fit(X, Y)
    assert travelled.count(X.nbytes) == 1  # of twelve fits
    assert sum(travelled) < 2 * (X.nbytes + Y.nbytes)


def test_a_killed_worker_costs_time_and_nothing_else(client, alone):
    killed = []

    def kill_one():
        pid = sorted(client.run(os.getpid).values())[0]
        killed.append(pid)
        os.kill(pid, signal.SIGKILL)

    timer = threading.Timer(0.7, kill_one)
    long = clone(SEARCH).set_params(n_jobs=-1, cv=SPLITS, estimator__classify__epochs=600)
    expected = clone(long).set_params(n_jobs=None).fit(X, Y)
    # What is scattered has a copy on each worker, as long as dask does not clear copies away.
    # All else of more than a kilobyte, the rows of the folds too, joblib puts on one worker,
    # and it dies with that.
    client.amm.stop()
    with joblib.parallel_config(backend="dask", scatter=[X, Y, *itertools.chain(*SPLITS)]):
        timer.start()
        search = long.fit(X, Y)
    timer.join()
    assert killed
    assert killed[0] not in client.run(os.getpid).values()
    np.testing.assert_allclose(scores(search), scores(expected), atol=0.02)
