"""Odd calls: those that the fuzzer makes, and the kinds that it has found, one test each."""

import random
from fractions import Fraction

import fuzz
import numpy as np
import pytest
from bad_calls import SIGNALS, WITH_RATE, Y

import voicefeat as vf

#: What is right however large samples are: signs, and what is picked or shifted.
ANY_SIZE = {"zero_crossing_rate", "zero_crossings", "preemphasis", "split", "trim"}
NO_ARRAYS = {
    "None": None, "text": "speech", "bool": [True, False], "object": np.array([1.0, "a"], object),
    "ragged": [[1.0], [1.0, 2.0]], "dict": {}, "long": np.ones(3, np.longdouble),
    "dates": np.zeros(2, "M8[s]"), "complex": [1j],
}  # fmt: skip
CONVERTERS = [
    "hz_to_mel", "mel_to_hz", "hz_to_octs", "octs_to_hz", "frames_to_samples", "samples_to_frames",
    "frames_to_time", "time_to_frames", "db_to_power", "db_to_amplitude", "midi_to_hz", "hz_to_midi",
    "midi_to_note", "hz_to_note", "A4_to_tuning", "tuning_to_A4", "power_to_db", "amplitude_to_db",
]  # fmt: skip
SCORED = ["auc", "cllr", "min_cllr", "det", "roc", "eer", "min_dcf", "act_dcf", "fit_calibration", "remarks"]


@pytest.mark.processes
def test_calls_end_in_results_or_in_our_errors():
    found = fuzz.run(20, 2000)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("text", [
    "vf.rms(voice(0))", "vf.rms(voice(300))", "vf.hz_to_mel(frequencies=[1.0, 2.0])",
    "vf.metrics.auc([1.0], [2.0])",
])  # fmt: skip
def test_good_calls_and_our_errors_are_no_faults(text):
    assert fuzz.broken(text) is None


def test_faults_are_told(monkeypatch):
    def planted(y):
        y = np.asarray(y)
        if y.size == 1:
            raise KeyError("y")
        if y.size == 2:
            y[0] = 7
        return np.log(y - 1) if y.size == 3 else y * (np.nan if y.size == 4 else 1.0)

    monkeypatch.setitem(fuzz.values.SPACE, "planted", planted)
    assert "KeyError" in fuzz.broken("planted(np.ones(1))")
    assert "changed" in fuzz.broken("planted(np.ones(2))")
    assert "finite" in fuzz.broken("planted(np.ones(3))")

    assert "finite" in fuzz.broken("planted(np.ones(4))")
    assert fuzz.broken("planted(np.ones(5))") is None


def test_names_are_found_by_themselves():
    names = fuzz.names()
    assert {"vf.mfcc", "vf.filters.mel", "vf.metrics.eer", "vf.augment.codec", "vf.plot.det"} <= set(names)
    assert sum(name.startswith("vf.frontend('") for name in names) >= len(vf.frontends())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", [n for n in SIGNALS if n not in ANY_SIZE])
def test_samples_too_large_to_square_are_refused(name, dtype):
    """Squares of 1e20 are infinite in float32: powers said -1131 dB, and a roll-off 0 Hz."""
    function = vf.filters if name.startswith("filters.") else vf
    function = getattr(function, name.split(".")[-1])
    y = Y.astype(dtype) * dtype(1e20 if dtype is np.float32 else 1e160)
    needs = {"sr": 16000} if name in WITH_RATE else {}
    if name in ("yin", "pyin"):
        needs |= {"fmin": 60.0, "fmax": 500.0}
    with pytest.raises(vf.ParameterError, match=r"^y=.*too large"):
        function(y, **needs)


@pytest.mark.parametrize("window", [
    ("kaiser", np.nan), ("kaiser", 800), ("kaiser", 10**400), ("kaiser", [1, 2]), ("gaussian", 0), np.inf,
    ({}, 1),
])  # fmt: skip
@pytest.mark.parametrize("name", ["mfcc", "stft", "lpcc", "cqt"])
def test_windows_that_are_not_finite_are_refused(name, window):
    with pytest.raises(vf.ParameterError, match=r"^window="):
        getattr(vf, name)(Y, window=window)


