"""The features of every row, computed once for each front end and list of recordings, and kept on disk."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import voicefeat as vf
from voicefeat.audio.decoding import length

from .augmenting import worse
from .config import Data, Input
from .corpus import Clip, Corpus
from .origin import contents

Say = Callable[[str], None]


@dataclass(frozen=True)
class Features:
    """Frames of all rows one after the other, or one array a row."""

    #: (all frames, rows of the front end), or (examples, *shape) where every example has the same shape.
    values: np.ndarray
    #: Where each example's frames begin, and where the last ends; None where every example has one shape.
    bounds: np.ndarray | None
    rows: tuple[str, ...]
    #: Processor seconds of computing, whenever that was, and seconds of audio.
    cost: float
    audio: float
    #: How many columns each front end has, where there are several.
    parts: tuple[int, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one example; only where all have the same."""
        return self.values.shape[1:]

    def frames(self, i: int) -> np.ndarray:
        """One example's frames, (frames, rows)."""
        if self.bounds is None:
            return self.values[i].T if self.values.ndim == 3 else self.values[i][None]
        return self.values[self.bounds[i] : self.bounds[i + 1]]


def inputs(given: Input) -> tuple[Input, ...]:
    """All inputs of a config: one for each front end that it names."""
    if not given.front_ends:
        return (given,)
    names = given.front_ends
    if len(set(names)) < len(names):
        raise vf.ParameterError(f"input.front_ends={list(names)}: names one twice; name each once")
    if given.changes:
        raise vf.ParameterError(
            f"input.changes={given.changes}: belongs to one front end; take it out, or give input.front_end"
        )
    if not given.statistics:
        raise vf.ParameterError(
            "input.front_ends: several front ends give one vector a clip; "
            "give input.statistics = ['mean', 'std']"
        )
    return tuple(replace(given, front_end=name, front_ends=()) for name in names)


def front_end(given: Input) -> vf.FrontEnd:
    """The one front end of an input, with its changes."""
    return vf.frontend(given.front_end).replace(**given.changes)


def shape_of(given: Input) -> tuple[int, ...]:
    """The shape of one example; () where it differs from clip to clip."""
    if given.statistics:
        rows = sum(len(front_end(each).rows) for each in inputs(given))
        return (rows * len(given.statistics),)
    fe = front_end(*inputs(given))
    return (len(fe.rows), fe.frames(fe.signal.samples)) if fe.signal.samples else ()


