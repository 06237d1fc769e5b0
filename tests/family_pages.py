"""The table at the end of every family's page of the manual: sources, tolerances and costs.

Written by ``python tests/frontends_page.py --write``. Costs are those of docs/performance.md, which a run of
the benchmarks writes: write these pages anew after that.
"""

import re
from importlib import import_module
from pathlib import Path

from voicefeat.presets.catalogue import FAMILIES

DOCS = Path(__file__).resolve().parents[1] / "docs"
#: The page that describes the front ends of a file of presets.
PAGES = {
    "asvspoof": "asvspoof.md",
    "nii": "nii.md",
    "kaldi": "kaldi.md",
    "htk": "kaldi.md",
    "sahidullah": "sahidullah.md",
    "torch": "torch.md",
    "constantq": "cqcc.md",
    "phase": "phase.md",
    "auditory": "auditory.md",
    "raw": "waveform.md",
    "project": "project.md",
}
START, END = "<!-- front ends -->", "<!-- /front ends -->"
#: How the sections of docs/performance.md begin that costs are taken from, in the order of the columns.
SECTIONS = ("## One thread: one clip of 4 s", "## One thread: 60 s")
ROW = "front end "
HEAD = ["front end", "source, version, licence of the original", "error at most", "4 s", "60 s"]
REMARK = """\
*Error at most* is the largest difference that the tests allow, for float64 input and relative to the
peak, from the original, or from a plain computation of the definition if the original's results are not
available. The last two columns are the time of a call on one thread in float32, from
[performance.md](performance.md), and how many times longer the fastest other library takes; empty if
nothing was measured or no other library has the front end."""


def cost(cells):
    """Milliseconds, and how much longer the fastest other library takes, of one row of measurements."""
    took, others = cells[1], cells[-1]
    times = [float(found) for found in re.findall(r" (\d[\d.]*)(?:,|$)", others)]
    cut = re.search(r" \(.*\)$", cells[0])
    text = took + (cut.group() if cut else "")
    return f"{text}, {min(times):g} times" if times else text


def costs(text):
    """{front end: [a cell for each of `SECTIONS`]}, read from the text of docs/performance.md."""
    found = {}
    for place, heading in enumerate(SECTIONS):
        for section in re.findall(rf"^{re.escape(heading)}[^\n]*\n(.*?)(?=^## |\Z)", text, re.M | re.S):
            for line in section.splitlines():
                cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
                if cells[0].startswith(ROW):
                    name = cells[0].removeprefix(ROW).split(" ")[0]
                    found.setdefault(name, [""] * len(SECTIONS))[place] = cost(cells)
    return found


def table(families, measured):
    """The block of one page."""
    lines = [f"| {' | '.join(HEAD)} |", f"| {' | '.join(['---'] * len(HEAD))} |"]
    for family in families:
        for told in import_module(f"voicefeat.presets.published.{family}").PRESETS:
            source = "; ".join((told.source, told.version, told.licence)).replace("|", "\\|")
            cells = [f"`{told.name}`", source, f"{told.error:.0e}", *measured.get(told.name, [""] * 2)]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", REMARK])


def pages():
    """{path: (what is there, what belongs there)} of every page."""
    assert set(PAGES) <= set(FAMILIES), f"pages of no family: {set(PAGES) - set(FAMILIES)}"
    performance = DOCS / "performance.md"
    measured = costs(performance.read_text(encoding="utf-8")) if performance.is_file() else {}
    found = {}
    for page in dict.fromkeys(PAGES.values()):
        text = (DOCS / page).read_text(encoding="utf-8")
        assert text.count(START) == text.count(END) == 1, f"docs/{page}: no {START} and {END}, or not once"
        before, after = text.split(START)[0], text.split(END)[1]
        block = table([name for name in FAMILIES if PAGES.get(name) == page], measured)
        found[DOCS / page] = text, f"{before}{START}\n{block}\n{END}{after}"
    return found


def write():
    for path, (there, due) in pages().items():
        if there != due:
            path.write_text(due, encoding="utf-8")
