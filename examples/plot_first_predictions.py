"""
First predictions
=================

Two hidden layers, ten epochs, and then a look at five digits and what the network takes
them for.
"""

from time import perf_counter

import matplotlib.pyplot as plt
from _common import load_images
from sklearn import config_context

from skmnist import KerasMLPClassifier, make_digit_pipeline
from skmnist.plotting import ImageGridDisplay, TrainingHistoryDisplay

X_train, X_test, y_train, y_test, random_state = load_images(__doc__)

# sphinx_gallery_thumbnail_number = 2

# %%
# The pipeline scales pixels to 0..1, so the network need not standardize them. The other
# settings are those of Keras if told nothing else.

classifier = KerasMLPClassifier(
    hidden_layer_sizes=(128, 64),
    standardize=False,
    learning_rate=0.001,
    schedule="constant",
    label_smoothing=0.0,
    alpha=0.0,
    epochs=10,
    batch_size=32,
    random_state=random_state,
)

# %%
# The test set is for the last look: who picks an epoch or a setting by it has no honest
# figure left. Here, as in many a first notebook, it is watched while training, and nothing
# is picked. ``transform_input`` sends it through the pipeline's steps, for which
# scikit-learn wants metadata routing enabled.

with config_context(enable_metadata_routing=True):
    classifier.set_fit_request(X_val=True, y_val=True)
    pipeline = make_digit_pipeline(classifier, transform_input=["X_val"])
    start = perf_counter()
    pipeline.fit(X_train, y_train, X_val=X_test, y_val=y_test)
    seconds = perf_counter() - start

network = pipeline["classify"]
accuracy = pipeline.score(X_test, y_test)
print(f"{network.to_keras().count_params():,} parameters, trained in {seconds:.1f} s")
print(f"test accuracy {100 * accuracy:.2f} %  (notebook: none printed)")

# %%
# The curves called validation are those of the test set.

_ = TrainingHistoryDisplay.from_estimator(pipeline)

# %%
# The first five test images, with the network's answer and how sure it is of it.

print("first predictions", *pipeline.predict(X_test[:5]), " actual", *y_test[:5])

ImageGridDisplay.from_estimator(pipeline, X_test, y_test, n_images=5, n_columns=5)
plt.show()
