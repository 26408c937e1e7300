"""The datasets of 28 x 28 images that everyone measures with, fetched once."""

from numbers import Integral, Real
from os import PathLike
from typing import Any

import numpy as np
from sklearn.utils import Bunch

from .._rows import pixel_names
from .._sklearn import Interval, StrOptions, validate_params
from ._obtain import data_folder, obtain
from ._sources import DATASETS

_CONSTRAINTS = {
    "subset": [StrOptions({"all", "train", "test"})],
    "data_home": [str, PathLike, None],
    "download_if_missing": ["boolean"],
    "return_X_y": ["boolean"],
    "as_frame": ["boolean"],
    "n_retries": [Interval(Integral, 1, None, closed="left")],
    "delay": [Interval(Real, 0.0, None, closed="neither")],
}


@validate_params(_CONSTRAINTS, prefer_skip_nested_validation=True)
def fetch_mnist(
    *,
    subset: str = "all",
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
    n_retries: int = 3,
    delay: float = 1.0,
) -> Bunch | tuple[Any, Any]:
    """Load the MNIST handwritten digits (classification).

    70000 images of 28 x 28 pixels in ten classes: 60000 for training, then 10000 for testing.
    They are downloaded if necessary. A copy that Keras has cached is used, and never written.

    Parameters
    ----------
    subset : {"all", "train", "test"}, default="all"
        The images to load, in their published order.
    data_home : str or path-like, default=None
        The download and cache folder. By default that of the environment variable
        ``SKMNIST_DATA``, else ``~/.cache/skmnist`` (``$XDG_CACHE_HOME/skmnist``). A
        folder is only read if it holds a good ``mnist.npz``, or the four files
        ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte``, ``t10k-images-idx3-ubyte``
        and ``t10k-labels-idx1-ubyte``, plain or ``.gz``, flat or in ``mnist`` or, as
        torchvision keeps them, in ``MNIST/raw``.
    download_if_missing : bool, default=True
        If False, raise an OSError instead of downloading.
    return_X_y : bool, default=False
        If True, return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        If True, `data` is a pandas DataFrame and `target` a pandas Series.
    n_retries : int, default=3
        Number of further rounds through the sources after one in which all failed. A
        source that does not have the data is not asked again.
    delay : float, default=1.0
        Number of seconds before the first further round; it doubles each time.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, with the following attributes.

        data : {ndarray, dataframe} of shape (70000, 784), dtype uint8
            One flattened image a row, 0 to 255; fewer rows for a subset.
        target : {ndarray, series} of shape (70000,), dtype int64
            The digits, 0 to 9.
        frame : dataframe of shape (70000, 785) or None
            `data` and `target` together; only with ``as_frame=True``.
        images : ndarray of shape (70000, 28, 28), dtype uint8
            The images, of which an ndarray `data` is a view.
        feature_names : list of 784 str
            ``pixel_r_c``, row and column counted from 0.
        target_names : ndarray of shape (10,), dtype str
            "0" to "9".
        DESCR : str
            Description of the dataset.
    (data, target) : tuple if `return_X_y` is True
        `data` and `target` as above.

    Raises
    ------
    OSError
        If there is no sound copy in reach, with the places searched and what each source
        answered.
    ImportError
        If ``as_frame=True`` and pandas is not installed.

    Warns
    -----
    UserWarning
        If a damaged file in the cache folder has been replaced. The content is checked
        at every load.

    See Also
    --------
    fetch_fashion_mnist : Clothes in the same format.
    sklearn.datasets.load_digits : 1797 digits of 8 x 8 pixels, without a download.

    Notes
    -----
    A download prints nothing. The logger ``skmnist.datasets`` has its progress at level INFO.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to
       document recognition", Proceedings of the IEEE 86(11), 2278-2324, 1998,
       section III.A.

    Examples
    --------
    >>> from skmnist.datasets import fetch_mnist
    >>> X, y = fetch_mnist(subset="train", return_X_y=True)  # doctest: +SKIP
    >>> X.shape, y[:5]  # doctest: +SKIP
    ((60000, 784), array([5, 0, 4, 1, 9]))
    """
    options = (subset, data_home, download_if_missing, return_X_y, as_frame, n_retries, delay)
    return _fetch("mnist", *options)


