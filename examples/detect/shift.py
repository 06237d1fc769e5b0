"""The page's section on selection: detectors as dev and as left-out sources chose them, side by side."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import voicefeat as vf

from . import config as configs, intervals, sources
from .config import Config, Training

vm = vf.metrics
#: Draws of the paired bootstrap over speakers and systems.
DRAWS = 1000
#: Below this p-value, corrected for all comparisons, two choices differ.
LEVEL = 0.05
HEAD = (
    "system", "EER: dev", "left-out sources", "difference (95 %), p", "Cllr: dev", "left-out sources",
    "difference (95 %), p",
)  # fmt: skip


def section(group: Path, corpus: str) -> str:
    """Table and sentences for the runs of a group, such as runs/minifake, that were selected in both ways."""
    found = pairs(group, corpus)
    if not found:
        return "No detector was run with both selections."
    tested = [(title, compare(*folders)) for title, folders in found]
    _correct([test for _, tests in tested for test in tests.values() if not test.same])
    rows = []
    for title, tests in tested:
        row = [title]
        for name, test in tests.items():
            row += [*(f"{value:.{_digits(name)}f}" for value in test.values), _told(name, test)]
        rows.append(row)
    lines = [HEAD, ["---"] * len(HEAD), *rows]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{table}\n\n{_outcome([tests for _, tests in tested])}"


def pairs(group: Path, corpus: str) -> list[tuple[str, tuple[Path, Path]]]:
    """Titles and both folders, dev's first, of runs that differ in nothing but what selected them."""
    there: dict[str, dict[str, tuple[Config, Path]]] = {}
    for file in sorted(group.glob(f"*/{corpus}/metrics.json")):
        config = configs.read(file.parent / "config.toml")
        there.setdefault(_alike(config), {})[config.training.selection] = (config, file.parent)
    both = [each for each in there.values() if {"dev", sources.LEFT_OUT} <= set(each)]
    return [(each["dev"][0].title, (each["dev"][1], each[sources.LEFT_OUT][1])) for each in both]


def _alike(config: Config) -> str:
    """The digest of a config, whatever selects."""
    plain = {name: getattr(Training(), name) for name in ("selection", "folds", "variants")}
    return replace(config, training=replace(config.training, **plain)).digest


class Compared:
    """A figure under both selections, and its paired difference: left-out sources minus dev."""

    def __init__(self, name: str, pair: Sequence[Any], groups: Any) -> None:
        scale = 100 if name == "eer" else 1
        found = vm.difference(pair[1], pair[0], name, groups=groups, draws=DRAWS)
        self.values = tuple(
            scale * np.mean([_figure(name, *run) for run in zip(*one, strict=True)]) for one in pair
        )
        self.value, self.low, self.high = (scale * v for v in (found.value, found.low, found.high))
        self.same = not np.any(found.draws)
        self.p = 1.0 if self.same else found.p


def _figure(name: str, bonafide: np.ndarray, spoof: np.ndarray) -> float:
    return vm.eer(bonafide, spoof).rate if name == "eer" else vm.cllr(bonafide, spoof)


def compare(dev: Path, left_out: Path) -> dict[str, Compared]:
    """EER and Cllr on eval of both folders' runs, over the seeds that both have."""
    seeds = sorted({p.parent.name for p in dev.glob("seed-*/metrics.json")} & {
        p.parent.name for p in left_out.glob("seed-*/metrics.json")
    })  # fmt: skip
    voices = intervals.speakers_of(dev)
    files = [[folder / seed / "scores_eval.txt" for seed in seeds] for folder in (dev, left_out)]
    runs = [[intervals.with_speakers(vm.read_scores(file), voices) for file in each] for each in files]
    first = runs[0][0]
    runs = [[run.select(first.utterances) for run in each] for each in runs]
    pair = [
        (np.array([run.bonafide for run in each]), np.array([run.spoof for run in each])) for each in runs
    ]
    groups = intervals.grouped(first)[1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of few speakers or systems: the intervals are wide
        return {name: Compared(name, pair, groups) for name in ("eer", "cllr")}


def _digits(name: str) -> int:
    return 1 if name == "eer" else 3


def _correct(tests: Sequence[Compared]) -> None:
    """Holm's correction for all of them."""
    if tests:
        for test, p in zip(tests, vm.holm([test.p for test in tests]), strict=True):
            test.p = float(p)


def _told(name: str, test: Compared) -> str:
    """The difference with its interval and corrected p-value; "none" where no draw has any."""
    if test.same:
        return "none"
    low, high = (f"{value:+.{_digits(name)}f}" for value in (test.low, test.high))
    return f"{test.value:+.{_digits(name)}f} ({low} to {high}), {test.p:.3f}"


def _outcome(tests: Sequence[dict[str, Compared]]) -> str:
    """What eval says of the choices, in two sentences."""
    count = len(tests)
    parts = []
    for name, word in (("eer", "EER"), ("cllr", "Cllr")):
        lower = sum(test[name].value < 0 and not test[name].same for test in tests)
        higher = sum(test[name].value > 0 and not test[name].same for test in tests)
        parts.append(f"a lower {word} for {lower} and a higher one for {higher}")
    every = [test for each in tests for test in each.values() if not test.same]
    better = sum(test.value < 0 and test.p < LEVEL for test in every)
    worse = sum(test.value > 0 and test.p < LEVEL for test in every)
    words = (
        "helped" if better > worse else "harmed" if worse > better else "made no difference that is certain"
    )
    return (
        f"Against dev, left-out sources have on eval {parts[0]}, {parts[1]}, of {count}. After Holm's "
        f"correction of {len(every)} tests, {better} are significantly better and {worse} worse: "
        f"on this corpus, selection by left-out sources {words}."
    )
