"""Filter banks and windows against librosa and scipy, bit for bit, and against the reference arrays."""

import itertools
import subprocess
import sys
import warnings

import librosa
import numpy as np
import pytest
import scipy.signal
from closeness import near
from scipy.io import loadmat
from signals import RATES

import voicefeat as vf
from voicefeat import filters

quiet = pytest.mark.filterwarnings("ignore:.*empty:UserWarning", "ignore:Empty filters:UserWarning")


def same(ours, theirs):
    assert ours.dtype == theirs.dtype
    assert ours.flags.c_contiguous
    near(ours, theirs)


@quiet
@pytest.mark.parametrize("sr", RATES)
@pytest.mark.parametrize("n_fft", [400, 512, 1023, 2048])
@pytest.mark.parametrize("htk", [False, True])
def test_mel(sr, n_fft, htk):
    norms = ("slaney", None, 1, 2, np.inf, -np.inf, 0, 3.5)
    choices = itertools.product((1, 80), ((0.0, None), (100, 3800.0)), (np.float32, np.float64))
    for n_mels, (fmin, fmax), dtype in choices:
        for norm in norms if dtype is np.float32 else norms[:3]:
            options = {"n_mels": n_mels, "fmin": fmin, "fmax": fmax, "htk": htk, "norm": norm, "dtype": dtype}
            ours = filters.mel(sr=sr, n_fft=n_fft, **options)
            same(ours, librosa.filters.mel(sr=sr, n_fft=n_fft, **options))


@pytest.mark.parametrize("sr", RATES)
@pytest.mark.parametrize("n_fft", [2, 400, 1023, 2048])
@pytest.mark.parametrize("n_chroma", [1, 7, 12, 24, 36])
def test_chroma(sr, n_fft, n_chroma):
    choices = itertools.product((0.0, 0.3), (2, None), (2, None, np.inf, 1))
    for tuning, octwidth, norm in choices:
        options = {"n_chroma": n_chroma, "tuning": tuning, "octwidth": octwidth, "norm": norm}
        options["base_c"] = not tuning
        single = filters.chroma(sr=sr, n_fft=n_fft, **options)
        same(single, librosa.filters.chroma(sr=sr, n_fft=n_fft, **options))
        # In double precision numpy adds up the columns' norms in an order that depends on their number.
        double = filters.chroma(sr=sr, n_fft=n_fft, dtype=np.float64, **options)
        theirs = librosa.filters.chroma(sr=sr, n_fft=n_fft, dtype=np.float64, **options)
        np.testing.assert_allclose(double, theirs, rtol=2e-15)


@pytest.mark.parametrize("option", [{"ctroct": 3.0}, {"octwidth": 1.5}, {"base_c": False}, {"norm": 3.5}])
def test_every_option_of_chroma_counts(option):
    ours = filters.chroma(sr=16000, n_fft=512, **option)
    same(ours, librosa.filters.chroma(sr=16000, n_fft=512, **option))
    assert not np.array_equal(ours, filters.chroma(sr=16000, n_fft=512))