@validate_params(_CONSTRAINTS, prefer_skip_nested_validation=True)
def fetch_fashion_mnist(
    *,
    subset: str = "all",
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
    n_retries: int = 3,
    delay: float = 1.0,
) -> Bunch | tuple[Any, Any]:
    """Load the Fashion-MNIST pieces of clothing (classification).

    70000 images of 28 x 28 pixels in ten classes: 60000 for training, then 10000 for testing.
    They are downloaded if necessary. A copy that Keras has cached is used, and never written.

    Parameters
    ----------
    subset : {"all", "train", "test"}, default="all"
        The images to load, in their published order.
    data_home : str or path-like, default=None
        The download and cache folder. By default that of the environment variable
        ``SKMNIST_DATA``, else ``~/.cache/skmnist`` (``$XDG_CACHE_HOME/skmnist``). A
        folder is only read if it holds the four good files ``train-images-idx3-ubyte.gz``,
        ``train-labels-idx1-ubyte.gz``, ``t10k-images-idx3-ubyte.gz`` and
        ``t10k-labels-idx1-ubyte.gz``, flat or in ``fashion-mnist`` or, as torchvision keeps
        them, in ``FashionMNIST/raw``. Unpacked ones can't be verified, since the published sums
        are those of the packed files: read them with :func:`load_file`.
    download_if_missing : bool, default=True
        If False, raise an OSError instead of downloading.
    return_X_y : bool, default=False
        If True, return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        If True, `data` is a pandas DataFrame and `target` a pandas Series.
    n_retries : int, default=3
        Number of further rounds through the sources after one in which all failed. A
        source that does not have the data is not asked again.
    delay : float, default=1.0
        Number of seconds before the first further round; it doubles each time.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        Dictionary-like object with the attributes that :func:`fetch_mnist` lists, in the same
        shapes and dtypes. Classes 0 to 9 are "T-shirt/top", "Trouser", "Pullover", "Dress",
        "Coat", "Sandal", "Shirt", "Sneaker", "Bag" and "Ankle boot".
    (data, target) : tuple if `return_X_y` is True
        `data` and `target` as above.

    Raises
    ------
    OSError
        If there is no sound copy in reach.
    ImportError
        If ``as_frame=True`` and pandas is not installed.

    Warns
    -----
    UserWarning
        If a damaged file in the cache folder has been replaced.

    See Also
    --------
    fetch_mnist : Handwritten digits in the same format.

    References
    ----------
    .. [1] H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for
       benchmarking machine learning algorithms", arXiv:1708.07747, 2017.

    Examples
    --------
    >>> from skmnist.datasets import fetch_fashion_mnist
    >>> clothes = fetch_fashion_mnist(subset="test")  # doctest: +SKIP
    >>> clothes.target_names[clothes.target[:2]]  # doctest: +SKIP
    array(['Ankle boot', 'Pullover'], dtype='<U11')
    """
    options = (subset, data_home, download_if_missing, return_X_y, as_frame, n_retries, delay)
    return _fetch("fashion-mnist", *options)


def _fetch(
    name: str,
    subset: str,
    data_home: str | PathLike[str] | None,
    download_if_missing: bool,
    return_X_y: bool,
    as_frame: bool,
    n_retries: int,
    delay: float,
) -> Bunch | tuple[Any, Any]:
    if as_frame:
        try:  # before megabytes are downloaded
            import pandas
        except ImportError as error:
            raise ImportError(
                "as_frame=True needs pandas, which cannot be imported: install it, or use "
                "as_frame=False for NumPy arrays"
            ) from error
    dataset = DATASETS[name]
    arrays = obtain(
        dataset,
        data_folder(data_home),
        download_if_missing=download_if_missing,
        n_retries=n_retries,
        delay=delay,
    )
    parts = ("train", "test") if subset == "all" else (subset,)
    images = np.concatenate([arrays[f"x_{part}"] for part in parts])
    target = np.concatenate([arrays[f"y_{part}"] for part in parts]).astype(np.int64)
    data = images.reshape(len(images), -1)
    feature_names = pixel_names(images.shape[1:])
    frame = None
    if as_frame:
        data = pandas.DataFrame(data, columns=feature_names)
        target = pandas.Series(target, name="target")
        frame = pandas.concat([data, target], axis=1)
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        frame=frame,
        images=images,
        feature_names=feature_names,
        target_names=np.array(dataset.target_names),
        DESCR=dataset.description,
    )
