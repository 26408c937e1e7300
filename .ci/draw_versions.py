"""Draw versions of the dependencies that pyproject.toml admits, as constraints for uv.

``python .ci/draw_versions.py 3.12 FILE`` asks the index what there is for this version of Python,
prints the seed and the versions, and writes them to a file. The seed is the commit, so that each
change meets other versions, and the same change the same again; SKMNIST_DRAW=SEED is another.
Where the index can't be asked, it says so, and the file is empty.
"""

import os
import random
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

TRIES = 30  # versions are drawn one by one, and some don't go together


def main(python: str, file: Path) -> None:
    """Write the constraints."""
    file.write_text("")
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["onnx"]]
    admissible = {}
    for requirement in map(Requirement, asked):
        if not (versions := offered(requirement.name, python)):
            print(f"no draw: the index can't be asked for {requirement.name}; newest versions")
            return
        admissible[requirement.name] = sorted(requirement.specifier.filter(versions))

    commit = run("git", "rev-parse", "--short=8", "HEAD").stdout.strip()
    seed = os.environ.get("SKMNIST_DRAW") or commit
    rng = random.Random(f"{seed} {python}")
    for _ in range(TRIES):
        drawn = [f"{name}=={rng.choice(versions)}" for name, versions in admissible.items()]
        # scikit-learn 1.8 reads names of columns by a method that polars 1.40 warns of, and up to
        # 1.9.0 it reads its digits in a way that NumPy 2.5 warns of.
        of_learn = next(version for version in drawn if version.startswith("scikit-learn=="))
        if of_learn.startswith("scikit-learn==1.8."):
            drawn.append("polars<1.40")
        if of_learn.startswith(("scikit-learn==1.8.", "scikit-learn==1.9.0")):
            drawn = [version for version in drawn if not version.startswith("numpy==2.5")]
            drawn.append("numpy<2.5")
        file.write_text("\n".join(drawn) + "\n")
        resolved = run("uv", "pip", "compile", "-q", "--python-version", python,
                       "--constraints", file, "--extra", "test", "pyproject.toml")  # fmt: skip
        if resolved.returncode == 0:
            print(f"SKMNIST_DRAW={seed}:", *drawn)
            return
    sys.exit(f"SKMNIST_DRAW={seed}: {TRIES} draws, and none can be installed\n{resolved.stderr}")


def offered(name: str, python: str) -> list[str]:
    """Versions of a package that the index has wheels of."""
    asked = run(sys.executable, "-m", "pip", "index", "versions", name,
                "--python-version", python, "--only-binary", ":all:", "--timeout", "15",
                "--retries", "1")  # fmt: skip
    found = re.search(r"Available versions: (.*)", asked.stdout)
    return found[1].split(", ") if found else []


def run(*command: str | Path) -> subprocess.CompletedProcess:
    """Run a command, keep what it prints."""
    return subprocess.run(command, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
