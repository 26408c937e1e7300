"""The datasets that can be fetched: what they hold, where they are, how to tell them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from ._descriptions import FASHION_MNIST, MNIST


@dataclass(frozen=True)
class Array:
    """What one array must be. All are uint8."""

    shape: tuple[int, ...]
    sha256: str | None = None  # of its bytes, whatever file they came in


@dataclass(frozen=True)
class File:
    """One file as it is served and kept: an npz archive, or an IDX file of one array."""

    path: str  # in the cache folder; its last part is the name that sources know
    keys: tuple[str, ...]
    max_bytes: int  # a download stops beyond it
    md5: str | None = None  # of the file itself, where its content has no sha256
    folders: tuple[str, ...] = ()  # where else people keep it, below the cache folder

    @property
    def name(self) -> str:
        """Name of the file at its sources."""
        return PurePosixPath(self.path).name

    @property
    def places(self) -> tuple[str, ...]:
        """Where a copy that can be verified may lie, from the cache folder, `path` first."""
        return self._among_folders([self.name] if self.md5 else [self.name, self.unpacked_name])

    @property
    def unpacked_places(self) -> tuple[str, ...]:
        """Where an unpacked copy may lie; of an md5 of the packed file that says nothing."""
        return self._among_folders([self.unpacked_name])

    @property
    def unpacked_name(self) -> str:
        """Name of the file without .gz."""
        return self.name.removesuffix(".gz")

    def _among_folders(self, names: list[str]) -> tuple[str, ...]:
        names = [*names, *(name.replace("-idx", ".idx") for name in names)]
        folders = dict.fromkeys((str(PurePosixPath(self.path).parent), *self.folders))
        return tuple(
            dict.fromkeys(str(PurePosixPath(folder, name)) for folder in folders for name in names)
        )


@dataclass(frozen=True)
class Source:
    """A place on the web that serves all files of one layout."""

    base_url: str
    files: tuple[File, ...]


@dataclass(frozen=True)
class Dataset:
    """Images and labels in two parts: x_train, y_train, x_test, y_test."""

    title: str
    arrays: Mapping[str, Array]
    sources: tuple[Source, ...]  # tried in this order
    target_names: tuple[str, ...]
    description: str

    @property
    def layouts(self) -> tuple[tuple[File, ...], ...]:
        """The sets of files that hold the whole dataset, the preferred one first."""
        return tuple(dict.fromkeys(source.files for source in self.sources))


def _idx_files(
    folders: tuple[str, ...], sizes: tuple[int, ...], md5s: tuple[str | None, ...] = (None,) * 4
) -> tuple[File, ...]:
    names = (
        ("x_train", "train-images-idx3-ubyte.gz"),
        ("y_train", "train-labels-idx1-ubyte.gz"),
        ("x_test", "t10k-images-idx3-ubyte.gz"),
        ("y_test", "t10k-labels-idx1-ubyte.gz"),
    )
    return tuple(
        File(f"{folders[0]}/{name}", (key,), size, md5, folders)
        for (key, name), size, md5 in zip(names, sizes, md5s, strict=True)
    )


# Keras serves 11,490,434 bytes; the room above is for an archive packed anew.
_MNIST_NPZ = (
    File(
        "mnist.npz",
        ("x_train", "y_train", "x_test", "y_test"),
        12_000_000,
        folders=("mnist", "MNIST"),
    ),
)
# Flat, and as torchvision keeps them.
_MNIST_IDX = _idx_files(
    ("mnist", ".", "MNIST/raw", "MNIST", "raw"), (9_912_422, 28_881, 1_648_877, 4_542)
)
# Keras keeps the same files in a folder of the same name.
_FASHION_IDX = _idx_files(
    ("fashion-mnist", ".", "FashionMNIST/raw", "FashionMNIST", "raw", "fashion_mnist", "fashion"),
    (26_421_880, 29_515, 4_422_102, 5_148),
    (
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "25c81989df183df01b3e8a0aad5dffbe",
        "bef4ecab320f06d8554ea6380940ec79",
        "bb300cfdad3c16e7a12a480ee83cd310",
    ),
)
_KERAS_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"

DATASETS = {
    "mnist": Dataset(
        title="MNIST",
        arrays={
            "x_train": Array(
                (60000, 28, 28), "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757"
            ),
            "y_train": Array(
                (60000,), "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13"
            ),
            "x_test": Array(
                (10000, 28, 28), "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161"
            ),
            "y_test": Array(
                (10000,), "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5"
            ),
        },
        sources=(
            Source(_KERAS_URL, _MNIST_NPZ),
            Source("https://storage.googleapis.com/cvdf-datasets/mnist/", _MNIST_IDX),
            Source("https://ossci-datasets.s3.amazonaws.com/mnist/", _MNIST_IDX),
        ),
        target_names=tuple("0123456789"),
        description=MNIST,
    ),
    "fashion-mnist": Dataset(
        title="Fashion-MNIST",
        arrays={
            "x_train": Array((60000, 28, 28)),
            "y_train": Array((60000,)),
            "x_test": Array((10000, 28, 28)),
            "y_test": Array((10000,)),
        },
        sources=(
            Source(_KERAS_URL, _FASHION_IDX),
            Source(
                "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
                _FASHION_IDX,
            ),
            Source("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/", _FASHION_IDX),
        ),
        target_names=(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
        description=FASHION_MNIST,
    ),
}
