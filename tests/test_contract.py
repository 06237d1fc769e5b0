"""What every feature of the registry promises, whatever it computes.

The tests take their cases from the registry: a new feature is held to all of this by its one line there.
"""

import inspect
import itertools
import warnings

import numpy as np
import pytest
from bad_calls import taken
from signals import speech

import voicefeat as vf
from voicefeat.feature.registry import FEATURES

SR = 16000
NAMES = sorted(FEATURES)
DTYPES = ["float32", "float64"]
#: What switches off, where the definition allows, what needs the whole clip.
FRAME_LOCAL = {"top_db": None, "tuning": 0.0, "relative": False}


@pytest.fixture(scope="module")
def voice():
    """1.2 s of speech, float64, at 16 kHz, not a whole number of hops."""
    return np.ascontiguousarray(speech(SR)[:19321], dtype=np.float64)


def compute(name, y, **settings):
    """The feature called `name` of a signal at 16 kHz."""
    feature = FEATURES[name]
    rate = {"sr": SR} if "sr" in inspect.signature(feature.function).parameters else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about signals shorter than a frame
        return feature.function(y, **rate, **settings)


def frame_local(name):
    """Settings under which a frame depends on its own samples alone; skips where there are none."""
    feature = FEATURES[name]
    settings = {k: v for k, v in FRAME_LOCAL.items() if k in feature.settings}
    if feature.context(settings) == "clip":
        pytest.skip(f"{name} needs the whole clip by definition")
    return settings


def hop_of(name):
    feature = FEATURES[name]
    return feature.settings["hop_length"] or feature.settings[feature.frame] // 4


def takes(name, setting):
    return setting in FEATURES[name].settings


