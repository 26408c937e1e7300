"""
A dense network and its digits
==============================

One hidden layer of 128 units and ten epochs of Adam: the first network that most people
train on MNIST. The pictures show what it learned from, how training went, which digits
it finds hard, and twelve that it has never seen.
"""

from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np
from _common import load_images
from sklearn import config_context

from skmnist import KerasMLPClassifier, make_digit_pipeline
from skmnist.plotting import (
    ClassAccuracyDisplay,
    ClassDistributionDisplay,
    EmbeddingDisplay,
    ImageGridDisplay,
    TrainingHistoryDisplay,
)

# sphinx_gallery_thumbnail_number = 2

# %%
# The last tenth of the training images is for validation.

X_train, X_test, y_train, y_test, random_state = load_images(__doc__)
n_fit = len(X_train) - len(X_train) // 10

# %%
# How many images there are of each digit,

_ = ClassDistributionDisplay.from_data({"training": y_train, "test": y_test})

# %%
# and what they look like.

_ = ImageGridDisplay.from_data(X_train, y_train)

# %%
# Three principal components of 1,500 digits hold too little of the variance to tell all
# digits apart.

few = np.random.default_rng(random_state).permutation(len(X_train))[:1500]
_ = EmbeddingDisplay.from_data(X_train[few], y_train[few], n_components=3, random_state=0)

# %%
# The pipeline flattens the images and scales their pixels to 0..1. The defaults of
# :class:`~skmnist.KerasMLPClassifier` learn faster; these settings are what Keras does if
# told nothing else. ``transform_input`` sends the validation images through the pipeline's
# steps as well, for which scikit-learn wants metadata routing enabled.

classifier = KerasMLPClassifier(
    hidden_layer_sizes=(128,),
    standardize=False,  # pixels are in 0..1 already
    learning_rate=0.001,
    schedule="constant",
    label_smoothing=0.0,
    alpha=0.0,
    epochs=10,
    batch_size=128,
    random_state=random_state,
)
with config_context(enable_metadata_routing=True):
    classifier.set_fit_request(X_val=True, y_val=True)
    pipeline = make_digit_pipeline(classifier, transform_input=["X_val"])
    start = perf_counter()
    pipeline.fit(X_train[:n_fit], y_train[:n_fit], X_val=X_train[n_fit:], y_val=y_train[n_fit:])
    seconds = perf_counter() - start

network = pipeline["classify"]
validation_accuracy = network.validation_scores_[-1]
predicted = pipeline.predict(X_test)
accuracy = np.mean(predicted == y_test)
print(f"{network.to_keras().count_params():,} parameters, trained in {seconds:.1f} s")
print(f"validation accuracy {100 * validation_accuracy:.2f} %  (notebook: 98.00 % on MNIST)")
print(f"test accuracy {100 * accuracy:.2f} %  (notebook: 97.83 % on MNIST)")

# %%
# How training went.

_ = TrainingHistoryDisplay.from_estimator(pipeline)

# %%
# Some digits are harder than others. With so few mistakes the intervals are wide.

_ = ClassAccuracyDisplay.from_predictions(y_test, predicted)

# %%
# Twelve test images at random, framed blue where the network is right and orange where it
# is wrong.

ImageGridDisplay.from_estimator(
    pipeline, X_test, y_test, n_images=12, n_columns=6, random_state=random_state
)
plt.show()
