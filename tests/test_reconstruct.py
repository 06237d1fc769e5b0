"""From magnitudes, bands and coefficients back to signals; the reassigned spectrogram; their kernels."""

import itertools
import tracemalloc
import warnings

import librosa
import numpy as np
import pytest
from scipy.optimize import fmin_l_bfgs_b
from signals import speech

import voicefeat as vf
from voicefeat.engine import reassigned, simd
from voicefeat.feature.inverse import nnls

SR = 16000
Y = speech(SR)[SR : 2 * SR]
S = np.abs(librosa.stft(Y, n_fft=512)).astype(np.float32)


def misses(y, magnitudes, **frames):
    """How far the magnitudes of a signal are from those wanted, as a share of them."""
    got = vf.spectrogram(y, **frames)
    return np.linalg.norm(got - magnitudes) / np.linalg.norm(magnitudes)


class TestKernels:
    @pytest.mark.parametrize("kind", ["float32", "float64"])
    @pytest.mark.parametrize("frames", [1, 8, 19])
    def test_reassigned(self, kind, frames):
        """Magnitudes, and values under all four rules, against complex division in numpy."""
        rng, lanes, rows, first = np.random.default_rng(0), simd.lanes(8), 5, 3
        groups = -(-frames // lanes)
        tiles = rng.standard_normal((3, groups, rows, 2, lanes))
        tiles[:, 0, 1] *= 1e-200
        tiles[:, 0, 2, :, 0] = 0
        x, slopes, ramps = (
            (z[:, :, 0] + 1j * z[:, :, 1]).transpose(1, 0, 2).reshape(rows, -1)[:, :frames] for z in tiles
        )
        bins, *above = (z.reshape(-1) for z in tiles)
        known, out = np.empty(groups * rows * lanes), np.full((rows, frames + 7), np.nan, kind)
        where = first, frames + 7
        reassigned.put_magnitudes(
            bins, rows, lanes, frames, known, np.empty(lanes, kind), out.reshape(-1), *where
        )
        mags = out[:, first : first + frames].copy()
        np.testing.assert_allclose(mags, np.abs(x), rtol=3 * np.finfo(kind).eps, atol=1e-30)
        assert np.isnan(out[:, :first]).all() and np.isnan(out[:, first + frames :]).all()
        with np.errstate(invalid="ignore"):
            moves = (slopes / x).imag, (ramps / x).real
        law, part = (0.5, 1.0, -0.25, 3.5), np.empty(lanes)
        bands, times = np.arange(rows) * 1.5, np.arange(groups * lanes) * 0.25
        for put, z, move, grid, places in (
            (reassigned.put_frequencies, above[0], moves[0], bands, bands[:, None]),
            (reassigned.put_times, above[1], moves[1], times, times[:frames]),
        ):
            for rule in (law, (0.0, 0.0, -np.inf, np.inf), (0.5, 0.0, 0.0, 3.0)):
                into, want = (
                    np.full((rows, frames + 7), 7.0),
                    np.where(mags < rule[0], np.nan, move * 2 + places),
                )
                want = np.where(np.isnan(want) & (rule[1] > 0), places, want)
                head = z, bins, rows, lanes, frames, grid
                put(*head, 2.0, known, rule, part, into.reshape(-1), *where)
                np.testing.assert_allclose(
                    into[:, first : first + frames], np.clip(want, *rule[2:]), rtol=1e-11, atol=1e-12
                )
                assert (into[:, :first] == 7).all() and (into[:, first + frames :] == 7).all()


def naive_walk(x, g, B):
    """Along x(t) = max(x - t g, 0), piece by piece: where the quadratic of B first stops to fall, and t."""
    times = np.where(g > 0, x / np.where(g > 0, g, 1), np.inf)
    stops = [0.0, *sorted(t for t in times if 0 < t < np.inf), np.inf]
    for low, high in itertools.pairwise(stops):
        point = np.where(times <= low, 0, x - low * g)
        d = np.where(times <= low, 0, -g)
        slope, bend = (g + B @ (point - x)) @ d, d @ B @ d
        if slope >= 0 or -slope / bend < high - low:
            t = max(-slope / bend, 0) if bend else 0.0
            return point + t * d, low + t
    raise AssertionError("no least value")


class TestDescent:
    @pytest.mark.parametrize("seed", range(12))
    def test_a_step(self, seed):
        rng = np.random.default_rng(seed)
        A = rng.standard_normal((32, 32))
        curved = A @ A.T / 32 + np.eye(32)
        x, g = np.maximum(rng.standard_normal(32), 0), rng.standard_normal(32) * 10.0 ** rng.integers(-2, 2)
        search = nnls.Search(x, g)
        memory = search.memory
        for k in range(seed % 4 + 1):
            step = rng.standard_normal(32)
            memory.pairs[64 * k : 64 * k + 64] = np.concatenate([step, curved @ step])
            slope = curved @ step
            search.along = memory.add(search.d, step @ slope, slope @ slope)
        rows = memory.pairs[: 64 * memory.count].reshape(-1, 32)
        B = memory.theta * np.eye(32) - rows.T @ memory.middle @ rows
        assert np.linalg.eigvalsh(B).min() > 0
        np.testing.assert_allclose(B @ step, slope, atol=1e-9)
        gone, c = search.cauchy()
        want, far = naive_walk(x, g, B)
        assert gone == pytest.approx(far, rel=1e-9)
        np.testing.assert_allclose(c, rows @ (want - x), atol=1e-9)
        # The minimum over the variables that are not at 0 there, or the bound in its way.
        target, slope = search.aim()
        np.testing.assert_allclose(search.point, want, atol=1e-10)
        free = want > 0
        newton = np.zeros(32)
        newton[free] = -np.linalg.solve(B[np.ix_(free, free)], (g + B @ (want - x))[free])
        np.testing.assert_allclose(search.rest, newton, atol=1e-8)
        whole = np.maximum(want + newton, 0)
        if g @ (whole - x) <= 0:
            np.testing.assert_allclose(target, whole, atol=1e-8)
        assert slope == pytest.approx(g @ (target - x), abs=1e-9) and slope < 0

    @pytest.mark.parametrize("seed", range(4))
    def test_the_same_way_as_scipy(self, seed):
        rng = np.random.default_rng(seed)
        A, b = rng.random((20, 60)), rng.random(20) * 5
        seen = [], []

        def objective(of):
            def value(x):
                seen[of].append(x.copy())
                r = A @ x - b
                return 0.5 * r @ r / 20, A.T @ r / 20

            return value

        start = np.maximum(np.linalg.pinv(A) @ b - 0.05, 0)
        got = nnls.least(objective(0), start, 60)
        want, _, _ = fmin_l_bfgs_b(objective(1), start, bounds=[(0, None)] * 60, m=60)
        assert len(seen[1]) > 3
        alike = seen[0] if got is None else [*seen[0], got]
        for ours, theirs in zip(alike, [*seen[1], want], strict=False):
            np.testing.assert_allclose(ours, theirs, atol=1e-6)
        if got is not None:
            np.testing.assert_allclose(got, want, atol=1e-6)

    def test_it_gives_up_where_a_first_step_is_not_good_enough(self):
        seen = []

        def steep(x):
            seen.append(float(x[0]))
            return float(500 * (x[0] - 0.4) ** 2), 1000 * (x - 0.4)

        assert nnls.least(steep, np.full(1, 0.5), 50) is None
        assert seen == [0.5, 0.0]  # the first step goes to the bound, which is too far

    def test_scipy_is_asked_then(self, monkeypatch):
        from voicefeat.feature.inverse import nnls

        M = vf.melspectrogram(Y[:1000], SR, n_fft=512, n_mels=30)
        want = vf.mel_to_stft(M, sr=SR, n_fft=512)
        monkeypatch.setattr(nnls, "least", lambda *a: None)
        np.testing.assert_allclose(vf.mel_to_stft(M, sr=SR, n_fft=512), want, atol=1e-5 * want.max())


class TestGriffinLim:
    def test_more_turns_come_nearer(self):
        near = [
            misses(vf.griffinlim(S, rng=0, n_iter=n, length=len(Y)), S, n_fft=512) for n in (0, 4, 32, 200)
        ]
        assert near == sorted(near, reverse=True)
        assert near[-1] < 0.05 < 0.3 < near[0]

    @pytest.mark.slow
    def test_as_near_as_librosa(self):
        ours = misses(vf.griffinlim(S, random_state=3), S, n_fft=512)
        theirs = misses(librosa.griffinlim(S, random_state=3), S, n_fft=512)
        assert ours == pytest.approx(theirs, rel=1e-3)

    def test_seeds(self):
        once = vf.griffinlim(S, rng=5, n_iter=2)
        for same in (5, np.int64(5), np.random.default_rng(5), np.random.SeedSequence(5)):
            np.testing.assert_array_equal(vf.griffinlim(S, rng=same, n_iter=2), once)
        old = vf.griffinlim(S, random_state=5, n_iter=2)
        np.testing.assert_array_equal(vf.griffinlim(S, random_state=np.random.RandomState(5), n_iter=2), old)
        given = vf.griffinlim(S, random_state=np.random.default_rng(5), n_iter=2)
        np.testing.assert_array_equal(given, once)
        assert np.abs(old - once).max() > 1e-3
        assert np.abs(vf.griffinlim(S, n_iter=2) - vf.griffinlim(S, n_iter=2)).max() > 1e-3
        state = np.random.get_state()[1].copy()  # noqa: NPY002
        vf.griffinlim(S, n_iter=0)
        np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002

    def test_a_generator_goes_on(self):
        """Two signals at once draw what two calls would draw one after the other."""
        both = vf.griffinlim(np.stack([S, S]), rng=9, n_iter=2)
        rng = np.random.default_rng(9)
        for part in both:
            np.testing.assert_array_equal(part, vf.griffinlim(S, rng=rng, n_iter=2))

    def test_threads_do_not_matter(self):
        long = np.abs(vf.stft(np.tile(Y, 20), n_fft=512))
        before = vf.get_num_threads()
        try:
            made = []
            for n in (1, 3):
                vf.set_num_threads(n)
                made.append(vf.griffinlim(long, rng=0, n_iter=2))
        finally:
            vf.set_num_threads(before)
        np.testing.assert_array_equal(*made)

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_silence(self, dtype):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            y = vf.griffinlim(np.zeros((257, 9), dtype), rng=0)
        assert y.dtype == dtype
        assert not y.any()

    def test_lengths(self):
        frames = S.shape[1]
        for n in (128 * (frames - 1), 128 * frames - 1):
            assert vf.griffinlim(S, n_iter=1, length=n).shape == (n,)
            assert vf.stft(vf.griffinlim(S, n_iter=1, length=n), n_fft=512).shape == S.shape
        with pytest.raises(vf.ParameterError, match=f"length=.*belong to {128 * (frames - 1)} to"):
            vf.griffinlim(S, length=128 * frames)
        assert vf.griffinlim(S[:, :1], n_iter=1, length=100).shape == (100,)
        assert vf.griffinlim(S[:, :1], n_iter=1, center=False).shape == (512,)

    def test_a_large_momentum_is_warned_of(self):
        with pytest.warns(UserWarning, match="momentum=1.5 is above 1"):
            vf.griffinlim(S, momentum=1.5, n_iter=1)

    def test_input_is_left_alone(self):
        kept = S.copy()
        kept.flags.writeable = False
        np.testing.assert_array_equal(vf.griffinlim(kept, rng=0, n_iter=2), vf.griffinlim(S, rng=0, n_iter=2))
        np.testing.assert_array_equal(kept, S)

    def test_memory(self):
        """Two complex spectra, whatever the number of signals, and little else."""
        long = np.ones((257, 20000), np.float32)
        vf.griffinlim(long[:, :50], n_iter=2)
        tracemalloc.start()
        y = vf.griffinlim(np.broadcast_to(long, (2, *long.shape)), n_iter=2, rng=0)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        copies = 2 * long.nbytes  # a view that is repeated is not a contiguous array
        assert peak < y.nbytes + copies + 4 * long.nbytes + 8e6


def objective(X, M, **bank):
    """Half the mean squared difference of bands, which is what is minimised."""
    made = librosa.filters.mel(sr=SR, n_fft=2 * (X.shape[0] - 1), n_mels=len(M), **bank).astype(float)
    return 0.5 * np.mean((made @ X.astype(float) - M) ** 2)


class TestMel:
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize(
        "bank",
        [{}, {"norm": None}, {"norm": None, "htk": True, "fmin": 100.0, "fmax": 3500.0}, {"norm": np.inf}],
        ids=str,
    )
    @pytest.mark.slow
    def test_bands_are_as_near_as_librosas(self, bank, dtype):
        """After many steps, rounding decides at which of many spectra a solver ends; none is nearer."""
        frames = {"sr": SR, "n_fft": 512, "n_mels": 30}
        M = librosa.feature.melspectrogram(y=Y[:4000].astype(dtype), **frames, **bank)
        ours = vf.mel_to_stft(M, sr=SR, n_fft=512, power=1.0, **bank)
        theirs = librosa.feature.inverse.mel_to_stft(M, sr=SR, n_fft=512, power=1.0, **bank)
        assert ours.dtype == theirs.dtype == dtype
        assert ours.min() >= 0
        assert objective(ours, M, **bank) <= 1.1 * objective(theirs, M, **bank) + 1e-9 * (M**2).mean()
        assert objective(ours, M, **bank) < 5e-3 * (M**2).mean()

    @pytest.mark.slow
    def test_blocks(self):
        """Frames are solved for a quarter of a megabyte of bands at a time, with librosa's results."""
        M = np.abs(np.random.default_rng(0).standard_normal((100, 700))).astype(np.float32)
        ours = vf.mel_to_stft(M, sr=SR, n_fft=1024)
        theirs = librosa.feature.inverse.mel_to_stft(M, sr=SR, n_fft=1024)
        np.testing.assert_allclose(ours, theirs, atol=1e-4 * theirs.max())

    def test_silence(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert not vf.mel_to_stft(np.zeros((40, 9), np.float32), sr=SR).any()
            assert not vf.mel_to_audio(np.zeros((40, 9), np.float32), sr=SR, rng=0).any()

    def test_to_audio_is_the_two_steps(self):
        M = vf.melspectrogram(Y, SR, n_fft=512, hop_length=128)
        stepwise = vf.griffinlim(vf.mel_to_stft(M, sr=SR, n_fft=512), rng=1, n_iter=3)
        np.testing.assert_array_equal(vf.mel_to_audio(M, sr=SR, n_fft=512, rng=1, n_iter=3), stepwise)

    def test_settings_are_checked_before_bands_are_solved_for(self, monkeypatch):
        from voicefeat.feature.inverse import mel

        monkeypatch.setattr(mel, "least_squares", lambda *a: pytest.fail("work was done"))
        for bad in ({"n_iter": -1}, {"hop_length": 0}, {"length": 7}, {"window": "hamn"}, {"rng": "a"}):
            with pytest.raises(vf.ParameterError, match=f"^{next(iter(bad))}="):
                vf.mel_to_audio(np.ones((40, 9)), sr=SR, **bad)


class TestMfcc:
    @pytest.mark.parametrize("lifter", [0, 22])
    @pytest.mark.parametrize("dct_type", [1, 2, 3, 4])
    def test_all_coefficients_give_the_bands_back(self, lifter, dct_type):
        M = vf.melspectrogram(Y.astype(np.float64), SR, n_mels=40)
        log = vf.power_to_db(M, top_db=None)
        c = vf.mfcc(S=log, n_mfcc=40, lifter=lifter, dct_type=dct_type)
        back = vf.mfcc_to_mel(c, n_mels=40, lifter=lifter, dct_type=dct_type)
        np.testing.assert_allclose(back, np.maximum(M, 1e-10), rtol=1e-6)

    def test_a_lost_coefficient_is_warned_of(self):
        c = np.ones((5, 9))
        with pytest.warns(UserWarning, match="lifter=2 has set coefficients 2 to 0"):
            M = vf.mfcc_to_mel(c, n_mels=8, lifter=2)
        kept = c.copy()
        kept[2] = 0
        kept[[0, 4]] /= 2
        np.testing.assert_allclose(M, vf.mfcc_to_mel(kept, n_mels=8))

    def test_to_audio_is_the_two_steps(self):
        c = vf.mfcc(Y, SR, n_fft=512, hop_length=128, n_mels=40)
        M = vf.mfcc_to_mel(c, n_mels=40)
        stepwise = vf.mel_to_audio(M, sr=SR, n_fft=512, rng=1, n_iter=3, norm=None)
        once = vf.mfcc_to_audio(c, n_mels=40, sr=SR, n_fft=512, rng=1, n_iter=3, mel_norm=None)
        np.testing.assert_array_equal(once, stepwise)

    def test_unknown_keywords_are_refused(self):
        with pytest.raises(TypeError, match="n_ftt"):
            vf.mfcc_to_audio(np.ones((20, 9)), n_ftt=512)


class TestReassigned:
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize("hz", [300.0, 1003.0, 3777.0])
    def test_a_tone_is_found(self, dtype, hz):
        y = np.sin(2 * np.pi * hz * np.arange(SR) / SR).astype(dtype)
        freqs, _, mags = vf.reassigned_spectrogram(y, SR, n_fft=512)
        loud = mags[:, 20:100] > mags.max() / 10
        np.testing.assert_allclose(freqs[:, 20:100][loud], hz, atol=0.5)  # bins are 31.25 Hz apart
        assert (freqs.dtype, mags.dtype) == (np.float64, dtype)

    @pytest.mark.parametrize("n_fft", [512, 401])
    def test_a_click_is_found(self, n_fft):
        y = np.zeros(SR)
        y[5000] = 1
        _, times, mags = vf.reassigned_spectrogram(y, SR, n_fft=n_fft)
        loud = mags > mags.max() / 10
        np.testing.assert_allclose(times[loud], 5000 / SR, atol=1 / SR)

    def test_magnitudes(self):
        np.testing.assert_allclose(vf.reassigned_spectrogram(Y, SR)[2], np.abs(vf.stft(Y)), atol=1e-4)

    def test_silence(self):
        y = np.zeros(4000, np.float32)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for ref_power in (0, 1e-6):
                freqs, times, mags = vf.reassigned_spectrogram(y, SR, n_fft=512, ref_power=ref_power)
                assert np.isnan(freqs).all()
                assert np.isnan(times).all()
                assert not mags.any()
            freqs, times, _ = vf.reassigned_spectrogram(y, SR, n_fft=512, fill_nan=True)
        np.testing.assert_array_equal(freqs[:, 3], vf.fft_frequencies(sr=SR, n_fft=512))
        np.testing.assert_array_equal(times[5], vf.times_like(times, sr=SR, hop_length=128))

    @pytest.mark.parametrize("ref_power", [1e-6, np.mean])
    def test_channels_are_alone(self, ref_power):
        batch = np.stack([Y, 0.1 * Y[::-1]]).reshape(2, 1, -1)
        together = vf.reassigned_spectrogram(batch, SR, n_fft=512, ref_power=ref_power)
        for i in range(2):
            alone = vf.reassigned_spectrogram(batch[i, 0], SR, n_fft=512, ref_power=ref_power)
            for got, want in zip(together, alone, strict=True):
                np.testing.assert_array_equal(got[i, 0], want)

    def test_blocks_and_threads_do_not_show(self):
        """Without the first frames all blocks begin elsewhere: frequencies and magnitudes are the same."""
        y, before = np.tile(Y, 20), vf.get_num_threads()
        settings = {"sr": SR, "n_fft": 512, "pad_mode": "reflect"}
        try:
            vf.set_num_threads(3)
            shared = vf.reassigned_spectrogram(y, **settings)
            vf.set_num_threads(1)
            whole = vf.reassigned_spectrogram(y, **settings)
            for first in (3, 70):
                freqs, _, mags = vf.reassigned_spectrogram(y[first * 128 :], **settings)
                np.testing.assert_array_equal(freqs[:, 4:-4], whole[0][:, first + 4 : -4])
                np.testing.assert_array_equal(mags[:, 4:-4], whole[2][:, first + 4 : -4])
        finally:
            vf.set_num_threads(before)
        assert whole[0].shape[1] > 200
        for got, want in zip(shared, whole, strict=True):
            np.testing.assert_array_equal(got, want)

    def test_a_function_that_returns_no_power(self):
        with pytest.raises(vf.ParameterError, match=r"^ref_power="):
            vf.reassigned_spectrogram(Y, SR, ref_power=lambda power: -1.0)

    def test_memory(self):
        y = np.tile(Y, 60)
        vf.reassigned_spectrogram(Y, SR, n_fft=512)
        tracemalloc.start()
        made = vf.reassigned_spectrogram(y, SR, n_fft=512)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < sum(part.nbytes for part in made) + 16e6
