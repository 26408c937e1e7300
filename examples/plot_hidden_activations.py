"""
What the hidden layer sees
==========================

Digits as points, first by their pixels, then by what the last hidden layer of a network
makes of them: ``transform`` of a fitted classifier.
"""

import matplotlib.pyplot as plt
from _common import load_images

from skmnist import KerasMLPClassifier, make_digit_pipeline
from skmnist.plotting import EmbeddingDisplay

X_train, X_test, y_train, y_test, random_state = load_images(__doc__)
few, labels = X_test[:600], y_test[:600]

# %%
# t-SNE lays images side by side whose pixels are alike. Some digits touch, and some lie
# among others.

_ = EmbeddingDisplay.from_data(few, labels, reducer="tsne", random_state=0)

# %%
# The hidden activations of the same images, which the network has not seen in training:
# the digits draw apart, and what still lies among others, it is likely to mistake.

pipeline = make_digit_pipeline(KerasMLPClassifier(random_state=random_state))
pipeline.fit(X_train, y_train)
print(f"test accuracy {100 * pipeline.score(X_test, y_test):.2f} %")

EmbeddingDisplay.from_estimator(pipeline, few, labels, reducer="tsne", random_state=0)
plt.show()