@pytest.mark.parametrize("kind", ["i1", "i2", "u2", "i4", "u8", "f2", "f4"])
def test_frames_and_samples_are_counted_in_64_bits(kind):
    """int16 overflowed: 100 frames of 512 were -14336 samples."""
    frames = np.array([0, 100], kind)
    assert vf.frames_to_samples(frames).tolist() == [0, 51200]
    assert vf.samples_to_frames(frames, hop_length=10, n_fft=20).tolist() == [-1, 9]
    assert vf.frames_to_time(frames, sr=512).tolist() == [0.0, 100.0]


def test_counts_beyond_64_bits_are_refused():
    for value in (np.array([2**63], "u8"), 2**62, 1e19, np.nan, [np.inf]):
        with pytest.raises(vf.ParameterError, match=r"^frames="):
            vf.frames_to_samples(value)
        with pytest.raises(vf.ParameterError, match=r"^times="):
            vf.time_to_frames(np.asarray(value, float))


@pytest.mark.parametrize("value", NO_ARRAYS.values(), ids=NO_ARRAYS)
@pytest.mark.parametrize("name", CONVERTERS)
def test_converters_check_their_arrays(name, value):
    function = getattr(vf, name)
    if name in ("power_to_db", "amplitude_to_db") and value is NO_ARRAYS["complex"]:
        with pytest.warns(UserWarning, match="phase is dropped"):
            assert function(value) == 0.0
        return
    with pytest.raises(vf.ParameterError):
        function(value)


@pytest.mark.filterwarnings("error")
def test_converters_warn_of_nothing():
    assert vf.hz_to_octs([0.0, 27.5]).tolist() == [-np.inf, 0.0]
    assert np.isnan(vf.hz_to_midi([-1.0, np.nan])).all()
    assert np.isinf(vf.db_to_power(1e5)) and np.isinf(vf.octs_to_hz(1e5)) and np.isinf(vf.midi_to_hz(1e6))
    assert np.isnan(vf.hz_to_mel(-1e4, htk=True)) and np.isinf(vf.mel_to_hz(1e9, htk=True))
    assert vf.A4_to_tuning(0.0) == -np.inf


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", NO_ARRAYS.values(), ids=NO_ARRAYS)
@pytest.mark.parametrize("name", SCORED)
def test_metrics_check_their_arrays(name, value):
    for pair in ((value, [0.0, 1.0]), ([0.0, 1.0], value)):
        with pytest.raises(vf.ParameterError, match=r"^(bonafide|spoof)="):
            getattr(vf.metrics, name)(*pair)


def test_a_power_may_be_a_fraction():
    assert vf.magphase(np.full((2, 2), 4 + 0j), power=Fraction(1, 2))[0].tolist() == [[2.0, 2.0]] * 2


@pytest.mark.filterwarnings("error")
def test_one_frequency_for_all_bins_warns_of_nothing():
    assert np.isfinite(vf.poly_features(Y, n_fft=512, freq=np.array([[1.0]]))).all()


