"""
Mistakes, and what they rest on
===============================

A convolutional network as it comes, the images it gets most wrong, and the parts of one of
them that led it astray.
"""

import matplotlib.pyplot as plt
from _common import load_images

from skmnist import KerasCNNClassifier, make_digit_pipeline
from skmnist.plotting import ImageGridDisplay, OcclusionDisplay

X_train, X_test, y_train, y_test, random_state = load_images(__doc__)
pipeline = make_digit_pipeline(KerasCNNClassifier(random_state=random_state))
pipeline.fit(X_train, y_train)
print(f"test accuracy {100 * pipeline.score(X_test, y_test):.2f} %")

# %%
# The worst mistakes first: the images to whose true digit the network gave the lowest
# probability. Many are hard to read, and some labels look wrong.

mistakes = ImageGridDisplay.from_estimator(
    pipeline, X_test, y_test, select="mistakes", n_images=12, n_columns=6
)

# %%
# A square moves over the worst one and covers a part of it. Where the probability of the
# digit that the network sees falls, the picture is red: that part speaks for it. What
# speaks against it is blue.

OcclusionDisplay.from_estimator(pipeline, mistakes.images[0])
plt.show()
