"""The sentences of the manual's page of results: each follows from the figures of the runs."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from . import reading

#: Rows of a table: what a run is called, and what it found.
Found = Sequence[tuple[str, dict[str, Any]]]
#: Percentage points by which two error rates must differ to be called different.
APART = 5.0


#: A corrected p-value below which a difference is called one.
SIGNIFICANT = 0.05


class Test(NamedTuple):
    """A paired test: the EER of a system on eval less that of the one it is compared with."""

    title: str
    against: str
    value: float
    low: float
    high: float
    p: float
    #: The p-value after Holm's correction.
    corrected: float


def rate(one: dict[str, Any], part: str = "eval") -> float:
    """The EER of a run in per cent, the mean over seeds."""
    return 100 * float(one[part]["eer"]["mean"])


def ranked(found: Found, tests: Sequence[Test]) -> str:
    """Which systems differ on eval from the one with the lowest EER on dev."""
    if not tests:
        return f"One detector was run: {found[0][0]}."
    title = tests[0].against
    reference = dict(found)[title]
    apart = [test for test in tests if test.corrected < SIGNIFICANT]
    worse, better = ([t.title for t in apart if (t.value > 0) == high] for high in (True, False))
    told = (
        f"{title} has the lowest EER on dev ({rate(reference, 'dev'):.1f} %), and {rate(reference):.1f} % on "
        f"eval. After Holm's correction {len(apart)} of the {len(tests)} others differ from it on eval "
        f"(p < {SIGNIFICANT:g})"
    )
    if not apart:
        return f"{told}: these clips do not tell them apart."
    kinds = [
        f"{word} EER: {_names(names)}" for word, names in (("higher", worse), ("lower", better)) if names
    ]
    return f"{told}. {'; '.join(kinds)}."


def about(found: Found) -> str:
    """What the intervals are over and of, and what the marks of a table mean."""
    ways = {one["eval"]["interval"]["by"] for _, one in found if "interval" in one["eval"]}
    told = []
    if ways:
        over = " or ".join(f"over {reading.drawn(by)}" for by in sorted(ways))
        told.append(
            f"Intervals of 95 per cent are {over}, and of the mean over seeds unless a seed is named."
        )
    if any(len(one["seeds"]) > 1 and reading.alike(one) for _, one in found):
        told.append('"alike": all seeds give the same scores.')
    if any(reading.chosen_on(one) for _, one in found):
        sets = sorted({reading.chosen_on(one) for _, one in found} - {""})
        told.append(f"†: epochs were chosen on {' or '.join(sets)}, so that this figure is too low.")
    return " ".join(told)


def calibrated(found: Found) -> str:
    """For how many systems the scores are still likelihood ratios on eval."""
    lost = {part: [t for t, one in found if one[part]["cllr"]["mean"] >= 1] for part in ("dev", "eval")}
    gaps = {
        part: median(one[part]["cllr"]["mean"] - one[part]["min_cllr"]["mean"] for _, one in found)
        for part in ("dev", "eval")
    }
    return (
        "Scores were calibrated on dev: they are log-likelihood ratios on material like dev. Calibration "
        f"loses {gaps['dev']:.2f} bits on dev and {gaps['eval']:.2f} on eval (the median of Cllr less "
        f"minCllr); {len(lost['dev'])} of {len(found)} systems on dev and {len(lost['eval'])} on eval have a "
        "Cllr of 1 or more, and are worse than no score there."
    )


def probed(first: dict[str, Any]) -> str:
    """What the shortcut probe says of a corpus."""
    if "probe_eval" not in first:
        return "was not run."
    rates = {part: 100 * first[f"probe_{part}"]["eer"]["mean"] for part in ("dev", "eval")}
    told = " and ".join(f"{_separates(value)} {part}" for part, value in rates.items())
    return f"has EER {rates['dev']:.1f} % on dev and {rates['eval']:.1f} % on eval. These cues {told}."


def _separates(value: float) -> str:
    for most, words in ((10, "separate"), (25, "separate a good part of"), (40, "separate a little of")):
        if value <= most:
            return words
    return "do not separate"


def chosen(found: Found) -> str:
    """By what the epochs of networks were selected, and which rows have one seed."""
    networks = [(title, one) for title, one in found if any(one["best_epoch"])]
    if not networks:
        return "No networks were run."
    words = {"eer": "by EER", "loss": "by the loss"}
    by = {m: [title for title, one in networks if one["monitor"] == m] for m in words}
    told = "; ".join(f"{words[m]} for {_names(titles)}" for m, titles in by.items() if titles)
    alone = [title for title, one in networks if len(one["seeds"]) == 1]
    text = f"The epoch of a network was selected on dev: {told}."
    if alone:
        text += f" One seed alone have {_names(alone)}: such a row has no deviation over seeds."
    early = [title for title, one in networks if max(one["best_epoch"]) <= 2 < one["epochs"]]
    if early:
        text += (
            f" The best epoch of {_names(early)} is the first or second: more epochs of the same "
            "training did not help them on dev."
        )
    return text


def _names(titles: Sequence[str]) -> str:
    return ", ".join(title.replace(",", "") for title in titles)


def apart(clips: Path) -> str:
    """Which speakers and systems of eval occur in train and dev, by the list of a run, where there is one."""
    if not clips.is_file():
        return ""
    with clips.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    told = []
    for name, column in (("speakers", "speaker"), ("systems", "attack")):
        there = {
            split: {row[column] for row in rows if row["split"] == split} - {"", "-"}
            for split in ("train", "dev", "eval")
        }
        both = {split: len(there["eval"] & there[split]) for split in ("train", "dev")}
        told.append(
            f"of its {len(there['eval'])} {name}, {_count(both['train'])} in train and "
            f"{_count(both['dev'])} in dev"
            + (f" (of the {len(there['dev'])} of dev, {_count(len(there['dev'] & there['train']))} in train)")
        )
    return f"What of eval occurs elsewhere: {'; '.join(told)}."


def _count(number: int) -> str:
    return str(number) if number else "none"


def shown(found: Found) -> str:
    """Best and worst, and how eval differs from dev."""
    pairs = sorted((rate(one), title) for title, one in found)
    gaps = [rate(one) - rate(one, "dev") for _, one in found]
    told = (
        f"EERs on eval are from {pairs[0][0]:.1f} % ({pairs[0][1]}) to {pairs[-1][0]:.1f} % ({pairs[-1][1]})."
    )
    worse = sum(gap > APART for gap in gaps)
    better = sum(gap < -APART for gap in gaps)
    told += (
        f" Against dev, eval is higher by more than {APART:.0f} points for {worse} of {len(gaps)} and lower "
        f"for {better}; the median difference is {median(gaps):+.1f} points."
    )
    if pairs[0][0] > 20:
        told += " None has an EER below 20 %."
    return told


def compared(clean: Found, leaking: Found) -> str:
    """The same systems under both protocols."""
    ours = dict(clean)
    both = [(title, rate(ours[title]), rate(one)) for title, one in leaking if title in ours]
    if not both:
        return "No system was run under both protocols."
    lower = sum(after < before for _, before, after in both)
    each = "; ".join(f"{title} {after:.1f} % in place of {before:.1f} %" for title, before, after in both)
    return f"On eval {lower} of {len(both)} have a lower EER than above: {each}."


def folded(found: Found) -> str:
    """How far apart the models of the table are."""
    pairs = sorted((rate(one), title) for title, one in found)
    low = sum(value <= 2 for value, _ in pairs)
    return (
        f"{low} of {len(pairs)} models have an EER of at most 2 %; the lowest is {pairs[0][0]:.2f} % "
        f"({pairs[0][1]}), the highest {pairs[-1][0]:.2f} % ({pairs[-1][1]})."
    )
