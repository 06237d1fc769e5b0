"""Every row of the parity table: ours against the live reference, on every kind of signal."""

import inspect
import os
from importlib.util import find_spec

import numpy as np
import pytest
from closeness import UNITS
from hypothesis import assume, given, settings, strategies as st
from parity import ROWS
from parity_run import apart, cases, distance, dtypes, ours, theirs, unit
from reference import REFERENCES

import voicefeat as vf
from voicefeat.feature.registry import INPUTS


def require(module):
    """Skip when a reference is missing; in CI that is a failure."""
    if find_spec(module) is None:
        told = f"the reference {module} is not installed"
        if os.environ.get("CI"):
            pytest.fail(f"{told}, and CI certifies against it")
        pytest.skip(told)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_row(row, dtype):
    require(row.needs)
    allowed = getattr(row, dtype)
    wrong = []
    for name, sr in cases(row):
        got, want = ours(row, name, sr, dtype), theirs(row, name, sr, dtype)
        if shapes(got) != shapes(want):
            wrong.append(f"{name} at {sr} Hz: shape {shapes(got)}, expected {shapes(want)}")
        elif not (worst := apart(row, name, sr, dtype, got, want)) <= allowed:
            wrong.append(f"{name} at {sr} Hz: error {worst:.2e}, allowed {allowed:.1e}")
        if allowed < (least := UNITS * unit(got)):
            wrong.append(f"allowed {allowed:.1e}; give {UNITS} units of the result's type, {least:.1e}")
        expected = [np.dtype(dtype)] if row.upcast else dtypes(want)
        if dtypes(got) != expected:
            wrong.append(f"{name} at {sr} Hz: dtype {dtypes(got)}, expected {expected}")
    assert not wrong, "\n".join(wrong)


def shapes(value):
    return [np.shape(v) for v in value] if isinstance(value, tuple) else np.shape(value)


CHANGING = [row for row in ROWS if row.options and row.changes and not row.upcast]


@pytest.mark.parametrize("call", sorted({row.call for row in CHANGING}))
def test_the_options_change_the_result(call):
    """Of each row and the defaults on speech, at least one rate gives different numbers."""
    for row in (row for row in CHANGING if row.call == call):
        assert any(
            distance(ours(row, "speech", sr, "float64"), ours(row, "speech", sr, "float64", options={})) > 0
            for sr in (16000, 44100)
        ), row


@settings(deadline=None, derandomize=bool(os.environ.get("CI")), max_examples=120)
@given(st.data())
def test_any_frames(data):
    """Frames that nobody thought of: lengths, hops, windows, paddings and signals at random."""
    require("librosa")
    n_fft = data.draw(st.integers(2, 1300), "n_fft")
    frames = {
        "n_fft": n_fft,
        "hop_length": data.draw(st.integers(1, 700), "hop_length"),
        "win_length": data.draw(st.integers(1, n_fft), "win_length"),
        "window": data.draw(st.sampled_from(["hann", "hamming", "boxcar", ("kaiser", 5.0)]), "window"),
        "center": data.draw(st.booleans(), "center"),
        "pad_mode": data.draw(
            st.sampled_from(["constant", "edge", "reflect", "symmetric", "linear_ramp"]), "pad_mode"
        ),
    }
    samples = data.draw(st.integers(n_fft, 20000), "samples")
    # librosa pads the end of a signal by itself, and half a frame cannot be reflected beyond half a frame:
    # where the last frame starts there, its last sample is not the reflected one.
    apart = frames["pad_mode"] == "reflect" and 2 * frames["hop_length"] >= n_fft
    assume(not (apart and samples % frames["hop_length"] == 0))
    y = np.random.default_rng(n_fft).standard_normal(samples)
    for dtype, allowed in (("float64", 2e-14), ("float32", 6e-6)):
        got = vf.spectrogram(y.astype(dtype), power=2.0, **frames)
        want = REFERENCES["spectrogram"](y.astype(dtype), power=2.0, **frames)
        assert got.shape == want.shape
        assert got.dtype == want.dtype
        assert distance(got, want) <= allowed


def test_names_are_unique():
    names = [str(row) for row in ROWS]
    assert len(names) == len(set(names)), sorted(n for n in names if names.count(n) > 1)


@pytest.mark.parametrize("call", sorted({row.call for row in ROWS}))
def test_every_argument_has_a_row(call):
    """No argument of a certified function is left out of the table; `out` is tested where outputs are."""
    rows = [row for row in ROWS if row.call == call]
    used = {name for row in rows for name in row.options}
    if any(row.given != "y" for row in rows):
        used.update(INPUTS)
    used.add("sr")  # which all rows set
    parameters = inspect.signature(getattr(vf, call)).parameters.values()
    keywords = {p.name for p in parameters if p.kind is p.KEYWORD_ONLY} - {"out"}
    assert keywords <= used, f"no parity row sets {sorted(keywords - used)} of {call}"
