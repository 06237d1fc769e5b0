"""Draws the pictures of the first page: what its code draws, and how long other libraries take.

Small pictures in lists of scripts are given a text for those who do not see them.
"""

from __future__ import annotations

import os
import re
from contextlib import chdir
from pathlib import Path
from typing import Any

import matplotlib
from docutils import nodes

from . import record

DOCS = Path(__file__).resolve().parents[1]
MADE = DOCS / "_made"
LANDING = DOCS / "landing.md"
#: Rows of the chart, at most.
ROWS = 10
MARKS = "sDv^P*Xph<>"


def first_code() -> None:
    """Run the first block of Python of the first page, in the checkout, and keep its figure."""
    import matplotlib.pyplot as plt

    text = LANDING.read_text(encoding="utf-8")
    match = re.search(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert match, "landing.md has a block of Python"
    plt.close("all")
    with chdir(DOCS.parent):
        exec(compile(match[1], str(LANDING), "exec"), {"__name__": "landing"})
    plt.gcf().savefig(MADE / "first.png", dpi=110)
    plt.close("all")


def compared() -> list[dict[str, Any]]:
    """Of each feature the row that most libraries are compared with, the widest comparisons last."""
    widest: dict[str, dict[str, Any]] = {}
    for cell in record.newest()["cells"]:
        if cell["signal"] == "3s" and cell["times"] and cell["peers"]:
            before = widest.get(cell["feature"])
            if before is None or len(cell["peers"]) > len(before["peers"]):
                widest[cell["feature"]] = cell
    return sorted(widest.values(), key=lambda cell: -len(cell["peers"]))[:ROWS][::-1]


def speed() -> None:
    """How many times as long librosa and others take: a dot each, on a logarithmic axis."""
    import matplotlib.pyplot as plt

    cells = compared()
    peers = dict.fromkeys(name for cell in cells[::-1] for name in cell["peers"])
    figure, axes = plt.subplots(figsize=(8, 1.2 + 0.42 * len(cells)), layout="constrained")
    librosa = [cell["times"]["median"] for cell in cells]
    axes.barh(range(len(cells)), librosa, 0.62, color="0.85", label="librosa")
    for mark, name in zip(MARKS, peers, strict=False):
        places = [(cell["peers"][name][1], y) for y, cell in enumerate(cells) if name in cell["peers"]]
        axes.plot(*zip(*places, strict=True), mark, markersize=6, label=name.replace("_", "-"))
    axes.axvline(1, color="0.2", linewidth=1)
    labels = [f"{cell['label']}: {record.number(cell['ours'])} ms" for cell in cells]
    axes.set(xscale="log", yticks=range(len(cells)), yticklabels=labels, xlabel="times as long as voicefeat")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.spines[["right", "top"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=4, frameon=False)
    figure.savefig(MADE / "speed.svg", metadata={"Date": None})
    plt.close(figure)


def draw(app: Any) -> None:
    matplotlib.use("Agg")
    os.makedirs(MADE, exist_ok=True)
    with matplotlib.rc_context({"svg.hashsalt": "voicefeat", "font.size": 9}):
        first_code()
        speed()


def where(app: Any, docname: str, source: list[str]) -> None:
    """What the chart was measured on stands below it."""
    if docname == "index":
        source[0] = source[0].replace("{{ measured }}", record.where())


def describe(app: Any, doctree: nodes.document) -> None:
    """The small pictures of the gallery's scripts have no text of their own."""
    for image in doctree.findall(nodes.image):
        name = re.fullmatch(r"sphx_glr_(\w+)_thumb\.\w+", Path(image["uri"]).name)
        if name and not image.get("alt"):
            image["alt"] = f"a picture that the script {name[1]} draws"


def setup(app: Any) -> dict[str, bool]:
    app.connect("builder-inited", draw)
    app.connect("doctree-read", describe)
    app.connect("source-read", where, priority=900)  # after the first page was put together
    return {"parallel_read_safe": True, "parallel_write_safe": True}
