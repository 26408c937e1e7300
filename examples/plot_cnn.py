"""
A convolutional network
=======================

Three convolutions, two of them with pooling, and a dense layer: fewer parameters than the
dense networks, and a third of their errors. It trains for five epochs, and then, because
they were not enough, for five more.
"""

from time import perf_counter

import matplotlib.pyplot as plt
from _common import load_images
from sklearn import config_context

from skmnist import KerasCNNClassifier, make_digit_pipeline
from skmnist.plotting import (
    ClassDistributionDisplay,
    LivePlot,
    PixelDensityDisplay,
    ProbabilityDisplay,
    TrainingHistoryDisplay,
)

# sphinx_gallery_thumbnail_number = 4

# %%
# The last tenth of the training images is for validation.

X_train, X_test, y_train, y_test, random_state = load_images(__doc__)
n_fit = len(X_train) - len(X_train) // 10

# %%
# The classes are balanced well enough,

_ = ClassDistributionDisplay.from_data({"training": y_train, "test": y_test})

# %%
# and most pixels are background.

_ = PixelDensityDisplay.from_data(X_train)

# %%
# The pipeline scales pixels to 0..1, so the network need not standardize them; it finds
# the images again in the flat rows, as their number of pixels is a square.

classifier = KerasCNNClassifier(
    filters=(32, 64, 64),
    kernel_size=3,
    pool_size=(2, 2, 1),
    padding="valid",
    hidden_layer_sizes=(64,),
    standardize=False,
    learning_rate=0.001,
    schedule="constant",
    label_smoothing=0.0,
    alpha=0.0,
    epochs=5,
    batch_size=64,
    warm_start=True,
    keras_callbacks=[LivePlot()],
    random_state=random_state,
)

# %%
# With ``warm_start=True`` the second ``fit`` goes on where the first one ended, the
# optimizer's moments included. :class:`~skmnist.plotting.LivePlot` draws loss and accuracy
# after every epoch in a notebook; here, where there is none, it prints them.
# ``transform_input`` sends the validation images through the pipeline's steps as well, for
# which scikit-learn wants metadata routing enabled.

with config_context(enable_metadata_routing=True):
    classifier.set_fit_request(X_val=True, y_val=True)
    pipeline = make_digit_pipeline(classifier, transform_input=["X_val"])
    validation = {"X_val": X_train[n_fit:], "y_val": y_train[n_fit:]}
    start = perf_counter()
    pipeline.fit(X_train[:n_fit], y_train[:n_fit], **validation)
    pipeline.fit(X_train[:n_fit], y_train[:n_fit], **validation)
    seconds = perf_counter() - start

network = pipeline["classify"]
accuracy = pipeline.score(X_test, y_test)
training_accuracy = network.history_["accuracy"][-1]
print(f"{network.to_keras().count_params():,} parameters, trained in {seconds:.1f} s")
print(f"training accuracy {100 * training_accuracy:.2f} %  (notebook: 99.72 % on MNIST)")
print(f"test accuracy {100 * accuracy:.2f} %  (notebook: 99.17 % on MNIST)")

# %%
# The second fit begins after the fifth epoch, which leaves no trace in the curves.

_ = TrainingHistoryDisplay.from_estimator(pipeline)

# %%
# The test images that it is least sure of, with its probabilities of all classes.

ProbabilityDisplay.from_estimator(pipeline, X_test, y_test, select="unsure", n_images=6)
plt.show()
