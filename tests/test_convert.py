"""Units against librosa, bit for bit, and against the reference arrays."""

import inspect
import warnings

import librosa
import numpy as np
import pytest
from closeness import near

import voicefeat as vf

RNG = np.random.default_rng(3)
HERTZ = np.concatenate([[0.0, 200.0, 999.999, 1000.0, 1000.001, 22050.0], RNG.random(500) * 12000])
MELS = np.concatenate([[0.0, 14.99, 15.0, 1000 / (200 / 3), 60.0], RNG.random(500) * 70])


def same(ours, theirs):
    """Equal in type, shape, dtype and, but for a few units in the last place, in numbers."""
    assert type(ours) is type(theirs)
    near(ours, theirs)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("htk", [False, True])
def test_mel_scale(dtype, htk):
    same(vf.hz_to_mel(HERTZ.astype(dtype), htk=htk), librosa.hz_to_mel(HERTZ.astype(dtype), htk=htk))
    same(vf.mel_to_hz(MELS.astype(dtype), htk=htk), librosa.mel_to_hz(MELS.astype(dtype), htk=htk))
    square = HERTZ[:500].reshape(20, 25).astype(dtype)
    same(vf.hz_to_mel(square, htk=htk), librosa.hz_to_mel(square, htk=htk))


def test_the_two_mel_scales_differ_and_invert():
    assert vf.hz_to_mel(4000.0, htk=True) != pytest.approx(vf.hz_to_mel(4000.0))
    for htk in (False, True):
        there_and_back = vf.mel_to_hz(vf.hz_to_mel(HERTZ, htk=htk), htk=htk)
        np.testing.assert_allclose(there_and_back, HERTZ, rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("tuning", "bins"), [(0.0, 12), (0.3, 12), (-0.25, 24), (0.4, 36)])
def test_octaves(dtype, tuning, bins):
    hertz, octs = HERTZ[1:].astype(dtype), (MELS / 7).astype(dtype)
    options = {"tuning": tuning, "bins_per_octave": bins}
    same(vf.hz_to_octs(hertz, **options), librosa.hz_to_octs(hertz, **options))
    same(vf.octs_to_hz(octs, **options), librosa.octs_to_hz(octs, **options))
    there_and_back = vf.octs_to_hz(vf.hz_to_octs(HERTZ[1:], **options), **options)
    np.testing.assert_allclose(there_and_back, HERTZ[1:], rtol=1e-12)


@pytest.mark.parametrize("name", [
    "hz_to_mel", "mel_to_hz", "hz_to_octs", "octs_to_hz", "frames_to_samples", "samples_to_frames",
    "frames_to_time", "time_to_frames", "power_to_db", "amplitude_to_db", "db_to_power", "db_to_amplitude",
])  # fmt: skip
@pytest.mark.parametrize("value", [5.0, 3, 1500.5])
@pytest.mark.filterwarnings("ignore:overflow")
def test_scalars_give_scalars(name, value):
    same(getattr(vf, name)(value), getattr(librosa, name)(value))


@pytest.mark.parametrize("name", ["hz_to_mel", "mel_to_hz", "hz_to_octs", "octs_to_hz", "frames_to_time"])
def test_lists_and_whole_numbers(name):
    same(getattr(vf, name)([1, 20, 300]), getattr(librosa, name)([1, 20, 300]))


@pytest.mark.parametrize("sr", [8000, 16000, 22050, 44100, 48000])
def test_frequencies(sr):
    for n_fft in (1, 2, 400, 1023, 2048):
        same(vf.fft_frequencies(sr=sr, n_fft=n_fft), librosa.fft_frequencies(sr=sr, n_fft=n_fft))
    for options in ({}, {"htk": True}, {"fmin": 133.3}, {"fmin": 20, "htk": True}):
        options = {"fmax": sr / 2, **options}
        for n in (1, 2, 40, 130):
            same(vf.mel_frequencies(n, **options), librosa.mel_frequencies(n, **options))
    same(vf.mel_frequencies(), librosa.mel_frequencies())


