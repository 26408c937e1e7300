"""The datasets that can be fetched: their arrays, where they are, and how to verify them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from ._descriptions import FASHION_MNIST, MNIST


@dataclass(frozen=True)
class Array:
    """Shape of an array of uint8, and the sha256 of its bytes if that is published."""

    shape: tuple[int, ...]
    sha256: str | None = None


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
    def unpacked_name(self) -> str:
        """Name of the file without .gz."""
        return self.name.removesuffix(".gz")

    @property
    def places(self) -> tuple[str, ...]:
        """Where a copy may lie, packed or not, from the cache folder; `path` first."""
        names = [self.name, self.unpacked_name]
        names += [name.replace("-idx", ".idx") for name in names]
        folders = (PurePosixPath(self.path).parent, *self.folders)
        places = (str(PurePosixPath(folder, name)) for folder in folders for name in names)
        return tuple(dict.fromkeys(places))


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


_SHAPES = {
    "x_train": (60000, 28, 28),
    "y_train": (60000,),
    "x_test": (10000, 28, 28),
    "y_test": (10000,),
}
_IDX_NAMES = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")


def _arrays(*sha256: str | None) -> dict[str, Array]:
    sums = sha256 or (None,) * 4
    return {key: Array(_SHAPES[key], value) for key, value in zip(_SHAPES, sums, strict=True)}


def _idx_files(
    folders: tuple[str, ...], sizes: tuple[int, ...], md5s: tuple[str | None, ...] = (None,) * 4
) -> tuple[File, ...]:
    return tuple(
        File(f"{folders[0]}/{name}-ubyte.gz", (key,), size, md5, folders)
        for key, name, size, md5 in zip(_SHAPES, _IDX_NAMES, sizes, md5s, strict=True)
    )


# Keras serves 11,490,434 bytes; the room above is for an archive packed anew.
_MNIST_NPZ = (File("mnist.npz", tuple(_SHAPES), 12_000_000, folders=("mnist", "MNIST")),)
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
_AUTHORS_URL = (
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"
)

DATASETS = {
    "mnist": Dataset(
        title="MNIST",
        arrays=_arrays(
            "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
            "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
            "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
            "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
        ),
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
        arrays=_arrays(),
        sources=(
            Source(_KERAS_URL, _FASHION_IDX),
            Source(_AUTHORS_URL, _FASHION_IDX),
            Source("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/", _FASHION_IDX),
        ),
        target_names=(
            *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
            *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
        ),
        description=FASHION_MNIST,
    ),
}
