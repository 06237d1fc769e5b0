"""The results as lines, as JSON and as Markdown."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .process import Measure
from .rows import ROWS
from .signals import QUICK, SIGNALS, Signal
from .table import Cell, Part, Scaling
from .timing import Ratio

__all__ = ["Report", "cell_line", "measure_line", "own_line", "replace_between", "scaling_line"]

CELL_HEAD = ["row", "ours", "times librosa", "target", "error", "of FFT floor", "times other libraries"]
OWN_HEAD = ["row", "signal", "takes", "our own calls of", "take", "part", "at most"]
SCALING_HEAD = ["row", "signal", "one thread", "threads", "several threads", "times one thread", "target"]
MEASURE_HEAD = ["what", "voicefeat", "at most", "librosa"]
WIDTHS = [48, 10, 22, 13, 8, 13, 0]


def number(x: float) -> str:
    """Three significant digits, no exponent."""
    return f"{x:.0f}" if abs(x) >= 100 else f"{x:#.3g}".rstrip(".")


def _goal(target: float | None, reached: bool | None, sign: str = "") -> str:
    return "" if target is None else f"{sign}{target:g} {'reached' if reached else 'missed'}"


def _goals(c: Cell) -> str:
    """The target beside librosa, and those beside others."""
    beside = [f"{name} {_goal(c.beside[name], met)}" for name, met in c.beside_reached.items()]
    return ", ".join(filter(None, [_goal(c.target, c.reached), *beside]))


def _other(c: Cell, name: str, times: float) -> str:
    """How many times longer another library takes, and how far it is from ours where it computes the same."""
    apart = f" ({c.apart[name]:.0e})" if name in c.apart else ""
    wrong = f" DIFFERS (> {c.alike[name]:.0e})" if name in c.differing else ""
    return f"{name} {number(times)}{apart}{wrong}"


def cell_row(c: Cell) -> list[str]:
    """One row of the table."""
    floor = " ".join(f"{c.floor[kind]:.2f}" for kind in ("framed", "resident") if kind in c.floor)
    if c.floor_target is not None and floor:
        floor += f" (≤ {c.floor_target:g} {'reached' if c.below_floor else 'missed'})"
    others = [_other(c, name, times) for name, (_, times) in c.peers.items()]
    others += [f"{name} failed" for name in c.failed]
    beside = error = ""
    if c.times is not None and c.error is not None:
        beside = f"{c.times.median:.1f} ({c.times.low:.1f} to {c.times.high:.1f})"
        beside += f", {c.way}" if c.way else ""
        error = f"{c.error:.0e}" + (f" of all but {c.rare:.1%}" if c.rare else "")
    return [
        c.label + (f" ({c.cut:g} s)" if c.cut else ""),
        f"{number(c.ours)} ms",
        beside,
        _goals(c),
        error + ("" if c.error is None or c.error <= c.tolerance else f" DIFFERS (> {c.tolerance:.0e})"),
        floor,
        ", ".join(others),
    ]


def own_row(c: Cell, p: Part) -> list[str]:
    """What the calls of our own that a row is measured against come to."""
    part = f"{p.part.median:.2f} ({p.part.low:.2f} to {p.part.high:.2f})"
    return [
        c.label,
        c.signal,
        f"{number(c.ours)} ms",
        p.label,
        f"{number(p.takes)} ms",
        part,
        _goal(p.most, p.reached),
    ]


def scaling_row(s: Scaling) -> list[str]:
    return [
        s.label,
        s.signal,
        f"{number(s.one)} ms",
        str(s.threads),
        f"{number(s.several)} ms",
        f"{s.times.median:.2f} ({s.times.low:.2f} to {s.times.high:.2f})",
        _goal(s.target, s.reached),
    ]


def measure_row(m: Measure) -> list[str]:
    theirs = "" if m.librosa is None else f"{number(m.librosa)} {m.unit}"
    return [m.label, f"{number(m.value)} {m.unit}", _goal(m.most, m.reached), theirs]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()


def cell_line(c: Cell | None) -> str:
    return _line(CELL_HEAD if c is None else cell_row(c), WIDTHS)


def own_line(c: Cell | None, p: Part | None) -> str:
    return _line(OWN_HEAD if c is None or p is None else own_row(c, p), [48, 6, 10, 38, 10, 20, 0])


def scaling_line(s: Scaling | None) -> str:
    return _line(SCALING_HEAD if s is None else scaling_row(s), [48, 6, 10, 7, 15, 20, 0])


def measure_line(m: Measure | None) -> str:
    return _line(MEASURE_HEAD if m is None else measure_row(m), [76, 10, 13, 0])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


@dataclass
class Report:
    """Everything one run measured."""

    command: str = ""
    machine: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)
    scalings: list[Scaling] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    memory: list[Measure] = field(default_factory=list)
    avx2: Cell | None = None
    #: What ``benchmarks.corpus`` measured, by its name there.
    corpus: dict[str, dict[str, Any]] = field(default_factory=dict)
    seconds: float = 0.0
    #: When it was begun (UTC), and the commit that was measured.
    date: str = ""
    tree: str = ""

    def goals(self) -> dict[str, bool]:
        """Every target of the run, and whether it was reached."""
        found: dict[str, bool | None] = {}
        for c in [*self.cells, *([self.avx2] if self.avx2 else [])]:
            found[f"{c.label} on {c.signal}"] = c.reached
            found[f"{c.label} on {c.signal}, against the FFT floor"] = c.below_floor
            for name, reached in c.beside_reached.items():
                found[f"{c.label} on {c.signal}, against {name}"] = reached
            for p in c.own:
                found[f"{c.label} on {c.signal}, against our own {p.label}"] = p.reached
        for s in self.scalings:
            found[f"{s.label} on {s.signal}, {s.threads} threads"] = s.reached
        for m in [*self.measures, *self.memory]:
            found[m.label] = m.reached
        return {name: reached for name, reached in found.items() if reached is not None}

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Report:
        def cell(c: dict[str, Any]) -> Cell:
            peers = {name: tuple(pair) for name, pair in c["peers"].items()}
            own = [Part(**{**p, "part": Ratio(**p["part"])}) for p in c["own"]]
            times = c["times"] and Ratio(**c["times"])
            return Cell(**{**c, "times": times, "peers": peers, "own": own})

        return cls(
            **{
                **data,
                "cells": [cell(c) for c in data["cells"]],
                "scalings": [Scaling(**{**s, "times": Ratio(**s["times"])}) for s in data["scalings"]],
                "measures": [Measure(**m) for m in data["measures"]],
                "memory": [Measure(**m) for m in data["memory"]],
                "avx2": cell(data["avx2"]) if data["avx2"] else None,
            }
        )

    def joined(self, other: Report) -> Report:
        """The rows of two runs on one machine; where both have a cell, the later one's."""
        where = [{k: v for k, v in run.machine.items() if "load" not in k} for run in (self, other)]
        if where[0] != where[1]:
            raise SystemExit("two runs on different machines cannot make one page")
        mine = {(c.signal, c.label): c for c in self.cells}
        return Report(
            command=f"{self.command}` and `{other.command}", machine=self.machine,
            versions={**self.versions, **other.versions}, missing={**self.missing, **other.missing},
            cells=list({**mine, **{(c.signal, c.label): c for c in other.cells}}.values()),
            scalings=self.scalings + other.scalings, measures=self.measures + other.measures,
            memory=self.memory + other.memory, avx2=other.avx2 or self.avx2,
            corpus={**self.corpus, **other.corpus}, seconds=self.seconds + other.seconds,
            date=other.date, tree=other.tree,
        )  # fmt: skip

    @property
    def narrow(self) -> bool:
        """Whether the machine lacks what the targets were set for."""
        return "avx512f" not in self.machine.get("vector instructions", "")

    # ---------------------------------------------------------------------------------------- Markdown
    def tables(self) -> list[tuple[Signal, list[Cell]]]:
        """The cells by signal, in the order of the signals."""
        place = {row.label: k for k, row in enumerate(ROWS)}
        cells = sorted(self.cells, key=lambda c: place.get(c.label, len(place)))
        grouped = [(s, [c for c in cells if c.signal == s.name]) for s in [*SIGNALS.values(), QUICK]]
        return [(s, cells) for s, cells in grouped if cells]

    def by(self) -> str:
        """What was run when, and how it came to a page."""
        tree = f", commit {self.tree}" if self.tree else ""
        return f"`{self.command}` on {self.date[:10]} (voicefeat {self.versions.get('voicefeat')}{tree})"

    def owns(self) -> list[tuple[Cell, Part]]:
        """The cells that were measured against calls of our own, once for each of these."""
        return [(c, p) for c in self.cells for p in c.own]

    def markdown(self) -> str:
        """The page ``docs/performance.md``."""
        reached = self.goals()
        parts = [
            "# Performance",
            f"Written by {self.by()}; do not edit. {sum(reached.values())} of {len(reached)} targets "
            f"were reached in this run, which took {self.seconds / 60:.0f} minutes.",
            _REMARKS,
            "## Machine",
            _table(["", ""], self.machine.items()),
            "Versions: " + ", ".join(f"{name} {v}" for name, v in self.versions.items()) + ".",
        ]
        if self.narrow:
            parts.append(NARROW)
        if self.missing:
            parts.append("Not compared, because not installed: " + ", ".join(self.missing) + ".")
        for signal, cells in self.tables():
            parts += [f"## One thread: {signal.title}", _table(CELL_HEAD, map(cell_row, cells))]
        if self.owns():
            parts += [
                "## One pass against calls of our own",
                _table(OWN_HEAD, [own_row(c, p) for c, p in self.owns()]),
            ]
        if self.avx2:
            parts += ["## With AVX2 alone, on one minute", _table(CELL_HEAD, [cell_row(self.avx2)])]
        if self.scalings:
            parts += ["## Several threads against one", _table(SCALING_HEAD, map(scaling_row, self.scalings))]
        if self.measures:
            parts += ["## Around the call", _table(MEASURE_HEAD, map(measure_row, self.measures))]
        if self.memory:
            parts += ["## Memory", _MEMORY, _table(MEASURE_HEAD, map(measure_row, self.memory))]
        return "\n\n".join(parts) + "\n"

    def readme_table(self) -> str:
        """The short table for the README: ratios to librosa of the headline rows."""
        signals = [(s, {c.label: c for c in cells}) for s, cells in self.tables()]
        shown = [row.label for row in ROWS if row.headline]
        labels = [label for label in shown if any(c.label == label for c in self.cells)]
        signals = [(s, cells) for s, cells in signals if cells.keys() & set(labels)]

        def ratio(cell: Cell | None) -> str:
            if cell is None:
                return ""
            cut = f" ({cell.cut:g} s)" if cell.cut else ""
            times = "" if cell.times is None else f", {cell.times.median:.1f} ×"
            return f"{number(cell.ours)} ms{times}{cut}"

        librosa = self.versions.get("librosa", "")
        head = [f"ms a call, times librosa {librosa}", *(s.title for s, _ in signals)]
        rows = [[label, *(ratio(cells.get(label)) for _, cells in signals)] for label in labels]
        known = [key for key in ("processor", "vector instructions") if key in self.machine]
        where = ", ".join(self.machine[key] for key in known)
        several = "`" in self.command  # of several runs the manual's page names each
        page = "[docs/performance.md](docs/performance.md)"
        by = f"the runs that {page} names, the last on {self.date[:10]}" if several else self.by()
        return f"{_table(head, rows)}\n\nOne thread, {where}; measured by {by}."