@pytest.mark.parametrize("hop", [1, 160, 512])
@pytest.mark.parametrize("n_fft", [None, 512, 1023])
def test_frames_samples_and_seconds(hop, n_fft):
    frames, samples, times = np.arange(-3, 50), np.arange(-600, 30000, 7), RNG.random(50) * 9
    options = {"hop_length": hop, "n_fft": n_fft}
    same(vf.frames_to_samples(frames, **options), librosa.frames_to_samples(frames, **options))
    same(vf.samples_to_frames(samples, **options), librosa.samples_to_frames(samples, **options))
    for sr in (8000, 22050, 44100.5):
        same(vf.frames_to_time(frames, sr=sr, **options), librosa.frames_to_time(frames, sr=sr, **options))
        same(vf.time_to_frames(times, sr=sr, **options), librosa.time_to_frames(times, sr=sr, **options))
        for X, axis in ((np.zeros((4, 5, 6)), -1), (np.zeros((4, 5, 6)), 1), (9, -1)):
            ours = vf.times_like(X, sr=sr, axis=axis, **options)
            same(ours, librosa.times_like(X, sr=sr, axis=axis, **options))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("ref", [1.0, 0.37, -2.0, np.max, np.median, lambda S: float(S.mean())])
@pytest.mark.parametrize("top_db", [80.0, 20.5, 0, None])
@pytest.mark.parametrize("name", ["power_to_db", "amplitude_to_db"])
def test_decibels(dtype, ref, top_db, name):
    for S in ((RNG.random((30, 40)) ** 9).astype(dtype), RNG.random(50).astype(dtype)):
        for amin in (1e-10, 1e-3):
            options = {"ref": ref, "amin": amin, "top_db": top_db}
            same(getattr(vf, name)(S, **options), getattr(librosa, name)(S.copy(), **options))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_decibels_back(dtype):
    db = (RNG.random((5, 6)) * 90 - 80).astype(dtype)
    for ref in (1.0, 0.37):
        same(vf.db_to_power(db, ref=ref), librosa.db_to_power(db, ref=ref))
        same(vf.db_to_amplitude(db, ref=ref), librosa.db_to_amplitude(db, ref=ref))
    rtol = 1e-12 if dtype is np.float64 else 1e-5
    np.testing.assert_allclose(vf.power_to_db(vf.db_to_power(db), top_db=None), db, rtol=rtol)


#: What makes librosa take one peak of all channels: its only way before 1.0.
ONE_PEAK = {"axes": None} if "axes" in inspect.signature(librosa.power_to_db).parameters else {}


@pytest.mark.parametrize("name", ["power_to_db", "amplitude_to_db"])
@pytest.mark.parametrize("ref", [1.0, np.max])
def test_each_channel_has_its_own_peak(name, ref):
    S = RNG.random((2, 3, 20, 30)) ** 9 * np.array([1, 1e-6, 1e3]).reshape(3, 1, 1)
    convert, theirs = getattr(vf, name), getattr(librosa, name)
    one_by_one = np.stack([[theirs(channel, ref=ref) for channel in item] for item in S])
    same(convert(S, ref=ref), one_by_one)
    same(convert(S, ref=ref, axes=(-2, -1)), one_by_one)
    # One peak for all, as librosa 0.11 has it, on request.
    together = theirs(S.copy(), ref=ref, **ONE_PEAK)
    same(convert(S, ref=ref, axes=None), together)
    assert not np.array_equal(one_by_one, together)


def test_peaks_over_chosen_axes():
    S = RNG.random((4, 5)) ** 9
    rows = np.stack([librosa.power_to_db(row, top_db=3.0) for row in S])
    same(vf.power_to_db(S, top_db=3.0, axes=-1), rows)
    same(vf.power_to_db(S, top_db=3.0, axes=[-1]), rows)


