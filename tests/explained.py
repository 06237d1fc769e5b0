"""Asks `explain` about pairs of golden files: ``python tests/explained.py DIR [WORD] [--data DATA]``.

Pairs are files of one family (the name before ``__``) that the golden map has from front ends, on the
shortest clip they share; what differs in truth is what differs between those front ends. A verdict is

true     the settings that differ, and no others
as good  other settings, no more of them, which reproduce both files on this clip
unknown  it says that it has no explanation
FALSE    anything else
"""

import argparse
import itertools
import sys
import time
import warnings
from collections import Counter
from pathlib import Path

import golden
import numpy as np

import voicefeat as vf
from voicefeat.presets.compare.differences import differences, weight

#: Errors beside the peak up to which a file counts as reproduced; originals may be in single precision.
NEAR = 2e-3


def pairs(word=""):
    """Pairs of golden files of one family, with the word in one of their names."""
    entries, _ = golden.read_map()
    names = sorted(name for name, e in entries.items() if "frontend" in e and "row" not in e)
    both = itertools.combinations(names, 2)
    return [p for p in both if p[0].split("__")[0] == p[1].split("__")[0] and word in " ".join(p)]


def verdict(folder, data, one, other, clips=None):
    """What `explain` says of two files: the verdict, seconds, and its words."""
    entries, _ = golden.read_map()
    clips = golden.read_clips(folder, data) if clips is None else clips
    with np.load(folder / f"{one}.npz") as a, np.load(folder / f"{other}.npz") as b:
        shared = [name for name in a.files if name in b.files and not {"+", "@"} & set(name)]
        if not shared:
            return "no clip", 0.0, ""
        clip = min(shared, key=lambda name: len(clips[name][0]))
        arrays = a[clip], b[clip]
    y, sr = clips[clip][0] / 32768.0, clips[clip][1]
    fes = [vf.frontend(entries[n]["frontend"]).replace(**entries[n].get("changes", {})) for n in (one, other)]
    begun = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = vf.explain(*arrays, y, sr)
    seconds = time.perf_counter() - begun
    if not found.explained:
        return "unknown", seconds, str(found)
    true = differences(*fes)
    if {d.setting for d in found.differences} == {d.setting for d in true}:
        return "true", seconds, str(found)
    for fe, array, turned in zip(found.front_ends, arrays, found.turned, strict=True):
        want = array.T if turned else array
        if fe is None or np.nanmax(np.abs(fe(y, sr) - want)) > NEAR * np.nanmax(np.abs(want)):
            return "FALSE", seconds, f"{found}\nbut {true}"
    fewer = weight(found.differences) <= weight(true)
    return ("as good" if fewer else "FALSE"), seconds, f"{found}\nbut {true}"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("word", nargs="?", default="")
    parser.add_argument("--data", type=Path, help="what the paths of inputs.csv are relative to")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only one pair in N")
    options = parser.parse_args()
    data = options.data or options.folder.parent
    clips, counts, longest = golden.read_clips(options.folder, data), Counter(), 0.0
    for one, other in pairs(options.word)[:: options.every]:
        said, seconds, words = verdict(options.folder, data, one, other, clips)
        counts[said] += 1
        longest = max(longest, seconds)
        print(f"{said:8s}{seconds:6.1f} s  {one} / {other}", flush=True)
        if said == "FALSE":
            print(words)
    print(", ".join(f"{n} {said}" for said, n in counts.most_common()), f"; longest {longest:.1f} s")
    return int("FALSE" in counts)


if __name__ == "__main__":
    sys.exit(main())
