"""
Is it better, or just luckier?
==============================

Four classifiers on the same digits. With a few hundred test images not every difference
is significant, and the comparison shows which are.
"""

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC

from skmnist import KerasMLPClassifier
from skmnist.comparison import compare_classifiers

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

comparison.plot()
plt.show()
