"""Intervals of equal error rates over speakers and systems, wherever both are known, and paired tests."""

from __future__ import annotations

import csv
import fnmatch
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import voicefeat as vf

from .corpus import Clip
from .origin import LIST

vm = vf.metrics
#: Draws of a paired test: Holm's correction needs p-values far below 0.05.
TEST_DRAWS = 5000


def grouped(scores: Any) -> tuple[str, dict[str, Any] | None]:
    """What can be drawn of these scores, in words, and the groups: of speakers and of systems, where known.

    One speaker or one system of each class alone cannot be drawn.
    """
    spoof = scores.keys == "spoof"
    known = {"speaker": (scores.speakers[~spoof], scores.speakers[spoof]), "system": (scores.attacks[spoof],)}
    several = {name: max(len(set(of)) for of in classes) > 1 for name, classes in known.items()}
    names = [name for name, of in known.items() if several[name] and not any("-" in set(each) for each in of)]
    return " and ".join(names) or "utterance", scores.groups_by_class(*names) if names else None


def of_scores(runs: Sequence[Any], draws: int, seed: int) -> dict[str, Any]:
    """The EER with its 95 per cent interval; of several runs on the same clips, that of their mean."""
    if not draws:
        return {}
    by, groups = grouped(runs[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the note says it
        found = vm.interval(*_rows(runs), "eer", groups=groups, draws=draws, seed=seed)
    ends = {"value": found.value, "low": found.low, "high": found.high}
    return {k: round(v, 6) for k, v in ends.items()} | {"by": by, "note": found.note}


def _rows(runs: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([run.bonafide for run in runs]), np.array([run.spoof for run in runs])


def of_run(folder: Path, part: str, seeds: Sequence[int], draws: int) -> dict[str, Any]:
    """The interval of the mean over a run's seeds, by its score files; empty if seeds scored other clips."""
    runs = scores_of(folder, part, seeds) if draws else []
    return of_scores(runs, draws, seeds[0]) if runs else {}


def scores_of(folder: Path, part: str, seeds: Sequence[int]) -> list[Any]:
    """The scores of every seed in one order, with the speakers of the run's list; [] if clips differ."""
    files = [folder / f"seed-{seed}" / f"scores_{part}.txt" for seed in seeds]
    if not all(file.is_file() for file in files):
        return []
    every = [vm.read_scores(file) for file in files]
    if any(set(one.utterances) != set(every[0].utterances) for one in every):
        return []
    order = sorted(every[0].utterances)
    voices = speakers_of(folder)
    return [with_speakers(one.select(order), voices) for one in every]


def speakers_of(folder: Path) -> dict[str, str]:
    """Who speaks in each clip, by a run's list; {} without one."""
    if not (folder / LIST).is_file():
        return {}
    with (folder / LIST).open(newline="", encoding="utf-8") as lines:
        return {row["utterance"]: row["speaker"] or "-" for row in csv.DictReader(lines)}


def with_speakers(scores: Any, voices: dict[str, str]) -> Any:
    """The scores with these speakers, which score files of 2019 do not say; others keep their own."""
    said = zip(scores.utterances, scores.speakers.tolist(), strict=True)
    speakers = [voices.get(utt, own) for utt, own in said]
    return vm.Scores(scores.utterances, scores.scores, scores.keys, scores.attacks, speakers)


def tested(one: dict[str, Any], other: dict[str, Any]) -> Any:
    """The EER of a run on eval less that of another on the same clips, by the same draws for both.

    A run is what its metrics.json says, with its folder.
    """
    runs = [scores_of(run["folder"], "eval", run["seeds"]) for run in (one, other)]
    if not all(runs) or runs[0][0].utterances != runs[1][0].utterances:
        names = " and ".join(str(run["folder"]) for run in (one, other))
        raise vf.ParameterError(
            f"RUNS: {names} do not hold scores of the same clips; train them again on one corpus"
        )
    groups = grouped(runs[0][0])[1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return vm.difference(_rows(runs[0]), _rows(runs[1]), "eer", groups=groups, draws=TEST_DRAWS)


def unnamed(rows: Sequence[Clip], patterns: Sequence[str]) -> dict[str, int]:
    """How many speakers of these rows are labels of clips whose speaker is not known, and of how many clips.

    A label is such a one if it fits a pattern, or is the name of its recording.
    """
    found = [
        row
        for row in rows
        if row.speaker
        and (
            any(fnmatch.fnmatchcase(row.speaker, pattern) for pattern in patterns)
            or (row.path is not None and row.speaker == row.path.stem)
        )
    ]
    count = {"speakers": len({row.speaker for row in found}), "clips": len(found)}
    return count | {"of": len({row.speaker for row in rows} - {"", "-"})}