def replace_between(page: str, text: str, mark: str) -> str:
    """The `page` with `text` between the two marks of that name, each of which it must hold once."""
    start, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    if page.count(start) != 1 or page.count(end) != 1:
        raise SystemExit(f"a page must hold the marks {start} and {end} once each")
    before, rest = page.split(start)
    return f"{before}{start}\n{text}\n{end}{rest.split(end)[1]}"


NARROW = "The targets were set for vectors of 512 bits (AVX-512), which this machine does not have."

_MEMORY = """\
Each function in its own process, all threads, synthetic speech in float32 at 16 kHz: the largest increase of
memory during the call, minus the signal, the result and what an option over the whole clip must keep
(for `top_db`, the values that the floor may raise)."""

_REMARKS = """\
How to read it:

- *ours* is the median time of a call, in processor time of the process (elapsed time with several
  threads, and around the call); *times librosa* is the median over rounds of librosa's time over
  ours, with the middle half of the rounds in brackets. Within each round, all candidates take turns.
- librosa transforms in double precision even if the input is float32, and builds its mel or chroma bank
  again at every call; voicefeat stays in float32 and keeps banks, windows and twiddle factors between
  calls. Both affect users, and both are part of the ratio.
- *error* is the largest difference from librosa on the timed signal, relative to librosa's largest
  magnitude, for each result if there are several. If a value is a decision that the rounding of float32 can
  change (which bin, which period), a few in a thousand may differ by more; the cell says how many.
  Functions that librosa lacks have neither ratio nor error here; the tests have references for them.
  librosa's `lpc` sums in float32 and is less accurate than ours, so it is called in double precision.
- *of FFT floor*: our total time over the time of the fastest FFT library (MKL, FFTW, ducc or scipy, if
  installed) for the bare transforms: first of windowed frames laid out in memory beforehand, then of the
  same number of frames on a batch that stays in cache.
- *times other libraries*: their time over ours. Where a difference stands behind it, relative to the peak,
  the library computes the same definition (torchaudio, AFX, asrfront), and every run checks its results;
  the others have their own, so the work is the same but the results differ. AFX keeps the spectra of the
  last signals, and forgets them here before each call. Published front ends have no equivalent in
  librosa: they are compared with plain torch (with our window, bank and matrix) and with the library they
  are named after.
- A batch is passed to voicefeat as one array; librosa is timed clip by clip and on the array, and the
  faster of the two counts.
- Signals are synthetic speech from a seed (voiced syllables, hiss, pauses; no white noise, which has a peak
  in every third bin); long ones are at 22.05 kHz in rows with librosa's default frames (2048/512) and at 16
  kHz in the others. Rows for which librosa is very slow use only the first seconds, as stated.
- Rows that start from other input than a signal (inverses, `pcen`, `delta`) get it ready made. Rows without
  a transform of frames have no FFT floor.
- Fresh processes are timed from their start to the end of their first call, including the interpreter."""
