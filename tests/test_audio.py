"""What a signal is, mixing and resampling, against librosa."""

import librosa
import numpy as np
import pytest
from closeness import near
from signals import speech

import voicefeat as vf
from voicefeat.audio import limits, signals as audio

RNG = np.random.default_rng(11)


class TestSignal:
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize("shape", [(9,), (2, 9), (2, 3, 9), (1,)])
    def test_a_valid_one_is_not_copied(self, dtype, shape):
        y = np.ones(shape, dtype)
        assert audio.signal(y) is y or np.shares_memory(audio.signal(y), y)
        y.flags.writeable = False
        assert np.shares_memory(audio.signal(y), y)

    @pytest.mark.parametrize("given", [
        [0.5, 0.25, -1.0],
        (0.5, 0.25, -1.0),
        np.array([0.5, 9, 0.25, 9, -1.0])[::2],
        np.array([0.5, 0.25, -1.0], ">f8"),
        np.array([-1.0, 0.25, 0.5])[::-1],
        np.frombuffer(b"x" + np.array([0.5, 0.25, -1.0]).tobytes(), np.float64, offset=1),
        np.ma.masked_array([0.5, 0.25, -1.0]),
    ])  # fmt: skip
    def test_layouts(self, given):
        y = audio.signal(given)
        assert type(y) is np.ndarray
        assert y.dtype == np.float64
        assert y.dtype.isnative
        assert y.flags.c_contiguous
        assert y.flags.aligned
        np.testing.assert_array_equal(y, [0.5, 0.25, -1.0])

    @pytest.mark.parametrize("kind", ["<i2", ">i2", "<i4", ">i4"])
    def test_pcm(self, kind):
        full = 2 ** (8 * int(kind[-1]) - 1)
        y = audio.signal(np.array([[0, -full, full // 2], [full // 4, 0, 0]], kind))
        assert y.dtype == np.float32
        np.testing.assert_array_equal(y, [[0, -1, 0.5], [0.25, 0, 0]])
        assert audio.signal(np.array([full - 1], "<i2" if full == 2**15 else "<i4"))[0] <= 1

    @pytest.mark.parametrize(("y", "message"), [
        (np.zeros(9, np.uint8), r"y=<array of shape \(9,\), uint8>: .*scale.*\(\(y - 128.0\) / 128.0\)"),
        (np.zeros(9, np.int8), r"int8 .*\(\(y\) / 128.0\)"),
        (np.zeros(9, np.int64), "int64 samples have no agreed scale"),
        ([1, 2, 3], "int64 samples have no agreed scale"),
        (np.zeros(9, bool), "bool values are not samples"),
        (np.zeros(9, object), "object values are not samples"),
        (np.zeros(9, complex), "is complex.*y.real"),
        (["a", "b"], "are not samples"),
        (np.zeros(9, np.float16), r"neither float32 nor float64; pass y.astype\(numpy.float32\)"),
        (np.zeros(9, np.longdouble), "neither float32 nor float64"),
        (None, "y=None: object values are not samples"),
        ("speech.wav", "y='speech.wav': .*are not samples"),
        (0.5, "y=0.5: is one number"),
        (np.float32(0.5), "is one number"),
        (np.zeros(0, np.float32), r"y=<array of shape \(0,\), float32>: holds no samples"),
        (np.zeros((2, 0)), "holds no samples"),
        (np.zeros((0, 9)), "holds no samples"),
        ([], "holds no samples"),
        ([[0.5], [0.5, 0.5]], "rows differ in length"),
        (np.zeros((16000, 2)), r"16000 samples of 2 channels, channels last; .* pass y.T"),
        (np.zeros((100, 1)), "100 samples of 1 channel, channels last"),
        (np.zeros((800, 8)), "channels last"),
        (np.ma.masked_less([0.5, -1.0], 0), r"masked samples; fill them, y.filled\(0\)"),
    ])  # fmt: skip
    def test_what_is_none(self, y, message):
        with pytest.raises(vf.ParameterError, match=message):
            audio.signal(y)

    @pytest.mark.parametrize("shape", [(99, 1), (799, 8), (2, 16000), (900, 9), (100, 100, 2)])
    def test_batches_are_taken_at_their_word(self, shape):
        assert audio.signal(np.zeros(shape)).shape == shape

    @pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
    def test_not_finite(self, value):
        y = np.zeros(700_000, np.float32)
        limits.not_finite(y)
        y[[600_001, 650_000]] = value
        with pytest.raises(vf.ParameterError, match=rf"x=.*: sample 600001 is {value}; .*nan_to_num\(x\)"):
            limits.not_finite(y, "x")
        batch = np.zeros((2, 3, 5))
        batch[1, 0, 4] = value
        with pytest.raises(vf.ParameterError, match=rf"sample 4 of channel \(1, 0\) is {value}"):
            limits.not_finite(batch)


class TestToMono:
    @pytest.mark.slow
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize("shape", [(900,), (2, 900), (6, 900), (2, 3, 900)])
    def test_librosa(self, dtype, shape):
        y = RNG.standard_normal(shape).astype(dtype)
        ours, theirs = vf.to_mono(y), librosa.to_mono(y)
        near(ours, theirs)

    def test_bad_samples(self):
        with pytest.raises(vf.ParameterError, match="sample 1 of channel 0 is nan"):
            vf.to_mono([[0.0, np.nan], [0.0, 0.0]])


class TestResample:
    @pytest.mark.parametrize("res_type", [
        "soxr_hq", "soxr_vhq", "soxr_mq", "soxr_lq", "soxr_qq", "fft", "scipy", "polyphase",
    ])  # fmt: skip
    @pytest.mark.parametrize("rates", [(16000, 8000), (44100, 16000), (8000, 22050), (48000, 44100)])
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_librosa(self, res_type, rates, dtype):
        y = speech(rates[0], 0.4).astype(dtype)
        batch = np.stack([y, y[::-1], -y])[:, np.newaxis]
        for x in (y, batch):
            for options in ({}, {"fix": False}, {"scale": True}):
                options = {"orig_sr": rates[0], "target_sr": rates[1], "res_type": res_type, **options}
                ours, theirs = vf.resample(x, **options), librosa.resample(x, **options)
                near(ours, theirs)

    def test_axis_and_lengths(self):
        y = RNG.standard_normal((3000, 2))
        for n in (1, 2, 7, 3000):
            ours = vf.resample(y[:n], orig_sr=22050, target_sr=16000, axis=0)
            theirs = librosa.resample(y[:n], orig_sr=22050, target_sr=16000, axis=0)
            near(ours, theirs)

    def test_pcm_and_equal_rates(self):
        y = np.array([0, 16384, -32768], np.int16)
        np.testing.assert_array_equal(vf.resample(y, orig_sr=8000, target_sr=8000), [0, 0.5, -1])
        np.testing.assert_array_equal(
            vf.resample(y, orig_sr=8000, target_sr=16000),
            vf.resample(np.float32([0, 0.5, -1]), orig_sr=8000, target_sr=16000),
        )

    @pytest.mark.parametrize(("options", "message"), [
        ({"orig_sr": 0}, "orig_sr=0: .*hertz"),
        ({"target_sr": -1}, "target_sr=-1: "),
        ({"target_sr": np.nan}, "target_sr=nan: "),
        ({"target_sr": None}, "target_sr=None: "),
        ({"res_type": "soxr_hg"}, "res_type='soxr_hg': .*did you mean 'soxr_hq'"),
        ({"res_type": "kaiser_best"}, "res_type='kaiser_best': .*choose one of 'soxr_vhq'"),
        ({"res_type": "polyphase", "target_sr": 8000.5}, "target_sr=8000.5: must be whole"),
        ({"axis": 1}, "axis=1: y has 1 axes"),
        ({"axis": 0.5}, "axis=0.5: "),
        ({"y": np.array([0.0, np.inf, 0.0])}, "sample 1 is inf"),
    ])  # fmt: skip
    def test_errors(self, options, message):
        options = {"y": np.zeros(30), "orig_sr": 16000, "target_sr": 8000, **options}
        with pytest.raises(vf.ParameterError, match=message):
            vf.resample(options.pop("y"), **options)
