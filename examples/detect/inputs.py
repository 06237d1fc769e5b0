"""What is to be scored: recordings, folders, manifests, protocols, with or without labels."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import voicefeat as vf
from voicefeat.corpus.inputs import find_sources, read_manifest

from .corpus import Clip, Corpus, check_files
from .layouts import GENERATED, LAYOUTS, OTHER_NAMES, bonafide, from_protocols, is_protocol
from .table import read_table

#: Tables with one recording a line, which the library reads.
TABLES = {".csv", ".tsv", ".jsonl", ".ndjson", ".parquet"}

#: Endings of protocols.
LISTS = {".txt", ".trn", ".trl", ".tsv"}


def read(paths: Sequence[str], recordings: str = "") -> Corpus:
    """The clips that paths name, each once; `recordings` is where those of lists lie.

    A folder is read as a corpus if it has one of the layouts of examples/README.md, else every recording in
    it is taken, without labels. Labels are known or they are not: one that cannot be read is refused.
    """
    found = [_one(given, recordings) for given in paths]
    if len(found) > 1 and any(corpus.table is not None for corpus in found):
        raise vf.ParameterError("PATH: a table cannot be mixed with others; give it alone")
    if len(found) == 1:
        corpus = found[0]
    else:
        notes = dict.fromkeys(note for one in found for note in one.notes)
        clips = tuple(clip for one in found for clip in one.clips)
        corpus = Corpus(", ".join(dict.fromkeys(one.name for one in found)), Path(), clips, tuple(notes))
    check_files(corpus.clips, "PATH")
    return corpus


def chosen(corpus: Corpus, split: str) -> Corpus:
    """The clips of a split, and those of none; "all" for every one."""
    if split == "all":
        return corpus
    clips = tuple(c for c in corpus.clips if c.split in ("", split))
    if not clips:
        there = sorted({c.split for c in corpus.clips})
        raise vf.ParameterError(f"--split={split!r}: the clips are of {', '.join(there)}; give one, or all")
    left = len(corpus.clips) - len(clips)
    note = (f"Of {split} alone: {left} clips of other splits are left out.",) if left else ()
    return replace(corpus, clips=clips, notes=(*corpus.notes, *note))


def _one(given: str, recordings: str) -> Corpus:
    path = Path(given).expanduser()
    if given in GENERATED and not path.exists():
        return GENERATED[given]()
    if not path.exists():
        raise vf.ParameterError(
            f"PATH={given!r}: is not there; name recordings, a folder, a manifest or a protocol"
        )
    if path.is_dir():
        listed = path / "manifest.csv"
        if listed.is_file() and "label" not in _head(listed):
            return _manifest(listed, recordings)
        return next(filter(None, (layout(path) for layout in LAYOUTS)), None) or _recordings(path)
    kind = path.suffix.lower()
    if kind in LISTS and is_protocol(path):
        return from_protocols(Path(recordings).expanduser() if recordings else path.parent, [path])
    if kind in TABLES:
        head = _head(path) if kind == ".csv" else []
        a_table = len(head) > 2 and "path" not in head and head[-1].upper() == "LABEL"
        return read_table(path) if a_table else _manifest(path, recordings)
    if kind in LISTS:
        raise vf.ParameterError(
            f"PATH={given!r}: is no protocol: its first line has no bonafide or spoof; give a manifest with "
            f"the column path, or the folder of the recordings"
        )
    return _recordings(path)


def _recordings(path: Path) -> Corpus:
    """A recording, or those of a folder, without labels."""
    sources = find_sources([path]).sources
    if not sources:
        raise vf.ParameterError(f"PATH={str(path)!r}: holds no recordings; name another folder")
    clips = tuple(Clip(source.id, None, Path(source.path)) for source in sources)
    return Corpus(path.resolve().name, path, clips)


def _head(path: Path) -> list[str]:
    """The names of a CSV's columns."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        return [name.strip() for name in next(csv.reader(lines), [])]


def _manifest(path: Path, recordings: str) -> Corpus:
    """A table with the column path; label, speaker, system (or attack), split, start and end where known."""
    try:
        listing = read_manifest(path, Path(recordings).expanduser() if recordings else None)
    except vf.ParameterError as error:
        raise vf.ParameterError(str(error).replace("as the root (--root DIR)", "as --recordings")) from None
    names = [name for name, _ in listing.columns]
    once = len({Path(source.path).stem for source in listing.sources}) == len(listing.sources)
    clips = []
    for source in listing.sources:
        if source.channel is not None:
            raise vf.ParameterError(f"{path}: has the column channel, which is not used here; take it out")
        said = {n: str(v) for n, v in zip(names, source.carried, strict=True) if v not in (None, "")}
        file, split = Path(source.path), said.get("split", "").strip()
        by_path = Path(source.id).name == file.name  # no id is given
        clip = Clip(
            file.stem if by_path and once else source.id,
            bonafide(said["label"], path) if "label" in said else None,
            file,
            said.get("speaker", ""),
            attack=said.get("system") or said.get("attack") or "-",
            split=OTHER_NAMES.get(split.lower(), split),
            start=source.start,
            seconds=0.0 if source.end is None else source.end - source.start,
        )
        clips.append(clip)
    return Corpus(path.resolve().stem, path.parent, tuple(clips))
