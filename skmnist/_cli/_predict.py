"""``skmnist predict``: what a model file predicts for pictures."""

import argparse
import csv
import io
import math
from pathlib import Path
from typing import Any, NamedTuple

from ._arguments import output
from ._screen import Screen

_FIGURES = (".png", ".pdf", ".svg")
_MOST_SHOWN = 40


def add_parser(commands: Any) -> None:
    """Add the command and its arguments."""
    predict = commands.add_parser(
        "predict",
        help="say what is on pictures",
        description="Print what a network sees on each picture, and how sure it is.",
        epilog="pictures:\n"
        "  Scans, photos and drawings of one character each, of any size: dark on light or\n"
        "  light on dark, in grey or colours; with --several, of pages of characters. They are\n"
        "  cut out, scaled and centred as the images of MNIST were. A folder stands for the\n"
        "  pictures in it, a pattern such as 'scans/*.png' for the files that it fits, and a\n"
        "  csv file for an image in each row, such as Kaggle's test.csv. A network that was\n"
        "  kept without a PixelScaler is given pixels from 0 to 255.\n\n"
        "examples:\n"
        "  skmnist predict digits.skmnist seven.png four.jpg\n"
        "  skmnist predict digits.skmnist scans/ --output answers.csv\n"
        "  skmnist predict digits.skmnist page.jpg --several --show page.png",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    predict.set_defaults(command=run)
    predict.add_argument("model", type=Path, metavar="FILE", help="of `skmnist train`")
    predict.add_argument(
        "pictures", nargs="+", metavar="PICTURE", help="such as seven.png, scans/ or test.csv"
    )
    ways = predict.add_mutually_exclusive_group()
    ways.add_argument(
        "--several", action="store_true", help="read rows of characters, such as a number"
    )
    ways.add_argument(
        "--as-they-are",
        action="store_true",
        help="only resize: for pictures that are framed as the network's training images",
    )
    predict.add_argument(
        "--reject",
        action="store_true",
        help="say so where a picture is unlike all training images, rather than name a class",
    )
    predict.add_argument(
        "--output",
        type=output(".csv"),
        metavar="FILE",
        help="write a csv file instead of lines: file,label,probability; of a csv file "
        "ImageId,Label, as Kaggle takes it",
    )
    predict.add_argument(
        "--show",
        type=output(*_FIGURES),
        metavar="FILE",
        help="draw the pictures with what was read of them, as .png, .pdf or .svg",
    )
    predict.add_argument(
        "--quiet", action="store_true", help="print the label alone, without its probability"
    )


class _Answer(NamedTuple):
    """What is predicted for one image: the two most probable labels.

    An image of no class has probability 0, and a distance in units of the largest allowed.
    """

    label: Any
    sure: float
    other: Any
    other_sure: float
    distance: float | None = None


def run(args: argparse.Namespace, screen: Screen) -> int:
    """Predict, and return the exit code."""
    from ._model import load_model
    from ._pictures import is_table, named_files

    model = load_model(args.model, rejects=args.reject)
    paths = named_files(args.pictures)
    tables = [path for path in paths if is_table(path)]
    if not tables:
        return (_several if args.several else _one_each)(args, screen, model, paths)
    if len(paths) > 1:
        raise ValueError(f"{tables[0]} is a csv file of images, expected no other pictures.")
    if args.several or args.as_they_are or args.show:
        raise ValueError(
            f"{tables[0]} is a csv file: leave out --several, --as-they-are and --show."
        )
    return _rows(args, model, tables[0])


def _answers(model: Any, rows: Any) -> list[_Answer]:
    proba = model.classifier.predict_proba(rows)
    order = (-proba).argsort(axis=1)
    classes = model.classifier.classes_
    answers = [
        _Answer(classes[first], row[first], classes[second], row[second])
        for row, (first, second) in zip(proba, order[:, :2], strict=True)
    ]
    if model.rejecting is None:
        return answers
    label, limit = model.rejecting.reject_label_, model.rejecting.offset_
    return [
        _Answer(label, 0.0, *answer[2:4], score / limit if limit else math.inf)
        if score < limit
        else answer
        for answer, score in zip(answers, model.rejecting.score_samples(rows), strict=True)
    ]


def _one_each(args: argparse.Namespace, screen: Screen, model: Any, paths: list[Path]) -> int:
    """Predict a character for each picture."""
    import numpy as np

    from ..datasets import read_picture
    from ._pictures import read_all

    def read(path: Path) -> Any:
        return read_picture(path, image_shape=model.image_shape, centre=not args.as_they_are)

    found = list(read_all(paths, read, screen))
    if not found:
        return 1
    images = np.stack([image for _, image in found])
    answers = _answers(model, model.rows_of(images))
    read_paths = [path for path, _ in found]
    if args.output:
        _write(args.output, ("file", "label", "probability"), [
            (path, answer.label, f"{answer.sure:.4f}")
            for path, answer in zip(read_paths, answers, strict=True)
        ])  # fmt: skip
    else:
        _print(args, [str(path) for path in read_paths], answers)
    if args.show:
        from ..plotting import ReadingDisplay

        shown = [_picture(path) for path in read_paths[:_MOST_SHOWN]]
        display = ReadingDisplay(
            pictures=shown,
            images=images[:_MOST_SHOWN],
            labels=[answer.label for answer in answers],
            proba=[answer.sure for answer in answers],
            n_columns=min(4, len(shown)),
        )
        _save(display.plot().figure_, args.show)
    return 0 if len(found) == len(paths) else 1


def _several(args: argparse.Namespace, screen: Screen, model: Any, paths: list[Path]) -> int:
    """Predict the characters of pages, row by row."""
    import numpy as np

    from ..datasets import read_characters
    from ._pictures import read_all

    if args.show and len(paths) > 1:
        raise ValueError(f"--show draws one page with --several, but there are {len(paths)}.")
    n_read, lines = 0, []
    for path, page in read_all(
        paths, lambda path: read_characters(path, image_shape=model.image_shape), screen
    ):
        n_read += 1
        answers = _answers(model, model.rows_of(page.images))
        for number in range(page.rows.max() + 1):
            of_row = [answers[i] for i in np.flatnonzero(page.rows == number)]
            lines.append((path, number + 1, of_row))
        if args.show:
            from ..plotting import CharactersDisplay

            display = CharactersDisplay(
                picture=_picture(path),
                boxes=page.boxes,
                labels=[answer.label for answer in answers],
                proba=[answer.sure for answer in answers],
            )
            _save(display.plot().figure_, args.show)
    if args.output:
        columns = ("file", "row", "place", "label", "probability")
        _write(args.output, columns, [
            (path, number, place, answer.label, f"{answer.sure:.4f}")
            for path, number, of_row in lines
            for place, answer in enumerate(of_row, 1)
        ])  # fmt: skip
    else:
        for path, _, of_row in lines:
            _print_row(args, path, of_row)
    return 0 if n_read == len(paths) else 1


def _rows(args: argparse.Namespace, model: Any, path: Path) -> int:
    """Predict the rows of a csv file, whose pixels are those of the training images."""
    from ._pictures import read_rows

    rows = read_rows(path, math.prod(model.image_shape))
    answers = _answers(model, rows)
    if args.output:
        labels = [(i, answer.label) for i, answer in enumerate(answers, 1)]
        _write(args.output, ("ImageId", "Label"), labels)
    else:
        _print(args, [f"{path}:{i}" for i in range(1, len(answers) + 1)], answers)
    return 0


def _print(args: argparse.Namespace, names: list[str], answers: list[_Answer]) -> None:
    width = max(map(len, names))
    for name, (label, sure, other, other_sure, distance) in zip(names, answers, strict=True):
        if args.quiet:
            print(label)
        elif distance is not None:
            print(f"{name:<{width}}  {label}  no known class (distance {distance:.2f}, limit 1)")
        else:
            print(
                f"{name:<{width}}  {label}  {100 * sure:.1f} %  "
                f"(or {other}, {100 * other_sure:.1f} %)"
            )


def _print_row(args: argparse.Namespace, path: Path, answers: list[_Answer]) -> None:
    """Print a row as text, with the place that is least sure."""
    labels = ["?" if answer.distance is not None else str(answer.label) for answer in answers]
    text = ("" if max(map(len, labels)) == 1 else " ").join(labels)
    if args.quiet:
        print(text)
        return
    place = min(range(len(answers)), key=lambda i: answers[i].sure)
    label, sure, other, other_sure, distance = answers[place]
    if distance is not None:
        print(f"{path}  {text}  (no known class at place {place + 1})")
        return
    print(
        f"{path}  {text}  (least sure: {label} at place {place + 1}, {100 * sure:.1f} %, "
        f"or {other}, {100 * other_sure:.1f} %)"
    )


def _picture(path: Path) -> Any:
    """Read a picture as it is seen, in colours."""
    import numpy as np

    from ..datasets import on_paper, open_picture

    return np.asarray(on_paper(open_picture(path, str(path), keeps_levels=True)))


def _write(path: Path, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    from .._streams import write_to

    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    write_to(path, text.getvalue().encode())


def _save(figure: Any, path: Path) -> None:
    import io

    from .._streams import write_to

    content = io.BytesIO()
    figure.savefig(content, format=path.suffix[1:].lower(), dpi=150)
    write_to(path, content.getvalue())
