"""
Dropout and one-hot labels
==========================

Dropout takes a fifth of the hidden units away, others at every step, so that none can
rely on another. Labels may be one column per class: then so are the predictions.
"""

from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np
from _common import load_images
from sklearn import config_context
from sklearn.model_selection import train_test_split

from skmnist import KerasMLPClassifier, make_digit_pipeline
from skmnist.plotting import ProbabilityDisplay

# %%
# A 1 in the column of its digit, 0 in all others; a fifth of the training images, drawn at
# random, is for validation.

X, X_test, y, y_test, random_state = load_images(__doc__)
one_hot, one_hot_test = np.eye(10, dtype=int)[y], np.eye(10, dtype=int)[y_test]
X_train, X_val, one_hot_train, one_hot_val = train_test_split(
    X, one_hot, test_size=0.2, random_state=5
)

# %%
# The pipeline scales pixels to 0..1, so the network need not standardize them. The loss is
# the categorical cross-entropy, whatever the form of the labels. ``transform_input`` sends
# the validation images through the pipeline's steps as well, for which scikit-learn wants
# metadata routing enabled.

classifier = KerasMLPClassifier(
    hidden_layer_sizes=(128,),
    dropout=0.2,
    standardize=False,
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
    pipeline.fit(X_train, one_hot_train, X_val=X_val, y_val=one_hot_val)
    seconds = perf_counter() - start

network = pipeline["classify"]
accuracy = pipeline.score(X_test, one_hot_test)
print(f"{network.to_keras().count_params():,} parameters, trained in {seconds:.1f} s")
print(f"test accuracy {100 * accuracy:.2f} %  (notebook: 97.58 % on MNIST)")
print("first prediction", pipeline.predict(X_test[:1])[0])

# %%
# Ten probabilities for every image: the first six test images,

_ = ProbabilityDisplay.from_estimator(pipeline, X_test, one_hot_test)

# %%
# and the six that the network is least sure of.

ProbabilityDisplay.from_estimator(pipeline, X_test, one_hot_test, select="unsure")
plt.show()
