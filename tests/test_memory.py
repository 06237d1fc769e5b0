"""Memory: what a call adds to its input and result on long signals, and what is kept between calls."""

import re
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from signals import speech

import voicefeat as vf
from voicefeat import cache
from voicefeat.augment import filtfilt
from voicefeat.chain import loud_peaks
from voicefeat.feature.pitch import detect, residual
from voicefeat.feature.speech import pncc

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


@pytest.mark.slow
@pytest.mark.parametrize("name", LONG)
def test_a_long_signal_adds_little(name, long):
    LONG[name](long[: 3 * SR])  # tables and kernels are there from now on
    assert added(lambda: LONG[name](long)) < MOST


@pytest.mark.slow
def test_a_codec_holds_the_signal_once(long):
    """Beside what it is given and what it gives: a few hundred thousand samples, and what is encoded."""
    y = long[: 30 * SR]
    vf.augment.codec(y, SR, name="vorbis")
    assert added(lambda: vf.augment.codec(y, SR, name="vorbis")) < 3  # twice the signal are 4 MB


@pytest.mark.slow
def test_half_an_hour_of_peaks_is_not_kept(long):
    """Nearly all of them tell on which side of the median they are long before the end."""
    y = np.tile(long + np.random.default_rng(0).standard_normal(long.size).astype(np.float32), 15)
    assert added(lambda: (np.float64(vf.estimate_tuning(y, SR)),)) < 64
    tuned = {"fmin": 110.0, "n_octaves": 3, "bins_per_octave": 12}
    assert added(lambda: vf.tonnetz(y, SR, **tuned)) < 64
    assert added(lambda: vf.chroma_stft(y, SR)) < 64


#: Loud and soft parts in turn, so that the median leaves what was kept of the peaks.
ROOMS_OF_PEAKS = {
    "speech": lambda y: y, "rises": lambda y: np.concatenate([y * 1e-3, y]), "falls": lambda y:
    np.concatenate([y, y * 1e-3]), "double": lambda y: np.concatenate([y * 1e-3, y]).astype(float), "batch":
    lambda y: np.stack([y, y[::-1] * 0.01]), "equal": lambda y: np.sin(np.arange(y.size) * np.pi / 18),
    "silence": lambda y: y * 0,
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ROOMS_OF_PEAKS)
def test_the_stronger_half_of_peaks_is_exact(name, monkeypatch):
    """The tuning of all peaks at once, however few are kept."""
    y = ROOMS_OF_PEAKS[name](speech(SR, 12.0))
    pitches, heights = vf.piptrack(y, SR)
    strong = pitches[(pitches > 0) & (heights >= np.median(heights[pitches > 0]))] if y.any() else []
    want = vf.pitch_tuning(strong) if len(strong) else 0.0
    chroma = vf.chroma_stft(y, SR), vf.tonnetz(y, SR)
    seconds = []
    second_pass = loud_peaks.StrongerHalf.second_pass
    monkeypatch.setattr(loud_peaks, "ROOM", 20_000)
    monkeypatch.setattr(
        loud_peaks.StrongerHalf,
        "second_pass",
        lambda self: seconds.append(second_pass(self)) or seconds[-1],
    )
    assert vf.estimate_tuning(y, SR) == want
    if name in ("rises", "falls"):
        assert any(second is not None for second in seconds)
    for now, before in zip((vf.chroma_stft(y, SR), vf.tonnetz(y, SR)), chroma, strict=True):
        np.testing.assert_array_equal(now, before)


def test_one_channel_is_not_copied(long):
    """Beside the result not even a truth value for each sample, which would be 2 and 1 MB."""
    two = np.stack([long, long])
    assert added(lambda: vf.to_mono(two)) < 0.5
    vf.resample(long[:SR], orig_sr=SR, target_sr=8000)
    assert added(lambda: vf.resample(long, orig_sr=SR, target_sr=8000)) < 0.5


@pytest.mark.slow
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
    monkeypatch.setattr(residual, "STRETCH", 5003)
    monkeypatch.setattr(residual, "POINTS", 1)
    monkeypatch.setattr(detect, "AT_ONCE", 5000)
    monkeypatch.setattr(pncc, "BLOCK", 7)
    monkeypatch.setattr(filtfilt, "PART", 9001)
    monkeypatch.setattr(filtfilt, "STEP", 333)
    for call, values in zip(calls, want, strict=True):
        for now, before in zip(call(), values, strict=True):
            np.testing.assert_array_equal(now, before)