def triangles(sr, n_fft, edges):
    """A bank of triangles, value by value from their definition."""
    bank = np.zeros((len(edges) - 2, 1 + n_fft // 2))
    for i, (low, top, high) in enumerate(zip(edges, edges[1:], edges[2:], strict=False)):
        for k in range(bank.shape[1]):
            f = k * sr / n_fft
            bank[i, k] = max(0, min((f - low) / (top - low), (high - f) / (high - top)))
    return bank


@pytest.mark.parametrize(("sr", "n_fft"), [(8000, 400), (16000, 512), (22050, 1023)])
@pytest.mark.parametrize(("fmin", "fmax"), [(0.0, None), (30, 3999.0)])
def test_linear(sr, n_fft, fmin, fmax):
    edges = np.linspace(fmin, fmax or sr / 2, 22)
    peaks = triangles(sr, n_fft, edges)
    options = {"sr": sr, "n_fft": n_fft, "n_filters": 20, "fmin": fmin, "fmax": fmax}
    ours = filters.linear(**options)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, peaks, atol=1e-6)
    np.testing.assert_allclose(filters.linear(**options, dtype=np.float64), peaks, atol=1e-12)
    area = filters.linear(**options, norm="slaney", dtype=np.float64)
    np.testing.assert_allclose(area, peaks * (2 / (edges[2:] - edges[:-2]))[:, np.newaxis], atol=1e-14)
    unit = filters.linear(**options, norm=2, dtype=np.float64)
    np.testing.assert_allclose((unit**2).sum(axis=1), 1, rtol=1e-12)


def test_linear_triangles_add_up_to_one_between_the_outer_centres():
    bank = filters.linear(sr=16000, n_fft=512, n_filters=20, dtype=np.float64)
    hertz = vf.fft_frequencies(sr=16000, n_fft=512)
    step = 8000 / 21
    inside = (hertz >= step) & (hertz <= 20 * step)
    np.testing.assert_allclose(bank.sum(axis=0)[inside], 1, rtol=1e-12)


def test_empty_filters_are_said_where_librosa_says_so():
    for n_mels, fmin in ((128, 0.0), (40, 0.0), (60, 20.0)):
        with warnings.catch_warnings(record=True) as theirs:
            warnings.simplefilter("always")
            librosa.filters.mel(sr=16000, n_fft=512, n_mels=n_mels, fmin=fmin)
        with warnings.catch_warnings(record=True) as ours:
            warnings.simplefilter("always")
            bank = filters.mel(sr=16000, n_fft=512, n_mels=n_mels, fmin=fmin)
        assert len(ours) == len(theirs)
        if ours:
            empty = int((bank.max(axis=1) == 0).sum())
            said = f"{empty} of {n_mels} filters are empty, the first is filter "
            assert str(ours[0].message).startswith(said)
            assert ours[0].filename == __file__
    with pytest.warns(UserWarning, match=r"fewer filters \(n_filters\)"):
        filters.linear(sr=16000, n_fft=64, n_filters=100)


@pytest.mark.parametrize("name", [
    "hann", "han", "hamming", "ham", "hamm", "blackman", "black", "blk",
    "boxcar", "box", "ones", "rect", "rectangular",
])  # fmt: skip
@pytest.mark.parametrize("fftbins", [True, False])
def test_common_windows_are_scipys(name, fftbins):
    for n in (1, 2, 3, 400, 401, 2048):
        same(filters.get_window(name, n, fftbins=fftbins), scipy.signal.get_window(name, n, fftbins=fftbins))


@pytest.mark.parametrize("window", [
    "bartlett", "nuttall", "triang", "parzen", "bohman", "flattop", "cosine", "tukey",
    ("kaiser", 4.0), ("gaussian", 30.0), ("tukey", 0.3), ("general_hamming", 0.6),
    ("general_cosine", [0.4, 0.6]),
    8.6, 3, np.float32(2.5),
])  # fmt: skip
@pytest.mark.parametrize("fftbins", [True, False])
def test_other_windows_are_scipys(window, fftbins):
    theirs = scipy.signal.get_window(window, 300, fftbins=fftbins)
    near(filters.get_window(window, 300, fftbins=fftbins), theirs)


def test_named_flavours_overrule_fftbins():
    near(filters.get_window("hann_symmetric", 30), scipy.signal.get_window("hann", 30, fftbins=False))
    near(filters.get_window("hamming_periodic", 30, fftbins=False), scipy.signal.get_window("hamming", 30))


@pytest.mark.parametrize("fftbins", [True, False])
def test_povey_is_a_power_of_hann(fftbins):
    hann = scipy.signal.get_window("hann", 400, fftbins=fftbins)
    np.testing.assert_allclose(filters.get_window("povey", 400, fftbins=fftbins), hann**0.85, rtol=1e-14)


def test_given_windows():
    values = np.linspace(0, 1, 64)
    np.testing.assert_array_equal(filters.get_window(values, 64), values)
    np.testing.assert_array_equal(filters.get_window(list(values), 64), values)
    assert filters.get_window(values.astype(np.float32), 64).dtype == np.float32
    assert filters.get_window(np.ones(64, int), 64).dtype == np.float64
    near(filters.get_window(np.hanning, 64), np.hanning(64))


@pytest.mark.parametrize(("window", "message"), [
    ("han_n", "window='han_n': .*did you mean 'hann'"),
    ("hannig", "did you mean 'hann'"),
    ("Hann", "did you mean 'hann'"),
    ("xyzzy", "choose one of .*boxcar.*povey"),
    ("kaiser", r"window='kaiser': .*\('kaiser', parameter\)"),
    (("kaisr", 3.0), "did you mean 'kaiser'"),
    ((3.0, 4.0), "give .name, parameters."),
    ((), "give .name, parameters."),
    (None, "window=None: is not a window"),
    (True, "window=True: is not a window"),
    (2j, "is not a window"),
    (np.ones(63), r"holds \(63,\) values where 64 are needed"),
    (np.ones((64, 1)), r"holds \(64, 1\) values"),
    (np.full(64, np.nan), "not finite"),
    (np.ones(64) * 1j, "real numbers"),
    (["a"] * 64, "real numbers"),
    ([[1.0], [1.0, 2.0]], "real numbers"),
    (lambda n: np.ones(n + 1), r"holds \(65,\) values"),
])  # fmt: skip
def test_unusable_windows(window, message):
    with pytest.raises(vf.ParameterError, match=message):
        filters.get_window(window, 64)


@pytest.mark.parametrize("Nx", [0, -3, 2.5, None])
def test_window_length(Nx):
    with pytest.raises(vf.ParameterError, match=r"Nx=.*positive whole number of samples"):
        filters.get_window("hann", Nx)


@pytest.mark.parametrize(("bank", "options", "message"), [
    ("mel", {"fmax": 8000.5}, "fmax=8000.5: lies above half the sampling rate, 8000 Hz for sr=16000; give "),
    ("linear", {"fmax": 9000}, "fmax=9000: .*8000 Hz"),
    ("mel", {"fmin": 4000, "fmax": 4000}, "fmin=4000: must lie below fmax, 4000 Hz"),
    ("linear", {"fmin": 8000}, "fmin=8000: must lie below fmax, 8000 Hz"),
    ("mel", {"fmin": -1}, "fmin=-1: .*at least 0"),
    ("mel", {"fmax": np.nan}, "fmax=nan: "),
    ("mel", {"n_fft": 0}, "n_fft=0: must be a positive whole number of samples"),
    ("mel", {"n_fft": 512.0}, "n_fft=512.0: "),
    ("mel", {"n_mels": 0}, "n_mels=0: "),
    ("mel", {"n_mels": True}, "n_mels=True: "),
    ("linear", {"n_filters": 0}, "n_filters=0: "),
    ("mel", {"sr": 0}, "sr=0: "),
    ("mel", {"norm": "slany"}, "norm='slany': .*did you mean 'slaney'"),
    ("mel", {"norm": -2}, "norm=-2: is not a norm"),
    ("linear", {"norm": np.nan}, "norm=nan: is not a norm"),
    ("mel", {"dtype": int}, "dtype=.*floating-point"),
    ("mel", {"dtype": "float23"}, "dtype='float23': "),
    ("chroma", {"n_fft": 1}, "n_fft=1: .*2 or more"),
    ("chroma", {"n_chroma": 0}, "n_chroma=0: "),
    ("chroma", {"octwidth": 0}, "octwidth=0: .*None"),
    ("chroma", {"norm": "max"}, "norm='max': is not a norm"),
    ("chroma", {"tuning": np.inf}, "tuning=inf: "),
    ("chroma", {"dtype": np.float16}, "dtype="),
])  # fmt: skip
def test_errors(bank, options, message):
    with pytest.raises(vf.ParameterError, match=message):
        getattr(filters, bank)(**{"sr": 16000, "n_fft": 512, **options})


@pytest.mark.processes
def test_banks_and_common_windows_need_no_scipy():
    code = (
        "import sys, voicefeat as vf; vf.filters.mel(sr=16000, n_fft=512, n_mels=20);"
        "vf.filters.chroma(sr=16000, n_fft=512); vf.filters.linear(sr=16000, n_fft=512, n_filters=20);"
        "[vf.filters.get_window(w, 400) for w in ('hann', 'hamming', 'blackman', 'ones', 'povey')];"
        "vf.power_to_db(1.0); vf.to_mono([1.0]);"
        "print([m for m in ('scipy', 'numba', 'soundfile', 'soxr') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@quiet
def test_mel_reference_arrays(data):
    files = sorted((data / "librosa_ref").glob("feature-melfb*.mat"))
    assert len(files) >= 145
    for file in files:
        known = loadmat(file, squeeze_me=True)
        n_fft = int(known["nfft"])
        ours = filters.mel(
            sr=float(known["sr"]), n_fft=n_fft, n_mels=int(known["nfilts"]), fmin=float(known["fmin"]),
            fmax=float(known["fmax"]), htk=bool(known["htk"]), norm=None if "norm" in known else "slaney",
            dtype=np.float64,
        )  # fmt: skip
        np.testing.assert_allclose(ours, known["wts"][:, : 1 + n_fft // 2], atol=1e-13, err_msg=file.name)


def test_chroma_reference_arrays(data):
    files = sorted((data / "librosa_ref").glob("feature-chromafb*.mat"))
    assert len(files) >= 12
    for file in files:
        known = loadmat(file, squeeze_me=True)
        n_fft, n_chroma = int(known["nfft"]), int(known["nchroma"])
        ours = filters.chroma(
            sr=float(known["sr"]), n_fft=n_fft, n_chroma=n_chroma, ctroct=float(known["ctroct"]),
            octwidth=float(known["octwidth"]) or None, base_c=False, dtype=np.float64,
            tuning=n_chroma * np.log2(float(known["a440"]) / 440),
        )  # fmt: skip
        np.testing.assert_allclose(ours, known["wts"][:, : 1 + n_fft // 2], atol=1e-13, err_msg=file.name)
