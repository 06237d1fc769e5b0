"""Check voicefeat against a folder of golden arrays: ``python tests/golden.py DIR [--data DATA]``.

DIR holds ``inputs.csv`` (the clips: path, channel, start, stop, rate, checksum) and files
``REFERENCE__VARIANT.npz`` with one array per clip, or with a stretch of its frames (`Part`).
`golden.toml` says which call makes which file. Paths in ``inputs.csv`` are relative to DATA, which is
the parent of DIR unless given. One line per file is printed, and the exit status is 1 when a number is
out of tolerance or a file is neither mapped nor listed. `SMALL` is the set that the repository has of
its own.
"""

import argparse
import csv
import hashlib
import tomllib
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import soundfile

import voicefeat as vf

MAP = Path(__file__).with_name("golden.toml")
#: The repository's own set, which `cut_golden.py` took from the large one.
SMALL = Path(__file__).parent / "data" / "golden"
#: Arrays of programs that `run_originals.py` runs itself; the map says `set = "golden_run"`.
RUN = Path(__file__).parent / "data" / "golden_run"
#: Files without a call that a test of their own compares.
HELD_ELSEWHERE = {"sahidullah2015_matlab__rps": "test_relative.py"}


def differences(x):
    """The frame after less the frame before, not divided; the first and the last frame are repeated."""
    padded = np.pad(x, ((0, 0), (1, 1)), mode="edge")
    return padded[:, 2:] - padded[:, :-2]


#: Steps between calls that only golden files need.
STEPS = SimpleNamespace(
    stack=np.stack,
    atleast_1d=np.atleast_1d,
    second=lambda both: both[1],
    legacy=np.random.RandomState,
    last=lambda parts: parts[-1],
    row=lambda values: values[np.newaxis],
    column=lambda values: values[:, np.newaxis],
    first_frame=lambda S: S[:, :1],
    signal_of=lambda parts, **settings: vf.insgcqt(*parts, **settings),
    dynamic=lambda x: np.concatenate([x, differences(x), differences(differences(x))]).T,
    later=lambda times, seconds: times[:, np.newaxis] + seconds,
    transposed=np.transpose,
    of_pcm=lambda S: S * np.float32(2.0**31),
    loud_and_soft=lambda y: np.stack([y[0][:16000], np.float32(0.001) * y[1][:16000]]),
)
#: What a name means besides the clip's own and those of earlier steps.
NAMES = {"none": None, "max": np.max, "min": np.min, "mean": np.mean, "median": np.median, "inf": np.inf}


@dataclass(frozen=True)
class Part:
    """Frames `start` to `stop` of the `whole` that an array has along one axis."""

    axis: int
    start: int
    stop: int
    whole: int

    def __str__(self) -> str:
        return f"{self.axis}:{self.start}:{self.stop}:{self.whole}"

    def of(self, array):
        """The part of the full array; an error when the array is not as long as the original's."""
        if array.ndim <= self.axis or array.shape[self.axis] != self.whole:
            raise ValueError(f"shape {array.shape}, expected {self.whole} along axis {self.axis}")
        return np.take(array, range(self.start, self.stop), axis=self.axis)


def split_name(name):
    """The clips of a stored array, and the part that it is of the original's or None."""
    clips, _, part = name.partition("@")
    return clips.split("+"), Part(*map(int, part.split(":"))) if part else None


@dataclass
class Verdict:
    """What came of one file."""

    file: str
    error: float = 0.0
    peak: float = 0.0
    tolerance: float = 0.0
    problems: list[str] = field(default_factory=list)
    reason: str = ""

    @property
    def word(self) -> str:
        return "FAILED" if self.problems else "not covered" if self.reason else "ok"


def read_map(path=MAP):
    """The file entries and the reasons of `golden.toml`."""
    with open(path, "rb") as f:
        content = tomllib.load(f)
    return content["file"], content["not-covered"]


def read_clip(row, data):
    """The samples of one line of ``inputs.csv`` as int16; an error when they are not the ones meant."""
    samples, sr = soundfile.read(data / row["path"], dtype="int16", always_2d=True)
    x = samples[int(row["start"]) : int(row["stop"]), int(row["channel"])].copy()
    if row.get("zero_from"):
        x[int(row["zero_from"]) : int(row["zero_to"])] = 0
    if sr != int(row["sr"]):
        raise ValueError(f"{row['path']}: the rate is {sr}, inputs.csv says {row['sr']}")
    found = hashlib.sha256(x.astype("<i2").tobytes()).hexdigest()
    if row.get("sha256_pcm16") not in (None, "", found):
        raise ValueError(f"{row['path']}: the samples differ from those of inputs.csv")
    return x, sr


def read_clips(folder, data):
    """Every clip of the folder by name: (int16 samples, rate)."""
    with open(folder / "inputs.csv", newline="") as f:
        return {row["clip"]: read_clip(row, data) for row in csv.DictReader(f)}


