"""
What the hidden layer sees
==========================

Digits as points, first by their pixels, then by what the last hidden layer of a network
makes of them: ``transform`` of a fitted classifier.
"""

import matplotlib.pyplot as plt
import numpy as np
from _common import load_images
from matplotlib.offsetbox import AnnotationBbox, OffsetImage

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

display = EmbeddingDisplay.from_estimator(pipeline, few, labels, reducer="tsne", random_state=0)

# %%
# Some of them as they look, each at its point: what lies at the edge of its group is written
# in an unusual way.

# sphinx_gallery_thumbnail_number = 3
figure, axes = plt.subplots(figsize=(7, 6), layout="constrained")
axes.scatter(*display.points.T, s=0)
for image, point in list(zip(few, display.points, strict=True))[::4]:
    picture = OffsetImage(np.asarray(image), zoom=20 / len(image), cmap="gray_r")
    axes.add_artist(AnnotationBbox(picture, point, frameon=False))
axes.set(xlabel=f"{display.name} 1", ylabel=f"{display.name} 2")
plt.show()
