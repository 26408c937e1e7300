"""The shape of images behind a flattener."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.ensemble import VotingClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skmnist import (
    ImageDeskewer,
    ImageFlattener,
    KerasCNNClassifier,
    KerasMLPClassifier,
    PixelScaler,
    RandomDistortion,
    _rows,
    load,
    make_digit_pipeline,
    save,
)
from skmnist._rows import ImageRows, image_rows, pixel_names, remembered_shape
from skmnist.model_selection import HalvingEpochsSearchCV

GREY = load_digits().images[:120]
Y = load_digits().target[:120]
RGBA = np.repeat(GREY[..., None], 4, axis=-1)  # 256 pixels: a square number
CNN = KerasCNNClassifier(
    (2,), kernel_size=3, hidden_layer_sizes=(4,), epochs=1, batch_size=64, random_state=0
)


def shape_seen(pipeline):
    return pipeline.fit(RGBA, Y)[-1].image_shape_


class TestPipelines:
    def test_a_stack_of_four_channels_is_no_larger_grey_image(self):
        pipeline = make_digit_pipeline(CNN)
        assert shape_seen(pipeline) == pipeline["flatten"].image_shape_ == (8, 8, 4)
        direct = make_pipeline(PixelScaler(), CNN).fit(RGBA, Y)
        assert all(map(np.array_equal, pipeline[-1].weights_, direct[-1].weights_))
        # Flat rows are those images from then on.
        flat = RGBA.reshape(len(RGBA), -1)
        np.testing.assert_array_equal(pipeline.predict_proba(flat), direct.predict_proba(RGBA))

    @pytest.mark.parametrize(
        "pipeline",
        [
            make_digit_pipeline(CNN, deskew=True),
            make_digit_pipeline(KerasMLPClassifier((4,), epochs=1, augmenter=RandomDistortion())),
            make_digit_pipeline(KerasMLPClassifier((4,), epochs=1, test_shift=1)),
            make_pipeline(ImageFlattener(), FunctionTransformer(np.sqrt), CNN),
            make_pipeline(ImageFlattener(), ImageFlattener(), PixelScaler(), ImageDeskewer(), CNN),
            make_pipeline(ImageFlattener(), PixelScaler(), CNN).set_output(transform="pandas"),
            make_pipeline(ImageFlattener(), PixelScaler(), CNN).set_output(transform="polars"),
        ],
        ids=["deskew", "augmenter", "test_shift", "function", "twice", "pandas", "polars"],
    )
    def test_steps_hand_it_on(self, pipeline):
        assert shape_seen(pipeline) == (8, 8, 4)

    def test_through_estimators_that_train_on_parts(self):
        voting = make_digit_pipeline(VotingClassifier([("cnn", CNN)])).fit(RGBA, Y)
        assert voting[-1].estimators_[0].image_shape_ == (8, 8, 4)
        calibrated = make_digit_pipeline(CalibratedClassifierCV(CNN, cv=2)).fit(RGBA, Y)
        inner = [one.estimator.image_shape_ for one in calibrated[-1].calibrated_classifiers_]
        assert inner == [(8, 8, 4)] * 2
        search = make_digit_pipeline(GridSearchCV(CNN, {"alpha": [0.1]}, cv=2)).fit(RGBA, Y)
        assert search[-1].best_estimator_.image_shape_ == (8, 8, 4)

    def test_in_a_search_in_stages(self):
        search = HalvingEpochsSearchCV(
            make_digit_pipeline(clone(CNN).set_params(epochs=4)),
            {"classify__alpha": [0, 0.1]},
            cv=2,
        )
        search.fit(RGBA, Y)
        assert search.best_estimator_[-1].image_shape_ == (8, 8, 4)

    @pytest.mark.parametrize(
        ("X", "image_shape"),
        [(GREY[:, :, :4], (4, 8)), (np.moveaxis(RGBA, -1, 1), (8, 8, 4)), (RGBA, (16, 16))],
        ids=["height for width", "channels first", "grey"],
    )
    def test_another_shape_is_refused_as_without_a_pipeline(self, X, image_shape):
        with pytest.raises(ValueError, match="was given, but X has images of shape") as direct:
            KerasCNNClassifier(image_shape=image_shape).fit(X, Y)
        for classifier in (CNN, KerasMLPClassifier((4,))):
            pipeline = make_digit_pipeline(classifier, image_shape=image_shape)
            with pytest.raises(ValueError, match="was given, but X has") as behind:
                pipeline.fit(X, Y)
            assert str(behind.value) == str(direct.value)
        with pytest.raises(ValueError, match="was given, but X has images of shape"):
            make_pipeline(ImageFlattener(), KerasCNNClassifier(image_shape=(16, 16))).fit(RGBA, Y)

    def test_a_shape_that_was_given_is_that_of_flat_rows(self):
        flattener = ImageFlattener(image_shape=(8, 8, 4)).fit(RGBA.reshape(len(RGBA), -1))
        assert flattener.image_shape_ == (8, 8, 4)
        assert flattener.get_feature_names_out()[-1] == "pixel_7_7_3"
        with pytest.raises(ValueError, match="fitted on images of shape"):
            flattener.transform(RGBA.reshape(len(RGBA), 16, 16))

    def test_a_cache_tells_shapes_apart(self, tmp_path):
        half = GREY[:, :, :4]
        for images in (half, half.reshape(-1, 4, 8), RGBA, RGBA.reshape(-1, 16, 16)):
            pipeline = make_digit_pipeline(CNN, memory=str(tmp_path)).fit(images, Y)
            assert pipeline["flatten"].image_shape_ == images.shape[1:]
            assert pipeline["classify"].image_shape_ == images.shape[1:]

    def test_prefixed_column_names_give_the_shape(self):
        union = FeatureUnion([("a", ImageFlattener())])
        pipeline = make_pipeline(union, CNN).set_output(transform="pandas")
        assert shape_seen(pipeline) == (8, 8, 4)
        scaled = make_pipeline(ImageFlattener(), StandardScaler(), CNN)
        assert shape_seen(scaled.set_output(transform="pandas")) == (8, 8, 4)

    def test_components_are_no_images(self):
        rows = make_pipeline(ImageFlattener(), PCA(16)).fit_transform(RGBA)
        assert remembered_shape(rows) is None

    def test_is_saved(self, tmp_path):
        pipeline = make_digit_pipeline(CNN, image_shape=(8, 8, 4)).fit(RGBA, Y)
        save(pipeline, tmp_path / "rgba.skmnist")
        loaded = load(tmp_path / "rgba.skmnist")
        assert loaded["flatten"].get_params() == {"image_shape": (8, 8, 4)}
        np.testing.assert_array_equal(loaded.predict(RGBA), pipeline.predict(RGBA))


class TestImageRows:
    ROWS = ImageFlattener().fit_transform(RGBA)

    @pytest.mark.parametrize(
        "change",
        [
            lambda rows: rows[3:9],
            lambda rows: rows[[5, 2]],
            lambda rows: rows / 255,
            copy.deepcopy,
            lambda rows: pickle.loads(pickle.dumps(rows)),
        ],
        ids=["slice", "fancy", "sum", "copy", "pickle"],
    )
    def test_remember(self, change):
        assert remembered_shape(change(self.ROWS)) == (8, 8, 4)

    @pytest.mark.parametrize(
        "change",
        [
            lambda rows: rows[:, :64],
            lambda rows: rows.T,
            lambda rows: rows[0],
            np.asarray,
            lambda rows: FeatureUnion([(c, ImageFlattener()) for c in "ab"]).fit_transform(rows),
        ],
        ids=["columns", "transposed", "one", "plain", "twice as many"],
    )
    def test_rows_of_other_features_forget_their_shape(self, change):
        assert remembered_shape(change(self.ROWS)) is None

    def test_are_a_view(self):
        assert isinstance(self.ROWS, ImageRows)
        assert np.shares_memory(self.ROWS, RGBA)
        assert type(self.ROWS.sum()) is np.float64

    def test_column_names_give_the_shape(self):
        names = ImageFlattener().fit(RGBA).get_feature_names_out()
        frame = pd.DataFrame(RGBA.reshape(len(RGBA), -1), columns=names)
        assert remembered_shape(frame) == (8, 8, 4)
        assert KerasCNNClassifier((2,), epochs=1).fit(frame, Y).image_shape_ == (8, 8, 4)
        assert remembered_shape(frame.iloc[:, 4:]) is None
        assert remembered_shape(frame[names[::-1]]) is None

    @pytest.mark.parametrize("image_shape", [(1, 1), (2, 3), (3, 1, 2), (12, 10, 1)])
    @pytest.mark.parametrize("prefix", ["", "scaled__", "a__b__"])
    def test_column_names_of_any_shape(self, image_shape, prefix):
        names = [prefix + name for name in pixel_names(image_shape)]
        frame = pd.DataFrame(np.zeros((2, len(names))), columns=names)
        assert remembered_shape(frame) == image_shape
        assert remembered_shape(frame.iloc[:, 1:]) is None
        assert remembered_shape(frame.assign(pixel_9_9_9_9=0)) is None
        assert remembered_shape(frame.rename(columns={names[0]: "pixel"})) is None

    def test_other_tables_have_no_shape(self):
        for names in (["a", "b"], [0, 1], ["x_pixel_0_0"], ["pixel_0"], []):
            assert remembered_shape(pd.DataFrame(np.zeros((2, len(names))), columns=names)) is None
        two = pd.DataFrame(np.zeros((2, 2)), columns=["a__pixel_0_0", "b__pixel_0_1"])
        assert remembered_shape(two) is None

    @pytest.mark.parametrize("image_shape", [(2, 3), (2, 3, 4)])
    def test_pickles_find_the_class_of_a_shape_by_its_name(self, image_shape):
        rows = image_rows(np.zeros((2, int(np.prod(image_shape)))), image_shape)
        assert type(rows).__name__ == "ImageRows_" + "x".join(map(str, image_shape))
        assert getattr(_rows, type(rows).__name__) is type(rows)
        assert type(image_rows(rows, image_shape)) is type(rows)

    @pytest.mark.parametrize("name", ["ImageRows_2", "ImageRows_2x3x4x5", "ImageRows_2x", "rows"])
    def test_other_names_are_no_classes(self, name):
        with pytest.raises(AttributeError, match=f"'skmnist._rows' has no attribute '{name}'"):
            getattr(_rows, name)
