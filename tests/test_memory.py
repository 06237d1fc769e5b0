"""Memory: what a call adds to its input and result on long signals, and what is kept between calls."""

import re
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from signals import speech

import voicefeat as vf
from voicefeat import remembering
from voicefeat.augment import bothways
from voicefeat.feature import powernormalised, residuals, tracking

SR = 16000
#: Seconds of a long signal, and MB that a call may add to it and to its result.
SECONDS, MOST = 120, 40


@pytest.fixture(scope="module")
def long():
    return np.tile(speech(SR, 30.0), SECONDS // 30)


def added(call):
    """MB beyond the result at the highest point of a call."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    result = call()
    highest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    parts = result if isinstance(result, tuple) else (result,)
    return (highest - before - sum(part.nbytes for part in parts)) / 1e6


#: By name; each added more than 50 MB when it kept what it computes of all frames.
LONG = {
    "srh_pitch": lambda y: vf.srh_pitch(y[: 60 * SR], SR),
    "detect_pitch_frequency": lambda y: vf.detect_pitch_frequency(y, SR),
    "pncc": lambda y: vf.pncc(y, SR),
    "telephone": lambda y: vf.augment.telephone(y, SR),
}


@pytest.mark.parametrize("name", LONG)
def test_a_long_signal_adds_little(name, long):
    LONG[name](long[: 3 * SR])  # tables and kernels are there from now on
    assert added(lambda: LONG[name](long)) < MOST


def test_blocks_leave_no_trace(monkeypatch):
    """The same bits, however much is held at a time."""
    y = speech(SR, 7.0)
    y[30000:40000] = 0
    calls = [
        lambda: vf.srh_pitch(y, SR),
        lambda: (vf.rps(y, SR, differences=1),),
        lambda: (vf.detect_pitch_frequency(y, SR),),
        lambda: (vf.pncc(y, SR),),
        lambda: (vf.augment.telephone(y, SR),),
    ]
    want = [call() for call in calls]
    monkeypatch.setattr(residuals, "STRETCH", 5003)
    monkeypatch.setattr(residuals, "POINTS", 1)
    monkeypatch.setattr(tracking, "AT_ONCE", 5000)
    monkeypatch.setattr(powernormalised, "BLOCK", 7)
    monkeypatch.setattr(bothways, "PART", 9001)
    monkeypatch.setattr(bothways, "STEP", 333)
    for call, values in zip(calls, want, strict=True):
        for now, before in zip(call(), values, strict=True):
            np.testing.assert_array_equal(now, before)


def test_memories_are_bounded_by_bytes(monkeypatch):
    limit = 3_000_000
    monkeypatch.setattr(remembering, "LIMIT", limit)
    remembering.forget()
    y, rng = np.zeros(16384, np.float32), np.random.default_rng(1)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(60):
        vf.stft(y, n_fft=4096, window=rng.random(4096))
        assert 0 < remembering.held() <= limit
    now = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    remembering.forget()
    assert now < 1.3 * limit  # sixty windows and their tables are 14 MB


def test_what_is_too_large_is_not_remembered(monkeypatch):
    made = []

    def make(n):
        made.append(n)
        return np.zeros(n)

    remember = remembering.remembered(make)
    monkeypatch.setattr(remembering, "LIMIT", 100_000)
    remembering.forget()
    for n in (1000, 1000, 10_000, 10_000):
        assert remember(n).size == n
    assert made == [1000, 10_000, 10_000]
    for n in range(2000, 2100):
        remember(n)
        assert remembering.held() <= 100_000
    assert remember([3][0]).size == 3 and len(made) == 104
    remembering.forget()


def test_one_place_remembers():
    """No memory beside the bounded one, but of what takes no argument."""
    for path in Path(vf.__file__).parent.rglob("*.py"):
        found = re.findall(r"lru_cache|functools\.cache\b(?!\ndef \w+\(\))", path.read_text())
        assert not found or path.name == "remembering.py", path
