"""Fuzzing guided by coverage: what the readers of files make of any bytes at all.

    python tests/reliability/fuzz_readers.py TARGET [options of libFuzzer]

needs Atheris (``python -m pip install atheris``, on Linux) and runs until it finds something, or
for as long as ``-max_total_time=300`` says. TARGET is load, read_csv, read_idx, read_npz or
read_picture. A reader may return a value or raise what its docstring says, with a message that
names the file, as every warning must; any other exception, more than 1 GB or 10 seconds is a
finding.

``... TARGET -merge=1 small large`` puts the inputs of the folder `large` into `small` that reach
something new. The smallest of such lie in fuzz_corpus.json, and test_fuzz_files.py reads them.
"""

import base64
import contextlib
import gzip
import hashlib
import io
import json
import sys
import tempfile
import warnings
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
CORPUS = HERE / "fuzz_corpus.json"
NPY = b"\x93NUMPY"
# Modules whose branches guide the search.
GUIDES = ["skmnist", "zipfile", "gzip", "csv", "json", "numpy", "PIL"]


def archive_of(data, compression=zipfile.ZIP_STORED):
    """A zip archive of one file: JSON and .npy members put together, with right checksums.

    A fuzzer can't guess checksums. A file that is an archive already is left as it is.
    """
    if data.startswith(b"PK"):
        return data
    text, *arrays = data.split(NPY)
    members = {f"{i}.npy": NPY + array for i, array in enumerate(arrays)}
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in members.items()}
    if text:
        with contextlib.suppress(ValueError, RecursionError):
            document = json.loads(text)
            if isinstance(document, dict):
                text = json.dumps({**document, "arrays": sums}).encode()
        members["model.json"] = text
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def load(data):
    import skmnist

    skmnist.load(io.BytesIO(archive_of(data)))


def read_csv(data):
    from skmnist import datasets

    for label in ("auto", -1, None):
        datasets.read_csv(io.BytesIO(data), label=label, max_bytes=2**20)


def read_idx(data):
    from skmnist import datasets

    datasets.read_idx(io.BytesIO(data), max_bytes=2**20)


def read_npz(data):
    from skmnist import datasets

    for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        datasets.read_npz(io.BytesIO(archive_of(data, compression)), max_bytes=2**20)


def read_picture(data):
    from PIL import Image

    from skmnist import datasets

    whole = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = 2**16  # larger ones take long
    try:
        datasets.read_picture(io.BytesIO(data))
    finally:
        Image.MAX_IMAGE_PIXELS = whole


# Readers and the exceptions that their docstrings tell of.
TARGETS = {
    "load": (load, ValueError),
    "read_csv": (read_csv, ValueError),
    "read_idx": (read_idx, ValueError),
    "read_npz": (read_npz, ValueError),
    "read_picture": (read_picture, (OSError, ValueError)),
}


def try_reader(name, data):
    """Read bytes; an AssertionError, or what else should not have been raised, is a finding."""
    read, documented = TARGETS[name]
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            read(data)
        except documented as error:
            said = [str(error)]  # the error itself would keep its frames, and pictures, alive
        else:
            said = []
    for message in [*said, *(str(warning.message) for warning in warned)]:
        assert message.lower().startswith("the stream"), message


def model_seeds():
    """Model files of format 1, and the same as they are saved today."""
    import numpy as np
    from sklearn.frozen import FrozenEstimator

    import skmnist

    def waves(*shape):
        return np.sin(np.arange(np.prod(shape), dtype=np.float64)).astype("f4").reshape(shape)

    def packed(document, arrays):
        stream = io.BytesIO()
        stream.write(json.dumps(document).encode())
        for array in arrays:
            np.save(stream, array)
        return stream.getvalue()

    folder = HERE.parent / "persistence"
    dense = [np.full(16, 2.0), waves(3, 16).astype(float), *np.ones((3, 3)), ["one", "two"]]
    dense += [waves(3, 4), waves(4), waves(4, 2), waves(2)]
    seeds = [packed(json.loads((folder / "format_1.json").read_text()), dense)]
    document = json.loads((folder / "format_1_cnn.json").read_text())
    numbers = [np.abs(waves(*shape)).astype(d) for d, shape in document["shapes"].values()]
    seeds.append(packed(document["manifest"], [np.arange(3), *numbers[1:]]))

    for seed in tuple(seeds):
        model = skmnist.load(io.BytesIO(archive_of(seed)))
        images = np.abs(waves(9, *(model.image_shape_ if len(seeds) > 2 else (4, 4))))
        rejecting = skmnist.NoveltyRejectingClassifier(FrozenEstimator(model))
        rejecting.fit(images, model.classes_[np.arange(9) % len(model.classes_)])
        for beside in (None, rejecting):
            stream = io.BytesIO()
            skmnist.save(model, stream, rejecting=beside)
            with zipfile.ZipFile(stream) as archive:
                names = sorted(archive.namelist(), key=lambda name: (name[0] != "m", len(name)))
                seeds.append(b"".join(map(archive.read, names)))
            seeds.append(stream.getvalue())
    return seeds


