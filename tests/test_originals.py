"""References that are written in these tests, held to what the original program printed."""

from pathlib import Path

import golden
import numpy as np
import pytest
from parity import ORIGINALS, ROWS
from reference import REFERENCES
from signals import data_dir

#: Modules whose own functions are in these tests, not another program's.
WRITTEN = {"auditory", "cqcc", "phase", "relative"}
ENTRIES, REASONS = golden.read_map()
CALLED = [name for name in ORIGINALS.values() if "call" in ENTRIES.get(name, {})]
DIRECT = [name for name in CALLED if "before" not in ENTRIES[name]]


@pytest.mark.parametrize("call", sorted({row.call for row in ROWS}))
def test_a_written_reference_says_which_run_it_stands_for(call):
    home = getattr(REFERENCES[call], "__module__", "").rpartition(".")[2]
    for row in (r for r in ROWS if r.call == call):
        if home in WRITTEN or row.original:
            known = row.original in ENTRIES or golden.why_not(row.original, REASONS)
            here = row.original == "definition" or (Path(__file__).parent / row.original).is_file()
            assert row.original and (known or here), row


@pytest.mark.parametrize("name", DIRECT)
def test_it_gives_the_originals_numbers(name, monkeypatch):
    folder = (data_dir() or Path("nowhere")) / "golden"
    if not folder.is_dir():
        pytest.skip(f"no golden arrays at {folder}")
    entry = ENTRIES[name]
    monkeypatch.setattr(golden, "find", lambda path: REFERENCES[path])
    clips = golden.read_clips(folder, folder.parent)
    with np.load(folder / f"{name}.npz") as arrays:
        clip = min(arrays.files, key=lambda c: len(clips[c][0]))
        error, _, problem = golden.compare(golden.compute(entry, clips, [clip]), arrays[clip])
    assert not problem and error <= max(10 * entry["tolerance"], 1e-9), (error, problem)
