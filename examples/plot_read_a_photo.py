"""
Reading a photo, step by step
=============================

A network that was trained on framed images knows nothing of paper. What
:func:`skmnist.datasets.read_picture` makes of a photo is shown here on one that is drawn for the
purpose: a thin pen on squared paper, a shadow over it, and the edge of a table at its side.
"""

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image, ImageDraw
from sklearn.datasets import load_digits

from skmnist import KerasMLPClassifier, make_digit_pipeline
from skmnist.datasets import read_characters, read_picture
from skmnist.plotting import CharactersDisplay, ReadingDisplay

# %%
# A photo
# -------
# The lines of some digits, as a pen draws them:
LINES = {
    1: [[(0.3, 0.25), (0.55, 0), (0.5, 1)]],
    2: [[(0.2, 0.2), (0.5, 0), (0.8, 0.2), (0.6, 0.6), (0.2, 1), (0.85, 0.97)]],
    4: [[(0.4, 0), (0.15, 0.6), (0.9, 0.57)], [(0.65, 0.3), (0.6, 1)]],
    7: [[(0.15, 0.02), (0.85, 0), (0.55, 0.6), (0.45, 1)]],
}


def draw(size, digits, boxes, pen, *, squares=26):
    """Draw digits in boxes (left, top, height) on squared paper of size (width, height)."""
    picture = Image.new("RGB", size, (228, 226, 220))
    pencil = ImageDraw.Draw(picture)
    for x in range(13, size[0], squares):
        pencil.line([(x, 0), (x, size[1])], fill=(150, 170, 215), width=2)
    for y in range(13, size[1], squares):
        pencil.line([(0, y), (size[0], y)], fill=(150, 170, 215), width=2)
    for digit, (left, top, tall) in zip(digits, boxes, strict=True):
        for line in LINES[digit]:
            places = [(left + 0.75 * tall * x, top + tall * y) for x, y in line]
            pencil.line(places, fill=(35, 35, 60), width=pen, joint="curve")
    return np.asarray(picture, float)


def photograph(paper, seed=0):
    """Take a photo: a shadow from the right, and the grain of the camera."""
    rng = np.random.default_rng(seed)
    rows, columns = np.indices(paper.shape[:2])
    light = 1 - 0.5 / (1 + np.exp(-(columns + 0.4 * rows - 0.7 * paper.shape[1]) / 15))
    photo = paper * light[..., None] + rng.normal(scale=4, size=paper.shape)
    return photo.clip(0, 255).astype(np.uint8)


paper = draw((300, 400), [4], [(90, 90, 210)], 6)
photo = photograph(paper)
photo[:, :30] = (70, 50, 40)  # the edge of a table

# %%
# What a plain threshold makes of it
# ----------------------------------
# Half of the brightness is no border between ink and paper: the shadow and the table are as dark
# as the pen.
_, panels = plt.subplots(1, 3, figsize=(8, 3.6), layout="constrained")
panels[0].imshow(photo)
panels[0].set_title("photo")
panels[1].imshow(photo.mean(axis=2) < 128, cmap="gray")
panels[1].set_title("darker than half")
image = read_picture(photo)
panels[2].imshow(image, cmap="gray")
panels[2].set_title("read_picture")
for panel in panels:
    panel.set_axis_off()

# %%
# ``read_picture`` estimates the paper around each stroke, removes the lines that cross the picture
# from edge to edge and what reaches in from its edge, draws the rest with a pen as wide as those
# of MNIST, and puts its centre of mass where MNIST has it.
#
# Other pens
# ----------
# Whatever it is drawn with, the network gets to see nearly the same. A
# :class:`~skmnist.plotting.ReadingDisplay` shows pictures beside what was read of them; it is what
# ``skmnist predict --show out.png`` draws.
digits = load_digits()
pipeline = make_digit_pipeline(KerasMLPClassifier(random_state=0), pixel_range=(0, 16))
pipeline.fit(digits.images, digits.target)
pictures = [
    photograph(draw((300, 400), [digit], [(80, 90, 210)], pen, squares=squares), seed=pen)
    for digit, pen, squares in ((7, 3, 1000), (2, 5, 26), (1, 8, 40), (4, 14, 1000))
]
images = np.stack([read_picture(picture, image_shape=(8, 8)) for picture in pictures])
proba = pipeline.predict_proba(images / 255 * 16)
display = ReadingDisplay(
    pictures=pictures,
    images=images,
    labels=pipeline.classes_[proba.argmax(axis=1)],
    proba=proba.max(axis=1),
).plot()

# %%
# Several characters
# ------------------
# :func:`~skmnist.datasets.read_characters` finds them all, row by row.
written = [7, 4, 2, 1, 1, 2, 7, 4]
boxes = [(60 + 170 * (i % 4), 50 + 210 * (i // 4) + 6 * (i % 4), 140) for i in range(8)]
page_photo = photograph(draw((760, 460), written, boxes, 5))
page = read_characters(page_photo, image_shape=(8, 8))
proba = pipeline.predict_proba(page.images / 255 * 16)
labels = pipeline.classes_[proba.argmax(axis=1)]
for number in range(page.rows.max() + 1):
    print("row", number + 1, "is", "".join(map(str, labels[page.rows == number])))
display = CharactersDisplay(
    picture=page_photo, boxes=page.boxes, labels=labels, proba=proba.max(axis=1)
).plot()
plt.show()