@pytest.mark.slow
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
FREQ = np.tile(np.arange(1025.0)[:, np.newaxis], 4)
A, G = vf.augment, vf.augment.generator
#: Calls that are refused before anything large is made; the argument that the message names.
REFUSED = {
    "cqt": ("fmin", lambda: vf.cqt(SHORT, SR, fmin=0.001)),
    "vqt": ("fmin", lambda: vf.vqt(SHORT, SR, fmin=0.001, gamma=0)),
    "pseudo_cqt": ("fmin", lambda: vf.pseudo_cqt(SHORT, SR, fmin=0.001)),
    "hybrid_cqt": ("fmin", lambda: vf.hybrid_cqt(SHORT, SR, fmin=0.001)),
    "chroma_cqt": ("fmin", lambda: vf.chroma_cqt(SHORT, SR, fmin=0.001, tuning=0.0)),
    "icqt": ("fmin", lambda: vf.icqt(np.ones((84, 4), np.complex64), sr=SR, fmin=0.001)),
    "icqt_octaves": ("fmin", lambda: vf.icqt(np.ones((84, 4), np.complex64), sr=SR, fmin=0.01)),
    "icqt_length": ("length", lambda: vf.icqt(np.ones((84, 4), np.complex64), sr=SR, length=2**30)),
    "istft_length": ("length", lambda: vf.istft(np.ones((1025, 4), np.complex64), length=2**30)),
    "griffinlim": ("length", lambda: vf.griffinlim(np.ones((1025, 4), np.float32), length=2**30)),
    "wavelet": ("freqs", lambda: vf.filters.wavelet(freqs=[0.001, 0.002])),
    "constant_q": ("fmin", lambda: vf.filters.constant_q(sr=SR, fmin=0.001)),
    "constant_q_bins": ("bins_per_octave", lambda: vf.filters.constant_q(sr=SR, bins_per_octave=10**8)),
    "cqt_bins": ("bins_per_octave", lambda: vf.cqt(SHORT, SR, bins_per_octave=10**8, n_bins=10**8)),
    "get_window": ("Nx", lambda: vf.filters.get_window("hann", 2**30)),
    "window_bandwidth": ("n", lambda: vf.filters.window_bandwidth("hann", n=2**30)),
    "mel": ("n_mels", lambda: vf.filters.mel(sr=SR, n_fft=512, n_mels=10**7)),
    "linear": ("n_filters", lambda: vf.filters.linear(sr=SR, n_fft=512, n_filters=10**7)),
    "chroma": ("n_chroma", lambda: vf.filters.chroma(sr=SR, n_fft=512, n_chroma=10**7)),
    "bark": ("n_filters", lambda: vf.filters.bark(sr=SR, n_fft=512, n_filters=10**7)),
    "gammatone": ("n_filters", lambda: vf.filters.gammatone(sr=SR, n_fft=512, n_filters=10**7)),
    "mel_n_fft": ("n_fft", lambda: vf.filters.mel(sr=SR, n_fft=2**30)),
    "gammatone_spectrogram": ("n_filters", lambda: vf.gammatone_spectrogram(SHORT, SR, n_filters=10**6)),
    "hpss": ("kernel_size", lambda: vf.hpss(np.ones((1025, 4), np.float32), kernel_size=10**7)),
    "harmonic": ("kernel_size", lambda: vf.harmonic(SHORT, kernel_size=(31, 10**7))),
    "percussive": ("kernel_size", lambda: vf.percussive(SHORT, kernel_size=10**7)),
    "lpcc": ("n_lpcc", lambda: vf.lpcc(SHORT, n_lpcc=10**7)),
    "mfcc_to_mel": ("n_mels", lambda: vf.mfcc_to_mel(np.ones((20, 4)), n_mels=10**8)),
    "delta": ("width", lambda: vf.delta(np.ones((20, 4)), width=10**6 + 1, mode="nearest")),
    "stack_memory": ("n_steps", lambda: vf.stack_memory(np.ones((20, 4)), n_steps=10**8)),
    "chroma_cens": ("win_len_smooth", lambda: vf.chroma_cens(C=np.ones((84, 4)), win_len_smooth=10**8)),
    "poly_features": ("order", lambda: vf.poly_features(SHORT, SR, order=1000)),
    "poly_of_freq": ("order", lambda: vf.poly_features(S=FREQ, sr=SR, freq=FREQ, order=1000)),
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


@pytest.mark.slow
def test_memories_are_bounded_by_bytes(monkeypatch):
    limit = 3_000_000
    monkeypatch.setattr(cache, "LIMIT", limit)
    cache.forget()
    y, rng = np.zeros(16384, np.float32), np.random.default_rng(1)
    for _ in range(2):
        vf.stft(y, n_fft=4096, window=rng.random(4096))  # kernels and scratch arrays are there from now on
    cache.forget()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(60):
        vf.stft(y, n_fft=4096, window=rng.random(4096))
        assert 0 < cache.held() <= limit
    now = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    cache.forget()
    assert now < 1.5 * limit  # sixty windows and their tables are 14 MB


def test_what_is_too_large_is_not_remembered(monkeypatch):
    made = []

    def make(n):
        made.append(n)
        return np.zeros(n)

    remember = cache.memoised(make)
    monkeypatch.setattr(cache, "LIMIT", 100_000)
    cache.forget()
    for n in (1000, 1000, 10_000, 10_000):
        assert remember(n).size == n
    assert made == [1000, 10_000, 10_000]
    for n in range(2000, 2100):
        remember(n)
        assert cache.held() <= 100_000
    assert remember([3][0]).size == 3 and len(made) == 104
    cache.forget()


def test_one_place_remembers():
    """No memory beside the bounded one, but of what takes no argument."""
    for path in Path(vf.__file__).parent.rglob("*.py"):
        found = re.findall(r"lru_cache|functools\.cache\b(?!\ndef \w+\(\))", path.read_text())
        assert not found or path.name in ("cache.py", "checksums.py"), path  # digests have 32 bytes each
