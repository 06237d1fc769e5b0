"""What a run was made from: its list, labels and recordings, by digest; none goes on with others' data."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import voicefeat as vf

from .config import Config
from .corpus import Clip, Corpus
from .logbook import put
from .words import some

#: What stands in a run's folder beside its settings.
LIST, DIGESTS = "clips.csv", "origin.json"
HEAD = ("split", "utterance", "label", "speaker", "source", "attack", "start", "seconds", "recording")


def content(path: Path) -> str:
    """The digest of a file's bytes."""
    state = path.stat()
    return _content(str(path.resolve()), state.st_size, state.st_mtime_ns)


@cache
def _content(path: str, size: int, changed: int) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]


def contents(rows: Iterable[Clip]) -> dict[Path, str]:
    """The digests of all recordings; each is read once a process, on all processors."""
    paths = list(dict.fromkeys(row.path for row in rows if row.path is not None))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(paths, pool.map(content, paths), strict=True))


@dataclass(frozen=True)
class Origin:
    """The rows of a run, each with the digest of its recording, and digests of the files it reads besides."""

    rows: tuple[tuple[str, ...], ...]
    files: dict[str, str]

    def write(self, folder: Path) -> None:
        """Leave it in the run's folder."""
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows([HEAD, *self.rows])
        put(folder / LIST, text.getvalue())
        put(folder / DIGESTS, json.dumps(self.digests, indent=1))

    @property
    def digests(self) -> dict[str, str]:
        """Of the list with its labels, of the recordings in its order, and of other files."""
        lists = [row[:-1] for row in self.rows], [row[-1] for row in self.rows]
        return {"list": _of(lists[0]), "audio": _of(lists[1])} | self.files

    def refuse_another(self, folder: Path, where: str = "", remedy: str = "give another --out") -> None:
        """Refuse to go on with a run that was made from something else; what differs is named."""
        try:
            before = json.loads((folder / DIGESTS).read_text(encoding="utf-8"))
            text = (folder / LIST).read_text(encoding="utf-8")
        except (OSError, ValueError):
            before, text = None, ""
        if before == self.digests:
            return
        if not isinstance(before, dict):
            what = "a run that does not say which data it was made from"
        else:
            files = [name for name in {**before, **self.files} if before.get(name) != self.digests.get(name)]
            files = [f"another {name}" for name in files if name not in ("list", "audio")]
            what = f"a run on other data ({'; '.join([*self._differences(text), *files])})"
        raise vf.ParameterError(f"{where or f'--out: {folder}'} holds {what}; {remedy}, or remove it")

    def _differences(self, text: str) -> list[str]:
        there = {tuple(row[:2]): row for row in list(csv.reader(io.StringIO(text, newline="")))[1:]}
        here = {row[:2]: row for row in self.rows}
        kinds = {
            "only here": [key for key in here if key not in there],
            "only there": [key for key in there if key not in here],
        }
        both = [key for key in here if key in there]
        for k, name in enumerate(HEAD[2:], 2):
            kinds[f"another {name}"] = [key for key in both if here[key][k] != there[key][k]]
        return [f"{what}: {some([utt for _, utt in keys])}" for what, keys in kinds.items() if keys]


def origin(corpus: Corpus, rows: Sequence[Clip], config: Config, members: Sequence[Config] = ()) -> Origin:
    """What a run of these rows is made from."""
    digests: dict[Path, str] = contents(rows)
    found = []
    whole = {(row.path, row.start) for row in rows if not row.copy}
    for row in rows:
        if row.copy and (row.path, row.start) in whole:  # made from that row, as the settings say
            continue
        said = (row.split, row.utt, row.key, row.speaker, row.source, row.attack)
        held = _numbers(corpus, row) if row.path is None else digests[row.path]
        found.append((*said, repr(row.start), repr(row.seconds), held))
    files = {f"member {member.name}": member.digest for member in members}
    for name, given in (("model.start", config.model.start), ("report.asv_scores", config.report.asv_scores)):
        if given and Path(given).is_file():  # one that is not there is told of where it is read
            files[name] = content(Path(given))
    if config.training.selection != "dev":  # what is left out together
        files["corpora of clips"] = _of([row.corpus for row in rows])
    return Origin(tuple(found), files)


def _numbers(corpus: Corpus, row: Clip) -> str:
    assert corpus.table is not None
    return hashlib.sha256(corpus.table[row.line].tobytes()).hexdigest()[:32]


def _of(rows: object) -> str:
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]
