"""Check every row against librosa, then time it beside all that is installed."""

from __future__ import annotations

import argparse
import dataclasses
import functools
import json
import shlex
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import voicefeat as vf

from . import corpus
from .floor import FloorProcess
from .machine import flags, machine, versions
from .memory import HOUR, memory
from .peers import LIBRARIES, available
from .process import avx2, measures
from .record import FOLDER, tree, write
from .report import NARROW, Report, cell_line, measure_line, own_line, scaling_line
from .row import Row
from .rows import ROWS, firsts, keeping, select
from .signals import QUICK, SIGNALS, Signal
from .table import Cell, measure, scaling

SECTIONS = ["table", "threads", "process", "memory", "corpus"]
#: Rounds of a record, and with `--quick`; seconds beyond which a library sits out rounds of a row.
ROUNDS, QUICK_ROUNDS = 5, 2
PATIENCE, SHORT_PATIENCE = 1.5, 0.5
#: What a record holds unless the command says otherwise.
RECORD = {
    "signals": ["3s", "4s", "30s", "60s"],
    "sections": ["table", "threads", "process", "corpus"],
    "rounds": ROUNDS,
}


def _list(allowed: list[str]) -> Callable[[str], list[str]]:
    def parse(text: str) -> list[str]:
        chosen = allowed if text == "all" else [part.strip() for part in text.split(",") if part.strip()]
        for part in chosen:
            if part not in allowed:
                raise argparse.ArgumentTypeError(f"{part!r} is not one of {', '.join(allowed)}, all")
        return chosen

    return parse


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add(
        "--rows",
        nargs="+",
        default=[],
        metavar="PATTERN",
        help="only rows whose label holds one of these, or matches it with * and ?",
    )
    add(
        "--signals",
        type=_list(list(SIGNALS)),
        default=["3s", "4s", "60s"],
        metavar="LIST",
        help=f"of {','.join(SIGNALS)}, or all (default: 3s,4s,60s)",
    )
    add(
        "--threads",
        default="1,2",
        metavar="LIST",
        help="thread counts; 1 is the table, each other one is compared with 1 (default: 1,2)",
    )
    add(
        "--libraries",
        "--peers",
        type=_list(list(LIBRARIES)),
        default=list(LIBRARIES),
        metavar="LIST",
        help=f"of {','.join(LIBRARIES)}, or all (default); librosa is always there",
    )
    add(
        "--sections",
        type=_list(SECTIONS),
        default=SECTIONS[:-1],
        metavar="LIST",
        help=f"of {','.join(SECTIONS)} (default: all but corpus)",
    )
    add("--rounds", type=int, default=9, help="rounds of turns (default: 9)")
    add(
        "--quick",
        action="store_true",
        help="two rounds on half a second: shows that all works, no more; with --record, on all signals",
    )
    add(
        "--record",
        type=Path,
        nargs="?",
        const=FOLDER,
        metavar="FOLDER",
        help="measure what the pages hold, and keep it as the record of this processor and version "
        "(default folder: benchmarks/record); python -m benchmarks.pages prints it",
    )
    add("--json", type=Path, metavar="FILE", help="write all numbers")
    add(
        "--from",
        dest="sources",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="measure nothing: read what --json wrote; of several files together on one machine, all rows",
    )
    add(
        "--markdown",
        type=Path,
        metavar="FILE",
        help="write all tables as a page (that of the manual is printed from a record)",
    )
    return parser


def _options() -> argparse.Namespace:
    parser = _parser()
    options = parser.parse_args()
    if options.record:
        parser.set_defaults(**RECORD)
        options = parser.parse_args()
        if options.quick:
            options.rounds, options.quick = QUICK_ROUNDS, False
    options.given = _command(options)
    options.patience = SHORT_PATIENCE if options.record else PATIENCE
    return options


def _table(report: Report, rows: list[Row], signals: list[Signal], options: argparse.Namespace) -> None:
    libraries, report.missing = available(["librosa", *(n for n in options.libraries if n != "librosa")])
    if "librosa" not in libraries:
        raise SystemExit(f"librosa is what rows are checked against: {report.missing['librosa']}")
    for name, why in report.missing.items():
        print(f"not compared: {name} ({why})")
    floor = FloorProcess()
    try:
        for signal in signals:
            print(f"\n{signal.title}, one thread\n{cell_line(None)}", flush=True)
            for row in rows:
                if signal.name not in row.signals and not options.quick:
                    continue
                cell = measure(row, signal, libraries, floor, options.rounds, options.least, options.patience)
                report.cells.append(cell)
                print(cell_line(cell), flush=True)
                for name, why in cell.failed.items():
                    print(f"    {name} failed: {why}")
    finally:
        floor.close()
    if report.owns():
        print(f"\none pass against calls of our own\n{own_line(None, None)}")
    for cell, part in report.owns():
        print(own_line(cell, part))


def _threads(report: Report, rows: list[Row], signals: list[Signal], options: argparse.Namespace) -> None:
    counts = [int(n) for n in options.threads.split(",") if int(n) > 1]
    framed = [row for row in firsts(rows) if row.frames is not None]
    long = [s for s in signals if s.seconds >= 60 or options.quick]
    for n in counts:
        print(f"\n{n} threads against one\n{scaling_line(None)}", flush=True)
        for signal in long:
            for row in framed:
                if signal.name not in row.signals and not options.quick:
                    continue
                report.scalings.append(scaling(row, signal, n, options.rounds, options.least))
                print(scaling_line(report.scalings[-1]), flush=True)


