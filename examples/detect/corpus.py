"""What a detector learns from: clips with their labels, or the rows of a table."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import voicefeat as vf

from .words import some

SPLITS = ("train", "dev", "eval")


@dataclass(frozen=True)
class Clip:
    """One example: a recording or a part of one, perhaps made worse, or a row of a table."""

    utt: str
    #: None where it is not known, of clips that are scored and not judged.
    bonafide: bool | None
    path: Path | None = None
    speaker: str = ""
    #: The other speaker of a conversion, where the corpus names one.
    source: str = ""
    attack: str = "-"
    #: "train", "dev" or "eval" where the corpus says it.
    split: str = ""
    #: Which of several corpora it is of, where a manifest says it.
    corpus: str = ""
    start: float = 0.0
    #: Seconds from `start`; 0 for all that is there.
    seconds: float = 0.0
    #: 0 for the recording itself, else the number of the copy that augmentation makes of it.
    copy: int = 0
    #: The utterance of the whole recording, of which this may be a window.
    recording: str = ""
    #: Which row of the corpus' table it is, where that has one.
    line: int = 0

    @property
    def groups(self) -> set[str]:
        """What must not be in two splits."""
        return {self.speaker, self.source} - {""}

    @property
    def key(self) -> str:
        """The label as score files have it; "" where it is not known."""
        return "" if self.bonafide is None else "bonafide" if self.bonafide else "spoof"


@dataclass(frozen=True)
class Corpus:
    """Clips, what they were recognised as, and what has to be said about them."""

    name: str
    folder: Path
    clips: tuple[Clip, ...]
    notes: tuple[str, ...] = ()
    #: Of a table: its columns and numbers, one row for each clip.
    columns: tuple[str, ...] = ()
    table: np.ndarray | None = field(default=None, compare=False)

    @property
    def digest(self) -> str:
        """A fingerprint of the list of clips and their labels."""
        text = "\n".join(f"{c.utt} {c.key} {c.speaker} {c.attack} {c.split}" for c in self.clips)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def labels(clips: Sequence[Clip]) -> np.ndarray:
    """1.0 for bona fide, 0.0 for spoof."""
    return np.array([c.bonafide for c in clips], float)


def check_files(clips: Iterable[Clip], argument: str = "--data") -> None:
    """Refuse clips without their recording, and two clips of one name."""
    clips = list(clips)
    if not clips:
        raise vf.ParameterError(
            f"{argument}: there are no clips in it; name another folder, see examples/README.md"
        )
    missing = [str(c.path) for c in clips if c.path is not None and not c.path.is_file()]
    if missing:
        raise vf.AudioError(
            f"{len(missing)} of {len(clips)} recordings that the protocol names are not there: "
            f"{some(missing)}; complete the download, or take their lines out of the protocol"
        )
    twice = [name for name, times in Counter(c.utt for c in clips).items() if times > 1]
    if twice:
        paths = dict.fromkeys(str(c.path) for c in clips if c.utt == twice[0] and c.path)
        where = f" ({' and '.join(paths)})" if len(paths) > 1 else ""
        raise vf.ParameterError(
            f"{argument}: the list names {some(twice)} more than once{where}; name each once"
        )


def check_splits(splits: dict[str, list[Clip]], allow_overlap: bool) -> None:
    """Refuse a split without both classes, and speakers that are in two of them."""
    for name, clips in splits.items():
        found = {c.bonafide for c in clips}
        if len(found) < 2:
            there = "no clips" if not found else f"{'bona fide' if True in found else 'spoof'} clips only"
            raise vf.ParameterError(
                f"split {name!r}: has {there}; a detector needs both classes in train, dev and eval"
            )
    names = list(splits)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            both = _groups(splits[one]) & _groups(splits[other])
            if both and not allow_overlap:
                raise vf.ParameterError(
                    f"data.allow_overlap=False: {len(both)} speakers are in both {one} and {other}: "
                    f"{some(sorted(both))}; mend the protocol, or give allow_overlap=true"
                )


def _groups(clips: Iterable[Clip]) -> set[str]:
    return set().union(*[c.groups for c in clips]) if clips else set()
