"""Constant-Q transforms beyond parity: pieces, memory, silence, short signals; wavelets, scales and notes."""

import tracemalloc
import warnings

import numpy as np
import pytest
from closeness import near
from signals import speech

import voicefeat as vf
from voicefeat.chain.constantq import octaves as loop
from voicefeat.engine import simd, wavelets as kernels
from voicefeat.units.intervals import NAMED, frequencies
from voicefeat.units.notes import spelling

librosa = pytest.importorskip("librosa")
SR = 16000


@pytest.fixture(scope="module")
def voice():
    return speech(SR)[:40001].astype(np.float32)


def same(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


class TestPieces:
    """The signal is halved and its frames computed piece by piece; no piece shows in the result."""

    @pytest.mark.parametrize(
        "settings",
        [
            {},
            {"pad_mode": "edge"},
            {"fmin": 220.0, "n_bins": 36, "pad_mode": "reflect"},
            {"fmin": 220.0, "n_bins": 36, "pad_mode": "symmetric"},
            {"fmin": 220.0, "n_bins": 36, "pad_mode": "linear_ramp"},
            {"hop_length": 64},
            {"hop_length": 100},
            {"n_bins": 24, "scale": False},
            {"res_type": "polyphase"},
        ],
    )
    @pytest.mark.parametrize(("piece", "stretch"), [(512, 512), (1000, 3000), (4096, 8192)])
    def test_no_piece_shows(self, voice, monkeypatch, settings, piece, stretch):
        want = vf.cqt(voice, SR, **settings)
        monkeypatch.setattr(loop, "PIECE", piece)
        monkeypatch.setattr(loop, "STRETCH", stretch)
        assert same(vf.cqt(voice, SR, **settings), want)

    @pytest.mark.parametrize("call", ["chroma_cqt", "hybrid_cqt", "vqt"])
    def test_of_what_is_made_of_them(self, voice, monkeypatch, call):
        want = getattr(vf, call)(voice, SR)
        monkeypatch.setattr(loop, "PIECE", 700)
        monkeypatch.setattr(loop, "STRETCH", 2100)
        assert same(getattr(vf, call)(voice, SR), want)

    @pytest.mark.parametrize("call", ["cqt", "chroma_cqt"])
    def test_a_batch_is_a_loop(self, voice, call):
        settings = {"tuning": 0.0} if call == "chroma_cqt" else {}
        batch = voice[:40000].reshape(2, 2, 10000)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            got = getattr(vf, call)(batch, SR, **settings)
            for i in np.ndindex(2, 2):
                assert same(np.ascontiguousarray(got[i]), getattr(vf, call)(batch[i], SR, **settings))

    def test_a_crop_of_pseudo_cqt_is_a_slice(self, voice):
        whole = vf.pseudo_cqt(voice, SR, fmin=110.0, n_bins=48)
        part = vf.pseudo_cqt(voice[512 * 5 :][:30000], SR, fmin=110.0, n_bins=48)
        reach = 4096 // 2 // 512  # the longest wavelet pads to 4096 samples
        inner = slice(reach, 30000 // 512 - reach)
        assert same(part[:, inner].copy(), whole[:, 5:][:, inner].copy())


@pytest.mark.parametrize("call", ["cqt", "chroma_cqt", "hybrid_cqt", "chroma_vqt", "tonnetz"])
def test_memory_does_not_grow_with_the_signal(call):
    y = np.random.default_rng(0).standard_normal(1 << 23).astype(np.float32)  # 32 MB
    settings = {"tuning": 0.0} if call in ("chroma_cqt", "tonnetz") else {}
    getattr(vf, call)(y[: 1 << 16], **settings)  # tables and kernels
    tracemalloc.start()
    try:
        result = getattr(vf, call)(y, **settings)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    copies = 3 if call == "hybrid_cqt" else 1.5  # hybrid parts are joined
    assert peak < copies * result.nbytes + 24e6


class TestSilence:
    @pytest.mark.parametrize(
        "call",
        ["cqt", "vqt", "pseudo_cqt", "hybrid_cqt", "chroma_cqt", "chroma_vqt", "chroma_cens", "tonnetz"],
    )
    def test_gives_zeros_and_no_warning(self, call):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert not getattr(vf, call)(np.zeros(60000, np.float32), SR).any()

    def test_inverse(self):
        assert not vf.icqt(np.zeros((84, 9), np.complex64)).any()


class TestShortSignals:
    def test_a_period_must_fit(self):
        y = np.ones(400, np.float32)
        with pytest.raises(vf.ParameterError, match=r"^fmin=32\.70.*489 samples.*400.*; give at least 40 Hz"):
            vf.cqt(y, SR)
        with pytest.raises(vf.ParameterError, match=r"^fmin=39\.9.*; give at least 40 Hz"):
            vf.pseudo_cqt(y, SR, fmin=39.9)
        with pytest.warns(UserWarning, match=r"fmin=40\.1.*mostly padding"):
            assert vf.cqt(y, SR, fmin=40.1, n_bins=60).shape == (60, 1)

    def test_a_wavelet_longer_than_the_signal_is_told(self, voice):
        with pytest.warns(
            UserWarning,
            match=r"fmin=32\.7: a wavelet has 8\d{3} samples, the signal "
            r"only 8000",
        ):
            vf.cqt(voice[:8000], SR)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            vf.cqt(voice[:9000], SR)

    def test_too_many_bins_say_how_many_fit(self, voice):
        with pytest.raises(vf.ParameterError, match=r"^n_bins=120: .*8000 Hz; give at most (\d+)") as caught:
            vf.cqt(voice, SR, n_bins=120)
        most = int(str(caught.value).split("at most ")[1].split(",")[0])
        assert vf.cqt(voice, SR, n_bins=most).shape[0] == most
        with pytest.raises(vf.ParameterError, match=r"^n_bins="):
            vf.cqt(voice, SR, n_bins=most + 1)
        with pytest.raises(vf.ParameterError, match=r"^n_octaves=9: .*; give at most 7"):
            vf.chroma_cqt(voice, SR, n_octaves=9)

    def test_nothing_fits_above_too_high_a_note(self, voice):
        with pytest.raises(vf.ParameterError, match=r"^fmin=7990\.0: .*; give less than (\d+)") as caught:
            vf.cqt(voice, SR, fmin=7990.0, n_bins=1)
        least = float(str(caught.value).split("less than ")[1].split(" ")[0])
        vf.cqt(voice, SR, fmin=0.999 * least, n_bins=1)


class TestKernels:
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize("rows", [1, 2, 5])
    def test_responses(self, dtype, rows):
        rng, lanes, bins, groups = np.random.default_rng(rows), simd.lanes(np.dtype(dtype).itemsize), 33, 3
        matrix = np.zeros((rows, bins), complex)
        for row in matrix:
            first = rng.integers(0, bins - 7)
            row[first : first + 7] = rng.standard_normal(7) + 1j * rng.standard_normal(7)
        X = rng.standard_normal((groups, bins, 2, lanes)).astype(dtype)
        from voicefeat.chain.constantq.transform import pairs

        p = pairs(matrix, np.dtype(dtype))
        out = np.zeros(groups * rows * 2 * lanes, dtype)
        kernels.respond_tiles(
            X.reshape(-1), bins, groups, lanes, p.starts, p.counts, p.firsts, p.weights, out
        )
        got = out.reshape(groups, rows, 2, lanes)
        want = np.einsum("rk,gkl->grl", matrix, X[:, :, 0] + 1j * X[:, :, 1])
        assert np.allclose(got[:, :, 0] + 1j * got[:, :, 1], want, rtol=0, atol=30 * np.finfo(dtype).eps)

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_magnitudes_of_any_size(self, dtype):
        lanes, tiny, huge = (
            simd.lanes(np.dtype(dtype).itemsize),
            np.finfo(dtype).tiny,
            np.finfo(dtype).max / 2,
        )
        parts = np.array([[0, 0], [3, -4], [tiny, tiny], [-huge, huge / 2], [0, -5], [1e-30, 1e-30]], dtype)
        tiles = np.repeat(parts[:, :, np.newaxis], lanes, axis=2).reshape(-1)
        out = np.zeros(len(parts) * lanes, dtype)
        kernels.magnitude_tiles(tiles, out.size, lanes, out)
        want = np.hypot(*parts.astype(np.longdouble).T)
        assert np.allclose(out.reshape(-1, lanes), want[:, np.newaxis], rtol=4 * np.finfo(dtype).eps, atol=0)

    def test_rows_are_added(self):
        lanes, rows, frames = simd.lanes(4), 3, 19
        groups = -(-frames // lanes)
        tiles = np.random.default_rng(1).standard_normal(groups * 4 * lanes).astype(np.float32)
        out = np.ones((rows, 30), np.float32)
        want = out.copy()
        by_row = tiles.reshape(groups, 4, lanes).transpose(1, 0, 2).reshape(4, -1)
        want[:, 2 : 2 + frames] += by_row[:rows, :frames]
        kernels.add_rows(tiles, 4, rows, lanes, frames, out.reshape(-1), 2, 30)
        assert np.array_equal(out, want)


FREQS = 32.7 * 2 ** (np.arange(60) / 12)


class TestBanks:
    @pytest.mark.parametrize(
        "settings",
        [
            {}, {"window": "hamming"}, {"window": ("kaiser", 8.0)}, {"filter_scale": 0.7}, {"gamma": None},
            {"gamma": 20.0}, {"alpha": 0.05}, {"norm": 2}, {"norm": None}, {"pad_fft": False},
            {"mode": "edge"}, {"dtype": np.complex128}, {"sr": 44100},
        ],
    )  # fmt: skip
    def test_wavelet(self, settings):
        got, lengths = vf.filters.wavelet(freqs=FREQS, **settings)
        want, theirs = librosa.filters.wavelet(freqs=FREQS, **settings)
        assert got.dtype == want.dtype and got.shape == want.shape
        assert np.abs(got - want).max() <= 2 * np.finfo(got.dtype).eps * np.abs(want).max()
        assert np.allclose(lengths, theirs, rtol=1e-14)

    @pytest.mark.parametrize("settings", [{}, {"gamma": None}, {"gamma": 3.0}, {"window": "blackman"}])
    def test_lengths(self, settings):
        got = vf.filters.wavelet_lengths(freqs=FREQS, sr=16000, **settings)
        want = librosa.filters.wavelet_lengths(freqs=FREQS, sr=16000, **settings)
        assert np.allclose(got[0], want[0], rtol=1e-14) and got[1] == pytest.approx(want[1], rel=1e-14)

    @pytest.mark.filterwarnings("ignore::FutureWarning")
    @pytest.mark.parametrize(
        "settings",
        [{}, {"fmin": 110.0, "n_bins": 20}, {"bins_per_octave": 24}, {"gamma": 10.0}, {"pad_fft": False}],
    )
    @pytest.mark.skipif(not hasattr(librosa.filters, "constant_q"), reason="librosa 1.0 has it no more")
    def test_constant_q(self, settings):
        got, lengths = vf.filters.constant_q(sr=22050, **settings)
        want, theirs = librosa.filters.constant_q(sr=22050, **settings)
        assert got.shape == want.shape and np.abs(got - want).max() <= 1e-7 * np.abs(want).max()
        assert np.allclose(lengths, theirs, rtol=1e-14)

    @pytest.mark.parametrize("window", ["hann", "bohman", "lanczos", ("kaiser", 8.0), 8.6, np.hanning])
    def test_bandwidth(self, window):
        want = librosa.filters.window_bandwidth(window)
        assert vf.filters.window_bandwidth(window) == pytest.approx(want, rel=1e-14)

    @pytest.mark.parametrize(("bins", "classes"), [(12, 12), (36, 12), (24, 24), (60, 12), (84, 12)])
    @pytest.mark.parametrize(
        "settings", [{}, {"fmin": 55.0}, {"base_c": False}, {"window": [0.5, 1, 0.5]}, {"dtype": np.float64}]
    )
    def test_cq_to_chroma(self, bins, classes, settings):
        for n in (7, 84, 250):
            got = vf.filters.cq_to_chroma(n, bins_per_octave=bins, n_chroma=classes, **settings)
            want = librosa.filters.cq_to_chroma(n, bins_per_octave=bins, n_chroma=classes, **settings)
            assert same(np.ascontiguousarray(got), np.ascontiguousarray(want))

    @pytest.mark.parametrize(
        ("call", "settings", "fault"),
        [
            ("wavelet", {"freqs": [2.0, 1.0]}, "freqs"),
            ("wavelet", {"freqs": [0.0, 1.0]}, "freqs"),
            ("wavelet", {"freqs": [100.0]}, "freqs"),
            ("wavelet", {"freqs": FREQS, "dtype": np.float32}, "dtype"),
            ("wavelet", {"freqs": FREQS, "norm": "l1"}, "norm"),
            ("wavelet_lengths", {"freqs": FREQS, "filter_scale": 0}, "filter_scale"),
            ("wavelet_lengths", {"freqs": FREQS, "gamma": -1}, "gamma"),
            ("constant_q", {"sr": 8000}, "n_bins"),
            ("constant_q", {"sr": 22050, "fmin": 0}, "fmin"),
            ("window_bandwidth", {"window": "hamn"}, "window"),
            ("cq_to_chroma", {"n_input": 84, "bins_per_octave": 30}, "bins_per_octave"),
            ("cq_to_chroma", {"n_input": 0}, "n_input"),
        ],
    )
    def test_bad_calls(self, call, settings, fault):
        with pytest.raises(vf.ParameterError, match=rf"^{fault}=.*: .*; "):
            getattr(vf.filters, call)(**settings)


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("n", [1, 2, 5, 12, 19, 31, 48])
def test_scales(name, n):
    for bins in (1, n, 3 * n + 1):
        want = librosa.interval_frequencies(bins, fmin=32.7, intervals=name, bins_per_octave=n)
        assert np.allclose(frequencies(bins, 32.7, name, n), want, rtol=1e-14)


class TestNotes:
    @pytest.mark.parametrize(
        "note", ["A4", "c#5", "Eb-1", "B♭2+30", "C", "C5-12", "F𝄪3", "D!2", "A-1-20", ["C4", "E4"]]
    )
    def test_to_numbers(self, note):
        for rounded in (True, False):
            got = vf.note_to_midi(note, round_midi=rounded)
            want = librosa.note_to_midi(note, round_midi=rounded)
            near(got, np.asarray(want, np.asarray(got).dtype))  # unrounded, librosa's are whole without cents
            near(vf.note_to_hz(note, round_midi=rounded), librosa.note_to_hz(note, round_midi=rounded))

    @pytest.mark.parametrize(
        "settings",
        [{}, {"octave": False}, {"cents": True}, {"unicode": False, "key": "Eb:min"}, {"key": "G#:maj"}],
    )
    def test_to_names(self, settings):
        numbers = np.arange(0, 130, 0.37)
        near(vf.midi_to_note(numbers, **settings), librosa.midi_to_note(numbers, **settings))
        hertz = np.geomspace(20, 9000, 50).reshape(5, 10)
        near(vf.hz_to_note(hertz, **settings), librosa.hz_to_note(hertz, **settings))
        assert vf.midi_to_note(61, **settings) == librosa.midi_to_note(61, **settings)

    def test_frames_without_pitch_and_numbers_below_0(self):
        """NaN marks frames without pitch: an empty name. Below 0, librosa is an octave off."""
        voiced = vf.hz_to_note(np.array([440.0, np.nan, 220.0]))
        assert voiced.tolist() == ["A4", "", "A3"] and vf.hz_to_note(np.nan) == ""
        assert vf.midi_to_note([60.0, np.nan], cents=True, octave=True).tolist() == ["C4+0", ""]
        below = vf.midi_to_note(np.arange(-30, 3))
        assert below[[29, 30, 17]].tolist() == ["B-2", "C-1", "B-3"]
        assert vf.note_to_midi(below.tolist()).tolist() == list(range(-30, 3))
        assert vf.note_to_midi(vf.midi_to_note(-0.4, cents=True), round_midi=False) == pytest.approx(-0.4)
        with pytest.raises(vf.ParameterError, match=r"^frequencies=0\.0: "):
            vf.hz_to_note(0.0)

    @pytest.mark.parametrize(
        "mode", ["maj", "minor", "ion", "dorian", "phr", "lydian", "mix", "aeolian", "loc"]
    )
    def test_keys(self, mode):
        for letter in "ABCDEFGc":
            for sign in ("", "#", "b", "!", "♯", "𝄪", "𝄫", "##", "bb", "n", "###"):
                key = f"{letter}{sign}:{mode}"
                for unicode in (True, False):
                    assert spelling(key, unicode) == librosa.key_to_notes(key, unicode=unicode), key

    def test_units(self):
        hertz = np.geomspace(20, 9000, 50)
        near(vf.hz_to_midi(hertz), librosa.hz_to_midi(hertz))
        near(vf.midi_to_hz(np.arange(128)), librosa.midi_to_hz(np.arange(128)))
        near(vf.A4_to_tuning(hertz, bins_per_octave=36), librosa.A4_to_tuning(hertz, bins_per_octave=36))
        tunings = np.linspace(-0.5, 0.5, 11)
        near(vf.tuning_to_A4(tunings, bins_per_octave=24), librosa.tuning_to_A4(tunings, bins_per_octave=24))
        got = vf.cqt_frequencies(84, fmin=32.7, bins_per_octave=24, tuning=0.2)
        near(got, librosa.cqt_frequencies(84, fmin=32.7, bins_per_octave=24, tuning=0.2))


def test_a_transform_and_back(voice):
    """What the wavelets see comes back, where their frames overlap enough."""
    t = np.arange(32000) / SR
    y = np.sin(2 * np.pi * 440 * t) + 0.5 * np.sin(2 * np.pi * 1200 * t)
    C = vf.cqt(y, SR, hop_length=32, fmin=110.0, n_bins=60)
    back = vf.icqt(C, sr=SR, hop_length=32, fmin=110.0, length=len(y))
    assert np.abs(back - y)[4000:-4000].max() < 0.1 * np.abs(y).max()


@pytest.mark.parametrize("name, call", [
    ("gamma", lambda y: vf.vqt(y, gamma=1e9)), ("gamma", lambda y: vf.vqt(y, gamma=1e9, fmin=100)),
    ("gamma", lambda y: vf.chroma_vqt(y, intervals="equal", gamma=1e9)),
    ("filter_scale", lambda y: vf.cqt(y, filter_scale=1e6)),
    ("filter_scale", lambda y: vf.pseudo_cqt(y, filter_scale=1e6)),
    ("bins_per_octave", lambda y: vf.cqt(y, n_bins=1000, bins_per_octave=10**4)),
    ("fmin", lambda y: vf.cqt(y, fmin=9000, n_bins=1, bins_per_octave=1)),
    ("fmin", lambda y: vf.cqt(y, fmin=1e-3)),
])  # fmt: skip
def test_an_error_names_the_argument_at_fault(name, call):
    with pytest.raises(vf.ParameterError, match=rf"^{name}="):
        call(np.ones(22050))
