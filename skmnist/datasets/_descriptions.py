"""Descriptions of the datasets: ``DESCR`` of a fetched Bunch."""

MNIST = """\
MNIST: handwritten digits
-------------------------

60000 training images, then 10000 test images, in their published order: 28 x 28 pixels each,
integers from 0 (background) to 255 (ink), of the ten digits.

Scanned from forms of the US National Institute of Standards and Technology, half of them written
by employees of the Census Bureau, half by high school students; nobody wrote for both the
training and the test images. Each digit is scaled into a box of 20 x 20 pixels and centred by
mass.

The licence is commonly given as CC BY-SA 3.0; no statement of the authors to that effect is known.

References
----------
Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document
recognition", Proceedings of the IEEE 86(11), 2278-2324, 1998, section III.A.
"""

FASHION_MNIST = """\
Fashion-MNIST: pieces of clothing
---------------------------------

60000 training images, then 10000 test images, in their published order: 28 x 28 pixels each,
integers from 0 (background) to 255, 7000 images of each of ten classes.

Photographs of articles from Zalando's shop, greyed, inverted and scaled: a harder task in the
format of MNIST. Copyright Zalando SE, MIT licence.

References
----------
H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking
machine learning algorithms", arXiv:1708.07747, 2017.
"""
