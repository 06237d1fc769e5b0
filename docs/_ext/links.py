"""Links: the manual's pages are written for a reader of the repository, and lead to files beside the site.

Before a Markdown page is read, links out of `docs` are turned to the pages that show those files, or become
text where no page does. A page that says ``<!-- shows PATH -->`` shows that file of the repository. The
first page is `landing.md`, followed by the list of the manual's pages, `index.md`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref

from voicefeat.feature.registry import FEATURES

from .names import by_path

DOCS = Path(__file__).resolve().parents[1]
ROOT = DOCS.parent
#: Files of the repository that a page shows.
SHOWN = {
    ROOT / "CHANGELOG.md": DOCS / "site" / "changelog.md",
    ROOT / "CONTRIBUTING.md": DOCS / "site" / "contributing.md",
    ROOT / "examples" / "README.md": DOCS / "site" / "examples.md",
}
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)#:\s]+)(#[^)]*)?\)")
MARK = re.compile(r"<!-- shows (\S+) -->\s*")
FEATURE_NAMES = {feature.name for feature in FEATURES.values()}


def turned(text: str, origin: Path, page: Path) -> str:
    """`text`, which is the file `origin`, with links as they are from `page`."""

    def link(match: re.Match[str]) -> str:
        shown, target, fragment = match[1], match[2], match[3] or ""
        path = (origin.parent / target).resolve()
        if not path.exists():  # not a link: an index and a call in code
            return match[0]
        path = SHOWN.get(path, path)
        if path.is_relative_to(DOCS) and path.suffix == ".md":
            return f"[{shown}]({os.path.relpath(path, page.parent)}{fragment})"
        return f"`{shown}`" if "`" not in shown else shown

    return LINK.sub(link, text)


def read(app: Any, docname: str, source: list[str]) -> None:
    """The text of a page before it is parsed."""
    page = Path(app.env.doc2path(docname))
    if page.suffix != ".md":
        return
    mark = MARK.fullmatch(source[0])
    origin = (page.parent / mark[1]).resolve() if mark else page
    text = origin.read_text(encoding="utf-8") if mark else source[0]
    if docname == "index":
        landing = DOCS / "landing.md"
        app.env.note_dependency(str(landing))
        text = landing.read_text(encoding="utf-8") + "\n#" + text  # its heading is one below
    app.env.note_dependency(str(origin))
    source[0] = turned(text, origin, page)


def named(text: str) -> str | None:
    """The public name that code is: ``vf.mfcc``, ``vf.mfcc(y, sr)``, ``metrics.eer``, or a feature alone."""
    match = re.match(r"(?:(vf|voicefeat)\.)?([\w.]+)(?:\(.*\))?$", text)
    if match is None or not (match[1] or "." in match[2] or match[2] in FEATURE_NAMES):
        return None
    name = by_path().get(match[2])
    return name and name.path


def link_names(app: Any, doctree: nodes.document) -> None:
    """Code in a sentence that is a public name leads to its page."""
    for literal in list(doctree.findall(nodes.literal)):
        inside = (nodes.title, nodes.reference, pending_xref)
        name = named(literal.astext())
        parent = literal.parent
        while parent is not None and not isinstance(parent, inside):
            parent = parent.parent
        if name is None or parent is not None or app.env.docname == f"reference/{by_path()[name].file}":
            continue
        link = pending_xref(
            "", refdomain="py", reftype="obj", reftarget=f"voicefeat.{name}", refexplicit=True, refwarn=True
        )
        literal.replace_self(link)
        link += literal


def setup(app: Any) -> dict[str, bool]:
    app.connect("source-read", read)
    app.connect("doctree-read", link_names)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