def find(path):
    """The function of voicefeat, or the step of this file, that a dotted path names."""
    target = vf
    parts = path.split(".")
    if parts[0] == "step":
        target, parts = STEPS, parts[1:]
    for part in parts:
        target = getattr(target, part)
    return target


def compute(entry, clips, names):
    """What voicefeat makes of the clips called `names` under a map's entry."""
    dtype = entry.get("dtype", "float64" if "frontend" in entry else "float32")
    y = [(clips[name][0].astype(dtype) / 32768).astype(dtype) for name in names]
    known = {**NAMES, "y": y[0] if len(y) == 1 else y, "sr": clips[names[0]][1], "samples": len(y[0])}
    if "frontend" in entry:
        fe = vf.frontend(entry["frontend"]).replace(**entry.get("changes", {}))
        made = fe(known["y"], known["sr"])
        if "row" in entry:
            return made[..., entry["row"], :]
        return np.swapaxes(made, -1, -2) if entry.get("transpose") else made
    for step in [*entry.get("before", []), {**entry, "name": "result"}]:
        positional = [known[word.strip()] for word in step.get("input", "").split(",") if word.strip()]
        named = {
            k: known[v[1:]] if isinstance(v, str) and v.startswith("$") else v
            for k, v in step.get("arguments", {}).items()
        }
        known[step["name"]] = find(step["call"])(*positional, **named)
    made = np.asarray(known["result"])
    return made[..., entry["row"], :] if "row" in entry else made


def compare(got, want, where="everywhere"):
    """(error relative to the peak, peak, problem); a gap (NaN or infinite) must be the same gap.

    Only with `where` "finite" is it none of ours, which is then finite everywhere.
    """
    if got.shape != want.shape:
        return np.inf, 0.0, f"shape {got.shape}, expected {want.shape}"
    gaps = ~np.isfinite(want)
    if where == "finite":
        if not np.isfinite(got).all():
            return np.inf, 0.0, "NaN or infinite"
    elif not np.array_equal(got[gaps], want[gaps], equal_nan=True) or not np.isfinite(got[~gaps]).all():
        return np.inf, 0.0, "NaN or infinite where the reference is not, or the reverse"
    got, want = got[~gaps], want[~gaps]
    if want.dtype == bool:
        got, want = got.astype(float), want.astype(float)
    peak = float(np.abs(want).max(initial=0.0))
    return float(np.abs(got - want).max(initial=0.0)) / (peak or 1.0), peak, ""


def check_file(path, entry, clips):
    """The verdict on one mapped file."""
    verdict = Verdict(path.stem, tolerance=entry["tolerance"])
    with np.load(path) as arrays:
        for name in arrays.files:
            want = arrays[name]
            try:
                names, part = split_name(name)
                got = compute(entry, clips, names)
                got = part.of(got) if part else got
            except Exception as error:  # one file that does not run must not hide the verdict on the others
                verdict.problems.append(f"{name}: {type(error).__name__}: {error}")
                continue
            error, peak, problem = compare(got, want, entry.get("where", "everywhere"))
            if problem or not error <= entry["tolerance"]:
                verdict.problems.append(f"{name}: {problem or f'error {error:.1e}'}")
            wider = got.dtype.itemsize > want.dtype.itemsize and "frontend" not in entry
            if got.dtype.kind != want.dtype.kind or wider:
                verdict.problems.append(f"{name}: dtype {got.dtype}, expected {want.dtype}")
            if error >= verdict.error:
                verdict.error, verdict.peak = error, peak
    return verdict


def why_not(stem, reasons):
    """The reason that a file has no call, or an empty text."""
    return next((reason for pattern, reason in reasons.items() if fnmatchcase(stem, pattern)), "")


def check_folder(folder, data=None):
    """The verdict on every npz file of a folder, in order of name."""
    folder = Path(folder)
    entries, reasons = read_map()
    clips = read_clips(folder, Path(data) if data else folder.resolve().parent)
    verdicts = []
    for path in sorted(folder.glob("*.npz")):
        if path.stem in entries:
            verdicts.append(check_file(path, entries[path.stem], clips))
        elif reason := why_not(path.stem, reasons):
            verdicts.append(Verdict(path.stem, reason=reason))
        else:
            verdicts.append(Verdict(path.stem, problems=["neither mapped nor listed in golden.toml"]))
    return verdicts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="inputs.csv and the npz files")
    parser.add_argument("--data", type=Path, help="what the paths of inputs.csv start from")
    chosen = parser.parse_args()
    verdicts = check_folder(chosen.folder, chosen.data)
    for v in verdicts:
        numbers = "" if v.reason else f"error {v.error:8.1e} of {v.tolerance:7.1e}  peak {v.peak:9.3g}"
        print(f"{v.file:44s} {numbers:46s} {v.word:12s} {'; '.join(v.problems) or v.reason}")
    counts = {word: sum(v.word == word for v in verdicts) for word in ("ok", "FAILED", "not covered")}
    print(", ".join(f"{n} {word}" for word, n in counts.items()))
    return 1 if counts["FAILED"] or not verdicts else 0


if __name__ == "__main__":
    raise SystemExit(main())
