"""Folders as they are downloaded, recognised by what is in them."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import voicefeat as vf
from voicefeat.files.protocols import read_protocol

from .corpus import SPLITS, Clip, Corpus, check_files
from .table import read_table
from .teaching import teaching
from .toy import toy
from .words import some

AUDIO = {".flac", ".wav", ".ogg", ".opus", ".mp3", ".aiff", ".au"}
#: What splits are called as well.
OTHER_NAMES = {
    **dict.fromkeys(("train", "training", "trn"), "train"),
    **dict.fromkeys(("dev", "development", "val", "valid", "validation"), "dev"),
    **dict.fromkeys(("eval", "evaluation", "test", "testing"), "eval"),
}
#: Corpora that are generated when they are named.
GENERATED = {"toy": toy, "teaching": teaching}
CLASSES = ({"real", "fake"}, {"bonafide", "spoof"})


def read_corpus(given: str, argument: str = "--data") -> Corpus:
    """The corpus that `argument` names: of GENERATED, a folder, a table of DEEP-VOICE, or one protocol."""
    if given in GENERATED:
        return GENERATED[given]()
    path = Path(given).expanduser()
    if not path.exists():
        raise vf.ParameterError(
            f"{argument}={given!r}: is not there; name the folder of a corpus, or a generated one: "
            f"{' or '.join(GENERATED)}"
        )
    if path.is_file():
        corpus = read_table(path) if path.suffix == ".csv" else from_protocols(path.parent, [path])
    else:
        corpus = next(filter(None, (layout(path) for layout in LAYOUTS)), None)
    if corpus is None:
        raise vf.ParameterError(
            f"{argument}={given!r}: no corpus is recognised in it: neither manifest.csv, nor protocols, nor "
            f"folders REAL and FAKE, nor DATASET-balanced.csv; see examples/README.md"
        )
    check_files(corpus.clips, argument)
    return corpus


def read_evaluation(given: str) -> Corpus:
    """An evaluation set: the clips of a corpus that belong to eval, or to no split; all have labels."""
    found = read_corpus(given, "--eval")
    clips = tuple(replace(c, split="eval") for c in found.clips if c.split in ("", "eval"))
    if not clips:
        names = some(sorted({repr(c.split) for c in found.clips}))
        raise vf.ParameterError(
            f"--eval={given!r}: its clips are of {names}, and none of eval; name the corpus to evaluate, "
            f"or write eval in its list, or no split at all"
        )
    classes = {c.bonafide for c in clips}
    if len(classes) < 2:
        only = "bona fide" if True in classes else "spoof"
        raise vf.ParameterError(
            f"--eval={given!r}: has {only} clips only; an evaluation needs both classes, and score.py scores "
            f"clips without judging them"
        )
    return replace(found, clips=clips)


def with_evaluation(corpus: Corpus, other: Corpus) -> Corpus:
    """A corpus of train and dev with another's clips as its evaluation set (ASVspoof 2021 after 2019)."""
    if other.table is not None or corpus.table is not None:
        raise vf.ParameterError("--eval: tables cannot be mixed with recordings; name folders of recordings")
    note = f"The evaluation set is that of another corpus, {other.name}."
    clips = (*corpus.clips, *other.clips)
    check_files(clips, "--data and --eval")
    return Corpus(f"{corpus.name}, then {other.name}", corpus.folder, clips, (*corpus.notes, note))


def _manifest(folder: Path) -> Corpus | None:
    """A manifest.csv with the columns path and label, and speaker, system and split where they are."""
    file = folder / "manifest.csv"
    if not file.is_file():
        return None
    clips, renamed = [], set()
    with file.open(newline="", encoding="utf-8-sig") as lines:
        reader = csv.DictReader(lines)
        for row in reader:
            if not {"path", "label"} <= set(row):
                raise vf.ParameterError(
                    f"{file}: has no columns path and label; add them, or remove the file; score.py scores "
                    f"clips without labels"
                )
            if not row["path"] or not row["label"]:
                raise vf.ParameterError(f"{file}:{reader.line_num}: has no path or no label; mend the line")
            path, split = folder / row["path"], row.get("split") or ""
            known = OTHER_NAMES.get(split.strip().lower(), split)
            renamed |= {f"{split} as {known}"} if known != split else set()
            clip = Clip(
                path.stem, bonafide(row["label"], file), path, row.get("speaker") or path.stem,
                attack=row.get("system") or row.get("attack") or "-", split=known,
                corpus=row.get("corpus") or "",
            )  # fmt: skip
            clips.append(clip)
    notes = (f"Splits are taken by their usual names: {', '.join(sorted(renamed))}.",) if renamed else ()
    return Corpus(folder.resolve().name, folder, tuple(clips), notes)