@pytest.mark.parametrize("call", [
    lambda: vf.mfcc(Y, n_mfcc=10**400), lambda: vf.mfcc(Y, n_fft=10**30), lambda: vf.mfcc(Y, n_mels=10**10),
    lambda: vf.mfcc(Y, sr=10**400), lambda: vf.mfcc(Y, fmin=10**400), lambda: vf.stft(Y, hop_length=10**5000),
    lambda: vf.mfcc(Y, n_fft=np.timedelta64(512, "s")), lambda: vf.mfcc(Y, fmax=np.timedelta64(512, "s")),
    *[lambda name=name: vf.mfcc(Y, **{name: np.timedelta64(5)})
      for name in ("sr", "n_fft", "fmax", "norm", "htk", "window", "n_mels", "pad_mode")],
    lambda: vf.stft(Y, hop_length=np.timedelta64(5)), lambda: vf.cqt(Y, n_bins=np.timedelta64(5)),
    lambda: vf.FrontEnd(row=np.timedelta64(5)), lambda: vf.frontend("pncc").replace(window=np.timedelta64(5)),
    lambda: vf.pncc(Y, window=np.ma.masked), lambda: vf.extract(Y, 22050, features=np.ma.masked),
    lambda: vf.mfcc(Y, dtype=0.5), lambda: vf.stft(Y, dtype=0.5),
    lambda: vf.filters.mel(sr=1, n_fft=2, dtype={}),
    lambda: vf.melspectrogram(Y, norm=10**400), lambda: vf.chroma_vqt(Y, intervals=10**400),
    lambda: vf.hpss(np.ones((9, 9), np.longdouble)), lambda: vf.softmask([[1.0]], [[1.0], [1.0, 2.0]]),
    lambda: vf.griffinlim(np.ones((9, 9)), n_iter=10**30), lambda: vf.delta([[1.0], [1.0, 2.0]]),
    lambda: vf.frontend("gfcc")(Y, sr="x"), lambda: vf.FrontEnd(framing=((),)),
    lambda: vf.FrontEnd(cepstrum=[]),
    lambda: vf.metrics.by_attack([1.0]), lambda: vf.metrics.write_scores("x", [1.0]),
    lambda: vf.metrics.Scores(0, [1.0]), lambda: vf.metrics.difference(([1.0],), ([1.0], [2.0])),
    lambda: vf.open_dataset(0), lambda: vf.stft(Y, pad_mode=float),
    lambda: vf.icqt(np.ones((84, 6), complex), tuning=1e38),
    lambda: vf.magphase(np.full((3, 3), 7, np.uint16), power=2**31),
    lambda: vf.mel_to_stft(np.full((128, 4), 3e38, np.float32)), lambda: vf.chroma_stft(Y, norm=1e300),
    lambda: vf.rms(S=[[1.0], [1.0, 2.0]]), lambda: vf.melspectrogram(Y, n_mels=10**5000),
    lambda: vf.resample([[1.0], [1.0, 2.0]], orig_sr=2, target_sr=1, axis=0),
    lambda: vf.spectral_centroid(Y, freq=[[1.0], [1.0, 2.0]]),
    lambda: vf.spectral_contrast(Y, sr=Fraction(1, 3)), lambda: vf.mfcc(Y, sr=Fraction(16000), fmax=9000.0),
    lambda: vf.filters.bank(sr=Fraction(16000), n_fft=512, n_filters=9, fmax=9000.0),
    lambda: vf.metrics.interval([1.0, 2.0], [0.0, 1.0], lambda curve: np.nan),
    lambda: vf.istft(np.full((1025, 4), 3e38 + 0j, np.complex64)), lambda: vf.pcen([[1.0], [1.0, 2.0]]),
    lambda: vf.yin(Y, fmin=100, fmax=500, frame_length=1),
    lambda: vf.yin(Y, fmin=100, fmax=500, frame_length=3),
    lambda: vf.pyin(Y, fmin=100, fmax=500, frame_length=1),
    lambda: vf.spectral_bandwidth(Y, centroid=np.float32(1e30)),
    lambda: vf.spectral_bandwidth(Y, centroid=1e30),
    lambda: vf.spectral_bandwidth(Y, freq=np.full(1025, 1e30)),
    lambda: vf.spectral_bandwidth(S=1, centroid=1),
    lambda: vf.spectral_centroid(Y, freq=np.full((1025, 1), np.float32(1e37))),
    lambda: vf.spectral_bandwidth(Y.astype("f4"), p=30),
    lambda: vf.spectral_bandwidth(Y, sr=1e12, p=30),
    lambda: vf.spectral_bandwidth(Y.astype("f4"), p=30, centroid=4000.0),
    lambda: vf.extract(Y.astype("f4"), 16000, {"spectral_bandwidth": {"p": 30}}),
    lambda: vf.pcen(np.full((4, 9), np.inf)),
    lambda: vf.pcen([[1.0, -np.inf]]),
    lambda: vf.power_to_db(np.ones(3, "f4"), amin=1e-300),
    lambda: vf.amplitude_to_db(np.ones(3, "f4"), amin=1e-25),
    lambda: vf.plot.spectrogram(np.ones((1025, 4)), y_axis=np.array([])),
    lambda: vf.plot.spectrogram(np.ones((84, 4)), feature="cqt", y_axis=np.array([])),
    lambda: vf.plot.spectrogram(np.ones((40, 4)), feature="melspectrogram", y_axis=np.ones(2)),
    lambda: vf.plot.spectrogram(np.ones((1025, 4)), cmap=np.array([None])),
    lambda: vf.plot.spectrogram(np.ones((1025, 4)), cmap="x"),
    lambda: vf.plot.spectrogram(np.ones((1025, 4)), vmin="x"),
    lambda: vf.filters.wavelet(freqs=[100.0, 200.0], alpha=[]),
    lambda: vf.filters.wavelet_lengths(freqs=[100.0, 200.0], alpha=np.ones(3)),
    lambda: vf.mel_to_stft(np.full((40, 4), 1e300)), lambda: vf.griffinlim(np.full((9, 4), 1e200)),
    lambda: vf.melspectrogram(Y, fmax=5e-324), lambda: vf.filters.mel(sr=16000, n_fft=512, fmax=1e-30),
    lambda: vf.nsgcqt_times(n=2000, fmax=5e-324), lambda: vf.cqcc_frequencies(fmax=5e-324),
    lambda: vf.vqt(Y, intervals=[1j]), lambda: vf.vqt(Y, intervals=[[1.0], [1.0, 2.0]]),
    lambda: vf.metrics.difference(([1.0], [2.0]), ([1.0], [2.0]), np.float32),
    lambda: vf.mfcc(Y, lifter=5e-324),
    lambda: vf.mfcc_to_mel(np.ones((13, 4)), lifter=5e-324),
    lambda: vf.chroma_stft(Y, octwidth=5e-324),
    lambda: vf.plp(Y, width=5e-324),
    lambda: vf.pyin(Y, fmin=100.0, fmax=3000.0, boltzmann_parameter=5e-324),
    lambda: vf.pyin(Y, fmin=100.0, fmax=3000.0, resolution=5e-324),
    lambda: vf.pcen(np.ones((4, 9)), bias=5e-324),
    lambda: vf.resample(Y, orig_sr=16000, target_sr=8000, axis=np.ones(2)),
    lambda: vf.lpc(Y, order=4, axis=[1, 2]),
    lambda: vf.autocorrelate(Y, axis=np.ones(2)),
    lambda: vf.augment.bandlimit(Y, sr=1e-300, fmax=1e-301),
    lambda: vf.detect_pitch_frequency(Y, freq_low=5e-324),
    lambda: vf.filters.bank(sr=16000, n_fft=512, fmax=5e-324),
    lambda: vf.filters.wavelet(freqs=[100.0, 200.0], alpha=5e-324),
    lambda: vf.augment.bandlimit(Y, fmax=1e-9), lambda: vf.augment.bandlimit(Y, fmin=5e-324),
    lambda: vf.augment.generator(0, "\ud800"), lambda: list(vf.augment.copies(Y, 16000, id="\ud800")),
    lambda: vf.amplitude_to_db(np.ones(3, "f4"), amin=1e30),
    lambda: vf.power_to_db(np.ones(3, "f2"), amin=1e300),
    lambda: vf.hpss(np.full((9, 9), 3e38 + 3e38j, np.complex64)), lambda: vf.hpss(np.full((9, 9), 1e200)),
    lambda: vf.hpss(np.ones((9, 9), "f4"), margin=1e38),
    lambda: vf.augment.babble(Y, voices=np.array(3.0), snr=10, rng=vf.augment.generator(0, "a")),
])  # fmt: skip
def test_what_came_out_as_anothers_error(call):
    with pytest.raises(vf.ParameterError):
        call()


