"""Every single call fails once: files are the old ones or the new ones, estimators as before."""

import copy
import errno
import hashlib
import http.server
import os
import stat
import threading
import warnings
from functools import partial

import numpy as np
import pytest
from sklearn.base import clone

from skmnist import _cli as cli
from skmnist import save, to_onnx
from skmnist.comparison import Comparison, ComparisonRow
from skmnist.datasets import _sources, fetch_mnist
from skmnist.exceptions import TrainingInterruptedWarning

from ..faults import faults, file_calls, package_calls

COMPARISON = Comparison(
    (
        ComparisonRow("forest", 0.97, 9.2, 0.13, 600, 100),
        ComparisonRow("svc", 0.98, 131.6, 18.4, 600, 100),
    )
)


@pytest.fixture
def saves(fitted_mlp):
    return partial(save, fitted_mlp)


@pytest.fixture
def writes_onnx(fitted_mlp):
    pytest.importorskip("onnx")
    return partial(to_onnx, fitted_mlp)


@pytest.fixture
def predicts(fitted_mlp, few_digits, tmp_path, capsys):
    """``skmnist predict --output``, whose messages are those of an OSError here."""
    model, rows = tmp_path / "model.skmnist", tmp_path / "rows.csv"
    save(fitted_mlp, model)
    np.savetxt(rows, few_digits[0][:5], fmt="%d", delimiter=",")

    def predict(path):
        try:
            code = cli.main(["predict", str(model), str(rows), "--output", str(path)])
        except SystemExit as error:
            code = error.code
        printed = capsys.readouterr()
        if code:
            raise OSError(printed.err)

    return predict


@pytest.fixture
def downloads(tmp_path, monkeypatch):
    """``fetch_mnist`` from a server on loopback that has four small arrays."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("no_proxy", "*")
    served = tmp_path / "served"
    served.mkdir()
    arrays = {
        f"{x}_{part}": np.arange(n, dtype=np.uint8).reshape(shape)
        for part in ("train", "test")
        for x, n, shape in (("x", 24, (2, 3, 4)), ("y", 2, (2,)))
    }
    np.savez_compressed(served / "mnist.npz", **arrays)

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    handler = partial(Handler, directory=served)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        file = _sources.File("mnist.npz", tuple(arrays), max_bytes=5000)
        dataset = _sources.Dataset(
            title="MNIST",
            arrays={
                key: _sources.Array(array.shape, hashlib.sha256(array).hexdigest())
                for key, array in arrays.items()
            },
            sources=(_sources.Source(f"http://127.0.0.1:{server.server_port}/", (file,)),),
            target_names=tuple("0123456789"),
            description="Small digits.",
        )
        monkeypatch.setitem(_sources.DATASETS, "mnist", dataset)
        yield lambda path: fetch_mnist(data_home=path.parent, n_retries=1)
        server.shutdown()
        thread.join()


FILES = {
    "model.skmnist": "saves",
    "model.onnx": "writes_onnx",
    "table.csv": lambda: COMPARISON.save,
    "table.json": lambda: COMPARISON.save,
    "report.html": lambda: COMPARISON.report,
    "answers.csv": "predicts",
    "mnist.npz": "downloads",
}
ERRORS = {
    "full disk": lambda: OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    "no memory": MemoryError,
    "Ctrl-C": KeyboardInterrupt,
}


@pytest.mark.filterwarnings("ignore:Replaced a damaged file")
@pytest.mark.parametrize(
    "before",
    [
        "a link",
        pytest.param("a file", marks=pytest.mark.slow),
        pytest.param("nothing", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("name", FILES)
def test_a_failing_call_leaves_the_old_file_or_the_new_one(name, error, before, tmp_path, request):
    writer = FILES[name]
    write = request.getfixturevalue(writer) if isinstance(writer, str) else writer()
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / name
    write(path)
    old, new = b"the old one", path.read_bytes()
    target = folder / "target" if before == "a link" else path
    calls = set()
    for fault in faults(file_calls(folder), ERRORS[error]):
        path.unlink(missing_ok=True)
        if before != "nothing":
            target.write_bytes(old)
            target.chmod(0o640)
        if target != path:
            path.symlink_to(target.name)
        names, said = set(os.listdir(folder)), None
        try:
            with fault:
                write(path)
        except (OSError, MemoryError, KeyboardInterrupt) as raised:
            assert fault.struck
            said = raised
        calls |= set(fault.calls)
        where = f"call {fault.n}, {fault.calls[-1]}: {said!r}"
        content = target.read_bytes() if target.exists() else None
        assert content == new or (said is not None and content == (old if names else None)), where
        assert set(os.listdir(folder)) == (names or ({name} if content else set())), where
        assert path.is_symlink() == (before == "a link"), where
        assert not names or stat.S_IMODE(target.stat().st_mode) == 0o640, where
        if error == "full disk" and said is not None:
            assert str(path) in str(said), where
    assert calls >= {"open", "write", "close", "mkdir", "fsync", "replace"}
    assert ("chmod" in calls) == (before != "nothing")


def state_of(classifier):
    """Attributes as they are, and the bits of what was learned."""
    fitted = vars(classifier).get("fitted_network_")
    weights = [] if fitted is None else [weight.tobytes() for weight in fitted.weights]
    return dict(vars(classifier)), weights


@pytest.mark.parametrize("error", [MemoryError, KeyboardInterrupt])
@pytest.mark.parametrize("is_fitted", [True, False])
@pytest.mark.parametrize(
    "step", [pytest.param(121, id="some"), pytest.param(1, id="all", marks=pytest.mark.slow)]
)
def test_a_failing_call_of_a_fit_leaves_the_estimator(
    step, is_fitted, error, classifier, few_digits
):
    X, y = few_digits
    # A fit that fails throws its program away, and XLA would compile hundreds.
    start = clone(classifier).set_params(jit_compile=False)
    if is_fitted:
        start.fit(X, y)
    start.set_params(random_state=1, alpha=0.01)
    whole = clone(start).fit(X, y)
    for fault in faults(package_calls(), error, first=1 + step // 2, step=step):
        again = copy.deepcopy(start)
        before = state_of(again)
        raised = None
        try:
            with fault, warnings.catch_warnings():
                warnings.simplefilter("error")
                warnings.simplefilter("ignore", TrainingInterruptedWarning)
                again.fit(X, y)
        except error as caught:
            raised = caught
        where = f"call {fault.n}: {fault.calls[min(fault.n, len(fault.calls)) - 1]}"
        if raised is not None:
            assert fault.struck, where
            # Callbacks of scikit-learn's hear of the end when all is learned.
            is_whole = state_of(again)[1] == state_of(whole)[1]
            assert state_of(again) == before or is_whole, where
        elif fault.struck:
            # What Ctrl-C leaves after a whole epoch is a fitted classifier.
            assert error is KeyboardInterrupt, where
            assert np.isfinite(again.predict_proba(X)).all(), where
            assert again.n_iter_ == len(again.history_["loss"]), where
        else:
            assert state_of(again)[1] == state_of(whole)[1]
