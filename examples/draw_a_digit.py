"""
Draw a digit in the browser, and see at once what a network takes it for.

    pip install 'skmnist[draw]'
    skmnist train --model cnn --data mnist --output digits.skmnist
    python examples/draw_a_digit.py digits.skmnist

The page is served to this computer alone, on 127.0.0.1.
"""

import argparse
import os

import numpy as np

from skmnist import load
from skmnist.datasets import read_picture

IMAGE_SHAPE = (28, 28)
ENLARGED = 7  # pixels of the page for a pixel of the image


def load_model(path):
    """Return the classifier of a model file, and the one that rejects novel images or None."""
    try:
        rejecting = load(path, rejecting=True)
        classifier = rejecting.estimator_
    except ValueError:  # a file without a threshold, or one that can't be loaded either way
        classifier, rejecting = load(path), None
    n_pixels = getattr(classifier, "n_features_in_", None)
    if n_pixels != np.prod(IMAGE_SHAPE) or not hasattr(classifier, "predict_proba"):
        raise ValueError(
            f"{path} holds a {type(classifier).__name__} of {n_pixels} pixels, expected a fitted "
            "classifier of 28 x 28 images: skmnist train --model cnn --data mnist --output FILE"
        )
    return classifier, rejecting


def recognise(drawn, classifier, rejecting=None):
    """Turn an editor's value into probabilities by label, the image read, and a verdict."""
    try:
        image = read_picture(drawn["composite"], image_shape=IMAGE_SHAPE)
    except (TypeError, ValueError):  # an empty sheet: None, or of one colour
        return None, None, "Draw a digit."
    row = image.reshape(1, -1)
    (proba,) = classifier.predict_proba(row)
    labels = map(str, classifier.classes_)
    answer = {label: float(p) for label, p in zip(labels, proba, strict=True)}
    if rejecting is None:
        return answer, image, "The model file has no threshold: every drawing gets a class."
    distance = float(rejecting.score_samples(row)[0] / rejecting.offset_)
    verdict = "No known class" if distance > 1 else "A known class"
    return answer, image, f"{verdict} (distance {distance:.2f}, limit 1)."


def make_page(classifier, rejecting=None):
    """Lay out the page: the sheet on the left, the answer on the right."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
    try:
        import gradio as gr
    except ImportError as error:
        raise ImportError("The page needs gradio: pip install 'skmnist[draw]'") from error

    def answer(drawn):
        probabilities, image, verdict = recognise(drawn, classifier, rejecting)
        if image is not None:
            image = np.kron(image, np.ones((ENLARGED, ENLARGED), np.uint8))
        return probabilities, image, verdict

    with gr.Blocks(title="Draw a digit", analytics_enabled=False) as page, gr.Row():
        pen = gr.Brush(default_size=14, colors=["#000000"], color_mode="fixed")
        sheet = gr.Sketchpad(
            label="Drawing", canvas_size=(400, 400), height=520, layers=False, brush=pen
        )
        with gr.Column():
            classes = gr.Label(label="Most probable classes", num_top_classes=3)
            seen = gr.Image(label="What the network sees", height=250, format="png", buttons=[])
            verdict = gr.Textbox(label="Known or not", value="Draw a digit.")
        sheet.change(answer, sheet, [classes, seen, verdict], show_progress="hidden")
    return page


def main():
    """Read the command line and serve the page until Ctrl-C."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", metavar="FILE", help="of `skmnist train --data mnist`")
    parser.add_argument("--port", type=int, default=7860, metavar="N", help="default: 7860")
    args = parser.parse_args()
    try:
        page = make_page(*load_model(args.model))
        page.launch(server_name="127.0.0.1", server_port=args.port, share=False)
    except (ImportError, OSError, ValueError) as error:
        parser.exit(1, f"error: {error}\n")


if __name__ == "__main__":
    main()