@pytest.mark.parametrize("target", fuzz.names())
def test_switches_are_true_or_false(target):
    """`octave`, `fix`, `center`, `mask` and others took any text, and stopped at an array."""
    for name, parameter in fuzz.values.signature(target).items():
        if isinstance(parameter.default, bool):
            given = fuzz.values.arguments(random.Random(0), target) | {name: "np.ones(2)"}
            first = [given.pop(n) for n in fuzz.values.positional(target) if n in given]
            call = f"{target}({', '.join([*first, *(f'{k}={v}' for k, v in given.items())])})"
            assert fuzz.broken(call) is None, call


def test_rates_of_a_byte():
    """A thousand times a rate of eight bits left its type."""
    with pytest.raises(vf.AudioError, match="differ by more than"):
        vf.load(fuzz.values.wav(), sr=np.int8(5))
    assert vf.trim(Y, hop_length=np.int8(100))[0].size == vf.trim(Y, hop_length=100)[0].size
    assert vf.estimate_tuning(Y, sr=np.float16(16000)) == vf.estimate_tuning(Y, sr=16000)
    assert vf.load(fuzz.values.wav(), sr=np.int8(100))[0].shape == (10,)


@pytest.mark.parametrize("name", ["cqt", "vqt", "hybrid_cqt", "chroma_cqt", "chroma_vqt", "resample"])
def test_soxr_is_given_nothing_that_single_precision_does_not_hold(name):
    """soxr has single precision but for "vhq": 1e50 came back as NaN, which was told of a chroma."""
    y = np.tile(Y, 10)[:60000].astype(float) * 1e50
    needs = {"orig_sr": 16000, "target_sr": 8000} if name == "resample" else {"fmin": 100.0, "n_octaves": 4}
    if name in ("cqt", "vqt", "hybrid_cqt"):
        needs = {"fmin": 100.0, "n_bins": 48}
    with pytest.raises(vf.ParameterError, match=r"^y=.*single precision"):
        getattr(vf, name)(y, **needs)
    assert np.isfinite(getattr(vf, name)(y / 1e30, **needs)).all()


