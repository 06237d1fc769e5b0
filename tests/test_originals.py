"""References that are written in these tests, held to what the original program printed.

`test_levels.py` holds them to the originals' numbers for soft signals as well.
"""

from pathlib import Path

import front_end_references as front_ends
import golden
import numpy as np
import printed
import pytest
from parity import ORIGINALS, ROWS
from reference import REFERENCES

import voicefeat as vf
from voicefeat.presets.catalogue import preset

#: Modules whose own functions are in these tests, not another program's.
WRITTEN = {"auditory", "cqcc", "phase", "relative"}
ENTRIES, REASONS = golden.read_map()
#: Files that a reference makes: by its own call, with steps before it, or as the method of a front end.
MADE = sorted(
    name
    for name in set(ORIGINALS.values()) & ENTRIES.keys()
    if "call" in ENTRIES[name] or vf.frontend(ENTRIES[name]["frontend"]).method
)
#: References that are held to the original's numbers in part only, and why.
WEAK = {"rps": "whole turns of the phase hang on its last digits: test_relative.py, frame by frame"}


def known(original):
    """Whether it is a golden file, a file of tests, or a definition."""
    here = original.endswith(".py") and (Path(__file__).parent / original).is_file()
    return original in ENTRIES or golden.why_not(original, REASONS) or here or original == "definition"


def test_a_written_reference_says_which_run_it_stands_for():
    for row in ROWS:
        home = getattr(REFERENCES[row.call], "__module__", "").rpartition(".")[2]
        if home in WRITTEN or row.original:
            assert row.original and known(row.original), row


def test_so_does_the_reference_of_a_front_end():
    assert front_ends.ORIGINALS.keys() == front_ends.REFERENCES.keys()
    for name, original in front_ends.ORIGINALS.items():
        assert known(original) and preset(name).version, name


def test_no_written_reference_goes_without_the_originals_numbers():
    """Each is held to an array, to printed numbers, or it says why not."""
    lfcc = {"lfcc", "linear_spectrogram"}  # printed as one
    for call, original in ORIGINALS.items():
        held = original in MADE or original.endswith(".py") or call in printed.PRINTED or call in lfcc
        assert held or original == "definition" or WEAK.get(call), call


def referred(path, found=golden.find):
    """The reference of a function; a step as it is, but for the one that calls a function."""
    if path == "step.signal_of":
        return lambda parts, **settings: REFERENCES["insgcqt"](*parts, **settings)
    return found(path) if path.startswith("step.") else REFERENCES[path]


@pytest.mark.parametrize("name", MADE)
def test_it_gives_the_originals_numbers(name, monkeypatch):
    entry = ENTRIES[name]
    clips = golden.read_clips(golden.SMALL, golden.SMALL.parent)
    with np.load(golden.SMALL / f"{name}.npz") as arrays:
        stored = min(arrays.files, key=lambda c: len(clips[golden.split_name(c)[0][0]][0]))
        want = arrays[stored]
    (clip,), part = golden.split_name(stored)
    if "frontend" in entry:
        method = vf.frontend(entry["frontend"]).method
        rate = (clips[clip][1],) if method.has_rate else ()
        got = REFERENCES[method.name](clips[clip][0] / 32768.0, *rate, **dict(method.settings))
        want = (want.T if entry.get("transpose") else want)[: len(got)]  # the deltas are left out
    else:
        monkeypatch.setattr(golden, "find", referred)
        got = golden.compute(entry, clips, [clip])
        got = part.of(got) if part else got
    error, _, problem = golden.compare(got, want, entry.get("where", "everywhere"))
    assert not problem and error <= max(10 * entry["tolerance"], 1e-9), (error, problem)