def test_a_reference_function_that_hides_or_lacks_axes_sees_everything():
    S = RNG.random((2, 4, 5))
    everything = librosa.power_to_db(S, ref=np.max, top_db=None, **ONE_PEAK)
    same(vf.power_to_db(S, ref=lambda x: x.max(), top_db=None), everything)
    same(vf.power_to_db(S, ref=lambda x, **k: x.max(**k)), vf.power_to_db(S, ref=np.max))


@pytest.mark.parametrize("name", ["power_to_db", "amplitude_to_db"])
def test_complex_values_lose_their_phase_with_a_warning(name):
    D = RNG.standard_normal((4, 5)) + 1j * RNG.standard_normal((4, 5))
    with pytest.warns(UserWarning, match=f"{name}: S is complex") as seen:
        ours = getattr(vf, name)(D)
    assert seen[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        same(ours, getattr(librosa, name)(D))


def test_input_is_left_alone():
    S = RNG.random((4, 5))
    kept = S.copy()
    vf.power_to_db(S), vf.amplitude_to_db(S), vf.hz_to_mel(S), vf.db_to_power(S)
    np.testing.assert_array_equal(S, kept)


def test_empty_spectra():
    for top_db in (None, 80.0):
        assert vf.power_to_db(np.zeros((3, 0)), top_db=top_db).shape == (3, 0)
    with pytest.raises(vf.ParameterError, match="holds no value"):
        vf.power_to_db(np.zeros((3, 0)), ref=np.max)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: vf.power_to_db(1.0, amin=0), "amin=0: must be a finite number, above 0"),
    (lambda: vf.amplitude_to_db(1.0, amin=-1), "amin=-1: "),
    (lambda: vf.power_to_db(1.0, top_db=-1), "top_db=-1: .* at least 0; give None"),
    (lambda: vf.power_to_db(1.0, ref="max"), "ref='max': .*numpy.max"),
    (lambda: vf.power_to_db(["a"]), "S=.*no level"),
    (lambda: vf.power_to_db(np.ones((2, 3)), axes=2), "axes=2: "),
    (lambda: vf.power_to_db(np.ones((2, 3)), axes=(0, -2)), "axes=.*each once"),
    (lambda: vf.power_to_db(np.ones((2, 3)), axes="all"), "axes='all': .*\"auto\""),
    (lambda: vf.db_to_power(1.0, ref=np.nan), "ref=nan: "),
    (lambda: vf.fft_frequencies(n_fft=0), "n_fft=0: must be a positive whole number of samples"),
    (lambda: vf.fft_frequencies(n_fft=2.5), "n_fft=2.5: "),
    (lambda: vf.fft_frequencies(sr=0), "sr=0: .*hertz"),
    (lambda: vf.mel_frequencies(0), "n_mels=0: "),
    (lambda: vf.mel_frequencies(fmin=-1), "fmin=-1: "),
    (lambda: vf.hz_to_octs(440.0, bins_per_octave=0), "bins_per_octave=0: "),
    (lambda: vf.frames_to_time(3, hop_length=0), "hop_length=0: "),
    (lambda: vf.frames_to_time(3, sr=-8000), "sr=-8000: "),
    (lambda: vf.samples_to_frames(3, n_fft=-2), "n_fft=-2: "),
    (lambda: vf.times_like(np.zeros((3, 4)), axis=2), "axis=2: X has 2 axes"),
    (lambda: vf.times_like(2.5), "X=2.5: "),
])  # fmt: skip
def test_errors(call, message):
    with pytest.raises(vf.ParameterError, match=message):
        call()


def arrays(folder, pattern):
    from scipy.io import loadmat

    files = sorted((folder / "librosa_ref").glob(pattern))
    assert files
    return [loadmat(file, squeeze_me=True) for file in files]


@pytest.mark.parametrize("name", ["hz_to_mel", "mel_to_hz", "hz_to_octs"])
def test_reference_arrays(data, name):
    for known in arrays(data, f"feature-{name}-*.mat"):
        options = {"htk": bool(known["htk"])} if "htk" in known else {}
        ours = getattr(vf, name)(known["f"], **options)
        np.testing.assert_allclose(ours, known["result"], rtol=1e-13)
