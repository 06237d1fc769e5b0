"""Clips scored by a trained detector, and judged where their labels are known.

`train.py --eval` leaves the results in a run's folder `evaluations`, `score.py` in a folder of its own. Both
have the form of a run's folder, so that they have its report.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

import voicefeat as vf
from voicefeat.files.temporary import replacing

from . import config as configs, saved
from .config import Config
from .corpus import Clip, Corpus
from .features import durations, samples
from .intervals import unnamed
from .judging import by_attack, figures, records, summary
from .logbook import put, say
from .origin import LIST, contents, origin
from .report import write_report
from .saved import METRICS, Detector
from .splits import examples, limited
from .words import some

#: Where a run's folder has its other evaluation sets.
SETS = "evaluations"
#: What score.py leaves in any case.
SCORES = "scores.txt"
HEAD = ("utterance", "speaker", "attack", "key", "score", "decision", "path")


def rows_of(corpus: Corpus, config: Config, most: int = 0) -> list[Clip]:
    """The clips as a run's rows: cut to its windows; of the clean protocol, so that none are shuffled."""
    how = config.data
    lengths = durations(corpus.clips) if how.window else [0.0] * len(corpus.clips)
    return limited(examples(corpus, "clean", how.window, 0, lengths, how.windows_each), "", most)


def heard(rows: Sequence[Clip], detector: Detector) -> tuple[list[Clip], list[str]]:
    """The rows with recordings that can be read, are no silence and have a frame, and what is wrong else."""
    ends: dict[int, list[vf.FrontEnd]] = {}
    for rate, fe in detector.front_ends if any(row.path is not None for row in rows) else []:
        ends.setdefault(rate, []).append(fe)

    def problem(row: Clip) -> str:
        if row.path is None:
            return ""
        try:
            for rate, each in ends.items():
                count = len(samples(row, rate, ""))
                for fe in each:
                    too_short(row, count, fe)
        except (vf.ParameterError, vf.AudioError) as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(problem, rows))
    left = [why for why in found if why]
    if left and len(left) == len(rows):
        raise vf.AudioError(left[0])
    return [row for row, why in zip(rows, found, strict=True) if not why], left


def too_short(row: Clip, count: int, fe: vf.FrontEnd) -> None:
    """Refuse a clip that has less than one frame, also where a front end would fill it up."""
    least = 1 if fe.signal.samples is not None or fe.framing is None else fe.framing.win_length
    try:
        if count >= least:
            fe.frames(count)
            return
    except vf.ParameterError as error:
        raise vf.AudioError(f"{row.path}: {error}") from None
    raise vf.AudioError(
        f"{row.path}: {row.utt} has {count} samples, fewer than one frame of {least}; leave it out"
    )


def score(detector: Detector, corpus: Corpus, rows: Sequence[Clip], cache: Path) -> np.ndarray:
    """The ratio of every row; a table and recordings are not mixed up."""
    if detector.columns != corpus.columns:
        due = f"a table with the columns {some(detector.columns)}" if detector.columns else "recordings"
        has = f"a table with the columns {some(corpus.columns)}" if corpus.columns else "recordings"
        raise vf.ParameterError(
            f"{detector.folder}: was trained on {due}, and {corpus.name} is {has}; give the same"
        )
    return detector.score(corpus, rows, cache, say)


def write(path: Path, rows: Sequence[Clip], ratios: np.ndarray, threshold: float) -> None:
    """A score file with named columns, which `vf.metrics.read_scores` reads; keys where all are known."""
    known = all(row.bonafide is not None for row in rows)
    head = [name for name in HEAD if known or name not in ("speaker", "attack", "key")]
    with replacing(path, encoding="utf-8", newline="") as file:
        lines = csv.writer(file, delimiter="\t", lineterminator="\n")
        lines.writerow(head)
        for row, ratio in zip(rows, ratios.tolist(), strict=True):
            said = {
                "utterance": row.utt, "speaker": row.speaker or "-", "attack": row.attack, "key": row.key,
                "score": repr(ratio), "decision": decision(ratio, threshold), "path": row.path or "-",
            }  # fmt: skip
            lines.writerow([said[name] for name in head])


def decision(ratio: float, threshold: float) -> str:
    """What a score is taken for."""
    return "bonafide" if ratio >= threshold else "spoof"