def count_of(name, n, **settings):
    """How many frames `n` samples have: one around every hop, or those that begin at one."""
    if not takes(name, "hop_length"):  # CQCC, whose frames are no whole number of samples apart
        return vf.nsgcqt_times(n, SR).size
    hop = hop_of(name)
    if not takes(name, "partial") and FEATURES[name].frame != "win_length":
        return 1 + n // hop
    settings = {"partial": "drop", **FEATURES[name].settings, **settings}
    beyond = n - settings[FEATURES[name].frame]
    return max(1, 1 - (-beyond // hop)) if settings["partial"] == "pad" else 1 + beyond // hop


def see_no_edge(name, n):
    """The frames of `n` samples that lie inside, and whose neighbours do that they depend on."""
    feature, hop = FEATURES[name], hop_of(name)
    length = feature.settings[feature.frame]
    if takes(name, "partial"):
        return range(feature.left, 1 + (n - length) // hop)
    reach = length // 2
    return [t for t in range(1 + n // hop) if reach <= t * hop <= n - reach]


def same(a, b):
    """Equal bit for bit, dtype and shape included."""
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", NAMES)
class TestEachPrecision:
    def test_shape_and_dtype(self, name, dtype, voice):
        got = compute(name, voice.astype(dtype))
        assert got.ndim == 2
        assert got.shape[1] == count_of(name, len(voice))
        assert np.dtype(got.dtype.type(0).real.dtype) == dtype
        assert np.isfinite(got).all()
        assert np.ptp(np.abs(got)) > 0

    def test_again_is_the_same(self, name, dtype, voice):
        y = voice.astype(dtype)
        assert same(compute(name, y), compute(name, y))

    def test_input_is_left_alone(self, name, dtype, voice):
        y = voice.astype(dtype)
        before = y.copy()
        compute(name, y)
        assert same(y, before)

    def test_the_result_is_the_callers(self, name, dtype, voice):
        """Writing to a result changes neither the input nor the next result."""
        y = voice.astype(dtype)
        first = compute(name, y)
        kept = first.copy()
        first[...] = 0
        assert same(y, voice.astype(dtype))
        assert same(compute(name, y), kept)

    def test_layouts_of_the_same_samples(self, name, dtype, voice):
        y = voice.astype(dtype)
        want = compute(name, y)
        wide = np.zeros((len(y), 3), dtype)
        wide[:, 1] = y
        frozen = y.copy()
        frozen.setflags(write=False)
        for layout, given in {
            "strided": wide[:, 1],
            "reversed twice": y[::-1].copy()[::-1],
            "read-only": frozen,
            "big-endian": y.astype(y.dtype.newbyteorder(">")),
            "unaligned": np.frombuffer(b"\0" + y.tobytes(), np.uint8)[1:].view(dtype),
        }.items():
            assert same(compute(name, given), want), layout

    def test_a_batch_is_a_loop(self, name, dtype, voice):
        settings = frame_local(name)
        y = voice.astype(dtype)[:19200].reshape(2, 3, 3200)
        batch = compute(name, y, **settings)
        for i in np.ndindex(2, 3):
            assert same(np.ascontiguousarray(batch[i]), compute(name, y[i], **settings)), i

    def test_a_batch_of_any_strides(self, name, dtype, voice):
        y = np.ascontiguousarray(voice.astype(dtype)[:19200].reshape(6, 3200))
        assert same(compute(name, np.asfortranarray(y)), compute(name, y))
        assert same(compute(name, y[::-2]), compute(name, y[::-2].copy()))

    def test_a_crop_is_a_slice(self, name, dtype, voice):
        """Frames of a crop that starts on a hop are those of the whole, where they see no edge."""
        settings = frame_local(name)
        if FEATURES[name].frame is None:
            pytest.skip(f"{name} has no frames of one length")
        y = voice.astype(dtype)
        whole, hop = compute(name, y, **settings), hop_of(name)
        few = 2 * FEATURES[name].settings[FEATURES[name].frame] + 2 * FEATURES[name].left * hop
        for first, samples in [(1, 9000), (3, 12345), (10, 6001), (17, few)]:
            crop = y[first * hop :][:samples]
            part = compute(name, crop, **settings)
            inner = list(see_no_edge(name, len(crop)))
            assert len(inner) > 2
            got, want = part[:, inner], whole[:, [first + t for t in inner]]
            assert same(got, want), (first, samples)

    def test_silence_is_finite(self, name, dtype, voice):
        got = compute(name, np.zeros(9000, dtype))
        assert np.isfinite(got).all()
        assert np.ptp(got.reshape(len(got), -1), axis=1).max() == 0, "frames of silence differ"

    def test_a_constant_is_finite(self, name, dtype, voice):
        assert np.isfinite(compute(name, np.full(9000, 0.5, dtype))).all()

    def test_loud_and_soft_are_finite(self, name, dtype, voice):
        y = voice.astype(dtype)
        for gain in (1e-12, 1e6):
            assert np.isfinite(compute(name, y * y.dtype.type(gain))).all(), gain

    def test_not_finite_is_refused(self, name, dtype, voice):
        for bad, place in itertools.product([np.nan, np.inf, -np.inf], [0, 7000, -1]):
            y = voice.astype(dtype)
            y[place] = bad
            with pytest.raises(vf.ParameterError, match=r"^y=.*(NaN|nan|inf)"):
                compute(name, y)

    def test_empty_is_refused(self, name, dtype, voice):
        for shape in [(0,), (2, 0), (0, 9000)]:
            with pytest.raises(vf.ParameterError, match=r"^y="):
                compute(name, np.zeros(shape, dtype))

    def test_shorter_than_a_frame(self, name, dtype, voice):
        """Padded frames take any signal with a sample in it; frames without padding do not."""
        y = voice.astype(dtype)[6000:6100]
        if FEATURES[name].frame is None:
            pytest.skip(f"{name} has no frames of one length")
        if not takes(name, "center"):
            drop = {"partial": "drop"} if takes(name, "partial") else {}
            if drop:
                assert compute(name, y, partial="pad").shape[1] == 1
                assert compute(name, y[:1], partial="pad").shape[1] == 1
            length = FEATURES[name].settings[FEATURES[name].frame]
            with pytest.raises(vf.ParameterError, match=rf"{FEATURES[name].frame}={length}.*100"):
                compute(name, y, **drop)
            return
        assert compute(name, y).shape[1] == 1 + 100 // hop_of(name)
        assert compute(name, y[:1]).shape[1] == 1
        with pytest.raises(vf.ParameterError, match=rf"{FEATURES[name].frame}=2048.*100"):
            compute(name, y, center=False)
        if not takes(name, "pad_mode"):
            return
        for mode in ("reflect", "symmetric"):
            with pytest.raises(vf.ParameterError, match=rf"pad_mode='{mode}'.*100"):
                compute(name, y, pad_mode=mode)


@pytest.mark.parametrize("name", NAMES)
class TestKindsOfInput:
    def test_a_list_of_numbers(self, name, voice):
        assert same(compute(name, voice.tolist()), compute(name, voice))

    def test_pcm_is_scaled(self, name, voice):
        """int16 and int32 samples become float32 between -1 and 1."""
        for dtype in ("int16", "int32", ">i2", "<i4"):
            full = 2.0 ** (8 * np.dtype(dtype).itemsize - 1)
            pcm = np.round(voice / np.abs(voice).max() * (full - 1)).astype(dtype)
            want = compute(name, (pcm.astype(np.float64) / full).astype(np.float32))
            assert same(compute(name, pcm), want), dtype

    def test_other_kinds_are_refused(self, name):
        assert not taken(lambda y: compute(name, y))

    def test_threads_do_not_change_a_bit(self, name):
        y = np.tile(speech(SR).astype(np.float32), 60)[: 60 * SR]
        before = vf.get_num_threads()
        try:
            vf.set_num_threads(1)
            one = compute(name, y)
            vf.set_num_threads(2)
            assert same(compute(name, y), one)
            pair = y[: 2 * 15 * SR].reshape(2, -1)
            two = compute(name, pair)
            vf.set_num_threads(1)
            assert same(compute(name, pair), two)
        finally:
            vf.set_num_threads(before)


class TestOut:
    """`out=` of the transforms: written to, returned, and the same numbers."""

    @pytest.mark.parametrize("dtype", DTYPES)
    def test_stft(self, voice, dtype):
        y = voice.astype(dtype)
        want = vf.stft(y)
        for out in (np.full(want.shape, 7, want.dtype), np.full(want.shape, 7, want.dtype, order="F")):
            assert vf.stft(y, out=out) is out or np.shares_memory(vf.stft(y, out=out), out)
            assert np.array_equal(out, want)

    def test_stft_with_frames_to_spare(self, voice):
        want = vf.stft(voice)
        out = np.full((want.shape[0], want.shape[1] + 5), 7, want.dtype)
        got = vf.stft(voice, out=out)
        assert np.array_equal(got, want)
        assert np.shares_memory(got, out)
        assert (out[:, want.shape[1] :] == 7).all()

    @pytest.mark.parametrize("dtype", DTYPES)
    def test_istft(self, voice, dtype):
        D = vf.stft(voice.astype(dtype))
        want = vf.istft(D, length=len(voice))
        out = np.full(len(voice), 7, dtype)
        assert vf.istft(D, length=len(voice), out=out) is out
        assert np.array_equal(out, want)
