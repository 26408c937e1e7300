"""
A search with a ready-made space
================================

Which parameters matter, and between which values? ``search_space`` has them ready, for searches
of scikit-learn, for the one that resumes, and for Optuna.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from skmnist import KerasMLPClassifier
from skmnist.model_selection import HalvingEpochsSearchCV, search_space
from skmnist.plotting import ImageGridDisplay

# sphinx_gallery_thumbnail_number = 2

# %%
# A grid of a few values for each parameter that matters.

digits = load_digits()
X_train, X_test, y_train, y_test = train_test_split(
    digits.images, digits.target, stratify=digits.target, random_state=0
)
network = KerasMLPClassifier(calibrate=False, random_state=0)
space = search_space(network, "grid")
for name, values in space.items():
    print(name, values)

# %%
# All candidates train for a few epochs, the better third goes on from where it is. The
# last one is trained again on all training images.

search = HalvingEpochsSearchCV(network, space, max_resources=27, cv=3, random_state=0)
search.fit(X_train, y_train)
print("candidates", search.n_candidates_, "up to epoch", search.n_resources_)
print("best", search.best_params_)
print(f"test accuracy {100 * search.score(X_test, y_test):.2f} %")

# %%
# Each line is a candidate: most are left behind early.

_, ax = plt.subplots(figsize=(6, 3.5), layout="constrained")
results = search.cv_results_
lines = {}
for params, n_epochs, score in zip(
    results["params"], results["n_resources"], results["mean_test_score"], strict=True
):
    lines.setdefault(str(params), []).append((n_epochs, score))
for line in lines.values():
    is_best = len(line) == len(search.n_resources_)
    ax.plot(*np.transpose(line), "o-", ms=4, color="C0" if is_best else "C7")
_ = ax.set(xlabel="epochs", ylabel="accuracy on held-out folds", xticks=search.n_resources_)

# %%
# What the best one gets wrong on the test images.

ImageGridDisplay.from_estimator(search, X_test, y_test, select="mistakes", n_images=6, n_columns=6)
plt.show()
