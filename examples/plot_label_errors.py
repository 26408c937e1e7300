"""
Wrong labels, found
===================

One training label in twenty is made wrong. Networks that have not seen an image tell which
labels to doubt, and without the doubtful ones the network is better.
"""

import matplotlib.pyplot as plt
import numpy as np
from _common import load_images
from sklearn.model_selection import cross_val_predict

from skmnist import KerasCNNClassifier, make_digit_pipeline
from skmnist.plotting import ImageGridDisplay

X_train, X_test, y_train, y_test, random_state = load_images(__doc__)
rng = np.random.default_rng(random_state)
wrong = rng.choice(len(y_train), len(y_train) // 20, replace=False)
labels = y_train.copy()
labels[wrong] = (labels[wrong] + rng.integers(1, 10, len(wrong))) % 10

# %%
# Every image gets its probabilities from a network that was trained on others. First the images
# to whose label the lowest probability was given: what the network says, and the label.

pipeline = make_digit_pipeline(KerasCNNClassifier(calibrate=False, random_state=random_state))
proba = cross_val_predict(pipeline, X_train, labels, cv=3, method="predict_proba")
suspects = ImageGridDisplay.from_predictions(
    X_train, labels, proba, select="mistakes", n_images=18, n_columns=6
)

# %%
# How sure is sure enough? Confident learning has an answer: at least as sure of another class
# as the networks are, on average, of images with that label.

usual = np.array([proba[labels == digit, digit].mean() for digit in range(10)])
is_sure = proba >= usual
best = np.where(is_sure, proba, 0).argmax(axis=1)
is_suspect = is_sure.any(axis=1) & (best != labels)
print(f"{is_suspect.sum()} suspects, {is_suspect[wrong].sum()} of the {len(wrong)} wrong labels")

pipeline.fit(X_train, labels)
print(f"{100 * pipeline.score(X_test, y_test):.2f} % of the test images with all labels")
pipeline.fit(X_train[~is_suspect], labels[~is_suspect])
print(f"test accuracy {100 * pipeline.score(X_test, y_test):.2f} % without the suspects")

# %%
# Whoever looks at the most doubtful images first finds the wrong labels soon. The dashed line is
# somebody who looks at them in any order, the dotted one where the suspects end.

order = np.argsort(proba[np.arange(len(labels)), labels])
found = np.isin(order, wrong).cumsum() / len(wrong)
looked_at = np.arange(1, len(order) + 1) / len(order)
_, ax = plt.subplots(figsize=(6, 3.5), layout="constrained")
ax.plot(100 * looked_at, 100 * found)
ax.plot([0, 100], [0, 100], ls="--", color="grey")
ax.axvline(100 * is_suspect.mean(), ls=":", color="grey")
ax.set(xlabel="images looked at, %", ylabel="wrong labels found, %", xlim=(0, 30), ylim=(0, 102))
ax.grid(alpha=0.3)
plt.show()
