"""A change of the public face is meant."""

import difflib
import runpy
from pathlib import Path

HERE = Path(__file__).parent
public_face = runpy.run_path(HERE / "public_face.py")["public_face"]


def test_the_public_face_is_as_written_down():
    before = (HERE / "public_face.txt").read_text(encoding="utf-8").splitlines()
    now = public_face().splitlines()
    changes = "\n".join(difflib.unified_diff(before, now, "before", "now", lineterm="", n=0))
    assert not changes, (
        f"Names, signatures or options changed. If that is meant, say so in docs/changes.rst and "
        f"run `python tests/public_face.py --write`:\n{changes}"
    )


def test_it_holds_what_users_rely_on():
    lines = public_face().splitlines()
    assert any(line.startswith("skmnist.KerasCNNClassifier(filters=(16, 32),") for line in lines)
    assert "skmnist.KerasCNNClassifier.logit_scale_" in lines
    assert "skmnist.KerasMLPClassifier.predict_proba(self, X)" in lines
    assert "skmnist predict --reject" in lines
    assert len(lines) == len(set(lines))
