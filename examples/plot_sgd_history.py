"""
The history of plain gradient descent
=====================================

A network of 300 and 100 units, trained for 30 epochs by stochastic gradient descent, the
oldest of optimizers. Loss and accuracy of every epoch are in ``history_``.
"""

from time import perf_counter

import matplotlib.pyplot as plt
from _common import load_images
from sklearn import config_context
from sklearn.metrics import ConfusionMatrixDisplay

from skmnist import KerasMLPClassifier, make_digit_pipeline
from skmnist.plotting import ImageGridDisplay, TrainingHistoryDisplay

# sphinx_gallery_thumbnail_number = 3

# %%
# The first twelfth of the training images, 5,000 of MNIST, is for validation.

X_train, X_test, y_train, y_test, random_state = load_images(__doc__)
n_val = len(X_train) // 12

# %%
# The pipeline scales pixels to 0..1, so the network need not standardize them.
# ``transform_input`` sends the validation images through the pipeline's steps as well, for
# which scikit-learn wants metadata routing enabled.

classifier = KerasMLPClassifier(
    hidden_layer_sizes=(300, 100),
    standardize=False,
    optimizer="sgd",
    learning_rate=0.01,
    schedule="constant",
    label_smoothing=0.0,
    alpha=0.0,
    epochs=30,
    batch_size=32,
    random_state=random_state,
)
with config_context(enable_metadata_routing=True):
    classifier.set_fit_request(X_val=True, y_val=True)
    pipeline = make_digit_pipeline(classifier, transform_input=["X_val"])
    start = perf_counter()
    pipeline.fit(X_train[n_val:], y_train[n_val:], X_val=X_train[:n_val], y_val=y_train[:n_val])
    seconds = perf_counter() - start

network = pipeline["classify"]
validation_accuracy = network.validation_scores_[-1]
accuracy = pipeline.score(X_test, y_test)
print(f"{network.to_keras().count_params():,} parameters, trained in {seconds:.1f} s")
print(f"validation accuracy {100 * validation_accuracy:.2f} %  (notebook: 98.14 % on MNIST)")
print(f"test accuracy {100 * accuracy:.2f} %  (notebook: 97.69 % on MNIST)")

# %%
# Where the curves of training and validation part, the network begins to learn its
# training images by heart.

_ = TrainingHistoryDisplay.from_estimator(pipeline)

# %%
# Off the diagonal: which digits are taken for which.

_ = ConfusionMatrixDisplay.from_estimator(pipeline, X_test, y_test, cmap="Blues", colorbar=False)

# %%
# The worst of these mistakes: to the true digit the lowest probability was given.

ImageGridDisplay.from_estimator(
    pipeline, X_test, y_test, select="mistakes", n_images=12, n_columns=6
)
plt.show()
