"""Writes the pages of the reference: one for each public name, one for each group, and their list.

A page holds the docstring, how close the function is to its reference, what it costs, and the scripts of the
gallery that call it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import parity, record
from .names import Group, Name, grouped

FOLDER = Path(__file__).resolve().parents[1] / "reference"
HEAD = """\
API reference
=============

Every public name, by stage of the chain. ``import voicefeat as vf`` is assumed.

"""


def heading(text: str, line: str = "=") -> list[str]:
    return [text, line * len(text), ""]


def page(name: Name) -> Iterator[str]:
    """The page of one name."""
    yield from heading(name.path)
    if name.also:
        yield from (f"The same as {', '.join(f'``voicefeat.{path}``' for path in name.also)}.", "")
    yield f".. {name.kind}:: voicefeat.{name.path}"
    if name.kind in ("autoclass", "autoexception"):
        yield "   :members:"
    yield ""
    if name.kind == "autofunction":
        yield from parity.lines(name.path)
        yield from record.lines(name.path)
    paths = " ".join(f"voicefeat.{path}" for path in (name.path, *name.also))
    yield from (f".. minigallery:: {paths}", "   :add-heading: In the gallery", "   :heading-level: -", "")


def group_page(group: Group, names: list[Name]) -> Iterator[str]:
    """The page of a group: its names with what they do."""
    yield from heading(group.title)
    yield from (group.about, "")
    yield from table(names)
    yield from (".. toctree::", "   :hidden:", "")
    yield from (f"   {name.path} <{name.file}>" for name in names)


def table(names: list[Name]) -> Iterator[str]:
    yield from (".. list-table::", "   :widths: 30 70", "")
    for name in names:
        yield f"   * - :py:obj:`{name.path} <voicefeat.{name.path}>`"
        yield f"     - {name.summary}"
    yield ""


def index(groups: dict[Group, list[Name]]) -> Iterator[str]:
    """The list of all groups."""
    yield HEAD
    for group, names in groups.items():
        yield from heading(group.title, "-")
        yield from (f"{group.about} :doc:`More <{group.file}>`", "")
        yield from table(names)
    yield from (".. toctree::", "   :hidden:", "")
    yield from (f"   {group.file}" for group in groups)


def pages() -> dict[str, str]:
    """The text of every page by its file's name."""
    groups = grouped()
    made = {"index": index(groups)}
    made |= {group.file: group_page(group, names) for group, names in groups.items()}
    made |= {name.file: page(name) for names in groups.values() for name in names}
    return {f"{file}.rst": "\n".join(lines) + "\n" for file, lines in made.items()}


def write(app: Any) -> None:
    """Write what differs, so that a second build reads only that; remove pages of names that are gone."""
    FOLDER.mkdir(exist_ok=True)
    made = pages()
    for path in FOLDER.iterdir():
        if path.name not in made:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for file, text in made.items():
        path = FOLDER / file
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def setup(app: Any) -> dict[str, bool]:
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
