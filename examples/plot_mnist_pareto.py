"""
All of MNIST: accuracy against time
===================================

Our two networks and six classical classifiers, trained on 60,000 images and tested on 10,000:
which one gives the most for the time it takes?
"""

import matplotlib.pyplot as plt
from _common import load_comparison

# %%
# The figures were made on two x86-64 cores without a GPU, in some minutes, by
#
# .. code-block:: sh
#
#    skmnist compare --data mnist --output mnist_comparison.json \
#      --models cnn,mlp,svc,forest,boosting,knn,logistic,sklearn-mlp
#
# and are read from that file here, since a page like this is built without MNIST.

comparison = load_comparison("mnist_comparison.json")
print(comparison)

# %%
# The line joins the classifiers that no other one beats in both. Nearest neighbours need no
# training, and take their time when they predict.

display = comparison.plot()
for names, axes in zip(display.fronts_, ("fit", "predict"), strict=True):
    print(f"not beaten in accuracy and time to {axes}:", ", ".join(names))
plt.show()
