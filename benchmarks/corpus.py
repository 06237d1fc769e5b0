"""A corpus to a dataset: ``python -m benchmarks.corpus speed``, ``python -m benchmarks.corpus size``.

``speed``: FLAC files of four seconds to LFCC with deltas in Parquet, beside the time in which the same
threads decode them and no more, in which they also compute the features and let them go, and beside librosa
under joblib. With the extra fast-flac also as it reads them, beside soundfile alone. In memory: `vf.features`
beside a loop of `vf.load` and the front end. All take turns.

``size``: very many short recordings. How soon does a run start, how far does memory rise, how soon does a run
that has nothing left to do end, how long does it take to read any one recording?
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import soundfile

from .signals import speech

RATE = 16000
FRONT_END = "asvspoof2019-lfcc"
#: Different recordings; the rest are links to them, which are read and decoded like any other.
DIFFERENT = 400
#: What runs in a process of its own, whose memory is watched.
RUN = f"""
import sys, time
from voicefeat.corpus.run.extract import extract_corpus
done = extract_corpus(sys.argv[1], sys.argv[2], frontend="{FRONT_END}", workers=int(sys.argv[3]))
print(done.recordings, done.resumed, done.failed)
"""


# -------------------------------------------------------------------------------------------- recordings
def recordings(folder: Path, count: int, seconds: float) -> float:
    """`count` FLAC files in folders of a thousand; returns the hours they hold."""
    n, made = int(seconds * RATE), min(count, DIFFERENT)
    y = speech(60 * RATE, RATE)
    starts = np.random.default_rng(0).integers(y.size - n, size=made)
    for k in range(count):
        place = folder / f"{k // 1000:04d}" / f"{k:07d}.flac"
        if k % 1000 == 0:
            place.parent.mkdir(parents=True)
        if k < made:
            soundfile.write(place, y[starts[k] :][:n], RATE)
        else:
            os.link(folder / f"{k % made // 1000:04d}" / f"{k % made:07d}.flac", place)
    return count * seconds / 3600


# -------------------------------------------------------------------------------------------------- speed
def decoded(files: list[Path], workers: int) -> None:
    """Read every file on so many threads, and nothing else."""
    with ThreadPoolExecutor(workers) as pool:
        for _ in pool.map(lambda file: soundfile.read(file, dtype="float32"), files, chunksize=16):
            pass


def digested(files: list[Path], workers: int) -> None:
    """Take the digest of every file's bytes, which an extraction does too, and nothing else."""
    from voicefeat.corpus.checksums import forget, identity

    forget()
    with ThreadPoolExecutor(workers) as pool:
        for _ in pool.map(identity, map(str, files), chunksize=16):
            pass


def computed(files: list[Path], workers: int) -> None:
    """Read every file and compute its features on so many threads, and let them go."""
    import voicefeat as vf

    front_end, before = vf.frontend(FRONT_END), vf.get_num_threads()
    vf.set_num_threads(1)

    def made(file: Path) -> np.ndarray:
        return front_end(soundfile.read(file, dtype="float32")[0])

    with ThreadPoolExecutor(workers) as pool:
        for _ in pool.map(made, files, chunksize=16):
            pass
    vf.set_num_threads(before)


def in_memory(files: list[Path], workers: int) -> None:
    """The same files to a list of arrays, by the corpus engine."""
    import voicefeat as vf

    assert len(vf.features(files, FRONT_END, workers=workers)) == len(files)


def looped(files: list[Path]) -> None:
    """The same list as a loop makes it, whose calls may share out a signal among threads."""
    import voicefeat as vf

    front_end = vf.frontend(FRONT_END)
    assert len([front_end(*vf.load(file, sr=RATE)) for file in files]) == len(files)


def librosa_lfcc(file: Path) -> np.ndarray:
    """What a user of librosa writes: LFCC by hand, its deltas, float32."""
    import librosa
    import scipy.fft

    y, _ = librosa.load(file, sr=None)
    y = np.append(y[0], y[1:] - 0.97 * y[:-1])
    power = np.abs(librosa.stft(y, n_fft=512, hop_length=160, win_length=320, window="hamming")) ** 2
    statics = scipy.fft.dct(np.log10(_bank() @ power + 1e-16), axis=0, norm="ortho")
    pad = np.pad(statics, ((0, 0), (2, 2)), mode="edge")
    first = pad[:, 2:] - pad[:, :-2]
    return np.concatenate([statics, first[:, 1:-1], first[:, 2:] - first[:, :-2]]).astype(np.float32)


