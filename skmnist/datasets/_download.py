"""Download a file; failures of the web have an exception of their own."""

import logging
from collections.abc import Iterator
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

logger = logging.getLogger("skmnist.datasets")

_TIMEOUT = 20.0  # seconds of silence
_CHUNK = 2**16
# Statuses below 500 that may pass: request timeout, too early, too many requests.
_PASSING = (408, 425, 429)


class DownloadError(OSError):
    """A transfer failed; `lasting` says that another try would fail alike."""

    def __init__(self, message: str, *, lasting: bool = False) -> None:
        super().__init__(message)
        self.lasting = lasting


def download(url: str, *, max_bytes: int) -> Iterator[bytes]:
    """Yield what `url` serves, piece by piece, and log every tenth of it.

    Raises a DownloadError if there is no answer, an error status, a silence, fewer bytes than
    announced or more than `max_bytes`.
    """
    try:
        with urlopen(Request(url, headers={"User-Agent": "skmnist"}), timeout=_TIMEOUT) as answer:
            announced = answer.length
            n_bytes = n_logged = 0
            while piece := answer.read(_CHUNK):
                n_bytes += len(piece)
                if n_bytes > max_bytes:
                    raise DownloadError(
                        f"{url}: more than the {max_bytes} bytes expected", lasting=True
                    )
                yield piece
                n_tenths = 10 * n_bytes // announced if announced else 0
                if n_logged < n_tenths < 10:
                    n_logged = n_tenths
                    percent = 10 * n_tenths
                    logger.info("%d %% of %s", percent, url, extra={"percent": percent})
            if announced is not None and n_bytes < announced:
                raise DownloadError(f"{url}: cut after {n_bytes} of {announced} bytes")
    except DownloadError:
        raise
    except HTTPError as error:
        error.close()
        lasting = 400 <= error.code < 500 and error.code not in _PASSING
        raise DownloadError(f"{url}: {error}", lasting=lasting) from error
    except (OSError, HTTPException) as error:
        raise DownloadError(f"{url}: {str(error) or type(error).__name__}") from error
