"""Which examples teach, which choose and which are scored once: three protocols.

clean   speakers in one split only: those that the corpus names, or made here
seed    all rows shuffled and cut, whoever speaks: as the term project did it; it leaks
folds   ten stratified folds, seed k scores fold k: as the DEEP-VOICE paper did it; it leaks
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

import voicefeat as vf

from .corpus import SPLITS, Clip, Corpus, check_splits
from .words import one_of, some

PROTOCOLS = ("clean", "seed", "folds")
LEAKS = {
    "clean": "",
    "seed": "LEAKS: rows of one recording and speaker are in training and in evaluation, as in the project.",
    "folds": "LEAKS: rows of one recording and speaker are in training and evaluation, as published.",
}
#: What has to be said where the rows that are scored take the place of dev.
ON_TEST = "CHOSEN ON TEST: epoch, calibration and threshold are those of the very rows that are scored."
FOLDS = 10
#: Parts of the speakers, or of the rows, that dev and eval get.
DEV, EVAL = 0.2, 0.2


def examples(
    corpus: Corpus, protocol: str, window: float, copies: int, lengths: Sequence[float], each: int = 0
) -> list[Clip]:
    """The clips as rows: each recording, and so many copies made worse, cut to windows of so many seconds.

    Copies are made of training clips alone, unless the protocol is one that leaks. `each` is how many windows
    of a recording and of a copy are taken at most, 0 for all; every copy has a draw of its own.
    """
    rows: list[Clip] = []
    for clip, length in zip(corpus.clips, lengths, strict=True):
        copied = copies if protocol != "clean" or clip.split == "train" else 0
        for copy in range(copied + 1):
            one = replace(clip, recording=clip.utt, copy=copy)
            parts = _windows(one, window, length, each) if window else [one]
            rows += [replace(part, utt=f"{part.utt}+{copy}") for part in parts] if copy else parts
    return rows


def _windows(clip: Clip, window: float, length: float, each: int) -> list[Clip]:
    """The windows of a recording or of a copy in order, at most `each` of them where that is not 0."""
    count = max(1, math.floor(length / window + 1e-9))  # 0.3 s are three tenths
    places: Sequence[int] = range(count)
    if each and each < count:
        rng = vf.augment.generator(0, clip.recording, clip.copy)
        places = sorted(rng.choice(count, each, replace=False).tolist())
    seconds = min(window, length)
    return [
        replace(clip, utt=f"{clip.utt}@{k * window:g}", start=clip.start + k * window, seconds=seconds)
        for k in places
    ]


def by_speaker(corpus: Corpus) -> Corpus:
    """Divide the speakers of a corpus without splits; conversions between splits are left out."""
    named = {c.split for c in corpus.clips}
    if named >= set(SPLITS):
        return corpus
    if named - {""}:
        missing, there = sorted(set(SPLITS) - named), some(sorted(map(repr, named - {""})))
        more = "give --eval FOLDER, or " if missing == ["eval"] else ""
        raise vf.ParameterError(
            f"--data: the corpus has no clips of {', '.join(missing)}, and some of {there}; "
            f"{more}have train, dev and eval for all clips, or no split for any"
        )
    speakers = sorted(set().union(*[c.groups for c in corpus.clips]))
    if len(speakers) < 3:
        raise vf.ParameterError(
            f"data.protocol='clean': needs three speakers or more and found {len(speakers)}; "
            f"name them in the protocol, or give protocol=seed for rows in any order, which leaks"
        )
    dev, score = (max(1, round(part * len(speakers))) for part in (DEV, EVAL))
    for draw in range(200):
        order = np.random.default_rng(draw).permutation(len(speakers))
        places = np.repeat(["eval", "dev", "train"], [score, dev, len(speakers) - dev - score])
        split = {speakers[i]: str(place) for i, place in zip(order, places, strict=True)}
        there = [(c, {split[g] for g in c.groups}) for c in corpus.clips]
        kept = tuple(replace(c, split=s.pop()) for c, s in there if len(s) == 1)
        if all(len({c.bonafide for c in kept if c.split == name}) == 2 for name in SPLITS):
            break
    else:
        raise vf.ParameterError(
            "data.protocol='clean': no division of the speakers has both classes in train, dev and eval; "
            "give a protocol with splits"
        )
    notes = [f"Speakers were divided here: {len(speakers) - dev - score}, {dev} and {score}."]
    if left := len(corpus.clips) - len(kept):
        notes.append(f"{left} conversions between speakers of two splits are left out.")
    return replace(corpus, clips=kept, notes=(*corpus.notes, *notes))


def limited(rows: Sequence[Clip], protocol: str, most: int) -> list[Clip]:
    """At most so many rows of each split, or of all where splits are made later; drawn with a fixed seed."""
    names = SPLITS if protocol == "clean" else ("",)
    parts = [[i for i, c in enumerate(rows) if not name or c.split == name] for name in names]
    kept = np.concatenate([_some(rows, np.array(part, int), most) for part in parts])
    return [rows[i] for i in np.sort(kept)]


def split(
    rows: Sequence[Clip], protocol: str, seed: int, allow_overlap: bool = False, on_test: bool = False
) -> dict[str, np.ndarray]:
    """Which rows are in train, dev and eval, in order.

    `on_test` is of the seed protocol alone: dev is eval, and all other rows are for training.
    """
    one_of("data.protocol", protocol, PROTOCOLS)
    if protocol == "clean":
        places = {s: np.array([i for i, c in enumerate(rows) if c.split == s], int) for s in SPLITS}
    elif protocol == "seed":
        order = np.random.default_rng([seed, 1]).permutation(len(rows))
        last, dev = round(EVAL * len(rows)), round(DEV * (1 - EVAL) * len(rows))
        parts = (order[last + dev :], order[last : last + dev], order[:last])
        if on_test:
            parts = (order[last:], order[:last], order[:last])
        places = {name: np.sort(part) for name, part in zip(SPLITS, parts, strict=True)}
    else:
        fold = _fold_of(rows)
        scored, chosen = seed % FOLDS, (seed + 1) % FOLDS
        places = {"train": np.nonzero(~np.isin(fold, [scored, chosen]))[0]}
        places |= {"dev": np.nonzero(fold == chosen)[0], "eval": np.nonzero(fold == scored)[0]}
    check_splits({n: [rows[i] for i in p] for n, p in places.items()}, allow_overlap or protocol != "clean")
    return places


def _some(rows: Sequence[Clip], index: np.ndarray, most: int) -> np.ndarray:
    """At most so many, drawn with a fixed seed, as many of either class as there are in the whole."""
    if not most or len(index) <= most:
        return index
    real = np.array([rows[i].bonafide for i in index])
    share = min(max(1, round(most * real.mean())), most - 1)
    rng = np.random.default_rng(0)
    parts = [(index[real], share), (index[~real], most - share)]
    return np.concatenate([rng.permutation(part)[:count] for part, count in parts])


def _fold_of(rows: Sequence[Clip]) -> np.ndarray:
    """The fold of every row: each class is shuffled and dealt out."""
    real = np.array([c.bonafide for c in rows])
    fold = np.empty(len(rows), int)
    for k, index in enumerate((np.nonzero(real)[0], np.nonzero(~real)[0])):
        fold[np.random.default_rng(k).permutation(index)] = np.arange(len(index)) % FOLDS
    return fold