def _process(report: Report, options: argparse.Namespace) -> None:
    print(f"\naround the call\n{measure_line(None)}", flush=True)
    for m in measures(options.quick):
        report.measures.append(m)
        print(measure_line(m), flush=True)
    if not options.quick:
        report.avx2 = _avx2(report)
    if report.avx2:
        print(f"\nwith AVX2 alone\n{cell_line(None)}\n{cell_line(report.avx2)}")


def _memory(report: Report, rows: list[Row], options: argparse.Namespace) -> None:
    print(f"\nmemory\n{measure_line(None)}", flush=True)
    for m in memory(keeping(rows), 60 if options.quick else HOUR):
        report.memory.append(m)
        print(measure_line(m), flush=True)


def _corpus(report: Report, options: argparse.Namespace) -> None:
    """A folder of recordings to a dataset; fewer of them with `--quick`."""
    full = options.rounds >= ROUNDS
    speed, size = (40, 200) if options.quick else (1000, 50_000) if full else (400, 10_000)
    print("\na corpus", flush=True)
    report.corpus = corpus.measured(speed, size, rounds=1 if options.quick else 3 if full else 2)
    print(*corpus.speed_table(report.corpus["speed"]), *corpus.size_table(report.corpus["size"]), sep="\n")


def _avx2(report: Report) -> Cell | None:
    """mfcc of a minute with AVX2 alone: measured apart where there is AVX-512, else the row of the table."""
    cells = report.cells
    if "avx512f" in flags():
        cells = Report.from_json(avx2()).cells
    for cell in cells if "avx2" in flags() else []:
        if (cell.label, cell.signal) == ("mfcc, defaults", "60s"):
            label = "mfcc, defaults, with AVX2 alone"
            return dataclasses.replace(cell, label=label, target=8, floor_target=None)
    return None


def _command(options: argparse.Namespace) -> str:
    """The command that measures the same again, without where its results go."""
    given = ["python", "-m", "benchmarks"]
    usual = RECORD if options.record else {}
    if options.record:
        given.append("--record")
    for name in ("rows", "signals", "threads", "libraries", "sections", "rounds"):
        value, default = getattr(options, name), usual.get(name, _parser().get_default(name))
        if value != default:
            several = (
                value if name == "rows" else [",".join(value) if isinstance(value, list) else str(value)]
            )
            given += [f"--{name}", *several]
    return shlex.join([*given, "--quick"] if options.quick else given)


def _run(options: argparse.Namespace) -> Report:
    start = time.perf_counter()
    began = datetime.now(UTC).isoformat(timespec="seconds")
    report = Report(options.given, machine(), versions(), date=began, tree=tree())
    options.least = 0.001 if options.quick else 0.02
    if options.quick:
        options.rounds = 2
    rows = select(*options.rows)
    if not rows:
        raise SystemExit(
            f"--rows {shlex.join(options.rows)} matches none of:\n" + "\n".join(r.label for r in ROWS)
        )
    signals = [QUICK] if options.quick else [SIGNALS[name] for name in options.signals]
    vf.set_num_threads(1)
    for name, value in report.machine.items():
        print(f"{name}: {value}")
    print("versions: " + ", ".join(f"{name} {v}" for name, v in report.versions.items()))
    if "table" in options.sections and "1" in options.threads.split(","):
        _table(report, rows, signals, options)
    if "threads" in options.sections:
        _threads(report, rows, signals, options)
    if "process" in options.sections:
        _process(report, options)
    if "memory" in options.sections:
        _memory(report, rows, options)
    if "corpus" in options.sections:
        _corpus(report, options)
    report.seconds = time.perf_counter() - start
    return report


def main() -> int:
    """0 when every row equals librosa, 1 when one differs; a missed target is printed, not an error."""
    options = _options()
    if options.sources:
        read = [json.loads(file.read_text(encoding="utf-8")) for file in options.sources]
        report = functools.reduce(Report.joined, map(Report.from_json, read))
    else:
        report = _run(options)
    goals = report.goals()
    print(f"\n{sum(goals.values())} of {len(goals)} targets reached, {report.seconds:.0f} s in all")
    if report.narrow:
        print(NARROW)
    for name, reached in goals.items():
        if not reached:
            print(f"missed: {name}")
    differing = [c for c in report.cells if not c.equal]
    for c in differing:
        apart = {"librosa": c.error, **{name: c.apart[name] for name in c.differing}}
        told = ", ".join(f"{name} {error:.1e}" for name, error in apart.items() if error is not None)
        print(f"DIFFERS from librosa or a library of the same definition: {c.label} on {c.signal}: {told}")
    if options.json:
        options.json.write_text(json.dumps(report.to_json(), indent=1, ensure_ascii=False), encoding="utf-8")
    if options.markdown:
        options.markdown.parent.mkdir(parents=True, exist_ok=True)
        options.markdown.write_text(report.markdown(), encoding="utf-8")
    if options.record:
        print(f"kept as {write(report, options.record)}")
    return 1 if differing else 0
