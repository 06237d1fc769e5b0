"""Cut the repository's golden set from the large one: ``python tests/cut_golden.py LARGE [SMALL]``.

Every array kept is the original program's own output: all of it, or one stretch of its frames. The clip
is whole in both cases, so nothing is computed anew. A name like ``gap@1:57:118:162`` says which stretch:
frames 57 to 117 of 162, along axis 1, of the array of the clip ``gap``. The clips are those of `CLIPS`,
whose licences let them be passed on. ``provenance.csv`` says of each clip and each array what it is,
where it is from, and under which licence.
"""

import argparse
import csv
import hashlib
import io
import math
import shutil
from pathlib import Path

import golden
import numpy as np
import soundfile

#: Clips by name: how many samples are kept, and what a reader has to be told of them.
CLIPS = {
    "short": (
        None,
        "ASVspoof 2019 LA (ASVspoof consortium), utterance LA_T_1272637, samples 19200:24000",
        "bona fide; reaches full scale",
    ),
    "gap": (
        None,
        "ASVspoof 2019 LA (ASVspoof consortium), utterance LA_D_1003356 (A04), samples 4000:30001",
        "synthetic; changed: samples 10000:18000 of the cut are set to zero",
    ),
    "bona": (
        16000,
        "LibriSpeech (Panayotov et al. 2015), train-clean-100, utterance 5339-14133-0000",
        "bona fide; changed: mean removed, scaled to -26 dBFS, cut to its first second",
    ),
    "lj22": (None, "LJSpeech (Ito and Johnson 2017), utterance LJ001-0002", "bona fide, at 22,050 Hz"),
}
#: Of `gap`, what is kept begins before the digital silence and ends after it, in samples.
SILENCE, GAP = (9200, 18800), 26001
#: Arrays with more compressed bytes than this are kept in part, unless they certify a front end.
LARGE = 64_000


def stored_bytes(array):
    """How many bytes the array takes in a compressed file."""
    file = io.BytesIO()
    np.savez_compressed(file, array=array)
    return file.tell()


def time_axis(orientation, array):
    """Which axis holds the frames or samples, by the manifest's words."""
    words = orientation.partition(")")[0].strip("(").split(",")
    where = [i for i, word in enumerate(words) if "frames" in word or "samples" in word]
    return where[0] if len(where) == 1 and len([w for w in words if w.strip()]) == array.ndim else None


def chosen(stem, name, array, axis, entries):
    """The stretch of frames to keep, or None for all of them."""
    if axis is None:
        return None
    frames = array.shape[axis]
    if name == "gap" and frames > 100:
        return math.floor(frames * SILENCE[0] / GAP), math.ceil(frames * SILENCE[1] / GAP)
    size = stored_bytes(array)
    if size > LARGE and "frontend" not in entries.get(stem, {}):
        return 0, max(1, frames * LARGE // size)
    return None


def kept_arrays(path, orientation, entries):
    """The arrays of one large file that the small one has, by the names that they have there."""
    kept = {}
    with np.load(path) as arrays:
        names = [name for name in arrays.files if name in ("short", "gap", "bona+gap")]
        for name in names or ["lj22"]:
            array = arrays[name]
            axis = time_axis(orientation, array)
            stretch = chosen(path.stem, name, array, axis, entries)
            if stretch:
                part = golden.Part(axis, *stretch, array.shape[axis])
                name, array = f"{name}@{part}", part.of(array)
            kept[name] = array
    return kept


def write_clips(large, small):
    """The clips as FLAC and ``inputs.csv``; their rows of the table."""
    (small / "inputs").mkdir(parents=True)
    rows, table = [], []
    with open(large / "inputs.csv", newline="") as f:
        source = {row["clip"]: row for row in csv.DictReader(f)}
    for name, (count, origin, note) in CLIPS.items():
        samples, sr = golden.read_clip(source[name], large.parent)
        samples = samples[:count]
        file = small / "inputs" / f"{name}.flac"
        soundfile.write(file, samples, sr, subtype="PCM_16")
        digest = hashlib.sha256(samples.astype("<i2").tobytes()).hexdigest()
        rows.append((name, f"golden/inputs/{name}.flac", 0, 0, len(samples), sr, digest))
        licence = source[name]["licence"].partition(" (")[0]
        table.append(("clip", name, origin, "", "int16", "(samples,)", "", name, licence, "", note))
    write_csv(small / "inputs.csv", ("clip", "path", "channel", "start", "stop", "sr", "sha256_pcm16"), rows)
    return table


def write_csv(path, head, rows):
    with open(path, "w", newline="", encoding="utf-8") as f:
        csv.writer(f, lineterminator="\n").writerows([head, *rows])


COLUMNS = (
    "kind",
    "name",
    "origin",
    "call",
    "dtype",
    "orientation",
    "scale",
    "kept",
    "licence",
    "grade",
    "notes",
)


def cut(large, small):
    """Write the small set; how many arrays it has."""
    shutil.rmtree(small / "inputs", ignore_errors=True)
    for old in [*small.glob("*.npz"), *small.glob("*.csv")]:
        old.unlink()
    entries, _ = golden.read_map()
    table, count = write_clips(large, small), 0
    with open(large / "manifest.csv", newline="") as f:
        for row in csv.DictReader(f):
            stem = row["file"].removesuffix(".npz")
            if stem not in entries and stem not in golden.HELD_ELSEWHERE:
                continue
            kept = kept_arrays(large / row["file"], row["orientation"], entries)
            np.savez_compressed(small / row["file"], **kept)
            count += len(kept)
            told = (row["call"], row["dtype"], row["orientation"], row["scale"], " ".join(kept))
            table.append(("array", stem, row["version"], *told, row["licence"], row["grade"], row["notes"]))
    write_csv(small / "provenance.csv", COLUMNS, table)
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("large", type=Path, help="the folder of the large set, beside its recordings")
    parser.add_argument("small", type=Path, nargs="?", default=golden.SMALL)
    options = parser.parse_args()
    count = cut(options.large.resolve(), options.small)
    size = sum(path.stat().st_size for path in options.small.rglob("*") if path.is_file())
    print(f"{count} arrays, {size / 1e6:.2f} MB in all")


if __name__ == "__main__":
    main()
