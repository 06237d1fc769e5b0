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


def test_a_codec_holds_the_signal_once(long):
    """Beside what it is given and what it gives: a few hundred thousand samples, and what is encoded."""
    y = long[: 30 * SR]
    vf.augment.codec(y, SR, name="vorbis")
    assert added(lambda: vf.augment.codec(y, SR, name="vorbis")) < 3  # twice the signal are 4 MB


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


def test_a_codec_takes_minutes_of_audio(long):
    """Vorbis ended the process where it was given more than some two million samples at once."""
    y = np.tile(long, 2)
    assert vf.augment.codec(y, SR, name="vorbis").shape == y.shape


def test_recorded_noise_is_repeated():
    noise, y = np.arange(1.0, 8.0), np.full(20, 1e-3)
    found = vf.augment.noise(y, SR, snr=-60.0, source=noise, rng=vf.augment.generator(3)) - y
    steps = np.rint(found / found.min()).astype(int)
    assert set(steps) == set(range(1, 8))
    assert all((np.diff(steps) % 7) == 1)


SHORT = np.zeros(16000, np.float32)
A, G = vf.augment, vf.augment.generator
#: Calls that are refused before anything large is made; the argument that the message names.
REFUSED = {
    "cqt": ("fmin", lambda: vf.cqt(SHORT, SR, fmin=0.001)),
    "vqt": ("fmin", lambda: vf.vqt(SHORT, SR, fmin=0.001, gamma=0)),
    "pseudo_cqt": ("fmin", lambda: vf.pseudo_cqt(SHORT, SR, fmin=0.001)),
    "hybrid_cqt": ("fmin", lambda: vf.hybrid_cqt(SHORT, SR, fmin=0.001)),
    "chroma_cqt": ("fmin", lambda: vf.chroma_cqt(SHORT, SR, fmin=0.001, tuning=0.0)),
    "icqt": ("fmin", lambda: vf.icqt(np.ones((84, 4), np.complex64), sr=SR, fmin=0.001)),
    "n_bins": ("n_bins", lambda: vf.cqt(SHORT, SR, n_bins=10**7)),
    "n_octaves": ("n_octaves", lambda: vf.chroma_cqt(SHORT, SR, n_octaves=10**6, tuning=0.0)),
    "pyin": ("resolution", lambda: vf.pyin(SHORT, SR, fmin=80, fmax=400, resolution=1e-7)),
    "n_thresholds": ("n_thresholds", lambda: vf.pyin(SHORT, SR, fmin=80, fmax=400, n_thresholds=10**9)),
    "srh_pitch": ("sr", lambda: vf.srh_pitch(SHORT, 1e9, fmax=50000)),
    "detect_pitch_frequency": ("freq_low", lambda: vf.detect_pitch_frequency(SHORT, SR, freq_low=1e-4)),
    "estimate_tuning": ("resolution", lambda: vf.estimate_tuning(SHORT, SR, resolution=1e-10)),
    "stft": ("n_fft", lambda: vf.stft(SHORT, n_fft=2**26)),
    "scfc": ("n_fft", lambda: vf.scfc(SHORT, SR, n_fft=2**26)),
    "rps": ("n_fft", lambda: vf.rps(SHORT, SR, n_fft=2**26)),
    "melspectrogram": ("n_mels", lambda: vf.melspectrogram(SHORT, sr=SR, n_mels=10**6)),
    "lfcc": ("n_filters", lambda: vf.lfcc(SHORT, sr=SR, n_filters=10**6)),
    "codec": ("sr", lambda: A.codec(SHORT, 1, name="gsm")),
    "vorbis": ("sr", lambda: A.codec(SHORT, 1e9, name="vorbis")),
    "downsample": ("sr", lambda: A.downsample(SHORT, 1e9, rate=1)),
    "room_response": ("sr", lambda: A.room_response(1e10, t60=1, rng=G(1))),
    "rawboost": ("sr", lambda: A.rawboost(SHORT, 1, rng=G(1))),
    "taps": ("taps", lambda: A.stationary_noise(SHORT, SR, taps=(10**8, 10**8), rng=G(1))),
    "bands": ("bands", lambda: A.convolutive_noise(SHORT, SR, bands=10**6, rng=G(1))),
    "powers": ("powers", lambda: A.convolutive_noise(SHORT, SR, powers=10**6, rng=G(1))),
    "talkers": ("talkers", lambda: A.babble(SHORT, voices=[SHORT], snr=3, talkers=10**8, rng=G(1))),
    "order": ("order", lambda: A.bandlimit(SHORT, SR, fmax=100, order=3000)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_before_work(name):
    """At most 30 MB are taken before the error: the tables that each would need have gigabytes."""
    argument, call = REFUSED[name]
    tracemalloc.start()
    with pytest.raises(vf.ParameterError, match=rf"^{argument}="):
        call()
    highest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert highest < 30e6


def test_memories_are_bounded_by_bytes(monkeypatch):
    limit = 3_000_000
    monkeypatch.setattr(remembering, "LIMIT", limit)
    remembering.forget()
    y, rng = np.zeros(16384, np.float32), np.random.default_rng(1)
    for _ in range(2):
        vf.stft(y, n_fft=4096, window=rng.random(4096))  # kernels and scratch arrays are there from now on
    remembering.forget()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(60):
        vf.stft(y, n_fft=4096, window=rng.random(4096))
        assert 0 < remembering.held() <= limit
    now = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    remembering.forget()
    assert now < 1.5 * limit  # sixty windows and their tables are 14 MB


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
        assert not found or path.name in ("remembering.py", "digests.py"), path  # digests have 32 bytes each