def durations(clips: Sequence[Clip]) -> list[float]:
    """Seconds of each clip: of the samples that are there, whatever its header says."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(_duration, clips))


def _duration(clip: Clip) -> float:
    if clip.path is None:
        return 0.0
    count, rate = length(clip.path)
    rest = count / rate - clip.start
    return min(rest, clip.seconds) if clip.seconds else rest


def compute(
    corpus: Corpus, rows: Sequence[Clip], given: Input, data: Data, cache: Path, say: Say
) -> Features:
    """The features of `rows`: those of an earlier run where settings and recordings are the same."""
    if corpus.table is not None:
        numbers = corpus.table[[row.line for row in rows]].astype(np.float32)
        return Features(numbers, None, corpus.columns, 0.0, 0.0)
    every = inputs(given)
    if len(every) > 1:
        return side_by_side(every, [compute(corpus, rows, each, data, cache, say) for each in every])
    fe = front_end(*every)
    said = [fe.digest, str(given.rate), " ".join(given.statistics)]
    folder = cache / fingerprint(said, rows, data)
    if not (folder / "about.json").is_file():
        say(f"features of {len(rows)} rows by {given.front_end} (digest {fe.digest})")
        _write(folder, fe, rows, given, data, say)
    about = json.loads((folder / "about.json").read_text())
    values = np.memmap(folder / "values.f32", np.float32, "r", shape=tuple(about["shape"]))
    bounds = np.load(folder / "bounds.npy") if (folder / "bounds.npy").is_file() else None
    return Features(values, bounds, tuple(about["rows"]), about["seconds"], about["audio"])


def side_by_side(every: Sequence[Input], found: Sequence[Features]) -> Features:
    """The columns of several front ends, each named with its own."""
    rows = [f"{each.front_end}/{row}" for each, part in zip(every, found, strict=True) for row in part.rows]
    values = np.concatenate([part.values for part in found], axis=1)
    parts = tuple(len(part.rows) for part in found)
    return Features(values, None, tuple(rows), sum(part.cost for part in found), found[0].audio, parts)


def fingerprint(settings: Sequence[str], rows: Sequence[Clip], data: Data) -> str:
    """Changes whenever the bytes of a recording or a setting do."""
    said, digests = [vf.__version__, *settings], contents(rows)
    for row in rows:
        how = f"{data.augment} of {row.recording}" if row.copy else ""
        said.append(f"{digests[row.path]} {row.start} {row.seconds} {row.copy} {how}")
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def _write(folder: Path, fe: vf.FrontEnd, rows: Sequence[Clip], given: Input, data: Data, say: Say) -> None:
    """Everything under another name first: a folder that is there is whole."""
    began, aside = time.process_time(), folder.with_name(f".{folder.name}.{secrets.token_hex(8)}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside.mkdir()  # exclusively: no link is followed
    rate = fe.signal.rate or given.rate
    try:
        about = _fill(aside, fe, rows, rate, given, data, say)
        seconds = round(time.process_time() - began, 2)
        (aside / "about.json").write_text(json.dumps(about | {"seconds": seconds}, indent=1))
        if not folder.exists():  # another run may have been sooner
            aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    say(
        f"features took {seconds:.1f} s of processor time: "
        f"{about['audio'] / max(seconds, 1e-3):.0f} times real time"
    )


def _fill(
    folder: Path, fe: vf.FrontEnd, rows: Sequence[Clip], rate: int, given: Input, data: Data, say: Say
) -> dict[str, Any]:
    """Write values.f32 and, where lengths differ, bounds.npy; returns what is to be known of them."""

    def one(row: Clip) -> tuple[np.ndarray, float]:
        y = samples(row, rate, data.augment)
        try:
            features = fe(y, sr=rate)
        except vf.ParameterError as error:
            raise vf.AudioError(f"{row.path}: {error}") from None
        if not np.isfinite(features).all():
            raise vf.AudioError(f"{row.path}: its features are not all finite; take it out of the protocol")
        seconds = len(y) / rate
        if not given.statistics:
            return features, seconds
        summary = vf.summarize(features, list(given.statistics))
        return np.array(list(summary.values()), np.float32), seconds

    names, audio, told = list(fe.rows), 0.0, time.perf_counter()
    if given.statistics:
        names = [f"{row}_{s}" for row in fe.rows for s in given.statistics]
    same = bool(given.statistics) or fe.signal.samples is not None
    shapes: list[tuple[int, ...]] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool, (folder / "values.f32").open("wb") as file:
        for array, seconds in pool.map(one, rows):
            shapes.append(array.shape)
            file.write(np.ascontiguousarray(array if same else array.T, np.float32).tobytes())
            audio += seconds
            if time.perf_counter() - told > 10:
                told = time.perf_counter()
                say(f"  {len(shapes)} of {len(rows)}")
    if not same:
        np.save(folder / "bounds.npy", np.cumsum([0, *[shape[1] for shape in shapes]]))
    about = {
        "rows": names,
        "audio": round(audio, 1),
        "front_end": fe.to_toml(),
        "statistics": given.statistics,
    }
    return about | {"shape": [len(rows), *shapes[0]] if same else [sum(s[1] for s in shapes), len(names)]}


def samples(row: Clip, rate: int, augment: str) -> np.ndarray:
    """The samples of a row; a recording of silence is refused."""
    y, _ = vf.load(row.path, sr=rate, offset=row.start, duration=row.seconds or None)
    if not y.any():
        raise vf.AudioError(f"{row.path}: holds nothing but silence; leave {row.utt} out")
    return worse(y, rate, augment, row) if row.copy else y