def _bank() -> np.ndarray:
    edges, f = np.linspace(0, RATE / 2, 22), np.linspace(0, RATE / 2, 257)
    up = (f - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - f) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(up, down))


def by_librosa(files: list[Path], workers: int) -> None:
    """The same under joblib, a process for each core; results come back and are not stored."""
    import joblib

    calls = (joblib.delayed(librosa_lfcc)(file) for file in files)
    for _ in joblib.Parallel(workers, return_as="generator", pre_dispatch=4 * workers)(calls):
        pass


def speed(count: int, seconds: float, workers: int, rounds: int) -> dict[str, Any]:
    """How fast it goes, beside what it consists of."""
    from voicefeat.audio.decoding import dr_flac
    from voicefeat.corpus.run.extract import extract_corpus

    faster = dr_flac.decoder()
    with tempfile.TemporaryDirectory(prefix="voicefeat-corpus-") as made:
        folder = Path(made, "in")
        hours = recordings(folder, count, seconds)
        files = sorted(folder.rglob("*.flac"))
        some = files[:: max(1, count // 100)]  # what librosa's loop is timed on: a file costs the same

        def ours() -> None:
            extract_corpus(folder, Path(made, "out"), frontend=FRONT_END, workers=workers)

        def ours_by_soundfile() -> None:
            with patch.object(dr_flac, "decoder", lambda: None):
                ours()

        calls: dict[str, tuple[Callable[[], None], int]] = {
            "decoding alone, soundfile": (lambda: decoded(files, workers), count),
            "decoding and features, not stored": (lambda: computed(files, workers), count),
            "voicefeat to Parquet": (ours_by_soundfile, count),
            "librosa and joblib, not stored": (lambda: by_librosa(some * 4, workers), 4 * len(some)),
            "digests of the files alone": (lambda: digested(files, workers), count),
            "vf.features, to memory": (lambda: in_memory(files, workers), count),
            "a loop of vf.load and the front end": (lambda: looped(files), count),
        }
        if faster is not None:
            calls[f"voicefeat to Parquet, {faster[0]}"] = (ours, count)
        times: dict[str, list[float]] = {name: [] for name in calls}
        for round in range(rounds + 1):
            for name, (call, files_of_it) in calls.items():
                begun = time.perf_counter()
                call()
                if round:  # the first is a warm-up
                    times[name].append((time.perf_counter() - begun) / files_of_it)
                shutil.rmtree(Path(made, "out"), ignore_errors=True)
    middle = {name: statistics.median(found) for name, found in times.items()}
    alone, unstored, stored, _, digests, _, _, *others = times.values()
    decode, _, mine, other, *_ = middle.values()
    by_extra = {f"to Parquet with {faster[0]}": _over(each, alone) for each in others if faster}
    return {
        "count": count, "seconds": seconds, "hours": hours, "workers": workers, "rounds": rounds,
        "a_second": {name: 1 / t for name, t in middle.items()},
        "over_decoding": {
            "features": _over(unstored, alone),
            "features to Parquet": _over(stored, alone),
            **by_extra,
            "digests of the files": _over(digests, alone),
        },
        "librosa": other / mine,
        "ceiling": other / decode,
    }  # fmt: skip


def _over(times: list[float], others: list[float]) -> list[float]:
    """Median, least and most of the ratios."""
    ratios = [a / b for a, b in zip(times, others, strict=True)]
    return [statistics.median(ratios), min(ratios), max(ratios)]


def speed_table(made: Mapping[str, Any]) -> list[str]:
    """What `speed` measured, as Markdown."""
    table = [f"| {name} | {n:.0f} | {n * made['seconds']:.0f} |" for name, n in made["a_second"].items()]
    took = [
        f"{name} {middle:.2f} ({low:.2f} to {high:.2f})"
        for name, (middle, low, high) in made["over_decoding"].items()
    ]
    return [
        f"{made['count']:,} FLAC files of {made['seconds']:g} s ({made['hours']:.2f} h), "
        f"{made['workers']} threads or processes, medians of {made['rounds']} rounds that took turns:",
        "",
        "| what | files a second | times real time |", "| --- | --- | --- |", *table,
        "",
        f"Times as long as decoding alone (median of the rounds, least and most): {', '.join(took)}. "
        f"librosa took {made['librosa']:.1f} times as long as voicefeat, which is "
        f"{100 * made['librosa'] / made['ceiling']:.0f} per cent of {made['ceiling']:.1f}, the limit for any "
        "program that decodes.",
    ]  # fmt: skip


# --------------------------------------------------------------------------------------------------- size
def watched(arguments: list[str]) -> tuple[float, float, list[tuple[float, float]], str]:
    """Seconds until the first shard is begun, seconds in all, (seconds, MB) of memory, and the output."""
    begun = time.perf_counter()
    out, memory, first = Path(arguments[1]), [], 0.0
    process = subprocess.Popen([sys.executable, "-c", RUN, *arguments], stdout=subprocess.PIPE, text=True)
    while process.poll() is None:
        time.sleep(0.25)
        now = time.perf_counter() - begun
        if not first and out.exists() and any(out.glob(".part-*")):
            first = now
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
            memory.append((now, int(status.split("VmRSS:")[1].split()[0]) / 1000))
        except (OSError, IndexError):
            pass
    if process.returncode:
        raise SystemExit("the run failed")
    assert process.stdout is not None
    return first, time.perf_counter() - begun, memory, process.stdout.read().strip()


def size(count: int, seconds: float, workers: int) -> dict[str, Any]:
    """How a run of very many recordings goes."""
    with tempfile.TemporaryDirectory(prefix="voicefeat-corpus-") as made:
        folder, out = Path(made, "in"), Path(made, "out")
        hours = recordings(folder, count, seconds)
        first, whole, memory, told = watched([str(folder), str(out), str(workers)])
        _, again, _, resumed = watched([str(folder), str(out), str(workers)])
        stored = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
        reads = _reads(out, count)
    # Memory after the first minute, or after the first fifth of a shorter run.
    begin = min(60.0, whole / 5)
    later = [mb for t, mb in memory if t >= begin]
    return {
        "count": count, "seconds": seconds, "hours": hours, "workers": workers,
        "told": told, "first": first, "whole": whole, "begin": begin, "memory": [min(later), max(later)],
        "again": again, "resumed": resumed, "stored": stored, **reads,
    }  # fmt: skip


def size_table(made: Mapping[str, Any]) -> list[str]:
    """What `size` measured, as Markdown."""
    megabytes = made["stored"] / 1e6
    rows = {
        "first shard begun": f"{made['first']:.1f} s after the start",
        "all done": f"{made['whole']:.0f} s, {made['count'] / made['whole']:,.0f} recordings a second",
        "rows, resumed, failed": made["told"],
        f"memory of the process after {made['begin']:.0f} s": "{:.0f} to {:.0f} MB".format(*made["memory"]),
        "the same command again": f"{made['again']:.1f} s ({made['resumed']})",
        "stored": f"{megabytes:,.0f} MB, {megabytes / made['hours']:.0f} MB an hour of audio",
        "opening the dataset": f"{made['opened']:.2f} s",
        "one recording, anywhere": f"{made['read']:.2f} ms (median), 19 of 20 below {made['high']:.2f} ms",
    }
    return [
        f"{made['count']:,} recordings of {made['seconds']:g} s ({made['hours']:.1f} h), "
        f"{made['workers']} threads:",
        "",
        "| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows.items()),
    ]  # fmt: skip


def _reads(out: Path, count: int) -> dict[str, float]:
    """How long it takes to open the dataset and to read recordings here and there."""
    import voicefeat as vf

    begun = time.perf_counter()
    dataset = vf.open_dataset(out)
    opened = time.perf_counter() - begun
    times = []
    for k in np.random.default_rng(0).integers(count, size=200):
        begun = time.perf_counter()
        dataset[int(k)]
        times.append(1000 * (time.perf_counter() - begun))
    middle, high = statistics.median(times), sorted(times)[-10]
    return {"opened": opened, "read": middle, "high": high}


def measured(speed_count: int, size_count: int, rounds: int) -> dict[str, dict[str, Any]]:
    """What a record holds of both."""
    workers = os.cpu_count() or 1
    return {"speed": speed(speed_count, 4.0, workers, rounds), "size": size(size_count, 0.3, workers)}


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description=__doc__)
    parser.add_argument("what", choices=["speed", "size"])
    parser.add_argument("--count", type=int, help="recordings (speed: 2000, size: 200000)")
    parser.add_argument("--seconds", type=float, help="length of each (speed: 4, size: 0.3)")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="threads, or processes")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if options.what == "speed":
        lines = speed_table(
            speed(options.count or 2000, options.seconds or 4.0, options.workers, options.rounds)
        )
    else:
        lines = size_table(size(options.count or 200_000, options.seconds or 0.3, options.workers))
    print(*lines, sep="\n")


if __name__ == "__main__":
    main()
