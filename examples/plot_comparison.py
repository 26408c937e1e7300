"""
Is it better, or just luckier?
==============================

Four classifiers on the same digits. With a few hundred test images not every difference
is significant, and the comparison shows which are.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC

from skmnist import KerasMLPClassifier
from skmnist.comparison import compare_classifiers
from skmnist.plotting import ImageGridDisplay

# sphinx_gallery_thumbnail_number = 2

# %%
# A quarter of the images is held out to test on. Scikit-learn's own classifiers take flat
# rows, and so does ours.

X, y = load_digits(return_X_y=True)
comparison = compare_classifiers(
    X,
    y,
    classifiers={
        "mlp": KerasMLPClassifier(random_state=0),
        "svc": SVC(),
        "forest": RandomForestClassifier(random_state=0),
        "bayes": GaussianNB(),
    },
    random_state=0,
)
print(comparison)

# %%
# McNemar's exact test of each pair asks only about the images that one got right and the
# other wrong; Holm's correction pays for asking about several pairs.

for pair in comparison.pairwise_tests():
    print(
        f"{pair.first:>6} - {pair.second:6}  {100 * pair.difference:5.2f} points, "
        f"corrected p = {pair.corrected_p_value:.2g}"
    )

# %%
# Accuracy with its 95 % interval against time. The line joins those that no other one
# beats in both.

_ = comparison.plot()

# %%
# The images that most of them got wrong, and what each was taken for, in the order of the table.

predictions = np.array(list(comparison.predictions.values()))
n_wrong = (predictions != comparison.y_test).sum(axis=0)
hardest = np.argsort(-n_wrong, kind="stable")[:12]
ImageGridDisplay(
    images=comparison.X_test[hardest].reshape(-1, 8, 8),
    captions=[
        f"{' '.join(map(str, predictions[:, i]))}\nis {comparison.y_test[i]}" for i in hardest
    ],
    n_columns=6,
).plot()
plt.show()
