"""Other people's tools, run for real where they are installed (``pip install '.[clients]'``)."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import cross_val_score

from skmnist import KerasCNNClassifier, KerasMLPClassifier, make_digit_pipeline

pytestmark = pytest.mark.filterwarnings("ignore")  # theirs

DIGITS = load_digits()
X, Y = DIGITS.data[:600], DIGITS.target[:600]
X_TEST, Y_TEST = DIGITS.data[600:900], DIGITS.target[600:900]
MLP = KerasMLPClassifier((32,), epochs=15, random_state=0)


def test_optuna_searches():
    optuna = pytest.importorskip("optuna")
    integration = pytest.importorskip("optuna_integration")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    search = integration.OptunaSearchCV(
        make_digit_pipeline(MLP),
        {
            "classify__learning_rate": optuna.distributions.FloatDistribution(
                1e-5, 1e-2, log=True
            ),
            "classify__alpha": optuna.distributions.FloatDistribution(1e-5, 1.0, log=True),
        },
        cv=2,
        n_trials=6,
        random_state=0,
    ).fit(X, Y)
    assert len(search.trials_) == 6
    values = [trial.value for trial in search.trials_]
    assert search.best_score_ == max(values) > min(values)
    assert search.score(X_TEST, Y_TEST) > 0.85
    assert 1e-5 <= search.best_params_["classify__learning_rate"] <= 1e-2


@pytest.mark.parametrize("wrap", [clone, make_digit_pipeline], ids=["alone", "pipeline"])
def test_optuna_prunes(wrap):
    optuna = pytest.importorskip("optuna")
    integration = pytest.importorskip("optuna_integration")
    optuna.logging.set_verbosity(optuna.logging.ERROR)

    def objective(trial):
        network = KerasMLPClassifier(
            (8,),
            learning_rate=trial.suggest_float("rate", 1e-6, 0.1, log=True),
            epochs=4,
            random_state=0,
        )
        model = wrap(network)
        last = model if wrap is clone else model[-1]
        last.keras_callbacks = [integration.KerasPruningCallback(trial, "val_accuracy")]
        if wrap is clone:
            model.fit(X[:400], Y[:400], X_val=X[400:], y_val=Y[400:])
        else:
            scale = model[:-1].fit(X[:400])
            held = {"classify__X_val": scale.transform(X[400:]), "classify__y_val": Y[400:]}
            model.fit(X[:400], Y[:400], **held)
        return model.score(X_TEST, Y_TEST)

    sampler = optuna.samplers.RandomSampler(seed=0)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.optimize(objective, n_trials=15)
    assert {trial.state.name for trial in study.trials} == {"COMPLETE", "PRUNED"}
    assert all(trial.intermediate_values for trial in study.trials)


def test_imbalanced_learn_resamples_the_training_part_only():
    pytest.importorskip("imblearn")
    from imblearn.metrics import geometric_mean_score
    from imblearn.over_sampling import RandomOverSampler
    from imblearn.pipeline import make_pipeline
    from sklearn.metrics import make_scorer

    # One in ten of the eights is left.
    rng = np.random.default_rng(0)
    kept = (Y != 8) | (rng.random(600) < 0.1)
    rare, labels = X[kept], Y[kept]
    pipeline = make_pipeline(RandomOverSampler(random_state=0), MLP)
    # Copies count as weights do.
    weighted = clone(MLP).set_params(class_weight="balanced")
    resampled, balanced, plain = (
        geometric_mean_score(Y_TEST, model.fit(rare, labels).predict(X_TEST))
        for model in (pipeline, weighted, clone(MLP))
    )
    assert min(resampled, balanced) > plain + 0.05
    scorer = make_scorer(geometric_mean_score)
    assert len(cross_val_score(pipeline, rare, labels, cv=2, scoring=scorer)) == 2


def test_mlflow_logs_a_pipeline_and_loads_it(tmp_path, monkeypatch):
    mlflow = pytest.importorskip("mlflow")
    monkeypatch.chdir(tmp_path)
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    pipeline = make_digit_pipeline(MLP).fit(X, Y)
    path = tmp_path / "model"
    mlflow.sklearn.save_model(pipeline, path, serialization_format="cloudpickle")
    loaded = mlflow.sklearn.load_model(str(path))
    np.testing.assert_array_equal(loaded.predict_proba(X_TEST), pipeline.predict_proba(X_TEST))
    as_function = mlflow.pyfunc.load_model(str(path))
    np.testing.assert_array_equal(as_function.predict(X_TEST), pipeline.predict(X_TEST))


def test_shap_explains_a_convolutional_network():
    shap = pytest.importorskip("shap")
    cnn = KerasCNNClassifier((4,), hidden_layer_sizes=(16,), epochs=10, random_state=0).fit(X, Y)
    background = np.tile(X.mean(axis=0), (5, 1))
    explainer = shap.KernelExplainer(cnn.predict_proba, background[:1])
    values = np.asarray(explainer.shap_values(X_TEST[:2], nsamples=300, silent=True))
    assert values.shape == (2, 64, 10)
    # What is given to the pixels adds up to what the prediction differs by.
    differences = cnn.predict_proba(X_TEST[:2]) - explainer.expected_value
    np.testing.assert_allclose(values.sum(axis=1), differences, atol=1e-6)


def test_pandas_and_polars_frames():
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    names = [f"pixel_{i}" for i in range(64)]
    frame = pandas.DataFrame(X, columns=names)
    model = make_digit_pipeline(MLP).fit(frame, Y)
    assert model.feature_names_in_.tolist() == names
    other = polars.DataFrame(X_TEST, schema=names)
    np.testing.assert_array_equal(
        model.predict(other), model.predict(pandas.DataFrame(X_TEST, columns=names))
    )
