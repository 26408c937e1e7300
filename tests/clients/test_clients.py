"""Other people's tools, run for real where they are installed (``pip install '.[clients]'``)."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

from skmnist import KerasCNNClassifier, KerasMLPClassifier, make_digit_pipeline
from skmnist.model_selection import search_space, suggest_parameters

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


def test_optuna_searches_a_ready_made_space():
    optuna = pytest.importorskip("optuna")
    optuna.logging.set_verbosity(optuna.logging.ERROR)

    def objective(trial):
        network = KerasMLPClassifier(epochs=3, calibrate=False, random_state=0)
        network.set_params(**suggest_parameters(trial, search_space(network)))
        return cross_val_score(network, X[:300], Y[:300], cv=2).mean()

    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=0))
    study.optimize(objective, n_trials=3)
    space = search_space(KerasMLPClassifier())
    assert study.best_params.keys() == space.keys()
    assert study.best_value == max(trial.value for trial in study.trials) > 0.5


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


def test_mlflow_logs_a_pipeline_and_loads_it(tmp_path):
    mlflow = pytest.importorskip("mlflow")
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    pipeline = make_digit_pipeline(MLP).fit(X, Y)
    path = tmp_path / "model"
    mlflow.sklearn.save_model(pipeline, path, serialization_format="cloudpickle")
    loaded = mlflow.sklearn.load_model(str(path))
    np.testing.assert_array_equal(loaded.predict_proba(X_TEST), pipeline.predict_proba(X_TEST))
    as_function = mlflow.pyfunc.load_model(str(path))
    np.testing.assert_array_equal(as_function.predict(X_TEST), pipeline.predict(X_TEST))


def test_mlflow_logs_every_fit_by_itself(tmp_path):
    mlflow = pytest.importorskip("mlflow")
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    mlflow.sklearn.autolog(log_models=False)
    try:
        with mlflow.start_run() as run:
            pipeline = make_digit_pipeline(MLP).fit(X, Y)
    finally:
        mlflow.sklearn.autolog(disable=True)
    logged = mlflow.get_run(run.info.run_id).data
    assert logged.params["classify__epochs"] == "15"
    assert logged.metrics["training_accuracy_score"] == pipeline.score(X, Y)


def test_skops_writes_a_model_card(tmp_path):
    card = pytest.importorskip("skops.card")
    pipeline = make_digit_pipeline(MLP).fit(X, Y)
    accuracy = pipeline.score(X_TEST, Y_TEST)
    card.Card(pipeline).add_metrics(accuracy=accuracy).save(tmp_path / "README.md")
    text = (tmp_path / "README.md").read_text()
    assert str(accuracy) in text
    assert "classify__hidden_layer_sizes" in text


def test_lime_explains_grey_images():
    lime_image = pytest.importorskip("lime.lime_image")
    cnn = KerasCNNClassifier((4,), epochs=10, random_state=0).fit(DIGITS.images[:600], Y)
    squares = np.arange(8)[:, None] // 2 * 4 + np.arange(8) // 2
    explanation = lime_image.LimeImageExplainer(random_state=0).explain_instance(
        DIGITS.images[600] / 16,
        lambda rgb: cnn.predict_proba(16 * rgb[..., 0]),
        segmentation_fn=lambda image: squares,
        hide_color=0,
        num_samples=200,
        top_labels=1,
    )
    (label,) = explanation.top_labels
    assert cnn.classes_[label] == cnn.predict(DIGITS.images[600:601])[0]
    assert len(explanation.local_exp[label]) == 16


def test_mlxtend_votes_and_chooses_columns():
    pytest.importorskip("mlxtend")
    from mlxtend.classifier import EnsembleVoteClassifier
    from mlxtend.feature_selection import SequentialFeatureSelector

    vote = EnsembleVoteClassifier([MLP, LogisticRegression(max_iter=1000)], voting="soft")
    assert vote.fit(X, Y).score(X_TEST, Y_TEST) > 0.85
    few = clone(MLP).set_params(epochs=3, calibrate=False)
    chosen = SequentialFeatureSelector(few, k_features=2, cv=2).fit(X[:200, 19:23], Y[:200])
    assert len(chosen.k_feature_idx_) == 2


def test_yellowbrick_draws_what_it_is_made_to(monkeypatch):
    classifier = pytest.importorskip("yellowbrick.classifier")
    import matplotlib.pyplot as plt

    plt.switch_backend("agg")
    pipeline = make_digit_pipeline(MLP)
    with pytest.raises(Exception, match="not a classifier"):  # of scikit-learn's own as well
        classifier.ClassificationReport(LogisticRegression())
    report = classifier.ClassificationReport(pipeline, force_model=True).fit(X, Y)
    assert report.score(X_TEST, Y_TEST) == pipeline.score(X_TEST, Y_TEST) > 0.85
    plt.close("all")


@pytest.mark.parametrize("kind", ["GradientExplainer", "DeepExplainer"])
def test_shap_explains_the_network_of_keras(kind):
    """The layer of `image_norm` has operations that DeepExplainer does not know."""
    shap = pytest.importorskip("shap")
    images = DIGITS.images[:600, ..., None].astype(np.float32)
    cnn = KerasCNNClassifier(
        (4,), hidden_layer_sizes=(16,), image_norm=kind == "GradientExplainer", epochs=10,
        random_state=0,
    ).fit(images, Y)  # fmt: skip
    network = cnn.to_keras()
    values = getattr(shap, kind)(network, images[:50]).shap_values(images[500:502])
    assert np.shape(values) == (2, 8, 8, 1, 10)
    if kind == "DeepExplainer":
        logits = [network.predict(some, verbose=0) for some in (images[500:502], images[:50])]
        explained = np.sum(values, axis=(1, 2, 3))
        np.testing.assert_allclose(explained, logits[0] - logits[1].mean(axis=0), atol=1e-4)


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
