"""The guide's blocks of python run as the site is built, and show what they print and draw.

Blocks marked ``py`` look the same and do not run.
"""

import ast
import contextlib
import io
import tempfile
from pathlib import Path
from typing import Any

import matplotlib as mpl
from docutils import nodes
from sphinx.transforms import SphinxTransform

_PICTURES = Path("_build", "guide")  # in the source folder, where Sphinx looks for pictures


class RunCells(SphinxTransform):
    """Run the blocks of one page in their order, in one namespace and an empty folder."""

    default_priority = 100  # before Sphinx collects pictures

    def apply(self, **_: Any) -> None:
        """Put output and pictures behind each block."""
        page = self.env.docname
        if not page.startswith("guide/") or not self.config.sphinx_gallery_conf["plot_gallery"]:
            return
        mpl.use("agg")
        blocks = [
            block
            for block in self.document.findall(nodes.literal_block)
            if block["language"] == "python"
        ]
        namespace: dict[str, Any] = {}
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            for number, block in enumerate(blocks):
                printed, value = _run(block.astext(), page, namespace)
                shown = [*_as_text(printed), *_as_diagram(value)]
                shown += self._save_pictures(f"{Path(page).name}-{number}")
                place = block.parent.index(block) + 1
                block.parent[place:place] = shown

    def _save_pictures(self, stem: str) -> list[nodes.Node]:
        import matplotlib.pyplot as plt

        pictures = []
        for number in plt.get_fignums():
            file = _PICTURES / f"{stem}-{number}.png"
            target = Path(self.env.srcdir, file)
            target.parent.mkdir(parents=True, exist_ok=True)
            plt.figure(number).savefig(target, dpi=100)
            alt = "What the code above draws."
            pictures.append(nodes.image(uri=f"/{file.as_posix()}", alt=alt, classes=["picture"]))
        plt.close("all")
        return pictures


def _run(code: str, page: str, namespace: dict[str, Any]) -> tuple[str, Any]:
    """Return what the code prints, and the value of its last line if that is an expression."""
    body, value = ast.parse(code).body, None
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(ast.Module(body, []), page, "exec"), namespace)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), page, "eval"), namespace)
    return printed.getvalue(), value


def _as_text(printed: str) -> list[nodes.Node]:
    if not printed:
        return []
    return [nodes.literal_block(printed, printed, language="text", classes=["output"])]


def _as_diagram(value: Any) -> list[nodes.Node]:
    """Show an estimator as a notebook does."""
    if not hasattr(value, "_repr_html_"):
        return []
    return [nodes.raw("", f'<div class="output">{value._repr_html_()}</div>', format="html")]


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_transform(RunCells)
    return {"parallel_read_safe": True}