def judged(
    detector: Detector, corpus: Corpus, rows: Sequence[Clip], ratios: np.ndarray, out: Path
) -> dict[str, Any]:
    """Judge a seed's scores, and leave them with metrics.json in out/seed-N; dev is the run's own."""
    place, there = out / f"seed-{detector.seed}", detector.folder / f"seed-{detector.seed}"
    place.mkdir(parents=True, exist_ok=True)
    write(place / "scores_eval.txt", rows, ratios, detector.threshold)
    if (there / "log.jsonl").is_file():  # of which the report draws the epochs
        shutil.copyfile(there / "log.jsonl", place / "log.jsonl")
    held, draws = records(rows, ratios), detector.config.report.draws
    found = json.loads((there / METRICS).read_text(encoding="utf-8"))
    found = {k: v for k, v in found.items() if k != "probe" and "tdcf" not in k}  # of the run's own eval set
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # they are the remarks
        found["eval"] = figures(held, detector.threshold, draws, detector.seed)
        found["attacks"] = by_attack(held, draws // 5, detector.seed)
    found["remarks"] = vf.metrics.remarks(held.bonafide, held.spoof)
    put(place / METRICS, json.dumps(found, indent=1))
    return found


def report(
    run: Path, corpus: Corpus, rows: Sequence[Clip], found: Sequence[dict[str, Any]], out: Path
) -> Path:
    """The report of an evaluation set: the run's, with the figures of these clips in place of its own."""
    whole(run)
    for name in ("config.toml", "env.json"):
        shutil.copyfile(run / name, out / name)
    said = json.loads((run / METRICS).read_text(encoding="utf-8"))
    notes = [
        f"Scored by {said['name']} as trained on {said['corpus']}, of which dev is. Nothing was trained here."
    ]
    if said["leaks"]:
        notes.append(f"The protocol of the training was {said['protocol']}, which leaks: dev says little.")
    how = configs.read(out / "config.toml").report
    about = {
        "unnamed": unnamed(rows, how.unnamed),
        "name": said["name"], "title": said["title"], "model": said["model"], "protocol": said["protocol"],
        "config_digest": said["config_digest"], "columns": said["columns"], "leaks": False,
        "corpus": corpus.name, "clips": len(corpus.clips), "rows": len(rows), "list_digest": corpus.digest,
        "attacks": len({c.attack for c in rows} - {"-"}), "speakers": len({c.speaker for c in rows} - {""}),
        "notes": [*corpus.notes, *notes, *known(run, rows)],
    }  # fmt: skip
    made = summary(found, out, how.draws) | about
    if made["seeds"] == said["seeds"]:
        made["dev"] = said["dev"]
    put(out / METRICS, json.dumps(made, indent=1))
    return write_report(out)


def whole(run: Path) -> None:
    """Refuse a run without a part that a report of it is made from."""
    for name in ("config.toml", "env.json", METRICS, LIST):
        if not (run / name).is_file():
            raise vf.ParameterError(f"{run / name}: is not there; {saved.AGAIN}")


def known(run: Path, rows: Sequence[Clip]) -> list[str]:
    """What has to be said where recordings or names of speakers are those that the run learnt from."""
    with (run / LIST).open(encoding="utf-8", newline="") as lines:
        every = list(csv.DictReader(lines))
    learnt = [row for row in every if row["split"] != "eval"]
    digests, notes = contents(rows), []
    same = set(digests.values()) & {row["recording"] for row in learnt}
    own = set(digests.values()) & {row["recording"] for row in every if row["split"] == "eval"} - same
    if own:
        notes.append(f"{len(own)} of {len(digests)} recordings are among those of the run's own eval.")
    if same:
        notes.append(
            f"LEAKS: {len(same)} of {len(digests)} recordings are among those that the run was made from."
        )
    names = {row.speaker for row in rows} & {row["speaker"] for row in learnt} - {"", "-"}
    if names:
        notes.append(
            f"{len(names)} speakers have the names of speakers in train or dev: {some(sorted(names))}."
        )
    return notes


def folder_of(corpus: Corpus) -> str:
    """What the folder of an evaluation set is called."""
    return corpus.name.replace(" ", "_").replace(",", "")


def evaluate(run: Path, given: Sequence[Corpus], seeds: Sequence[int], device: str, cache: Path) -> None:
    """Score and judge evaluation sets with every seed of a run, without training; those there are kept."""
    for corpus in given:
        detectors = [saved.read(run, seed, device) for seed in seeds]
        config = detectors[0].config
        rows = rows_of(corpus, config, config.data.subset)
        out = run / SETS / folder_of(corpus)
        made = origin(corpus, rows, Config())
        if out.is_dir():
            made.refuse_another(out, f"--eval: {out}", "give the set's folder another name")
        out.mkdir(parents=True, exist_ok=True)
        made.write(out)
        found = []
        for detector in detectors:
            done = out / f"seed-{detector.seed}" / METRICS
            if done.is_file():
                say(f"{corpus.name} is scored by seed {detector.seed}: {done.parent}")
                found.append(json.loads(done.read_text(encoding="utf-8")))
            else:
                ratios = score(detector, corpus, rows, cache)
                found.append(judged(detector, corpus, rows, ratios, out))
        say(f"report: {report(run, corpus, rows, found, out)}")


def prepared(out: Path) -> Path:
    """The folder for scores: a new one, or that of an earlier scoring, whose report is taken away."""
    if out.exists() and not (out / SCORES).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise vf.ParameterError(f"--out={str(out)!r}: holds other files; name a new folder")
    out.mkdir(parents=True, exist_ok=True)
    for name in ("report.html", METRICS):
        (out / name).unlink(missing_ok=True)
    return out


def told(detector: Detector, rows: Sequence[Clip], ratios: np.ndarray, most: int = 12) -> str:
    """A short table of the scores, the lowest first, and how many are taken for which class."""
    order = np.argsort(ratios, kind="stable")
    width = max(len(rows[i].utt) for i in order[:most])
    lines = [f"{'utterance':{width}}  {'score':>8}  decision"]
    for i in order[:most]:
        lines.append(f"{rows[i].utt:{width}}  {ratios[i]:8.3f}  {decision(ratios[i], detector.threshold)}")
    if len(rows) > most:
        lines.append(f"and {len(rows) - most} with higher scores")
    below = int((ratios < detector.threshold).sum())
    where = "dev" if detector.config.training.selection == "dev" else "left-out sources"
    lines.append(
        f"{below} of {len(rows)} are taken for spoof: their scores are below {detector.threshold:.3f}, where "
        f"the errors on {where} are equal"
    )
    return "\n".join(lines)


def unjudged(rows: Sequence[Clip]) -> str:
    """Why these rows cannot be judged; "" if they can."""
    unknown = sum(row.bonafide is None for row in rows)
    if unknown:
        return f"no report: {unknown} of {len(rows)} labels are not known"
    kinds = {row.key for row in rows}
    return "" if len(kinds) == 2 else f"no report: all clips are {kinds.pop()}, and figures need both classes"
