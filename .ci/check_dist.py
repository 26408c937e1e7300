"""Check what a wheel and a source distribution hold: ``python .ci/check_dist.py FOLDER``.

The wheel holds the package's files in the repository and its own metadata, the other one files of
the repository alone: so nothing is forgotten, and no tests, data or leftovers are installed.
"""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

METADATA = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}


def main(folder: Path) -> None:
    """Compare both files of a folder with the repository."""
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True)
    tracked = set(tracked.stdout.splitlines())
    package = {name for name in tracked if name.startswith("skmnist/")}

    info = "-".join(wheel.name.split("-")[:2]) + ".dist-info"
    installed = set(zipfile.ZipFile(wheel).namelist())
    compare(wheel, installed, package | {f"{info}/{name}" for name in METADATA})

    with tarfile.open(sdist) as archive:
        members = {member.name.partition("/")[2] for member in archive if member.isfile()}
    needed = package | {"LICENSE", "README.md", "pyproject.toml", "PKG-INFO"}
    compare(sdist, members, needed | (members & tracked))


def compare(file: Path, found: set[str], expected: set[str]) -> None:
    """Exit where the names in a file are others than expected; else say how many."""
    if found != expected:
        missing, extra = sorted(expected - found), sorted(found - expected)
        sys.exit(f"{file.name}: missing {missing}, not expected {extra}")
    print(f"{file.name}: {len(found)} files, {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