def bonafide(label: str, where: Path) -> bool:
    """What a label says; one that is not known is refused."""
    known = {"bonafide": True, "bona-fide": True, "real": True, "spoof": False, "fake": False}
    if label.lower() not in known:
        raise vf.ParameterError(f"{where}: label {label!r} is not known; write bonafide or spoof")
    return known[label.lower()]


def _protocols(folder: Path) -> Corpus | None:
    """Protocols of ASVspoof's forms at any depth: lines with an utterance and bonafide or spoof."""
    found = [p for p in _files(folder, {".txt", ".trn", ".trl", ".tsv"}) if is_protocol(p)]
    return from_protocols(folder, found) if found else None


def is_protocol(path: Path) -> bool:
    """Whether the first line is one of a protocol with labels."""
    if "ASV" in path.parts or ".asv." in path.name:  # of speaker verification, in the same downloads
        return False
    with path.open(encoding="utf-8", errors="replace") as lines:
        words = next(lines, "").split()
    return len(words) >= 5 and bool({"bonafide", "spoof"} & set(words))


def from_protocols(folder: Path, files: list[Path]) -> Corpus:
    """The clips of protocols, whose recordings lie anywhere below a folder."""
    audio: dict[str, list[Path]] = {}
    for path in _files(folder, AUDIO):
        audio.setdefault(path.stem, []).append(path)
    clips: list[Clip] = []
    for file in files:
        protocol = read_protocol(file)
        if "subset" in protocol.columns:  # of ASVspoof 2021: neither its progress nor its hidden part
            protocol = protocol.where(subset="eval")
        split = next(
            (s for s in SPLITS if s in file.name.lower()), "eval" if "subset" in protocol.columns else ""
        )
        columns = [protocol.column(name) for name in ("utterance", "label", "speaker", "attack")]
        for utt, label, speaker, attack in zip(*columns, strict=True):
            path = _recording(utt, audio, file) or folder / f"{utt}.flac"
            clips.append(Clip(utt, label == "bonafide", path, speaker, attack=attack, split=split))
    return Corpus(folder.resolve().name, folder, tuple(clips))


def _recording(utt: str, audio: dict[str, list[Path]], file: Path) -> Path | None:
    """The recording of an utterance; two of one name are refused, as the protocol does not say which."""
    found = audio.get(utt, [])
    if len(found) > 1:
        raise vf.ParameterError(
            f"{file}: names {utt}, and {len(found)} recordings are called so: {some(list(map(str, found)))}; "
            f"take all but one away, or name a folder that holds one"
        )
    return found[0] if found else None


def _class_folders(folder: Path) -> Corpus | None:
    """REAL and FAKE, as DEEP-VOICE has them (`a-original`, `a-to-b`), or any two such folders."""
    for place in [folder, *[p for p in sorted(folder.rglob("*")) if p.is_dir()]]:
        inside = {p.name.lower(): p for p in place.iterdir() if p.is_dir()}
        names = next((pair for pair in CLASSES if pair <= set(inside)), None)
        if names:
            break
    else:
        return None
    clips, unnamed = [], 0
    for name in sorted(names):
        for path in _files(inside[name], AUDIO):
            parts = re.fullmatch(r"(.+?)[-_](?:original|to[-_](.+?))(?:[-_].*)?", path.stem.lower())
            unnamed += parts is None
            source, voice = (parts[1], parts[2] or parts[1]) if parts else ("", path.stem)
            real = name in ("real", "bonafide")
            source = "" if source == voice else source
            clips.append(
                Clip(f"{name}/{path.stem}", real, path, voice, source, "-" if real else "conversion")
            )
    note = "No speakers are named: files are kept apart, their speakers may not be." if unnamed else ""
    return Corpus(folder.resolve().name, folder, tuple(clips), (note,) if note else ())


def _deepvoice_table(folder: Path) -> Corpus | None:
    """The folder that holds DEEP-VOICE's table and no recordings."""
    found = sorted(folder.rglob("DATASET-balanced.csv"))
    return read_table(found[0]) if found else None


def _files(folder: Path, endings: set[str]) -> list[Path]:
    found = []
    for place, folders, names in os.walk(folder):
        folders.sort()
        names = [name for name in sorted(names) if not name.startswith("._")]  # macOS puts these beside files
        found += [Path(place, name) for name in names if Path(name).suffix.lower() in endings]
    return found


#: What is looked for, in this order.
LAYOUTS: tuple[Callable[[Path], Corpus | None], ...] = (
    _manifest,
    _protocols,
    _class_folders,
    _deepvoice_table,
)
