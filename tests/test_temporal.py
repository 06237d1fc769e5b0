"""The time domain beyond parity: the same bits in pieces and in any layout, silence, memory."""

import tracemalloc
import warnings

import numpy as np
import pytest
from signals import speech

import voicefeat as vf

both = pytest.mark.parametrize("dtype", ["float32", "float64"])


@pytest.fixture(scope="module")
def voice():
    return np.ascontiguousarray(speech(16000)[:30001], dtype=np.float64)


def same(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def test_rms_of_samples_and_of_their_spectra_agree(voice):
    y = voice[:20000]
    S = vf.spectrogram(y, window="boxcar", center=False)
    assert np.allclose(vf.rms(S=S), vf.rms(y, center=False), rtol=1e-12)


@both
def test_rms_refuses_what_cannot_be_squared(dtype):
    """Samples whose squares are too large are refused, and not as samples that are not finite."""
    big = np.full(4096, np.sqrt(np.finfo(dtype).max) * 10, dtype)
    with pytest.raises(vf.ParameterError, match=r"^y=.*sample 0 is .*, too large for float"):
        vf.rms(big)


@both
class TestEmphasis:
    def test_pieces_are_the_whole(self, voice, dtype):
        y = voice.astype(dtype).reshape(-1)[:30000].reshape(3, 10000)
        for function in (vf.preemphasis, vf.deemphasis):
            whole, end = function(y, zi=0.0, return_zf=True)
            state, parts = 0.0, []
            for first, last in [(0, 1), (1, 4), (4, 137), (137, 9000), (9000, 10000)]:
                part, state = function(y[:, first:last], zi=state, return_zf=True)
                parts.append(part)
            assert same(np.concatenate(parts, axis=-1), whole)
            assert same(state, end)

    def test_one_undoes_the_other(self, voice, dtype):
        y = voice.astype(dtype)
        back = vf.deemphasis(vf.preemphasis(y, coef=0.9), coef=0.9)
        assert np.abs(back - y).max() <= 50 * np.finfo(dtype).eps * np.abs(y).max()

    def test_the_input_is_left_alone(self, voice, dtype):
        y = voice.astype(dtype)
        state = np.full(1, 0.5, dtype)
        for function in (vf.preemphasis, vf.deemphasis):
            function(y, zi=state)
        assert same(y, voice.astype(dtype))
        assert state[0] == 0.5


class TestTrim:
    def test_silence_stays(self):
        """Nothing lies below the peak of nothing; against a level of its own, all of it goes."""
        y = np.zeros(10000, np.float32)
        part, index = vf.trim(y)
        assert part.shape == (10000,)
        assert index.tolist() == [0, 10000]
        part, index = vf.trim(y, ref=1.0)
        assert part.shape == (0,)
        assert index.tolist() == [0, 0]
        assert vf.split(y).tolist() == [[0, 10000]]
        assert vf.split(y, ref=1.0).shape == (0, 2)

    def test_the_part_is_of_the_input(self, voice):
        y = np.concatenate([np.zeros(8000), voice, np.zeros(8000)])
        part, (start, end) = vf.trim(y)
        assert np.shares_memory(part, y)
        assert 0 < start < 8000 <= end < len(y)
        pcm = (y * 32000).astype(np.int16)
        assert vf.trim(pcm)[0].dtype == np.int16
        listed, (start, end) = vf.trim(y.tolist())
        assert np.array_equal(listed, y[start:end])

    def test_parts_cover_what_is_heard(self, voice):
        y = np.concatenate([voice, np.zeros(9000), voice, np.zeros(5000)])
        parts = vf.split(y, top_db=40)
        heard = np.zeros(len(y), bool)
        for start, end in parts:
            heard[start:end] = True
        loud = np.abs(y) > 0.05
        assert loud.any()
        assert not (loud & ~heard).any()
        assert not heard[-2000:].any()


def loud_mel(dtype, frames=700):
    shape = (2, 13, frames)
    return (np.random.default_rng(3).random(shape) ** 4 * 1e6).astype(dtype)


@both
class TestPcen:
    def test_pieces_are_the_whole(self, dtype):
        S = loud_mel(dtype)
        whole, end = vf.pcen(S, return_zf=True)
        state, parts = None, []
        for first, last in [(0, 1), (1, 9), (9, 300), (300, 301), (301, 700)]:
            part, state = vf.pcen(S[..., first:last], zi=state, return_zf=True)
            parts.append(part)
        assert same(np.concatenate(parts, axis=-1), whole)
        assert same(state, end)
        assert state.dtype == np.float64

    def test_a_band_is_a_band(self, dtype):
        """Bands do not see each other, nor how many there are, nor which axis they are on."""
        S = loud_mel(dtype)
        whole = vf.pcen(S)
        for i, k in [(0, 0), (0, 12), (1, 5)]:
            assert same(vf.pcen(S[i, k]), whole[i, k])
            assert same(vf.pcen(S[i, k : k + 3]), whole[i, k : k + 3])
        turned = vf.pcen(np.swapaxes(S, 0, 2), axis=0)
        assert same(np.ascontiguousarray(np.swapaxes(turned, 0, 2)), whole)

    def test_threads_do_not_change_a_bit(self, dtype):
        S = np.tile(loud_mel(dtype), (3, 3, 3))
        before = vf.get_num_threads()
        try:
            vf.set_num_threads(1)
            one = vf.pcen(S)
            vf.set_num_threads(2)
            assert same(vf.pcen(S), one)
        finally:
            vf.set_num_threads(before)

    def test_silence_is_finite(self, dtype):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for law in ({}, {"bias": 0}, {"power": 0}, {"gain": 0}):
                assert (vf.pcen(np.zeros((3, 20), dtype), **law) == 0).all()

    def test_small_values_are_not_lost(self, dtype):
        """Far below `bias`, the compression is linear."""
        S = np.full((1, 50), 1e-12, dtype)
        got = vf.pcen(S, gain=0.0, bias=2.0, power=0.5)
        assert np.allclose(got, 1e-12 * 0.5 * 2.0**-0.5, rtol=1e-6)

    def test_the_input_is_left_alone(self, dtype):
        S, state = loud_mel(dtype), np.full((2, 13, 1), 0.25)
        vf.pcen(S, zi=state, ref=S)
        assert same(S, loud_mel(dtype))
        assert (state == 0.25).all()


def test_complex_spectra_are_taken_by_magnitude():
    D = vf.stft(speech(16000)[:8000])
    with pytest.warns(UserWarning, match="pcen: S is complex"):
        got = vf.pcen(D)
    assert same(got, vf.pcen(np.abs(D)))


@pytest.mark.parametrize("name", ["rms", "zero_crossing_rate", "trim", "split"])
def test_memory_does_not_grow_with_the_signal(name):
    """Ten minutes are not copied: beside the result, a few blocks."""
    y = np.tile(speech(16000), 200)
    function = getattr(vf, name)
    function(y[:100000])
    tracemalloc.start()
    try:
        function(y)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 4e6 < y.nbytes / 8
