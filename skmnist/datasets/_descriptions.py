"""What a dataset says of itself: the ``DESCR`` of a fetched Bunch."""

MNIST = """\
MNIST: handwritten digits
-------------------------

=================   =============================
Classes                                        10
Samples total              70000 (60000 + 10000)
Dimensionality                      784 (28 x 28)
Features            integers from 0 to 255 (uint8)
=================   =============================

Scanned digits from forms of the US National Institute of Standards and Technology,
half of them written by employees of the Census Bureau, half by high school students;
nobody wrote for both the training and the test images. Each digit is scaled into a box
of 20 x 20 pixels and centred by mass in 28 x 28. 0 is the
background, 255 the ink. The first 60000 rows are the training images, the last 10000
the test images, both in their published order.

The licence is commonly given as CC BY-SA 3.0; no statement of the authors to that
effect is known.

References
----------
Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document
recognition", Proceedings of the IEEE 86(11), 2278-2324, 1998, section III.A.
"""

FASHION_MNIST = """\
Fashion-MNIST: pieces of clothing
---------------------------------

=================   =============================
Classes                                        10
Samples total              70000 (60000 + 10000)
Dimensionality                      784 (28 x 28)
Features            integers from 0 to 255 (uint8)
=================   =============================

Photographs of articles from Zalando's shop, greyed, inverted and scaled to 28 x 28
pixels: a harder task in the format of MNIST, with 7000 images of each class. 0 is the
background. The first 60000 rows are the training images, the last 10000 the test
images, both in their published order.

Copyright Zalando SE, MIT licence.

References
----------
H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking
machine learning algorithms", arXiv:1708.07747, 2017.
"""