@pytest.mark.filterwarnings("error")
def test_half_precision_has_levels():
    """Of 0 in float16 there was -inf dB, with a warning of numpy's."""
    for kind in ("f2", "f4"):
        zeros = np.zeros((3, 3), kind)
        assert vf.power_to_db(zeros).tolist() == vf.power_to_db(zeros.astype("f4")).tolist()
        assert vf.amplitude_to_db(zeros + 300).dtype == np.float32
    assert np.isclose(vf.power_to_db(1.0, ref=np.float16(0), top_db=None), 100.0)
    assert np.isclose(vf.power_to_db(1.0, ref=np.int8(-128)), -10 * np.log10(128))
    assert vf.filters.cq_to_chroma(84, window=np.float16([0.5, 1, 0.5])).shape == (12, 84)


def test_short_time_constants_of_pcen():
    """A difference of nearly equal numbers, and 0 / 0 below 1e-154 frames."""
    S = np.random.default_rng(0).random((4, 9))
    whole = vf.pcen(S, b=1.0)
    for time_constant in (1e-300, 1e-12, 1e-8):
        assert np.allclose(vf.pcen(S, time_constant=time_constant), whole, rtol=1e-9)


def test_calibration_of_decided_scores():
    """Newton's matrix became singular where every utterance was far from the line."""
    rng = np.random.default_rng(0)
    for scale in (1e-300, 1.0, 1e90):
        for smooth in (True, False):
            for apart in (0.0, 1.0, 1e6):
                bonafide, spoof = rng.standard_normal((2, 30)) * scale
                bonafide = bonafide + apart * scale
                try:
                    found = vf.metrics.fit_calibration(bonafide, spoof, smooth=smooth)
                except vf.ParameterError as error:
                    assert not smooth, error  # with smoothing there is always a line
                    continue
                assert np.isfinite([found.slope, found.offset]).all()


@pytest.mark.parametrize("call, advice, never", [
    (lambda: vf.yin(Y, fmin=1e-6, fmax=100), "give an fmin above", "frame_length=2205"),
    (lambda: vf.yin(Y, fmin=5, fmax=100), "give frame_length=4412 or more, or an fmin above", "\0"),
    (lambda: vf.stft(Y, window=("tukey", np.nan)), "give other parameters", "into a tuple"),
    (lambda: vf.stft(Y, window="kaiser"), "parameters go into a tuple", "give other"),
])  # fmt: skip
def test_what_is_advised_can_be_done(call, advice, never):
    with pytest.raises(vf.ParameterError) as error:
        call()
    assert advice in str(error.value) and never not in str(error.value)