def csv_seeds():
    table = b"label,pixel0,pixel1\n7,0,255\n3,12,0\n"
    return [
        table,
        gzip.compress(table, mtime=0),
        b"\xef\xbb\xbf5,0,1.5\n4,1e3,-2\n",
        b'1x1,1x2,"class"\n0,9,"a ""b"", c"\n1,2,"d\ne"\n',
        b"# 0,1,2\r\n1,2,3\r\n\r\n0,2,NA\r\n",
        b"row,y,r0c0,r0c1\n0,cat,1,2\n1,dog,3,4\n",
        "цифра;пиксел\n1;2\n".encode(),
    ]


def idx_seeds():
    bytes_ = b"\0\0\x08\x03" + b"\0\0\0\x02\0\0\0\x02\0\0\0\x03" + bytes(range(12))
    floats = b"\0\0\x0e\x01" + b"\0\0\0\x01" + b"\x3f\xf0" + bytes(6)
    return [bytes_, gzip.compress(bytes_, mtime=0), floats]


def npz_seeds():
    import numpy as np

    seeds = []
    for array in (np.arange(6, dtype="u1").reshape(2, 3), np.array(["a", "bc"]), np.eye(2)):
        stream = io.BytesIO()
        np.save(stream, array)
        seeds.append(stream.getvalue())
    for save in (np.savez, np.savez_compressed):
        stream = io.BytesIO()
        save(stream, x=np.zeros((2, 2), "u1"), y=np.arange(2.0))
        seeds.append(stream.getvalue())
    return [*seeds, b"".join(seeds[:3])]


def picture_seeds():
    import numpy as np
    from PIL import Image

    paper = np.full((24, 16), 230, np.uint8)
    paper[5:18, 6:9] = 20
    grey = Image.fromarray(paper)
    deep = Image.fromarray(paper.astype(np.uint16) * 250)
    colours = Image.merge("RGBA", (grey, grey, grey, grey.point(lambda value: 255 - value // 2)))
    turned = Image.Exif()
    turned[0x0112] = 6
    seeds = []
    for picture, kind, options in [
        (grey, "PNG", {}),
        (deep, "PNG", {}),
        (colours, "PNG", {"exif": turned}),
        (grey.convert("P"), "PNG", {}),
        (grey, "JPEG", {"exif": turned}),
        (colours.convert("CMYK"), "JPEG", {}),
        (grey, "BMP", {}),
        (grey, "GIF", {}),
        (grey.convert("1"), "PPM", {}),
        (grey, "PPM", {}),
        (deep, "TIFF", {}),
        (colours, "TIFF", {"compression": "tiff_deflate"}),
        (colours, "WEBP", {}),
    ]:
        stream = io.BytesIO()
        picture.save(stream, kind, **options)
        seeds.append(stream.getvalue())
    return seeds


SEEDS = {
    "load": model_seeds,
    "read_csv": csv_seeds,
    "read_idx": idx_seeds,
    "read_npz": npz_seeds,
    "read_picture": picture_seeds,
}
# Words that a change may put in, beside what the seeds have.
WORDS = {
    "load": ["estimator", "parameters", "fitted", "tuple", "dict", "float", "floats", "array",
             "scalar", "dtype", "objects", "output", "requests", "rejecting", "steps", "nan",
             "FrozenEstimator", "RandomDistortion", "ImageDeskewer", "StandardScaler",
             "RobustScaler", "MinMaxScaler", "MaxAbsScaler", "NoveltyRejectingClassifier",
             "format_version"],
    "read_csv": ["label", "target", "pixel0", "1x1", "r0c0", "NA", "nan", "inf", "1e39", "index"],
    "read_npz": ["descr", "fortran_order", "True", "shape", "<f4", ">i8", "|S3", "<U1", "|b1"],
    "read_picture": ["IHDR", "IDAT", "IEND", "tRNS", "PLTE", "eXIf", "acTL", "fcTL", "Exif",
                     "VP8 ", "VP8L", "VP8X", "ALPH", "GIF89a", "II*", "MM"],
}  # fmt: skip


def corpus(name):
    """The inputs that are kept in the repository."""
    document = json.loads(CORPUS.read_text()) if CORPUS.exists() else {}
    return [base64.b64decode(text) for text in document.get(name, [])]


def main():
    name, *options = sys.argv[1:]
    import atheris

    for guide in GUIDES:
        sys.modules.pop(guide, None)  # those above were imported without being watched
    with atheris.instrument_imports(include=GUIDES):
        import skmnist.datasets  # noqa: F401
        from skmnist import load  # noqa: F401
    with tempfile.TemporaryDirectory() as folder:
        seeds = Path(folder, "seeds")
        seeds.mkdir()
        for i, seed in enumerate([*SEEDS[name](), *corpus(name)]):
            try_reader(name, seed)
            (seeds / str(i)).write_bytes(seed)
        words = Path(folder, "words")
        words.write_text("".join(f'"{word}"\n' for word in WORDS.get(name, [])))
        limits = [
            "-timeout=10",
            "-rss_limit_mb=1024",
            *([f"-dict={words}"] if name in WORDS else []),
        ]
        command = f"{sys.executable} {__file__} {name}"  # run again by -merge=1
        atheris.Setup([command, *limits, *options, str(seeds)], lambda d: try_reader(name, d))
        atheris.Fuzz()


if __name__ == "__main__":
    main()
